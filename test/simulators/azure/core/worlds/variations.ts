import type { RoleAssignmentSpec, World } from '../world.ts';
import { SINGLE, singleWorld } from './single.ts';

const SCOPE = `/subscriptions/${SINGLE.subscriptionId}`;
const GROUP = `${SCOPE}/resourceGroups/team`;

/** The same two principals with another role each instead of Owner. */
function withRoles(
  world: World,
  name: string,
  roles: readonly Partial<RoleAssignmentSpec>[],
): World {
  return {
    ...world,
    name,
    roleAssignments: world.roleAssignments.flatMap((assignment) =>
      roles.map((role) => ({ ...assignment, ...role })),
    ),
  };
}

/** Contributor everywhere: can make all but role assignments, role definitions and locks. */
export function contributorOnlyWorld(): World {
  return withRoles(singleWorld(), 'contributor-only', [{ role: 'Contributor' }]);
}

/** The condition that the portal writes for an administrator who may grant blob data rights only. */
const BLOB_ROLES_ONLY =
  "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {ba92f5b4-2d11-453d-a403-e96b0029c9fe, 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal', 'User'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {ba92f5b4-2d11-453d-a403-e96b0029c9fe, 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1}))";

/** Contributor, and RBAC administrator under a condition: blob data roles only. */
export function rbacAdminConditionWorld(): World {
  return withRoles(singleWorld(), 'rbac-admin-condition', [
    { role: 'Contributor' },
    { role: 'Role Based Access Control Administrator', condition: BLOB_ROLES_ONLY },
  ]);
}

/** Contributor on one group only: cannot register providers, make groups or see the subscription. */
export function groupContributorWorld(): World {
  const single = singleWorld();
  const world = withRoles(single, 'group-contributor', [{ role: 'Contributor', scope: GROUP }]);
  const { subscriptionId } = SINGLE;
  return {
    ...world,
    resourceGroups: [{ subscriptionId, name: 'team', location: 'westeurope' }],
  };
}

/** Policies: two regions, a cost-centre tag on everything, no shared key. A lock on one group. */
export function lockedDownByPolicyWorld(): World {
  return {
    ...singleWorld(),
    name: 'locked-down-by-policy',
    policies: [
      {
        scope: SCOPE,
        name: 'eu-only',
        kind: 'allowedLocations',
        locations: ['westeurope', 'northeurope'],
      },
      {
        scope: SCOPE,
        name: 'need-cost-centre',
        kind: 'requiredTag',
        tag: 'costCentre',
        defaultValue: '0000',
      },
      { scope: SCOPE, name: 'no-shared-key', kind: 'denySharedKey' },
    ],
    resourceGroups: [
      { subscriptionId: SINGLE.subscriptionId, name: 'frozen', location: 'westeurope' },
      { subscriptionId: SINGLE.subscriptionId, name: 'kept', location: 'westeurope' },
      { subscriptionId: SINGLE.subscriptionId, name: 'guarded', location: 'westeurope' },
    ],
    locks: [
      { scope: `${SCOPE}/resourceGroups/frozen`, name: 'freeze', level: 'ReadOnly' },
      { scope: `${SCOPE}/resourceGroups/kept`, name: 'keep', level: 'CanNotDelete' },
    ],
    denyAssignments: [
      {
        scope: `${SCOPE}/resourceGroups/guarded`,
        name: 'made by a deployment stack',
        guid: '0d0d0000-0000-4000-8000-000000000001',
        actions: ['*/write', '*/delete'],
        principals: [SINGLE.userId, SINGLE.servicePrincipalId],
      },
    ],
  };
}

/** A student's subscription: five open regions, hardly any quota, nothing registered. */
export function studentWorld(): World {
  const single = singleWorld();
  return {
    ...single,
    name: 'student',
    subscriptions: single.subscriptions.map((subscription) => ({
      ...subscription,
      displayName: 'Azure for Students',
      quotaId: 'AzureForStudents_2018-01-01',
      spendingLimit: 'On' as const,
      registeredProviders: [],
      openLocations: [
        'northeurope',
        'polandcentral',
        'spaincentral',
        'italynorth',
        'swedencentral',
      ],
      vcpuLimits: { cores: 6, lowPriorityCores: 3, standardDSv3Family: 4 },
    })),
  };
}

/** Names that a set-up would like to use lie in the vaults' bin; one of them cannot be purged. */
export function softDeletedVaultWorld(): World {
  const vault = (name: string): string =>
    `${SCOPE}/resourceGroups/gone/providers/Microsoft.KeyVault/vaults/${name}`;
  return {
    ...singleWorld(),
    name: 'soft-deleted-vault',
    deletedVaults: [
      { vaultId: vault('dstackintheway'), location: 'eastus' },
      { vaultId: vault('dstackprotected'), location: 'eastus', purgeProtected: true },
    ],
    foreignNames: ['dstackforeign'],
  };
}

/** The app's only secret ran out yesterday. */
export function expiredSecretWorld(): World {
  const single = singleWorld();
  return {
    ...single,
    name: 'expired-secret',
    apps: single.apps.map((app) => ({
      ...app,
      secrets: app.secrets.map((secret) => ({ ...secret, expiresInDays: -1 })),
    })),
  };
}

/** Writes by people need a second factor. */
export function mfaForWritesWorld(): World {
  return { ...singleWorld(), name: 'mfa-for-writes', mfaForWrites: true };
}

/** The tenant forbids secrets on apps, and ordinary people may not register any. */
export function strictDirectoryWorld(): World {
  const single = singleWorld();
  return {
    ...single,
    name: 'strict-directory',
    tenants: single.tenants.map((tenant) => ({
      ...tenant,
      allowedToCreateApps: false,
      upsertByUniqueName: false,
      appManagementPolicy: { passwordsForbidden: true, audienceRestricted: true },
    })),
  };
}

/** The subscription has been disabled: everything can be read, nothing written. */
export function disabledSubscriptionWorld(): World {
  const single = singleWorld();
  return {
    ...single,
    name: 'disabled-subscription',
    subscriptions: single.subscriptions.map((each) => ({ ...each, state: 'Disabled' as const })),
  };
}

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(document.domain)</script>',
  "'; DROP TABLE projects; --",
  '${process.env.HOME} $(id) `id`',
  '../../../../etc/passwd',
  '\u202Egnp.exe\u202C \u0000\u0007 \u{1F4A3}',
  '[link](command:workbench.action.terminal.new) $(trash)',
  'A'.repeat(250),
];

/** Display names, tags and names that try to be markup, commands, paths or simply very long. */
export function hostileStringsWorld(): World {
  const single = singleWorld();
  const account = (index: number): string =>
    `${SCOPE}/resourceGroups/hostile.(${index})/providers/Microsoft.Storage/storageAccounts/hostile${index}`;
  return {
    ...single,
    name: 'hostile-strings',
    tenants: single.tenants.map((tenant) => ({ ...tenant, displayName: HOSTILE[0] ?? '' })),
    subscriptions: single.subscriptions.map((each) => ({ ...each, displayName: HOSTILE[1] ?? '' })),
    users: single.users.map((user) => ({ ...user, displayName: HOSTILE[6] ?? '' })),
    resources: HOSTILE.map((text, index) => ({
      id: account(index),
      location: 'eastus',
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS', tier: 'Standard' },
      tags: { 'dstack-project': text.slice(0, 250), note: text.slice(0, 250) },
    })),
  };
}
