import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/dstack-gpu';

/** A record with everything that a backend is made of. */
export const record: ProjectRecord = {
  schema: 1,
  projectId: '33333333-3333-3333-3333-333333333333',
  spec: {
    schema: 1,
    name: 'gpu',
    tenantId: '11111111-1111-1111-1111-111111111111',
    subscriptionId: '22222222-2222-2222-2222-222222222222',
    location: 'westeurope',
    resourceGroup: { name: 'dstack-gpu', create: true },
    storageAccount: { name: 'dstackgpu', create: true },
    credentials: { kind: 'default' },
    server: { kind: 'local' },
  },
  server: { kind: 'local' },
  resources: [
    resource('storageAccount', `${group}/providers/Microsoft.Storage/storageAccounts/dstackgpu`),
    resource(
      'userAssignedIdentity',
      `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/dstackgpu-runner-identity`,
    ),
    resource(
      'virtualNetwork',
      `${group}/providers/Microsoft.Network/virtualNetworks/dstackgpu-default-network`,
      {
        subnetId: `${group}/providers/Microsoft.Network/virtualNetworks/dstackgpu-default-network/subnets/dstackgpu-default-subnet`,
      },
    ),
  ],
  secrets: [],
  pending: [],
};

function resource(kind: string, id: string, outputs: Record<string, string> = {}) {
  return { kind, id, origin: 'created' as const, runId: 'r', outputs };
}
