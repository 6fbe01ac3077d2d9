import type { Caller } from '../../../src/setup/ports.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';

export const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';
export const TENANT = '22222222-2222-2222-2222-222222222222';

export const dev: Caller = {
  principalId: '33333333-3333-3333-3333-333333333333',
  principalType: 'User',
  name: 'dev@contoso.example',
};

/** A project with everything new; a test states only what matters to it. */
export function sampleSpec(change: Partial<ProjectSpec> = {}): ProjectSpec {
  return {
    schema: 1,
    name: 'vision',
    tenantId: TENANT,
    subscriptionId: SUBSCRIPTION,
    location: 'westeurope',
    resourceGroup: { name: 'dstack-vision', create: true },
    storageAccount: { name: 'dstackvision1a2b3c4d', create: true },
    credentials: { kind: 'default' },
    server: { kind: 'local' },
    ...change,
  };
}
