import { t } from '@vscode/l10n';
import { groupOf, isWithin, resourceGroupId } from './armId.ts';
import { SetupError, type SetupErrorDetails } from './errors.ts';
import { isJsonObject, type Json } from './json.ts';
import type { Change, Plan } from './plan.ts';
import type { NameCheck, PolicyDenial, PreflightPorts } from './preflightPorts.ts';
import { ask, type Answer } from './preflightRead.ts';
import { targetOfChange } from './requiredActions.ts';
import type { ResourceKind, Target } from './resource.ts';
import { providerKey } from './resources/providerRegistration.ts';
import { textAt, valueAt } from './resources/path.ts';

/** What one check found: problems that stop the run, and what could not be checked. */
export interface Findings {
  readonly problems: readonly SetupError[];
  readonly notes: readonly string[];
}

const NOTHING: Findings = { problems: [], notes: [] };

/** Everything but rights that can be known before the first write. */
export async function checkPlace(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<Findings> {
  const all = await Promise.all([
    checkSubscription(plan, ports, signal),
    checkStorageName(plan, ports, signal),
    checkVaultName(plan, ports, signal),
    checkWorkspaceName(plan, ports, signal),
    checkPolicies(plan, ports, signal),
  ]);
  return {
    problems: [...all.flatMap(({ problems }) => problems), ...closedLocations(plan)],
    notes: all.flatMap(({ notes }) => notes),
  };
}

async function checkSubscription(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<Findings> {
  const { tenantId, subscriptionId } = plan.spec;
  const found = await ask(
    () => ports.azure.subscription({ tenantId, subscriptionId }, signal),
    ports,
    signal,
  );
  return judged(found, t('the state of the subscription'), (subscription) => {
    if (subscription === undefined) {
      return userProblem({
        code: 'subscription_not_found',
        message: t('This account can’t see the subscription in this tenant.'),
        remedy: t('Choose the tenant that the subscription belongs to, or another subscription.'),
        field: 'subscription',
      });
    }
    if (['Enabled', 'Warned', 'PastDue'].includes(subscription.state)) return undefined;
    return userProblem({
      code: 'subscription_disabled',
      message: t(
        'The subscription {0} is {1}: Azure accepts no changes in it.',
        subscription.displayName,
        subscription.state,
      ),
      remedy: t('Reactivate the subscription in the Azure portal, or choose another one.'),
      field: 'subscription',
    });
  });
}

/** The reason of a name that nobody checked: see `Catalog.checkStorageAccountName`. */
const UNCHECKED = 'Unchecked';

async function checkStorageName(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<Findings> {
  if (toCreate(plan, 'storageAccount') === undefined) return NOTHING;
  const { tenantId, subscriptionId, storageAccount } = plan.spec;
  const { name } = storageAccount;
  const checked = await ask(
    () => ports.azure.checkStorageAccountName({ tenantId, subscriptionId, name }, signal),
    ports,
    signal,
  );
  if (checked.known && checked.value.reason === UNCHECKED) {
    return {
      problems: [],
      notes: [t('Azure will say whether the name {0} is free when the account is made.', name)],
    };
  }
  return judged(checked, t('whether the name {0} is free', name), (check) => {
    if (check.available) return undefined;
    const invalid = check.reason === 'AccountNameInvalid';
    return userProblem({
      code: invalid ? 'storage_name_invalid' : 'storage_name_taken',
      message: invalid
        ? t('Azure does not accept {0} as the name of a storage account.', name)
        : t('The name {0} is taken: a storage account somewhere in Azure has it.', name),
      remedy: t('Choose another name: it has to be unique in all of Azure.'),
      field: 'storageAccount',
    });
  });
}

async function checkVaultName(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<Findings> {
  const vault = toCreate(plan, 'keyVault');
  if (vault === undefined) return NOTHING;
  const { tenantId, subscriptionId, location } = plan.spec;
  const at = { tenantId, subscriptionId, location, name: vault.resource.name };
  const [deleted, checked] = await Promise.all([
    ask(() => ports.azure.deletedVault(at, signal), ports, signal),
    ask(() => ports.azure.checkKeyVaultName(at, signal), ports, signal),
  ]);
  if (deleted.known && deleted.value !== undefined) {
    return problem(softDeleted('vault_soft_deleted', at.name, deleted.value.until));
  }
  return judged(checked, t('whether the name {0} is free', at.name), (check: NameCheck) =>
    check.available
      ? undefined
      : userProblem({
          code: 'vault_name_taken',
          message: t('The name {0} is taken by a key vault in use or a deleted one.', at.name),
          remedy: t('Recover or purge the deleted vault, or choose another storage account name.'),
          field: 'storageAccount',
        }),
  );
}

async function checkWorkspaceName(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<Findings> {
  const workspace = toCreate(plan, 'logAnalyticsWorkspace');
  if (workspace === undefined) return NOTHING;
  const { tenantId, subscriptionId, resourceGroup } = plan.spec;
  const { name } = workspace.resource;
  const at = { tenantId, subscriptionId, resourceGroup: resourceGroup.name, name };
  const deleted = await ask(() => ports.azure.deletedWorkspace(at, signal), ports, signal);
  return judged(deleted, t('whether the name {0} is free', name), (found) =>
    found === undefined ? undefined : softDeleted('workspace_soft_deleted', name, found.until),
  );
}

function softDeleted(code: string, name: string, until: string | undefined): SetupError {
  return userProblem({
    code,
    message:
      until === undefined
        ? t('{0} was deleted and still holds its name.', name)
        : t('{0} was deleted and holds its name until {1}.', name, until),
    remedy: t('Recover it, purge it in the Azure portal, or choose another storage account name.'),
    field: 'storageAccount',
  });
}

/** Kinds that Azure Policy looks at as we make them. */
const UNDER_POLICY: readonly ResourceKind[] = [
  'resourceGroup',
  'storageAccount',
  'userAssignedIdentity',
  'networkSecurityGroup',
  'virtualNetwork',
  'keyVault',
  'logAnalyticsWorkspace',
  'dataCollectionEndpoint',
  'dataCollectionRule',
];

async function checkPolicies(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<Findings> {
  const created = plan.changes.filter(
    ({ action, resource }) => action === 'create' && UNDER_POLICY.includes(resource.kind),
  );
  const met = new Set<string>();
  const findings = await Promise.all(
    created.map(async (change) => {
      const target = targetOfChange(change, plan.changes);
      if (target === undefined) return NOTHING;
      const at = { target, scope: policyScope(plan, target) };
      const asked = await ask(() => ports.azure.policyDenials(at, signal), ports, signal);
      if (!asked.known) return note(t('the policies for {0}', change.resource.name), asked.why);
      for (const { policy } of asked.value.filter(isMet)) met.add(policy);
      const denials = asked.value.filter((denial) => !isMet(denial));
      return { problems: denials.map((denial) => policyProblem(change, denial)), notes: [] };
    }),
  );
  return {
    problems: findings.flatMap(({ problems }) => problems),
    notes: [
      // One sentence is enough: what forbids one question forbids them all.
      ...findings.flatMap(({ notes }) => notes).slice(0, 1),
      ...[...met].sort().map(policyNote),
    ],
  };
}

function isMet({ mayBeMet }: PolicyDenial): boolean {
  return mayBeMet === true;
}

function policyNote(policy: string): string {
  return t(
    'The policy “{0}” would forbid what is sent, but another policy sets what it asks for. If it stops the run, ask whoever manages policies.',
    policy,
  );
}

/** A group that does not exist yet can't be asked: then the subscription's policies answer. */
function policyScope(plan: Plan, target: Target): string {
  const { subscriptionId, resourceGroup } = plan.spec;
  const group = resourceGroupId(subscriptionId, resourceGroup.name);
  const exists = plan.changes.some(
    ({ resource, observed }) => resource.kind === 'resourceGroup' && observed !== undefined,
  );
  return exists && isWithin(target.id, group) ? group : `/subscriptions/${subscriptionId}`;
}

function policyProblem({ resource }: Change, denial: PolicyDenial): SetupError {
  const who = denial.scope === undefined ? undefined : (groupOf(denial.scope) ?? denial.scope);
  return userProblem({
    code: 'policy_denied',
    message:
      denial.message === undefined
        ? t('The policy “{0}” forbids {1}.', denial.policy, resource.name)
        : t('The policy “{0}” forbids {1}: {2}', denial.policy, resource.name, denial.message),
    remedy:
      who === undefined
        ? t('Choose another location or name, or ask the owner of the policy for an exemption.')
        : t('Choose another location or name, or ask whoever manages policies of {0}.', who),
    object: resource.key,
    ...(denial.field === 'location' ? { field: 'location' } : {}),
  });
}

/** Resource types by kind, as providers list their locations. */
const TYPES: Partial<Readonly<Record<ResourceKind, readonly [namespace: string, type: string]>>> = {
  storageAccount: ['Microsoft.Storage', 'storageAccounts'],
  userAssignedIdentity: ['Microsoft.ManagedIdentity', 'userAssignedIdentities'],
  networkSecurityGroup: ['Microsoft.Network', 'networkSecurityGroups'],
  virtualNetwork: ['Microsoft.Network', 'virtualNetworks'],
  keyVault: ['Microsoft.KeyVault', 'vaults'],
  logAnalyticsWorkspace: ['Microsoft.OperationalInsights', 'workspaces'],
  dataCollectionEndpoint: ['Microsoft.Insights', 'dataCollectionEndpoints'],
  dataCollectionRule: ['Microsoft.Insights', 'dataCollectionRules'],
};

/** Kinds that Azure does not offer in the chosen location, as the providers of the plan say. */
function closedLocations(plan: Plan): readonly SetupError[] {
  return plan.changes.flatMap(({ action, resource }) => {
    const type = TYPES[resource.kind];
    if (action !== 'create' || type === undefined) return [];
    const locations = offeredLocations(plan, type);
    if (locations === undefined || locations.includes(plan.spec.location.toLowerCase())) return [];
    const error = userProblem({
      code: 'location_unsupported',
      message: t('Azure does not offer {0} in {1}.', `${type[0]}/${type[1]}`, plan.spec.location),
      remedy: t('Choose another location.'),
      object: resource.key,
      field: 'location',
    });
    return [error];
  });
}

/** Location codes of a type, or undefined where the provider does not tell. */
function offeredLocations(
  plan: Plan,
  [namespace, type]: readonly [string, string],
): readonly string[] | undefined {
  const provider = plan.changes.find(({ resource }) => resource.key === providerKey(namespace));
  const types = provider?.observed && valueAt(provider.observed.body, 'resourceTypes');
  const entry = listOf(types)
    .filter(isJsonObject)
    .find((each) => textAt(each, 'resourceType')?.toLowerCase() === type.toLowerCase());
  const locations = listOf(entry?.['locations']).filter((each) => typeof each === 'string');
  if (locations.length === 0) return undefined;
  // Providers write display names (`West Europe`), resources codes.
  return locations.map((each) => each.toLowerCase().replaceAll(' ', ''));
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function toCreate(plan: Plan, kind: ResourceKind): Change | undefined {
  return plan.changes.find(({ action, resource }) => action === 'create' && resource.kind === kind);
}

function judged<T>(
  answer: Answer<T>,
  what: string,
  judge: (value: T) => SetupError | undefined,
): Findings {
  if (!answer.known) return note(what, answer.why);
  const error = judge(answer.value);
  return error === undefined ? NOTHING : problem(error);
}

function problem(error: SetupError): Findings {
  return { problems: [error], notes: [] };
}

function note(what: string, why: string): Findings {
  return { problems: [], notes: [t('Not checked: {0} ({1}).', what, why)] };
}

function userProblem(details: Omit<SetupErrorDetails, 'source'>): SetupError {
  return new SetupError({ source: 'user', ...details });
}
