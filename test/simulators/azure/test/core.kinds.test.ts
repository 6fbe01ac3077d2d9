import { beforeEach, describe, expect, it } from 'vitest';
import { listAt, objectAt, textAt, type Json } from '../core/json.ts';
import type { BlobEvent } from '../core/blobAccess.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { Bench, codeOf, type Answer } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;
const V = 'api-version=2025-05-01';
let bench: Bench;
let group: string;

beforeEach(async () => {
  bench = new Bench();
  for (const name of [
    'Storage',
    'ManagedIdentity',
    'KeyVault',
    'OperationalInsights',
    'Insights',
  ]) {
    await bench.register(`Microsoft.${name}`);
  }
  group = await bench.group('one');
});

const put = (path: string, body: Json, version = V): Promise<Answer> =>
  bench.ask('PUT', `${group}/providers/${path}?${version}`, { body });
const get = (path: string): Promise<Answer> => bench.ask('GET', `${group}/providers/${path}?${V}`);
const refusal = (answer: Answer): unknown => [answer.status, codeOf(answer)];

describe('storage accounts', () => {
  const path = 'Microsoft.Storage/storageAccounts/dstackkinds';
  const body = {
    location: 'eastus',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    tags: { a: '1' },
  };

  it('exist worldwide under one name: taken, already mine, or foreign', async () => {
    await bench.account(group, 'dstackkinds');
    const other = await bench.group('two');
    const again = await bench.ask('PUT', `${other}/providers/${path}?${V}`, { body });
    expect(refusal(again)).toEqual([409, 'StorageAccountAlreadyExists']);
    const check = await bench.ask(
      'POST',
      `${SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability?${V}`,
      {
        body: { name: 'dstackkinds', type: 'Microsoft.Storage/storageAccounts' },
      },
    );
    expect(check.json).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
    const wrong = await bench.ask(
      'POST',
      `${SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability?${V}`,
      {
        body: { name: 'No!', type: 'Microsoft.Storage/storageAccounts' },
      },
    );
    expect(wrong.json).toMatchObject({ nameAvailable: false, reason: 'AccountNameInvalid' });
  });

  it('answer a repeated PUT with 200, merge properties and keep tags that were not sent', async () => {
    await put(path, body);
    bench.pass(20);
    const { tags, ...rest } = body;
    const again = await put(path, { ...rest, properties: { allowSharedKeyAccess: false } });
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({
      tags,
      properties: { allowSharedKeyAccess: false, accessTier: 'Hot' },
    });
  });

  it('allow nothing else while they are being made', async () => {
    await put(path, body);
    expect(refusal(await put(path, body))).toEqual([409, 'StorageAccountOperationInProgress']);
    const container = await put(`${path}/blobServices/default/containers/early`, {});
    expect(refusal(container)).toEqual([409, 'StorageAccountIsNotProvisioned']);
    expect(objectAt((await get(path)).json, 'properties')).not.toHaveProperty('primaryEndpoints');
  });

  it.each([
    ['a kind that is none', { ...body, kind: 'Blob' }, 'InvalidRequestPropertyValue'],
    ['an SKU that is none', { ...body, sku: { name: 'Cheap_LRS' } }, 'InvalidRequestPropertyValue'],
    ['no location', { kind: 'StorageV2', sku: { name: 'Standard_LRS' } }, 'LocationRequired'],
  ])('refuse %s', async (_, wrong, code) => {
    expect(refusal(await put(path, wrong))).toEqual([400, code]);
  });

  it('go at once, and 204 says that there was nothing', async () => {
    const id = await bench.account(group, 'dstackkinds');
    expect((await bench.ask('DELETE', `${id}?${V}`)).status).toBe(200);
    expect((await bench.ask('DELETE', `${id}?${V}`)).status).toBe(204);
  });

  it('tell the blob side when they and their containers come and go', async () => {
    const events: BlobEvent[] = [];
    bench.azure.onBlobChange((event) => events.push(event));
    const id = await bench.account(group, 'dstackkinds');
    const container = `${id}/blobServices/default/containers/one?${V}`;
    await bench.ask('PUT', container, { body: {} });
    await bench.ask('DELETE', container);
    bench.azure.recordContainer('dstackkinds', 'made-by-data', true);
    expect(bench.azure.blobAccounts()).toEqual([
      { name: 'dstackkinds', containersFromArm: ['made-by-data'] },
    ]);
    await bench.ask('DELETE', `${id}?${V}`);
    expect(events.map((event) => event.kind)).toEqual([
      'accountCreated',
      'containerCreated',
      'containerDeleted',
      'accountDeleted',
    ]);
  });
});

describe('containers', () => {
  it('answer 201, then 200, refuse bad names and public access that the account forbids', async () => {
    const id = await bench.account(group, 'dstackkinds');
    const at = (name: string): string => `${id}/blobServices/default/containers/${name}?${V}`;
    expect((await bench.ask('PUT', at('one'), { body: {} })).status).toBe(201);
    expect((await bench.ask('PUT', at('one'), { body: {} })).status).toBe(200);
    expect(refusal(await bench.ask('PUT', at('a--b'), { body: {} }))).toEqual([
      400,
      'InvalidResourceName',
    ]);
    const open = await bench.ask('PUT', at('two'), {
      body: { properties: { publicAccess: 'Blob' } },
    });
    expect(refusal(open)).toEqual([409, 'PublicAccessNotPermitted']);
  });

  it('keep their name for half a minute after they were deleted', async () => {
    const id = await bench.account(group, 'dstackkinds');
    const at = `${id}/blobServices/default/containers/one?${V}`;
    await bench.ask('PUT', at, { body: {} });
    await bench.ask('DELETE', at);
    expect(refusal(await bench.ask('PUT', at, { body: {} }))).toEqual([
      409,
      'ContainerBeingDeleted',
    ]);
    bench.pass(31);
    expect((await bench.ask('PUT', at, { body: {} })).status).toBe(201);
  });
});

describe('identities', () => {
  it('keep their principal when they are put again, and leave their assignments behind', async () => {
    const path = 'Microsoft.ManagedIdentity/userAssignedIdentities/runner';
    const first = await put(path, { location: 'eastus' });
    const second = await put(path, { location: 'eastus' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(objectAt(second.json, 'properties')).toEqual(objectAt(first.json, 'properties'));
    expect(textAt(first.json, 'id')).toContain('/resourcegroups/');
    expect(first.headers['location']).toMatch(/^\/subscriptions\//);
    const principalId = textAt(objectAt(first.json, 'properties'), 'principalId') ?? '';
    const assignment = `${group}/providers/Microsoft.Authorization/roleAssignments/33333333-3333-4333-8333-333333333333?${V}`;
    const properties = {
      roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
      principalId,
      principalType: 'ServicePrincipal',
    };
    expect((await bench.ask('PUT', assignment, { body: { properties } })).status).toBe(201);
    await bench.ask('DELETE', `${group}/providers/${path}?${V}`);
    expect((await bench.ask('GET', assignment)).status).toBe(200);
  });
});

describe('role assignments', () => {
  const at = (guid: string): string =>
    `${group}/providers/Microsoft.Authorization/roleAssignments/${guid}?${V}`;
  const A = '44444444-4444-4444-8444-444444444441';
  const B = '44444444-4444-4444-8444-444444444442';
  const properties = (role: string): Json => ({
    properties: {
      roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId: SINGLE.servicePrincipalId,
      principalType: 'ServicePrincipal',
    },
  });
  const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

  it('are harmless to repeat, cannot be changed and exist once only', async () => {
    expect((await bench.ask('PUT', at(A), { body: properties(READER) })).status).toBe(201);
    expect((await bench.ask('PUT', at(A), { body: properties(READER) })).status).toBe(200);
    const changed = await bench.ask('PUT', at(A), {
      body: properties('b24988ac-6180-42a0-ab88-20f7382dd24c'),
    });
    expect(refusal(changed)).toEqual([400, 'RoleAssignmentUpdateNotPermitted']);
    const second = await bench.ask('PUT', at(B), { body: properties(READER) });
    expect(refusal(second)).toEqual([409, 'RoleAssignmentExists']);
  });

  it('refuse unknown roles, wrong principal types and names that are no GUID', async () => {
    const unknown = await bench.ask('PUT', at(A), { body: properties(B) });
    expect(refusal(unknown)).toEqual([400, 'RoleDefinitionDoesNotExist']);
    const body = {
      properties: { ...objectAt(properties(READER), 'properties'), principalType: 'User' },
    };
    expect(refusal(await bench.ask('PUT', at(A), { body }))).toEqual([
      400,
      'UnmatchedPrincipalType',
    ]);
    expect(refusal(await bench.ask('PUT', at('name'), { body: properties(READER) }))).toEqual([
      400,
      'InvalidRoleAssignmentId',
    ]);
  });
});

describe('tags', () => {
  it('are merged, replaced and taken away without touching the rest of the resource', async () => {
    const id = await bench.account(group, 'dstackkinds');
    const at = `${id}/providers/Microsoft.Resources/tags/default?${V}`;
    const patch = (operation: string, tags: Record<string, string>): Promise<Answer> =>
      bench.ask('PATCH', at, { body: { operation, properties: { tags } } });
    await patch('Merge', { Team: 'a', stay: 'x' });
    const merged = await patch('Merge', { team: 'b' });
    expect(merged.json).toMatchObject({
      name: 'default',
      properties: { tags: { Team: 'b', stay: 'x' } },
    });
    await patch('Delete', { Team: 'other value', stay: 'x' });
    expect((await bench.ask('GET', at)).json).toMatchObject({
      properties: { tags: { Team: 'b' } },
    });
    expect((await bench.ask('GET', `${id}?${V}`)).json).toMatchObject({
      tags: { Team: 'b' },
      kind: 'StorageV2',
    });
    expect(refusal(await patch('Add', {}))).toEqual([400, 'InvalidTagsPatchOperation']);
  });
});

describe('locks', () => {
  it('keep their notes for those who read and list them, until they are put without', async () => {
    const locks = `${group}/providers/Microsoft.Authorization/locks`;
    const lock = async (properties: Json): Promise<unknown> => {
      await bench.ask('PUT', `${locks}/held?${V}`, { body: { properties } });
      const read = (await bench.ask('GET', `${locks}/held?${V}`)).json;
      const listed = listAt((await bench.ask('GET', `${locks}?${V}`)).json, 'value');
      expect(listed).toEqual([read]);
      return objectAt(read, 'properties');
    };
    expect(await lock({ level: 'CanNotDelete', notes: 'by ops' })).toEqual({
      level: 'CanNotDelete',
      notes: 'by ops',
    });
    expect(await lock({ level: 'CanNotDelete' })).toEqual({ level: 'CanNotDelete' });
  });
});

describe('networks', () => {
  const network = 'Microsoft.Network/virtualNetworks/net';
  const nsg = 'Microsoft.Network/networkSecurityGroups/rules';
  const rule = (name: string, priority: number): Json => ({
    name,
    properties: {
      protocol: 'Tcp',
      access: 'Allow',
      direction: 'Inbound',
      priority,
      sourceAddressPrefix: 'Internet',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '22',
    },
  });
  const space = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };
  const subnet = (name: string, addressPrefix: string, more: Json = {}): Json => ({
    name,
    properties: { addressPrefix, ...(more as object) },
  });

  it('are replaced whole: rules and subnets that are not sent are gone', async () => {
    await put(nsg, {
      location: 'eastus',
      properties: { securityRules: [rule('a', 100), rule('b', 101)] },
    });
    bench.pass(15);
    const again = await put(nsg, {
      location: 'eastus',
      properties: { securityRules: [rule('b', 101)] },
    });
    expect(again.status).toBe(200);
    expect(listAt(objectAt(again.json, 'properties'), 'securityRules')).toHaveLength(1);
    await put(network, {
      location: 'eastus',
      properties: {
        ...space,
        subnets: [subnet('s1', '10.0.0.0/20'), subnet('s2', '10.0.16.0/20')],
      },
    });
    bench.pass(15);
    const less = await put(network, {
      location: 'eastus',
      properties: { ...space, subnets: [subnet('s2', '10.0.16.0/20')] },
    });
    expect(less.json).toMatchObject({ properties: { subnets: [{ name: 's2' }] } });
    bench.pass(15);
    const silent = await put(network, { location: 'eastus', properties: space });
    expect(silent.json).toMatchObject({ properties: { subnets: [{ name: 's2' }] } });
    bench.pass(15);
    const old = await put(
      network,
      { location: 'eastus', properties: space },
      'api-version=2022-01-01',
    );
    expect(listAt(objectAt(old.json, 'properties'), 'subnets')).toEqual([]);
  });

  it('are Updating until the operation is done, and take one write at a time', async () => {
    const first = await put(nsg, { location: 'eastus' });
    expect([first.status, first.headers['retry-after']]).toEqual([201, '3']);
    expect(refusal(await put(nsg, { location: 'eastus' }))).toEqual([
      409,
      'AnotherOperationInProgress',
    ]);
    const status = first.headers['azure-asyncoperation'] ?? '';
    expect((await bench.ask('GET', status)).json).toEqual({ status: 'InProgress' });
    bench.pass(4);
    expect((await bench.ask('GET', status)).json).toEqual({ status: 'Succeeded' });
    expect((await get(nsg)).json).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
  });

  it('refuse prefixes outside, overlapping and broken, rules of equal priority and missing references', async () => {
    const wrong = (...subnets: Json[]): Promise<Answer> =>
      put(network, { location: 'eastus', properties: { ...space, subnets } });
    expect(refusal(await wrong(subnet('s', '10.1.0.0/20')))).toEqual([
      400,
      'NetcfgSubnetRangeOutsideVnet',
    ]);
    expect(refusal(await wrong(subnet('s', '10.0.0.0/20'), subnet('t', '10.0.8.0/24')))).toEqual([
      400,
      'NetcfgSubnetRangesOverlap',
    ]);
    expect(refusal(await wrong(subnet('s', '10.0.0.1/20')))).toEqual([
      400,
      'InvalidAddressPrefixFormat',
    ]);
    const id = `${group}/providers/${nsg}`;
    expect(
      refusal(await wrong(subnet('s', '10.0.0.0/20', { networkSecurityGroup: { id } }))),
    ).toEqual([400, 'InvalidResourceReference']);
    const rules = await put(nsg, {
      location: 'eastus',
      properties: { securityRules: [rule('a', 100), rule('b', 100)] },
    });
    expect(refusal(rules)).toEqual([400, 'SecurityRuleConflict']);
  });

  it('hold a security group that a subnet uses, and let go of it when the subnet is rewritten without it', async () => {
    await put(nsg, { location: 'eastus' });
    bench.pass(15);
    const id = `${group}/providers/${nsg}`;
    await put(network, {
      location: 'eastus',
      properties: {
        ...space,
        subnets: [subnet('s', '10.0.0.0/20', { networkSecurityGroup: { id } })],
      },
    });
    bench.pass(15);
    expect(refusal(await bench.ask('DELETE', `${id}?${V}`))).toEqual([
      400,
      'InUseNetworkSecurityGroupCannotBeDeleted',
    ]);
    expect((await get(nsg)).json).toMatchObject({
      properties: { subnets: [{ id: expect.stringContaining('/subnets/s') as string }] },
    });
    const alone = await put(`${network}/subnets/s`, {
      properties: { addressPrefix: '10.0.0.0/20' },
    });
    expect(alone.status).toBe(200);
    bench.pass(15);
    expect((await bench.ask('DELETE', `${id}?${V}`)).status).toBe(202);
    bench.pass(15);
    expect((await get(nsg)).status).toBe(404);
    expect((await bench.ask('DELETE', `${id}?${V}`)).status).toBe(204);
  });
});

describe('key vaults', () => {
  const path = 'Microsoft.KeyVault/vaults/dstackvault';
  const properties = {
    tenantId: SINGLE.tenantId,
    sku: { family: 'A', name: 'standard' },
    enableRbacAuthorization: true,
    softDeleteRetentionInDays: 7,
  };
  const bin = `${SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/dstackvault`;

  it('go into the bin, block their name there, and can be recovered or purged', async () => {
    const made = await put(path, { location: 'eastus', properties });
    expect(made.json).toMatchObject({
      properties: {
        provisioningState: 'RegisteringDns',
        vaultUri: 'https://dstackvault.vault.azure.net/',
      },
    });
    await bench.ask('DELETE', `${group}/providers/${path}?${V}`);
    expect((await bench.ask('GET', `${bin}?${V}`)).status).toBe(200);
    expect(refusal(await put(path, { location: 'eastus', properties }))).toEqual([
      409,
      'ConflictError',
    ]);
    const back = await put(path, {
      location: 'eastus',
      properties: { ...properties, createMode: 'recover' },
    });
    expect(back.status).toBe(200);
    expect((await bench.ask('GET', `${bin}?${V}`)).status).toBe(404);
    await bench.ask('DELETE', `${group}/providers/${path}?${V}`);
    expect((await bench.ask('POST', `${bin}/purge?${V}`)).status).toBe(202);
    bench.pass(24);
    expect((await put(path, { location: 'eastus', properties })).status).toBe(200);
  });

  it('are forgotten when their retention is over', async () => {
    await put(path, { location: 'eastus', properties });
    await bench.ask('DELETE', `${group}/providers/${path}?${V}`);
    bench.pass(7 * 24 * 3600 + 1);
    expect((await bench.ask('GET', `${bin}?${V}`)).status).toBe(404);
  });

  it('keep what cannot be changed, and need policies when they are not in RBAC mode', async () => {
    await put(path, { location: 'eastus', properties });
    const longer = await put(path, {
      location: 'eastus',
      properties: { ...properties, softDeleteRetentionInDays: 90 },
    });
    expect(refusal(longer)).toEqual([400, 'BadRequest']);
    const unprotected = await put(path, {
      location: 'eastus',
      properties: { ...properties, enablePurgeProtection: false },
    });
    expect(refusal(unprotected)).toEqual([400, 'BadRequest']);
    const bare = { tenantId: SINGLE.tenantId, sku: { family: 'A', name: 'standard' } };
    const other = 'Microsoft.KeyVault/vaults/dstackother';
    expect(
      refusal(await put(other, { location: 'eastus', properties: bare }, 'api-version=2024-11-01')),
    ).toEqual([400, 'BadRequest']);
    const modern = await put(
      other,
      { location: 'eastus', properties: bare },
      'api-version=2026-02-01',
    );
    expect(modern.json).toMatchObject({ properties: { enableRbacAuthorization: true } });
  });

  it('in the world of bins cannot be purged when protected', async () => {
    const other = new Bench('soft-deleted-vault');
    const url = `${SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/dstackprotected/purge?${V}`;
    expect((await other.ask('POST', url)).status).toBe(400);
  });
});

describe('logs', () => {
  const workspace = 'Microsoft.OperationalInsights/workspaces/dstack-logs';
  const table = `${workspace}/tables/dstack_logs_CL`;
  const columns = [
    { name: 'TimeGenerated', type: 'dateTime' },
    { name: 'LogName', type: 'string' },
  ];
  const schema = { properties: { schema: { name: 'dstack_logs_CL', columns } } };

  it('follow each other: workspace, table, endpoint, rule', async () => {
    const made = await put(workspace, { location: 'eastus' });
    expect([made.status, made.headers['azure-asyncoperation']]).toEqual([201, undefined]);
    expect(refusal(await put(table, schema))).toEqual([409, 'Conflict']);
    bench.pass(46);
    expect((await get(workspace)).json).toMatchObject({
      properties: { provisioningState: 'Succeeded' },
    });
    const endpoint = await put('Microsoft.Insights/dataCollectionEndpoints/dstack-dce', {
      location: 'eastus',
      properties: {},
    });
    expect(endpoint.status).toBe(200);
    const rule = (): Promise<Answer> =>
      put('Microsoft.Insights/dataCollectionRules/dstack-dcr', {
        location: 'eastus',
        properties: {
          dataCollectionEndpointId: textAt(endpoint.json, 'id'),
          streamDeclarations: { 'Custom-dstack_logs_CL': { columns } },
          destinations: {
            logAnalytics: [{ workspaceResourceId: textAt(made.json, 'id'), name: 'dstack_logs' }],
          },
          dataFlows: [
            {
              streams: ['Custom-dstack_logs_CL'],
              destinations: ['dstack_logs'],
              outputStream: 'Custom-dstack_logs_CL',
              transformKql: 'source',
            },
          ],
        },
      });
    const early = await rule();
    expect([early.status, early.text]).toEqual([
      400,
      expect.stringContaining('InvalidOutputTable'),
    ]);
    const tablePut = await put(table, schema);
    expect([tablePut.status, tablePut.text]).toEqual([202, '']);
    bench.pass(6);
    const done = await rule();
    expect(textAt(objectAt(done.json, 'properties'), 'immutableId')).toMatch(/^dcr-[0-9a-f]{32}$/);
  });

  it('need TimeGenerated and a name that ends in _CL', async () => {
    await put(workspace, { location: 'eastus' });
    bench.pass(46);
    const without = {
      properties: { schema: { name: 'dstack_logs_CL', columns: columns.slice(1) } },
    };
    expect(refusal(await put(table, without))).toEqual([400, 'InvalidParameter']);
    const misnamed = { properties: { schema: { name: 'dstack_logs', columns } } };
    expect(refusal(await put(`${workspace}/tables/dstack_logs`, misnamed))).toEqual([
      400,
      'InvalidParameter',
    ]);
  });

  it('leave a workspace in its bin for 14 days unless it is forced out', async () => {
    await put(workspace, { location: 'eastus' });
    bench.pass(46);
    await bench.ask('DELETE', `${group}/providers/${workspace}?${V}`);
    bench.pass(15);
    expect(refusal(await put(workspace, { location: 'westus' }))).toEqual([409, 'Conflict']);
    const back = await put(workspace, { location: 'eastus' });
    expect(back.status).toBe(201);
    bench.pass(46);
    await bench.ask('DELETE', `${group}/providers/${workspace}?${V}&force=true`);
    bench.pass(15);
    expect((await put(workspace, { location: 'westus' })).status).toBe(201);
  });
});

describe('compute', () => {
  it('tells quotas in vCPUs and sizes with their irregular families', async () => {
    const skus = await bench.ask(
      'GET',
      `${SUBSCRIPTION}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location eq 'eastus'`,
    );
    const families = listAt(skus.json, 'value').map((each) => textAt(each, 'family'));
    expect(families).toContain('Standard NCASv3_T4 Family');
    const usages = await bench.ask(
      'GET',
      `${SUBSCRIPTION}/providers/Microsoft.Compute/locations/eastus/usages?api-version=2024-07-01`,
    );
    const names = listAt(usages.json, 'value').map((each) =>
      textAt(objectAt(each, 'name'), 'value'),
    );
    expect(names).toEqual(
      expect.arrayContaining(['cores', 'lowPriorityCores', 'StandardNCADSA100v4Family']),
    );
  });
});

describe('Resource Graph', () => {
  const ask = (query: string): Promise<Answer> =>
    bench.ask('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01', {
      body: { query },
    });

  it.each([
    ["resources | where name == 'dstackkinds' | project name", 1],
    [
      "Resources | where type in~ ('Microsoft.Storage/storageAccounts', 'x') and location != 'westus'",
      1,
    ],
    ["resources | where not(isempty(tags['team'])) or tags.other startswith 'x'", 1],
    ["resources | where tolower(name) contains 'KINDS' | extend n = name | take 1", 1],
    ["resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups'", 1],
    ["resources | where tags['team'] =~ 'nobody'", 0],
  ])('runs %s', async (query, count) => {
    const id = await bench.account(group, 'dstackkinds');
    await bench.ask('PATCH', `${id}/providers/Microsoft.Resources/tags/default?${V}`, {
      body: { operation: 'Merge', properties: { tags: { team: 'a' } } },
    });
    const answer = await ask(query);
    expect([answer.status, objectAt({ answer: answer.json ?? null }, 'answer')['count']]).toEqual([
      200,
      count,
    ]);
  });

  it('refuses what is no query with 400 and what it cannot run with 501', async () => {
    expect((await ask('resources | where name ==')).status).toBe(400);
    expect((await ask('resources | summarize count() by type')).status).toBe(501);
    expect(bench.azure.requests.takeUnsupported()).toHaveLength(1);
  });
});
