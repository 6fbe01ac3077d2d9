import type { World } from '../world.ts';
import { SINGLE, singleWorld } from './single.ts';

/** Ids of the second tenant in the world `two-tenants`; those of the first are SINGLE's. */
export const FABRIKAM = {
  tenantId: '0a000000-0000-4000-8000-000000000002',
  userId: '0c000000-0000-4000-8000-000000000002',
  subscriptionId: '0b000000-0000-4000-8000-000000000002',
  secondSubscriptionId: '0b000000-0000-4000-8000-000000000003',
} as const;

/** The same person at home in Contoso and a guest in Fabrikam, where two subscriptions wait. */
export function twoTenantsWorld(): World {
  const single = singleWorld();
  const [dana] = single.users;
  return {
    ...single,
    name: 'two-tenants',
    tenants: [
      ...single.tenants,
      { tenantId: FABRIKAM.tenantId, displayName: 'Fabrikam', defaultDomain: 'fabrikam.example' },
    ],
    users: [
      {
        username: SINGLE.username,
        displayName: dana?.displayName ?? SINGLE.username,
        memberships: [
          { tenantId: SINGLE.tenantId, objectId: SINGLE.userId },
          { tenantId: FABRIKAM.tenantId, objectId: FABRIKAM.userId },
        ],
      },
    ],
    subscriptions: [
      ...single.subscriptions,
      {
        subscriptionId: FABRIKAM.subscriptionId,
        tenantId: FABRIKAM.tenantId,
        displayName: 'Fabrikam Research',
      },
      {
        subscriptionId: FABRIKAM.secondSubscriptionId,
        tenantId: FABRIKAM.tenantId,
        displayName: 'Fabrikam Production',
      },
    ],
    roleAssignments: [
      ...single.roleAssignments,
      {
        scope: `/subscriptions/${FABRIKAM.subscriptionId}`,
        principalId: FABRIKAM.userId,
        principalType: 'User',
        role: 'Owner',
      },
      {
        scope: `/subscriptions/${FABRIKAM.secondSubscriptionId}`,
        principalId: FABRIKAM.userId,
        principalType: 'User',
        role: 'Reader',
      },
    ],
    resources: [
      {
        id: `/subscriptions/${FABRIKAM.subscriptionId}/resourceGroups/research/providers/Microsoft.Storage/storageAccounts/fabrikamresearch`,
        location: 'eastus',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS', tier: 'Standard' },
      },
      {
        id: `/subscriptions/${FABRIKAM.subscriptionId}/resourceGroups/research/providers/Microsoft.Storage/storageAccounts/fabrikamshared`,
        location: 'eastus',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS', tier: 'Standard' },
        tags: {
          'dstack-project': 'shared-training',
          'dstack-created-by': 'dstack-azure/5b1f0d9e-2f7a-4f0c-9e11-6b8a51c7d001',
        },
      },
    ],
  };
}
