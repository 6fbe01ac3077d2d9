import { expect, it } from 'vitest';
import { textAt, type Json } from '../core/json.ts';
import { objectAt } from '../core/json.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { Bench, type Answer } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;
const V = 'api-version=2025-05-01';
const RUNS = 1000;
const MOST_MS = 60_000;

/** One set-up with everything ticked, step by step, polls included. Returns the number of requests. */
async function setUp(seed: number): Promise<number> {
  const bench = new Bench('single', { lag: 'seeded', seed });
  const token = bench.userToken();
  const ask = async (method: string, url: string, body?: Json): Promise<Answer> => {
    const answer = await bench.ask(method, url, { token, ...(body === undefined ? {} : { body }) });
    if (answer.status >= 300) throw new Error(`seed ${seed}: ${method} ${url}: ${answer.text}`);
    return answer;
  };
  const polled = async (answer: Answer): Promise<void> => {
    const url = answer.headers['azure-asyncoperation'] ?? answer.headers['location'];
    if (url === undefined) return;
    for (let round = 0; round < 100; round += 1) {
      bench.pass(10);
      const poll = await ask('GET', url);
      if (poll.status !== 202 && !/InProgress|Creating/.test(poll.text)) return;
    }
  };
  for (const name of [
    'Storage',
    'ManagedIdentity',
    'KeyVault',
    'OperationalInsights',
    'Insights',
  ]) {
    await ask('POST', `${SUBSCRIPTION}/providers/Microsoft.${name}/register?${V}`);
  }
  bench.pass(300);
  const group = await bench.group('dstack-project');
  const at = (path: string): string => `${group}/providers/${path}?${V}`;
  const location = 'eastus';
  await polled(
    await ask('PUT', at('Microsoft.Storage/storageAccounts/dstackspeed'), {
      location,
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS' },
    }),
  );
  for (const container of ['dstack-container', 'dstack-azure']) {
    await ask(
      'PUT',
      at(
        `Microsoft.Storage/storageAccounts/dstackspeed/blobServices/default/containers/${container}`,
      ),
      {},
    );
  }
  const identity = await ask('PUT', at('Microsoft.ManagedIdentity/userAssignedIdentities/runner'), {
    location,
  });
  await polled(await ask('PUT', at('Microsoft.Network/networkSecurityGroups/nsg'), { location }));
  const subnets = [
    {
      name: 's',
      properties: {
        addressPrefix: '10.0.0.0/20',
        networkSecurityGroup: {
          id: `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`,
        },
      },
    },
  ];
  await polled(
    await ask('PUT', at('Microsoft.Network/virtualNetworks/net'), {
      location,
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets },
    }),
  );
  await ask('PUT', at('Microsoft.KeyVault/vaults/dstackspeed'), {
    location,
    properties: {
      tenantId: SINGLE.tenantId,
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
    },
  });
  await polled(
    await ask('PUT', at('Microsoft.OperationalInsights/workspaces/dstack-logs'), { location }),
  );
  const schema = { name: 'logs_CL', columns: [{ name: 'TimeGenerated', type: 'datetime' }] };
  await polled(
    await ask('PUT', at('Microsoft.OperationalInsights/workspaces/dstack-logs/tables/logs_CL'), {
      properties: { schema },
    }),
  );
  await ask('PUT', at('Microsoft.Insights/dataCollectionEndpoints/dstack-dce'), {
    location,
    properties: {},
  });
  const principalId = textAt(objectAt(identity.json, 'properties'), 'principalId') ?? '';
  for (const [index, scope] of [
    group,
    `${group}/providers/Microsoft.Storage/storageAccounts/dstackspeed`,
  ].entries()) {
    const roleDefinitionId = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`;
    await ask(
      'PUT',
      `${scope}/providers/Microsoft.Authorization/roleAssignments/77777777-7777-4777-8777-77777777777${index}?${V}`,
      { properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal' } },
    );
  }
  expect(bench.azure.requests.unsupported()).toEqual([]);
  return bench.azure.requests.entries.length;
}

it(`${RUNS} set-ups in virtual time take under a minute`, { timeout: 2 * MOST_MS }, async () => {
  const started = performance.now();
  let requests = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) requests += await setUp(seed);
  const took = performance.now() - started;
  console.log(`${RUNS} set-ups, ${requests} requests: ${Math.round(took)} ms`);
  expect(took).toBeLessThan(MOST_MS);
});
