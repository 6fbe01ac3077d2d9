import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../core/json.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { worldNamed } from '../core/worlds.ts';
import { Bench, codeOf, type Answer } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;
const V = 'api-version=2025-05-01';
const GUID = '22222222-2222-4222-8222-222222222222';

let bench: Bench;
let group: string;

beforeEach(async () => {
  bench = new Bench();
  for (const name of ['Network', 'KeyVault', 'OperationalInsights', 'Insights']) {
    await bench.register(`Microsoft.${name}`);
  }
  group = await bench.group('team');
});

function put(path: string, body: Json): Promise<Answer> {
  return bench.ask('PUT', `${group}/providers/${path}?${V}`, { body });
}

function refusal(answer: Answer): [number, string] {
  return [answer.status, codeOf(answer)];
}

describe('a security group', () => {
  const nsg = 'Microsoft.Network/networkSecurityGroups/nsg';
  const ssh = {
    protocol: 'Tcp',
    access: 'Allow',
    direction: 'Inbound',
    priority: 100,
    sourceAddressPrefix: 'Internet',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '22',
  };
  const withRule = (properties: Json): Promise<Answer> =>
    put(nsg, { location: 'eastus', properties: { securityRules: [{ name: 'ssh', properties }] } });

  it.each([
    ['an unknown protocol', { ...ssh, protocol: 'ssh' }, 'InvalidRequestFormat'],
    ['an unknown direction', { ...ssh, direction: 'in' }, 'InvalidRequestFormat'],
    ['no port', { ...ssh, destinationPortRange: '' }, 'SecurityRuleParameterNotSpecified'],
    ['no source', { ...ssh, sourceAddressPrefix: '' }, 'SecurityRuleParameterNotSpecified'],
  ])('refuses a rule with %s', async (_what, rule, code) => {
    expect(refusal(await withRule(rule))).toEqual([400, code]);
  });

  it('takes ends of a rule as one value or as a list', async () => {
    const many = { ...ssh, destinationPortRange: '', destinationPortRanges: ['80', '443'] };
    expect((await withRule(many)).status).toBe(201);
  });

  it('serves only subnets of its own region', async () => {
    await put(nsg, { location: 'westeurope' });
    bench.pass(20);
    const networkSecurityGroup = { id: `${group}/providers/${nsg}` };
    const network = await put('Microsoft.Network/virtualNetworks/net', {
      location: 'eastus',
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [
          { name: 's', properties: { addressPrefix: '10.0.0.0/20', networkSecurityGroup } },
        ],
      },
    });
    expect(refusal(network)).toEqual([400, 'InvalidResourceReference']);
  });
});

it('a subnet needs the right to join the security group that it points at', async () => {
  const foreign = `${SUBSCRIPTION}/resourceGroups/other/providers/Microsoft.Network/networkSecurityGroups/nsg`;
  const world = worldNamed('group-contributor');
  const limited = new Bench({
    ...world,
    resources: [...(world.resources ?? []), { id: foreign, location: 'eastus' }],
  });
  const network = `${SUBSCRIPTION}/resourceGroups/team/providers/Microsoft.Network/virtualNetworks/net?${V}`;
  const withSubnet = (properties: Json): Promise<Answer> =>
    limited.ask('PUT', network, {
      body: {
        location: 'eastus',
        properties: {
          addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
          subnets: [{ name: 's', properties }],
        },
      },
    });
  const addressPrefix = '10.0.0.0/20';
  const pointing = await withSubnet({ addressPrefix, networkSecurityGroup: { id: foreign } });
  expect(refusal(pointing)).toEqual([403, 'LinkedAuthorizationFailed']);
  expect((await withSubnet({ addressPrefix })).status).toBe(201);
});

it('a poll URL counts only as it was handed out, letter by letter', async () => {
  const made = await put('Microsoft.Network/networkSecurityGroups/nsg', { location: 'eastus' });
  const url = made.headers['azure-asyncoperation'] ?? '';
  expect((await bench.ask('GET', url)).status).toBe(200);
  for (const changed of [`${url}0`, url.replace('&s=', '&S='), url.split('&')[0] ?? '']) {
    expect(refusal(await bench.ask('GET', changed))).toEqual([403, 'InvalidPollSignature']);
  }
});

describe('a vault', () => {
  const path = 'Microsoft.KeyVault/vaults/dstackstrict';
  const properties = {
    tenantId: SINGLE.tenantId,
    sku: { family: 'A', name: 'standard' },
    enableRbacAuthorization: true,
  };

  it('is of the one family that there is', async () => {
    for (const sku of [{ name: 'standard' }, { family: 'A', name: 'free' }]) {
      const answer = await put(path, { location: 'eastus', properties: { ...properties, sku } });
      expect(refusal(answer)).toEqual([400, 'BadRequest']);
    }
  });

  it('comes back from the bin only where it was', async () => {
    await put(path, { location: 'eastus', properties });
    await bench.ask('DELETE', `${group}/providers/${path}?${V}`);
    const recover = (location: string): Promise<Answer> =>
      put(path, { location, properties: { ...properties, createMode: 'recover' } });
    expect(refusal(await recover('westus'))).toEqual([400, 'BadRequest']);
    expect((await recover('East US')).status).toBe(200);
  });
});

describe('logs', () => {
  const workspace = 'Microsoft.OperationalInsights/workspaces/dstack-logs';

  it('take one change at a time: none while a workspace is being made or is going', async () => {
    await put(workspace, { location: 'eastus' });
    expect(refusal(await put(workspace, { location: 'eastus' }))).toEqual([409, 'Conflict']);
    bench.pass(46);
    expect((await put(workspace, { location: 'eastus' })).status).toBe(200);
    await bench.ask('DELETE', `${group}/providers/${workspace}?${V}`);
    expect(refusal(await put(workspace, { location: 'eastus' }))).toEqual([409, 'Conflict']);
  });

  it('stand in one region: rule, endpoint and workspace', async () => {
    await put(workspace, { location: 'westeurope' });
    bench.pass(46);
    const rule = await put('Microsoft.Insights/dataCollectionRules/dstack-dcr', {
      location: 'eastus',
      properties: {
        destinations: {
          logAnalytics: [{ workspaceResourceId: `${group}/providers/${workspace}`, name: 'logs' }],
        },
        dataFlows: [],
      },
    });
    expect([rule.status, rule.text]).toEqual([
      400,
      expect.stringContaining('InvalidResourceLocation'),
    ]);
  });
});

describe('a custom role', () => {
  const url = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${GUID}?${V}`;
  const role = (actions: string[], dataActions: string[] = []): { body: Json } => ({
    body: {
      properties: {
        roleName: 'dstack strict',
        assignableScopes: [SUBSCRIPTION],
        permissions: [{ actions, notActions: [], dataActions, notDataActions: [] }],
      },
    },
  });

  it.each([
    ['a misspelt action', ['Microsoft.Compute/virtualMachine/read'], []],
    ['a pattern that nothing matches', ['Microsoft.Compute/*/fly'], []],
    [
      'a data action among the actions',
      ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
      [],
    ],
    ['an action among the data actions', [], ['Microsoft.Compute/disks/read']],
  ])('is refused with %s', async (_what, actions, dataActions) => {
    const answer = await bench.ask('PUT', url, role(actions, dataActions));
    expect(refusal(answer)).toEqual([400, 'InvalidActionOrNotAction']);
  });

  it('can be assigned only when Azure has spread it', async () => {
    const late = new Bench('single', { lag: 'seeded', seed: 4 });
    expect((await late.ask('PUT', url, role(['Microsoft.Compute/*/read']))).status).toBe(201);
    const assignment = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/${GUID}?${V}`;
    const properties = {
      roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${GUID}`,
      principalId: SINGLE.servicePrincipalId,
      principalType: 'ServicePrincipal',
    };
    const early = await late.ask('PUT', assignment, { body: { properties } });
    expect(refusal(early)).toEqual([400, 'RoleDefinitionDoesNotExist']);
    late.pass(31);
    expect((await late.ask('PUT', assignment, { body: { properties } })).status).toBe(201);
  });
});

it('a caller’s permissions are told at a group or a resource, as documented, and not above', async () => {
  const at = (scope: string): string =>
    `${scope}/providers/Microsoft.Authorization/permissions?${V}`;
  expect((await bench.ask('GET', at(group))).status).toBe(200);
  expect((await bench.ask('GET', at(SUBSCRIPTION))).status).toBe(501);
  expect(bench.azure.requests.takeUnsupported()).toHaveLength(1);
});

it('the unique name of an application comes with an upsert alone, and the upsert names the app', async () => {
  const GRAPH = 'https://graph.microsoft.com';
  const scopes = ['Application.ReadWrite.All'];
  const { tenantId, username } = SINGLE;
  const token = bench.azure.issueUserToken({ tenantId, username, audience: GRAPH, scopes });
  const graph = (method: string, path: string, body: Json, prefer?: string): Promise<Answer> =>
    bench.ask(method, `${GRAPH}/v1.0${path}`, {
      token,
      body,
      ...(prefer === undefined ? {} : { headers: { prefer } }),
    });
  const named = "/applications(uniqueName='dstack-azure-2')";
  const displayName = 'dstack';
  const posted = await graph('POST', '/applications', { displayName, uniqueName: 'mine' });
  expect(refusal(posted)).toEqual([400, 'Request_BadRequest']);
  expect((await graph('PATCH', named, {}, 'create-if-missing')).status).toBe(400);
  expect((await graph('PATCH', named, { displayName }, 'create-if-missing')).status).toBe(201);
  expect((await graph('PATCH', named, {}, 'create-if-missing')).status).toBe(400);
  expect((await graph('PATCH', named, { uniqueName: 'other' })).status).toBe(400);
});

it('an authority that is none of Azure’s is no instance', async () => {
  const at = 'https://login.microsoftonline.com/common/discovery/instance?api-version=1.1';
  const authority = (host: string): string =>
    `${at}&authorization_endpoint=${encodeURIComponent(`https://${host}/common/oauth2/v2.0/authorize`)}`;
  expect((await bench.ask('GET', authority('login.microsoftonline.com'))).status).toBe(200);
  const strange = await bench.ask('GET', authority('login.example.com'));
  expect([strange.status, strange.text]).toEqual([400, expect.stringContaining('AADSTS50049')]);
});
