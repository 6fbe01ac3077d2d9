import { guidFrom } from '../random.ts';
import type { ResourceSpec, RoleAssignmentSpec, SubscriptionSpec, World } from '../world.ts';
import { SINGLE, singleWorld } from './single.ts';

const REGIONS = ['eastus', 'westeurope', 'northeurope', 'westus2', 'southeastasia'] as const;

/** Ids of the many tenants: the first is SINGLE's, in which the person is at home. */
function tenantIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? SINGLE.tenantId : guidFrom(`tenant|${index}`),
  );
}

function withTenants(world: World, name: string, count: number): World {
  const ids = tenantIds(count);
  const [dana] = world.users;
  return {
    ...world,
    name,
    tenants: ids.map((tenantId, index) => ({
      tenantId,
      displayName: index === 0 ? 'Contoso' : `Partner ${index}`,
      defaultDomain: index === 0 ? 'contoso.example' : `partner${index}.example`,
    })),
    users: [
      {
        username: SINGLE.username,
        displayName: dana?.displayName ?? SINGLE.username,
        memberships: ids.map((tenantId, index) => ({
          tenantId,
          objectId: index === 0 ? SINGLE.userId : guidFrom(`guest|${index}`),
        })),
      },
    ],
  };
}

function memberOf(world: World, tenantId: string): string {
  const membership = world.users[0]?.memberships.find((each) => each.tenantId === tenantId);
  return membership?.objectId ?? SINGLE.userId;
}

/** 40 tenants, 1,000 subscriptions, 10,000 storage accounts, one person who reads them all. */
export function enterpriseWorld(): World {
  const world = withTenants(singleWorld(), 'enterprise', 40);
  const subscriptions: SubscriptionSpec[] = [...world.subscriptions];
  for (let index = 1; index < 1000; index += 1) {
    subscriptions.push({
      subscriptionId: guidFrom(`subscription|${index}`),
      tenantId: world.tenants[index % 40]?.tenantId ?? SINGLE.tenantId,
      displayName: `Line of business ${String(index).padStart(3, '0')}`,
      ...(index % 97 === 0 ? { state: 'Disabled' as const } : {}),
    });
  }
  const roleAssignments: RoleAssignmentSpec[] = subscriptions.map((subscription) => ({
    scope: `/subscriptions/${subscription.subscriptionId}`,
    principalId: memberOf(world, subscription.tenantId),
    principalType: 'User',
    role: subscription.subscriptionId === SINGLE.subscriptionId ? 'Owner' : 'Reader',
  }));
  return {
    ...world,
    subscriptions,
    roleAssignments: [...world.roleAssignments.slice(1), ...roleAssignments],
    resources: subscriptions.flatMap((subscription, index) =>
      accountsOf(subscription.subscriptionId, index),
    ),
  };
}

/** Ten accounts each; one in fifty belongs to a project. */
function accountsOf(subscriptionId: string, serial: number): ResourceSpec[] {
  return Array.from({ length: 10 }, (_, index) => {
    const number = serial * 10 + index;
    const name = `lob${String(number).padStart(6, '0')}`;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/data-${index % 3}`;
    return {
      id: `${group}/providers/Microsoft.Storage/storageAccounts/${name}`,
      location: REGIONS[index % REGIONS.length] ?? 'eastus',
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS', tier: 'Standard' },
      ...(number % 50 === 0 ? { tags: { 'dstack-project': `project-${number}` } } : {}),
    };
  });
}

/** At home in one tenant and a guest in 12 others, most of which show nothing at all. */
export function guestWorld(): World {
  const world = withTenants(singleWorld(), 'guest', 13);
  const guestTenants = world.tenants.slice(1, 4);
  const more = guestTenants.map((tenant, index) => ({
    subscriptionId: guidFrom(`guest subscription|${index}`),
    tenantId: tenant.tenantId,
    displayName: `Shared with guests ${index + 1}`,
  }));
  return {
    ...world,
    subscriptions: [...world.subscriptions, ...more],
    roleAssignments: [
      ...world.roleAssignments,
      ...more.map((subscription): RoleAssignmentSpec => ({
        scope: `/subscriptions/${subscription.subscriptionId}`,
        principalId: memberOf(world, subscription.tenantId),
        principalType: 'User',
        role: 'Contributor',
      })),
    ],
  };
}
