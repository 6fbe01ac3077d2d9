import { describe, expect, it } from 'vitest';
import { azureBackendOf } from '../../../src/dstack/backendConfig.ts';
import { record } from './projectRecords.ts';

describe('the backend of a record', () => {
  it('holds the mapped fields and nothing of the storage account', () => {
    expect(azureBackendOf(record, { type: 'default' })).toEqual({
      type: 'azure',
      tenant_id: '11111111-1111-1111-1111-111111111111',
      subscription_id: '22222222-2222-2222-2222-222222222222',
      resource_group: 'dstack-gpu',
      regions: ['westeurope'],
      subnet_ids: {
        westeurope: 'dstack-gpu/dstackgpu-default-network/dstackgpu-default-subnet',
      },
      vm_managed_identity: 'dstack-gpu/dstackgpu-runner-identity',
      creds: { type: 'default' },
    });
  });

  it('leaves network and identity to the server where the record has none', () => {
    const backend = azureBackendOf({ ...record, resources: [] }, { type: 'default' });
    expect(Object.keys(backend)).toEqual([
      'type',
      'tenant_id',
      'subscription_id',
      'resource_group',
      'regions',
      'creds',
    ]);
  });

  it('finds ids in whatever case Azure gives them', () => {
    const resources = record.resources.map((each) => ({ ...each, id: each.id.toLowerCase() }));
    const backend = azureBackendOf({ ...record, resources }, { type: 'default' });
    expect(backend.vm_managed_identity).toBe('dstack-gpu/dstackgpu-runner-identity');
  });
});
