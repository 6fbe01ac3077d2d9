import { nameOf } from './armId.ts';
import { isJsonObject } from './json.ts';
import type { NeededRight } from './permissions.ts';
import type { Change } from './plan.ts';
import type { ResourceKind, Target } from './resource.ts';
import { textAt, valueAt } from './resources/path.ts';

/**
 * The rights that running one change of a plan takes. What is kept or adopted is not written, so
 * it takes none; reading has happened by the time there is a plan.
 */
export function requiredActions(change: Change, target: Target): readonly NeededRight[] {
  if (!isWritten(change)) return [];
  switch (change.resource.kind) {
    case 'providerRegistration':
      return [
        {
          action: `${nameOf(target.id)}/register/action`,
          // Registering is a right on the subscription, never on a group (azure-facts 6).
          scope: `/subscriptions/${target.subscriptionId}`,
        },
      ];
    case 'virtualNetwork':
      return [
        write(change.resource.kind, target),
        ...securityGroupsIn(target).map((scope) => ({
          action: 'Microsoft.Network/networkSecurityGroups/join/action',
          scope,
        })),
      ];
    case 'keyVault':
      return [write('keyVault', target), ...(change.action === 'update' ? [rolesOf(target)] : [])];
    case 'roleDefinition':
      // Creating a role takes the right at every scope that it may be assigned at (azure-facts 5).
      return assignableScopes(target).map((scope) => ({
        action: WRITE_ACTIONS.roleDefinition,
        scope,
      }));
    case 'roleAssignment':
      return [{ action: WRITE_ACTIONS.roleAssignment, scope: scopeOf(target) }];
    case 'projectRecord':
      return [{ action: WRITE_ACTIONS.projectRecord, scope: containerOf(target), data: true }];
    case 'application':
    case 'servicePrincipal':
    case 'clientSecret':
      // Rights in the directory are no Azure roles: Graph itself says what it refuses.
      return [];
    case 'resourceGroup':
    case 'storageAccount':
    case 'blobContainer':
    case 'userAssignedIdentity':
    case 'networkSecurityGroup':
    case 'logAnalyticsWorkspace':
    case 'workspaceTable':
    case 'dataCollectionEndpoint':
    case 'dataCollectionRule':
    case 'tags':
      return [write(change.resource.kind, target)];
  }
}

/** Whether running the change sends anything to Azure. */
export function isWritten({ action }: Pick<Change, 'action'>): boolean {
  return action === 'create' || action === 'update' || action === 'replace';
}

/**
 * The call of a change before anything exists: where a principal is not known yet, its id stands
 * for nothing but a place holder, because rights depend on the scope alone.
 */
export function targetOfChange(change: Change, changes: readonly Change[]): Target | undefined {
  const outputs = new Map(
    changes.map(({ resource, observed }) => [
      resource.key,
      observed === undefined
        ? { principalId: NOT_KNOWN_YET, clientId: NOT_KNOWN_YET }
        : resource.outputs(observed),
    ]),
  );
  return change.resource.target(outputs);
}

const NOT_KNOWN_YET = '00000000-0000-0000-0000-000000000000';

/** Kinds that are written by one action of Azure's own. */
type WrittenKind = Exclude<
  ResourceKind,
  'providerRegistration' | 'application' | 'servicePrincipal' | 'clientSecret'
>;

const WRITE_ACTIONS: Readonly<Record<WrittenKind, string>> = {
  resourceGroup: 'Microsoft.Resources/subscriptions/resourceGroups/write',
  storageAccount: 'Microsoft.Storage/storageAccounts/write',
  blobContainer: 'Microsoft.Storage/storageAccounts/blobServices/containers/write',
  userAssignedIdentity: 'Microsoft.ManagedIdentity/userAssignedIdentities/write',
  networkSecurityGroup: 'Microsoft.Network/networkSecurityGroups/write',
  virtualNetwork: 'Microsoft.Network/virtualNetworks/write',
  keyVault: 'Microsoft.KeyVault/vaults/write',
  logAnalyticsWorkspace: 'Microsoft.OperationalInsights/workspaces/write',
  workspaceTable: 'Microsoft.OperationalInsights/workspaces/tables/write',
  dataCollectionEndpoint: 'Microsoft.Insights/dataCollectionEndpoints/write',
  dataCollectionRule: 'Microsoft.Insights/dataCollectionRules/write',
  roleDefinition: 'Microsoft.Authorization/roleDefinitions/write',
  roleAssignment: 'Microsoft.Authorization/roleAssignments/write',
  tags: 'Microsoft.Resources/tags/write',
  projectRecord: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
};

function write(kind: WrittenKind, target: Target): NeededRight {
  return { action: WRITE_ACTIONS[kind], scope: target.id };
}

/** The scope of a role assignment or definition: what stands before its own provider part. */
export function scopeOf({ id }: Pick<Target, 'id'>): string {
  const end = id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/');
  return end < 0 ? id : id.slice(0, end);
}

function containerOf({ id }: Target): string {
  return id.slice(0, id.indexOf('/blobs/'));
}

/** Attaching a security group to a subnet is a right on the security group. */
function securityGroupsIn({ body }: Target): readonly string[] {
  const subnets = valueAt(body, 'properties.subnets');
  if (!Array.isArray(subnets)) return [];
  return subnets.filter(isJsonObject).flatMap((subnet) => {
    return textAt(subnet, 'properties.networkSecurityGroup.id') ?? [];
  });
}

/** Turning an existing vault's access from policies to roles takes this right too (azure-facts 1.4). */
function rolesOf({ id }: Target): NeededRight {
  return { action: WRITE_ACTIONS.roleAssignment, scope: id };
}

function assignableScopes(target: Target): readonly string[] {
  const scopes = valueAt(target.body, 'properties.assignableScopes');
  const listed = Array.isArray(scopes)
    ? scopes.filter((scope): scope is string => typeof scope === 'string')
    : [];
  return listed.length === 0 ? [scopeOf(target)] : listed;
}
