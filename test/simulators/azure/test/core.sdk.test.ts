import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceManagementClient, type GenericResource } from '@azure/arm-resources';
import { StorageManagementClient } from '@azure/arm-storage';
import { SubscriptionClient } from '@azure/arm-subscriptions';
import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, RestError, type HttpClient } from '@azure/core-rest-pipeline';
import { beforeEach, expect, it } from 'vitest';
import { builtInGuid } from '../core/data/roles.ts';
import { worldNamed } from '../core/worlds.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { Bench } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;
const GROUP = `${SUBSCRIPTION}/resourceGroups/kinds`;
let bench: Bench;
let options: { httpClient: HttpClient; retryOptions: { maxRetries: number } };

/** Azure's official clients straight on the core: no socket, and time moves only when told. */
function clientOf(azure: Bench): HttpClient {
  return {
    sendRequest: async (request) => {
      const response = await azure.azure.handle({
        method: request.method,
        url: new URL(request.url),
        headers: request.headers.toJSON(),
        body: new TextEncoder().encode(typeof request.body === 'string' ? request.body : ''),
      });
      return {
        request,
        status: response.status,
        headers: createHttpHeaders({ ...response.headers }),
        bodyAsText: new TextDecoder().decode(response.body),
      };
    },
  };
}

const credential: TokenCredential = {
  getToken: () =>
    Promise.resolve({ token: bench.userToken(), expiresOnTimestamp: Date.now() + 3_600_000 }),
};

beforeEach(async () => {
  bench = new Bench(worldNamed('single'), { lag: 'seeded', seed: 9 });
  options = { httpClient: clientOf(bench), retryOptions: { maxRetries: 0 } };
  const resources = new ResourceManagementClient(credential, SINGLE.subscriptionId, options);
  for (const name of [
    'Storage',
    'ManagedIdentity',
    'KeyVault',
    'OperationalInsights',
    'Insights',
  ]) {
    await resources.providers.register(`Microsoft.${name}`);
  }
  bench.pass(301);
  await resources.resourceGroups.createOrUpdate('kinds', { location: 'eastus' });
});

interface Poller {
  poll(): Promise<unknown>;
  /** A method in the older generation of clients, a field in the newer one. */
  readonly isDone: boolean | (() => boolean);
}

function isDone(poller: Poller): boolean {
  return typeof poller.isDone === 'boolean' ? poller.isDone : poller.isDone();
}

/** One step at a time, as the product does it, ten simulated seconds apart. */
async function finish(poller: Poller): Promise<void> {
  for (let round = 0; round < 100 && !isDone(poller); round += 1) {
    bench.pass(10);
    await poller.poll();
  }
  expect(isDone(poller)).toBe(true);
}

const TENANT_SKU = { tenantId: SINGLE.tenantId, sku: { family: 'A', name: 'standard' } };
const COLUMNS = [{ name: 'TimeGenerated', type: 'datetime' }];
const KINDS: readonly (readonly [path: string, version: string, body: GenericResource])[] = [
  ['Microsoft.Network/networkSecurityGroups/nsg', '2025-05-01', { location: 'eastus' }],
  [
    'Microsoft.Network/virtualNetworks/net',
    '2025-05-01',
    {
      location: 'eastus',
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: [] },
    },
  ],
  [
    'Microsoft.Network/virtualNetworks/net/subnets/sub',
    '2025-05-01',
    { properties: { addressPrefix: '10.0.0.0/20' } },
  ],
  [
    'Microsoft.KeyVault/vaults/dstackkinds',
    '2026-02-01',
    { location: 'eastus', properties: { ...TENANT_SKU, enableRbacAuthorization: true } },
  ],
  ['Microsoft.OperationalInsights/workspaces/kinds-logs', '2025-07-01', { location: 'eastus' }],
  [
    'Microsoft.OperationalInsights/workspaces/kinds-logs/tables/kinds_CL',
    '2025-07-01',
    { properties: { schema: { name: 'kinds_CL', columns: COLUMNS } } },
  ],
  [
    'Microsoft.Insights/dataCollectionEndpoints/kinds-dce',
    '2023-03-11',
    { location: 'eastus', properties: {} },
  ],
  [
    'Microsoft.Insights/dataCollectionRules/kinds-dcr',
    '2023-03-11',
    { location: 'eastus', properties: {} },
  ],
];

it('the generic by-id client creates, reads, lists and deletes every kind without a client of its own', async () => {
  const { resources, resourceGroups } = new ResourceManagementClient(
    credential,
    SINGLE.subscriptionId,
    options,
  );
  for (const [path, version, body] of KINDS) {
    const id = `${GROUP}/providers/${path}`;
    const poller = await resources.beginCreateOrUpdateById(id, version, body);
    await finish(poller);
    bench.pass(200);
    const found = await resources.getById(id, version);
    expect([found.name, stateOf(found)]).toEqual([id.split('/').pop(), 'Succeeded']);
  }
  const listed: string[] = [];
  for await (const each of resources.listByResourceGroup('kinds')) listed.push(each.type ?? '');
  expect(listed.sort()).toEqual([
    'Microsoft.Insights/dataCollectionEndpoints',
    'Microsoft.Insights/dataCollectionRules',
    'Microsoft.KeyVault/vaults',
    'Microsoft.Network/networkSecurityGroups',
    'Microsoft.Network/virtualNetworks',
    'Microsoft.OperationalInsights/workspaces',
  ]);
  for (const [path, version] of [...KINDS].reverse()) {
    const id = `${GROUP}/providers/${path}`;
    await finish(await resources.beginDeleteById(id, version));
    const gone = resources.getById(id, version);
    await expect(gone).rejects.toMatchObject({ statusCode: 404 });
  }
  await finish(await resourceGroups.beginDelete('kinds'));
  expect(await resourceGroups.checkExistence('kinds')).toMatchObject({ body: false });
  expect(bench.azure.requests.unsupported()).toEqual([]);
});

function stateOf(resource: GenericResource): unknown {
  const properties = resource.properties as { provisioningState?: string } | undefined;
  return properties?.provisioningState;
}

it('the storage client polls an account to its end and finds it by name', async () => {
  const storage = new StorageManagementClient(credential, SINGLE.subscriptionId, options);
  const poller = storage.storageAccounts.create('kinds', 'dstackkinds', {
    location: 'eastus',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    minimumTlsVersion: 'TLS1_2',
    allowBlobPublicAccess: false,
  });
  await finish(poller);
  const account = await storage.storageAccounts.getProperties('kinds', 'dstackkinds');
  expect(account.primaryEndpoints?.blob).toBe('https://dstackkinds.blob.core.windows.net/');
  await storage.blobContainers.create('kinds', 'dstackkinds', 'dstack-azure', {});
  const names: string[] = [];
  for await (const each of storage.blobContainers.list('kinds', 'dstackkinds')) {
    names.push(each.name ?? '');
  }
  expect(names).toEqual(['dstack-azure']);
  const check = await storage.storageAccounts.checkNameAvailability({
    name: 'dstackkinds',
    type: 'Microsoft.Storage/storageAccounts',
  });
  expect(check.nameAvailable).toBe(false);
  await storage.storageAccounts.delete('kinds', 'dstackkinds');
});

it('the identity and authorization clients grant a custom role to a new identity', async () => {
  const identities = new ManagedServiceIdentityClient(credential, SINGLE.subscriptionId, options);
  const identity = await identities.userAssignedIdentities.createOrUpdate('kinds', 'runner', {
    location: 'eastus',
  });
  const { roleDefinitions, roleAssignments, permissions } = new AuthorizationManagementClient(
    credential,
    SINGLE.subscriptionId,
    options,
  );
  const guid = '88888888-8888-4888-8888-888888888888';
  const role = await roleDefinitions.createOrUpdate(GROUP, guid, {
    roleName: 'dstack kinds 88888888',
    assignableScopes: [GROUP],
    permissions: [{ actions: ['Microsoft.Compute/virtualMachines/*'] }],
  });
  const parameters = {
    roleDefinitionId: role.id ?? '',
    principalId: identity.principalId ?? '',
    principalType: 'ServicePrincipal',
  };
  // The new role can be assigned only when it has spread.
  bench.pass(31);
  const made = await roleAssignments.create(GROUP, guid, parameters);
  expect(made.principalId).toBe(identity.principalId);
  const listed: string[] = [];
  for await (const each of roleAssignments.listForScope(GROUP, { filter: 'atScope()' })) {
    listed.push(each.name ?? '');
  }
  expect(listed).toContain(guid);
  const items: string[] = [];
  for await (const each of permissions.listForResourceGroup('kinds')) {
    items.push(...(each.actions ?? []));
  }
  expect(items).toEqual(['*']);
  const again = roleAssignments.create(GROUP, guid.replace('8', '9'), parameters);
  await expect(again).rejects.toMatchObject({ statusCode: 409, code: 'RoleAssignmentExists' });
  const owner = await roleDefinitions.get(SUBSCRIPTION, builtInGuid('Owner'));
  expect(owner.roleName).toBe('Owner');
});

it('the subscriptions client lists tenants, subscriptions and locations', async () => {
  const client = new SubscriptionClient(credential, options);
  const tenants: string[] = [];
  for await (const each of client.tenants.list()) tenants.push(each.tenantId ?? '');
  expect(tenants).toEqual([SINGLE.tenantId]);
  let physical = 0;
  for await (const each of client.subscriptions.listLocations(SINGLE.subscriptionId)) {
    // The client passes `metadata` on but does not know it.
    const { metadata } = each as { metadata?: { regionType?: string } };
    if (metadata?.regionType === 'Physical') physical += 1;
  }
  expect(physical).toBe(61);
});

it('the tags client merges, and errors arrive with their codes', async () => {
  const resources = new ResourceManagementClient(credential, SINGLE.subscriptionId, options);
  const tags = await resources.tagsOperations.beginUpdateAtScopeAndWait(GROUP, {
    operation: 'Merge',
    properties: { tags: { 'dstack-project': 'kinds' } },
  });
  expect(tags.properties.tags).toEqual({ 'dstack-project': 'kinds' });
  try {
    await resources.resourceGroups.get('nothing-here');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(RestError);
    expect(error).toMatchObject({ statusCode: 404, code: 'ResourceGroupNotFound' });
  }
});
