import type { World } from '../world.ts';

/** Ids of the world `single`, for tests that need to name them. */
export const SINGLE = {
  tenantId: '0a000000-0000-4000-8000-000000000001',
  subscriptionId: '0b000000-0000-4000-8000-000000000001',
  username: 'dev@contoso.example',
  userId: '0c000000-0000-4000-8000-000000000001',
  clientId: '0d000000-0000-4000-8000-000000000001',
  clientSecret: 'simulated~Secret.of-the-set-up-app-0001',
  servicePrincipalId: '0e000000-0000-4000-8000-000000000001',
} as const;

/** One tenant, one subscription; a person and an app for `npm run setup`, both Owners of it. */
export function singleWorld(): World {
  const scope = `/subscriptions/${SINGLE.subscriptionId}`;
  return {
    name: 'single',
    tenants: [
      { tenantId: SINGLE.tenantId, displayName: 'Contoso', defaultDomain: 'contoso.example' },
    ],
    users: [
      {
        username: SINGLE.username,
        displayName: 'Dana Developer',
        memberships: [{ tenantId: SINGLE.tenantId, objectId: SINGLE.userId }],
      },
    ],
    apps: [
      {
        tenantId: SINGLE.tenantId,
        displayName: 'dstack set-up',
        clientId: SINGLE.clientId,
        objectId: '0f000000-0000-4000-8000-000000000001',
        servicePrincipalId: SINGLE.servicePrincipalId,
        secrets: [
          {
            keyId: '0f000000-0000-4000-8000-0000000000a1',
            value: SINGLE.clientSecret,
            expiresInDays: 365,
          },
        ],
        graphPermissions: ['Application.ReadWrite.All'],
      },
    ],
    subscriptions: [
      {
        subscriptionId: SINGLE.subscriptionId,
        tenantId: SINGLE.tenantId,
        displayName: 'Contoso Development',
        registeredProviders: ['Microsoft.Compute', 'Microsoft.Network', 'Microsoft.PolicyInsights'],
        // Enough for two small GPUs and for a large one; a new subscription has none at all.
        vcpuLimits: { 'Standard NCASv3_T4 Family': 8, StandardNCADSA100v4Family: 24 },
      },
    ],
    roleAssignments: [
      { scope, principalId: SINGLE.userId, principalType: 'User', role: 'Owner' },
      {
        scope,
        principalId: SINGLE.servicePrincipalId,
        principalType: 'ServicePrincipal',
        role: 'Owner',
      },
    ],
  };
}
