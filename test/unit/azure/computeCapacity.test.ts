import { describe, expect, it } from 'vitest';
import { azureCatalog } from '../../../src/azure/catalog.ts';
import { gpuFamilies } from '../../../src/setup/gpuQuota.ts';
import { roomText } from '../../../src/setup/gpuQuotaText.ts';
import { SINGLE } from '../../simulators/azure/core/worlds/single.ts';
import {
  groupContributorWorld,
  studentWorld,
} from '../../simulators/azure/core/worlds/variations.ts';
import { fakeConnection, FakeTokens, FakeTransport, type FakeAnswer } from './fakeTransport.ts';
import { lab } from './simulatedLab.ts';

const signal = new AbortController().signal;
const { tenantId, subscriptionId } = SINGLE;

function catalogWith(...answers: FakeAnswer[]) {
  const transport = new FakeTransport(...answers);
  const tokens = new FakeTokens();
  return { transport, catalog: azureCatalog(fakeConnection(transport, tokens), tokens) };
}

const page = (...value: unknown[]): FakeAnswer => ({ status: 200, body: { value } });

describe('What a subscription may rent in a location', () => {
  it('is asked of one location only: all of them are tens of megabytes', async () => {
    const { transport, catalog } = catalogWith(page(), page());
    await catalog.computeCapacity('t', 's', 'westeurope', signal);
    expect(transport.lines).toEqual([
      'GET /subscriptions/s/providers/Microsoft.Compute/locations/westeurope/usages?api-version=2024-07-01',
      `GET /subscriptions/s/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location%20eq%20'westeurope'`,
    ]);
  });

  it('is read from sizes of machines, whatever else is in the list', async () => {
    const sku = {
      ...{ resourceType: 'virtualMachines', name: 'Standard_X', family: 'xFamily' },
      capabilities: [
        { name: 'vCPUs', value: '24' },
        { name: 'GPUs', value: '2' },
        { name: 'LowPriorityCapable', value: 'True' },
      ],
    };
    const { catalog } = catalogWith(
      page({ name: { value: 'xFamily' }, currentValue: 1, limit: 2, unit: 'Count' }),
      page(
        sku,
        { ...sku, restrictions: [{ type: 'Zone', reasonCode: 'NotAvailableForSubscription' }] },
        { ...sku, restrictions: [{ type: 'Location', reasonCode: 'QuotaId' }] },
        { resourceType: 'disks', name: 'Premium_LRS' },
        { resourceType: 'virtualMachines', name: 'Standard_Y', family: 'y', capabilities: null },
      ),
    );
    const size = { name: 'Standard_X', family: 'xFamily', vcpus: 24, gpus: 2, isSpotCapable: true };
    expect(await catalog.computeCapacity('t', 's', 'westeurope', signal)).toEqual({
      usages: [{ name: 'xFamily', used: 1, limit: 2 }],
      sizes: [
        size,
        size,
        { ...size, restriction: 'QuotaId' },
        { name: 'Standard_Y', family: 'y', vcpus: 0, gpus: 0, isSpotCapable: false },
      ],
    });
  });

  it('is read from the simulated Azure, whose families are spelled as Azure spells them', async () => {
    const { azure, simulated } = lab();
    const capacity = await azure.catalog.computeCapacity(
      ...([tenantId, subscriptionId, 'westeurope', signal] as const),
    );
    const rows = gpuFamilies(capacity).map((family) => `${family.series}: ${roomText(family)}`);
    expect(rows.slice(0, 3)).toEqual([
      'NCads A100 v4: room for 24 vCPUs (1 × A100)',
      'NCas T4 v3: room for 8 vCPUs (2 × T4)',
      'NCads H100 v5: no quota',
    ]);
    expect(rows.filter((row) => /ND.* H100/.test(row))).toEqual([]);
    expect(simulated.requests.unsupported()).toEqual([]);
  });

  it('tells which reason a closed subscription is given', async () => {
    const { azure } = lab(studentWorld());
    const capacity = await azure.catalog.computeCapacity(
      ...([tenantId, subscriptionId, 'swedencentral', signal] as const),
    );
    const reasons = new Set(gpuFamilies(capacity).map(({ restriction }) => restriction));
    expect([...reasons]).toEqual(['NotAvailableForSubscription']);
  });

  it('is refused in the words of the product where the person may not read it', async () => {
    const { azure } = lab(groupContributorWorld());
    const asked = azure.catalog.computeCapacity(tenantId, subscriptionId, 'westeurope', signal);
    await expect(asked).rejects.toMatchObject({ code: 'not_authorized' });
  });
});
