import { describe, expect, it } from 'vitest';
import { desiredState } from '../../../src/setup/desiredState.ts';
import type { JsonObject } from '../../../src/setup/json.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import type { DesiredResource, OutputsByKey } from '../../../src/setup/resource.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { dev, sampleSpec, SUBSCRIPTION, TENANT } from './sampleSpec.ts';

const everything: Partial<ProjectSpec> = {
  credentials: { kind: 'newApp' },
  secretsAndLogs: true,
  gateways: true,
};
const chosen: Partial<ProjectSpec> = {
  resourceGroup: { name: 'dstack-vision', create: false },
  storageAccount: { name: 'dstackvision1a2b3c4d', create: false },
};

function resource(key: string, change: Partial<ProjectSpec> = everything): DesiredResource {
  const all = desiredState(projectContext(sampleSpec(change), dev));
  return all.find((each) => each.key === key) ?? expect.fail(`There is no ${key}.`);
}

const OURS = 'dstack-azure/1b9c5b7b-aff2-5282-9289-4803dc7f6fe9';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/dstack-vision/providers`;
const SECURITY_GROUP = `${GROUP}/Microsoft.Network/networkSecurityGroups/dstack-network-security-group-westeurope`;
const SUBNET = 'dstackvision1a2b3c4d-default-subnet';
const NAMED = { 'dstack-project': 'vision' };

const is = (body: JsonObject, change: Partial<ObservedResource> = {}): ObservedResource => ({
  ...{ id: '/x', tags: NAMED, body },
  ...change,
});
const safe = {
  supportsHttpsTrafficOnly: true,
  minimumTlsVersion: 'TLS1_2',
  allowBlobPublicAccess: false,
};
const rule = (name: string, change: JsonObject = {}): JsonObject => ({
  name,
  properties: {
    ...{ access: 'Allow', direction: 'Inbound', destinationPortRange: '22' },
    ...change,
  },
});
const http = rule('gateway_http', {
  ...{ destinationPortRange: '', destinationPortRanges: ['443', '80'] },
});
const rules = (...securityRules: JsonObject[]): ObservedResource =>
  is({ properties: { securityRules } });
const subnet = (id: string | undefined, name = SUBNET): ObservedResource =>
  is({
    properties: {
      subnets: [
        'odd',
        { name, properties: { networkSecurityGroup: id === undefined ? null : { id } } },
      ],
    },
  });
const flow = (change: JsonObject = {}): ObservedResource =>
  is({
    properties: {
      dataCollectionEndpointId: `${GROUP}/Microsoft.Insights/dataCollectionEndpoints/dstackvision1a2b3c4d-DCE`,
      destinations: {
        logAnalytics: [
          {
            workspaceResourceId: `${GROUP}/microsoft.operationalinsights/workspaces/dstackvision1a2b3c4d-workspace`,
          },
        ],
      },
      dataFlows: [{ streams: ['Custom-dstack_logs_CL'] }],
      ...change,
    },
  });
const right = {
  actions: [
    'Microsoft.Compute/skus/read',
    'Microsoft.Compute/locations/operations/read',
    'Microsoft.Compute/locations/communityGalleries/images/read',
    'Microsoft.Compute/locations/communityGalleries/images/versions/read',
    'microsoft.network/locations/operations/read',
    'Microsoft.Network/locations/operationResults/read',
    'Microsoft.Resources/subscriptions/read',
  ],
};
const roleWith = (...permissions: (JsonObject | string)[]): ObservedResource =>
  is({ properties: { permissions, assignableScopes: [`/subscriptions/${SUBSCRIPTION}`] } });

const NO_TAG = 'The tag dstack-project is missing.';
const RIGHTS = 'Its rights differ from what dstack needs.';
const FLOW = 'It does not bring logs into the table of this project.';
const LETS_IN = 'The rule runner_ssh lets in something else.';
const NO_GROUP = `The subnet ${SUBNET} has no network security group of the project.`;

describe('what differs in', () => {
  it.each<[string, string, ObservedResource, string | undefined, Partial<ProjectSpec>?]>([
    [
      'provider/Microsoft.Network',
      'registered',
      is({ registrationState: 'Registered' }),
      undefined,
    ],
    [
      'provider/Microsoft.Network',
      'being registered',
      is({ registrationState: 'Registering' }),
      'Not registered in this subscription yet.',
    ],
    ['resourceGroup', 'with its tag', is({}), undefined],
    ['resourceGroup', 'without its tag', is({}, { tags: {} }), NO_TAG],
    ['resourceGroup', 'chosen, without a tag', is({}, { tags: {} }), undefined, chosen],
    ['storageAccount', 'safe', is({ properties: safe }), undefined],
    ['storageAccount', 'without its tag', is({ properties: safe }, { tags: {} }), NO_TAG],
    ['storageAccount', 'chosen, unsafe', is({}, { tags: {} }), undefined, chosen],
    [
      'storageAccount',
      'with plain HTTP',
      is({ properties: { ...safe, supportsHttpsTrafficOnly: false } }),
      'supportsHttpsTrafficOnly should be true.',
    ],
    [
      'storageAccount',
      'with old TLS',
      is({ properties: { ...safe, minimumTlsVersion: 'TLS1_0' } }),
      'minimumTlsVersion should be TLS1_2.',
    ],
    [
      'storageAccount',
      'with unheard-of TLS',
      is({ properties: { ...safe, minimumTlsVersion: 'none' } }),
      'minimumTlsVersion should be TLS1_2.',
    ],
    [
      'storageAccount',
      'with newer TLS',
      is({ properties: { ...safe, minimumTlsVersion: 'TLS1_3' } }),
      undefined,
    ],
    ['tags/resourceGroup', 'tagged for another project', is({}), undefined, chosen],
    ['tags/resourceGroup', 'untagged', is({}, { tags: {} }), 'The tag is not there yet.', chosen],
    ['networkSecurityGroup', 'in any order', rules(http, rule('runner_ssh')), undefined],
    ['networkSecurityGroup', 'of no rule', is({}), 'The rule runner_ssh is missing.'],
    [
      'networkSecurityGroup',
      'without gateways',
      rules(rule('runner_ssh')),
      'The rule gateway_http is missing.',
    ],
    ['networkSecurityGroup', 'out', rules(rule('runner_ssh', { direction: 'Outbound' })), LETS_IN],
    ['networkSecurityGroup', 'denied', rules(rule('runner_ssh', { access: 'Deny' })), LETS_IN],
    [
      'networkSecurityGroup',
      'and another port',
      rules(rule('runner_ssh', { destinationPortRanges: ['23'] })),
      LETS_IN,
    ],
    ['virtualNetwork', 'whole', subnet(SECURITY_GROUP.toUpperCase()), undefined],
    ['virtualNetwork', 'open', subnet(undefined), NO_GROUP],
    ['virtualNetwork', 'guarded by another group', subnet(`${SECURITY_GROUP}2`), NO_GROUP],
    [
      'virtualNetwork',
      'with another subnet',
      subnet(SECURITY_GROUP, 'x'),
      `The subnet ${SUBNET} is missing.`,
    ],
    ['keyVault', 'of roles', is({ properties: { enableRbacAuthorization: true } }), undefined],
    ['keyVault', 'of policies', is({}), 'It uses access policies instead of roles.'],
    ['dataCollectionRule', 'whole', flow(), undefined],
    ['dataCollectionRule', 'empty', is({}), FLOW],
    ['dataCollectionRule', 'at no endpoint', flow({ dataCollectionEndpointId: '/other' }), FLOW],
    ['dataCollectionRule', 'to no workspace', flow({ destinations: {} }), FLOW],
    ['dataCollectionRule', 'of other data', flow({ dataFlows: [] }), FLOW],
    ['roleDefinition/read', 'the same in other words', roleWith(right), undefined],
    [
      'roleDefinition/read',
      'the same in two parts',
      roleWith('odd', { actions: right.actions.slice(2) }, { actions: right.actions.slice(0, 3) }),
      undefined,
    ],
    ['roleDefinition/read', 'of nothing', is({}), RIGHTS],
    ['roleDefinition/read', 'and more', roleWith(right, { actions: ['*/read'] }), RIGHTS],
    ['roleDefinition/read', 'and data', roleWith(right, { dataActions: ['*/read'] }), RIGHTS],
    ['roleDefinition/read', 'less some', roleWith(right, { notActions: ['*/read'] }), RIGHTS],
    ['roleDefinition/read', 'less data', roleWith(right, { notDataActions: ['*'] }), RIGHTS],
    ['application', 'of this tenant', is({ signInAudience: 'AzureADMyOrg' }), undefined],
    [
      'application',
      'of every tenant',
      is({ signInAudience: 'AzureADMultipleOrgs' }),
      'Accounts of other tenants may sign in to it.',
    ],
  ])('%s, %s', (key, _what, observed, difference, spec) => {
    expect(resource(key, spec).difference(observed)).toBe(difference);
  });
});

const usable = { kind: 'StorageV2' };
const roleId = (role: string): string =>
  `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
const BLOB_DATA = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const ROLE_TAKEN =
  'Another role assignment has this id. Remove it in the Azure portal, then try again.';

function assigned(principalId: string, role: string): ObservedResource {
  const id = resource('role/caller/dstack-azure').target(new Map())?.id ?? '';
  const properties = { principalId, roleDefinitionId: roleId(role) };
  return is({ properties }, { id: id.toUpperCase() });
}

describe('what can’t be used, as', () => {
  it.each<[string, string, () => ObservedResource, string | undefined]>([
    ['resourceGroup', 'one that is there', () => is({}), undefined],
    [
      'resourceGroup',
      'one that goes',
      () => is({}, { provisioningState: 'Deleting' }),
      'Azure is deleting this resource group. Wait until it is gone, or choose another.',
    ],
    ['storageAccount', 'one of ours', () => is(usable, { location: 'westeurope' }), undefined],
    [
      'storageAccount',
      'one of this project in other case',
      () => is(usable, { tags: { 'dstack-project': 'Vision' } }),
      undefined,
    ],
    ['storageAccount', 'one of nobody', () => is(usable, { tags: {} }), undefined],
    [
      'storageAccount',
      'another project’s',
      () => is(usable, { tags: { 'dstack-project': 'speech' } }),
      'This account belongs to the project speech. Use that project, or choose another account.',
    ],
    [
      'storageAccount',
      'one for files',
      () => is({ kind: 'FileStorage' }),
      'Accounts of kind FileStorage can’t hold the project’s blobs. Choose a StorageV2 account.',
    ],
    [
      'storageAccount',
      'one whose kind Azure does not tell',
      () => is({}),
      'Azure does not say of which kind this account is. Choose a StorageV2 account.',
    ],
    [
      'storageAccount',
      'one elsewhere',
      () => is(usable, { location: 'eastus' }),
      'This account is in eastus, the project in westeurope. Choose an account in westeurope.',
    ],
    ['role/caller/dstack-azure', 'ours', () => assigned(dev.principalId, BLOB_DATA), undefined],
    ['role/caller/dstack-azure', 'another person’s', () => assigned(TENANT, BLOB_DATA), ROLE_TAKEN],
    [
      'role/caller/dstack-azure',
      'another role',
      () => assigned(dev.principalId, TENANT),
      ROLE_TAKEN,
    ],
    ['role/caller/dstack-azure', 'nothing', () => is({}), ROLE_TAKEN],
  ])('%s, %s', (key, _what, observed, conflict) => {
    expect(resource(key).conflict?.(observed())).toBe(conflict);
  });
});

const theirs = { team: 'x' };
const DNS = { dnsServers: ['10.0.0.4'] };
/** What people attach to a subnet: dstack needs a NAT gateway for VMs without public addresses. */
const ATTACHED = {
  natGateway: { id: '/nat' },
  routeTable: { id: '/routes' },
  serviceEndpoints: [{ service: 'Microsoft.Storage' }],
  delegations: [],
};
const VAULT = {
  ...{ tenantId: TENANT, sku: { family: 'A', name: 'premium' }, softDeleteRetentionInDays: 30 },
  ...{ enableRbacAuthorization: false, accessPolicies: [{ objectId: 'o' }] },
  ...{ publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny' } },
};

describe('an update of', () => {
  it.each<[string, ObservedResource, JsonObject]>([
    [
      'resourceGroup',
      is({}, { location: 'eastus', tags: theirs }),
      { location: 'eastus', tags: { ...theirs, ...NAMED } },
    ],
    ['resourceGroup', is({}, { tags: {} }), { location: 'westeurope', tags: NAMED }],
    [
      'storageAccount',
      is(
        { sku: { name: 'Standard_GRS' }, kind: 'BlobStorage' },
        { location: 'eastus', tags: theirs },
      ),
      {
        ...{ sku: { name: 'Standard_GRS' }, kind: 'BlobStorage', location: 'eastus' },
        ...{ tags: { ...theirs, ...NAMED }, properties: safe },
      },
    ],
    [
      'storageAccount',
      is({}),
      {
        ...{ sku: { name: 'Standard_LRS' }, kind: 'StorageV2', location: 'westeurope' },
        ...{ tags: NAMED, properties: safe },
      },
    ],
    [
      'storageAccount',
      is({ properties: { minimumTlsVersion: 'TLS1_3', allowBlobPublicAccess: true } }),
      {
        ...{ sku: { name: 'Standard_LRS' }, kind: 'StorageV2', location: 'westeurope' },
        ...{ tags: NAMED, properties: { ...safe, minimumTlsVersion: 'TLS1_3' } },
      },
    ],
    [
      'keyVault',
      is({}, { tags: theirs }),
      {
        ...{ location: 'westeurope', tags: theirs },
        properties: {
          tenantId: TENANT,
          sku: { family: 'A', name: 'standard' },
          enableRbacAuthorization: true,
        },
      },
    ],
    [
      'virtualNetwork',
      is({
        properties: {
          addressSpace: { addressPrefixes: ['172.16.0.0/16'] },
          subnets: [{ name: 'theirs' }, { name: SUBNET, properties: {} }],
        },
      }),
      {
        ...{ location: 'westeurope', tags: NAMED },
        properties: {
          addressSpace: { addressPrefixes: ['172.16.0.0/16'] },
          subnets: [
            { name: 'theirs' },
            {
              name: SUBNET,
              properties: {
                addressPrefix: '10.0.0.0/20',
                networkSecurityGroup: { id: SECURITY_GROUP },
              },
            },
          ],
        },
      },
    ],
    [
      'virtualNetwork',
      is({
        properties: {
          ...{ provisioningState: 'Failed', resourceGuid: 'g', flowLogs: [] },
          ...{ addressSpace: { addressPrefixes: ['10.0.0.0/8'] }, dhcpOptions: DNS },
          subnets: [
            {
              ...{ id: '/s', name: SUBNET, etag: 'W/"e"', type: 'subnets' },
              properties: {
                ...{
                  provisioningState: 'Succeeded',
                  purpose: 'x',
                  ipConfigurations: [{ id: 'c' }],
                },
                ...{ addressPrefixes: ['10.0.0.0/24'], networkSecurityGroup: { id: 'theirs' } },
                ...ATTACHED,
              },
            },
          ],
        },
      }),
      {
        ...{ location: 'westeurope', tags: NAMED },
        properties: {
          ...{ addressSpace: { addressPrefixes: ['10.0.0.0/8'] }, dhcpOptions: DNS },
          subnets: [
            {
              name: SUBNET,
              properties: {
                ...{ addressPrefixes: ['10.0.0.0/24'], ...ATTACHED },
                networkSecurityGroup: { id: SECURITY_GROUP },
              },
            },
          ],
        },
      },
    ],
    [
      'keyVault',
      is({ properties: { ...VAULT, provisioningState: 'Failed', privateEndpointConnections: [] } }),
      {
        location: 'westeurope',
        tags: NAMED,
        properties: { ...VAULT, enableRbacAuthorization: true },
      },
    ],
    [
      'application',
      is({ displayName: 'Renamed', tags: ['x'] }),
      { displayName: 'Renamed', signInAudience: 'AzureADMyOrg', tags: ['x'] },
    ],
    [
      'application',
      is({}),
      { displayName: 'dstack vision', signInAudience: 'AzureADMyOrg', tags: [] },
    ],
  ])('%s keeps what others have set', (key, observed, body) => {
    const desired = resource(key);
    const wanted = desired.target(new Map())?.body ?? expect.fail('There is no call.');
    expect(desired.updateBody?.(observed, wanted)).toEqual(body);
  });

  it('a network without an address space gives it ours', () => {
    const desired = resource('virtualNetwork');
    expect(desired.updateBody?.(is({}), {})).toMatchObject({
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['one network', { sourceAddressPrefix: '10.1.0.0/16' }, { sourceAddressPrefix: '10.1.0.0/16' }],
    [
      'several networks',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.1.0.0/16', '10.2.0.0/16'] },
      { sourceAddressPrefixes: ['10.1.0.0/16', '10.2.0.0/16'] },
    ],
    [
      'an empty list',
      { sourceAddressPrefix: '10.1.0.0/16', sourceAddressPrefixes: [] },
      { sourceAddressPrefix: '10.1.0.0/16' },
    ],
    ['nothing said', {}, { sourceAddressPrefix: 'Internet' }],
  ])('a rule that is open to %s opens it no further', (_to, from, source) => {
    const desired = resource('networkSecurityGroup', {});
    const observed = rules(rule('runner_ssh', { ...from, access: 'Deny' }));
    expect(desired.updateBody?.(observed, { location: 'l' })).toEqual({
      ...{ location: 'l', tags: NAMED },
      properties: {
        securityRules: [
          {
            name: 'runner_ssh',
            properties: {
              ...{ priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
              ...{
                sourcePortRange: '*',
                destinationAddressPrefix: '*',
                destinationPortRange: '22',
              },
              ...source,
            },
          },
        ],
      },
    });
  });

  it('a rule that a person has described and narrowed stays so, and lets in our ports', () => {
    const kept = {
      ...{ description: 'From the office', priority: 210, protocol: '*' },
      ...{ sourceApplicationSecurityGroups: [{ id: '/office' }], sourcePortRange: '*' },
      ...{ destinationAddressPrefixes: ['10.0.0.4'] },
    };
    const observed = is({
      properties: {
        ...{ provisioningState: 'Succeeded', flushConnection: true, subnets: [{ id: '/s' }] },
        securityRules: [
          rule('gateway_http', {
            ...{ ...kept, provisioningState: 'Succeeded', sourceAddressPrefixes: [] },
            ...{ destinationPortRange: '443', destinationPortRanges: [], direction: 'Outbound' },
          }),
        ],
        defaultSecurityRules: [rule('DenyAllInBound')],
      },
    });
    const update = resource('networkSecurityGroup').updateBody?.(observed, {});
    const { securityRules, ...others } = update?.['properties'] as { securityRules: JsonObject[] };
    expect(others).toEqual({ flushConnection: true });
    expect(securityRules.map(({ name }) => name)).toEqual(['runner_ssh', 'gateway_http']);
    expect(securityRules[1]?.['properties']).toEqual({
      ...{ ...kept, access: 'Allow', direction: 'Inbound', destinationPortRanges: ['80', '443'] },
    });
  });

  it('the flow of logs keeps tags and sends the whole rule', () => {
    const update = resource('dataCollectionRule').updateBody?.(is({}, { tags: theirs }), { a: 1 });
    expect(update).toEqual({ a: 1, tags: theirs });
  });
});

describe('what others need to know of', () => {
  it.each<[string, JsonObject, Readonly<Record<string, string>>]>([
    ['provider/Microsoft.Network', {}, {}],
    ['resourceGroup', {}, { id: '/x' }],
    ['storageAccount', {}, { id: '/x' }],
    [
      'storageAccount',
      { properties: { primaryEndpoints: { blob: 'https://b/' } } },
      { id: '/x', blobEndpoint: 'https://b/' },
    ],
    ['container/dstack-azure', {}, { id: '/x' }],
    [
      'identity',
      { properties: { principalId: 'p', clientId: 'c' } },
      { id: '/x', principalId: 'p', clientId: 'c' },
    ],
    ['identity', {}, { id: '/x', principalId: '', clientId: '' }],
    ['networkSecurityGroup', {}, { id: '/x' }],
    ['virtualNetwork', {}, { id: '/x', subnetId: `/x/subnets/${SUBNET}` }],
    ['keyVault', {}, { id: '/x' }],
    ['logsTable', {}, { id: '/x' }],
    [
      'dataCollectionEndpoint',
      { properties: { logsIngestion: { endpoint: 'https://i/' } } },
      { id: '/x', logsIngestion: 'https://i/' },
    ],
    ['dataCollectionEndpoint', {}, { id: '/x', logsIngestion: '' }],
    [
      'dataCollectionRule',
      { properties: { immutableId: 'dcr-1' } },
      { id: '/x', immutableId: 'dcr-1' },
    ],
    ['dataCollectionRule', {}, { id: '/x', immutableId: '' }],
    ['application', { id: 'o', appId: 'a' }, { id: '/x', objectId: 'o', clientId: 'a' }],
    ['application', {}, { id: '/x', objectId: '', clientId: '' }],
    ['servicePrincipal', { id: 'o', appId: 'a' }, { id: '/x', principalId: 'o', clientId: 'a' }],
    ['servicePrincipal', {}, { id: '/x', principalId: '', clientId: '' }],
    ['clientSecret', { id: 'o' }, {}],
    ['role/caller/dstack-azure', {}, { id: '/x', roleName: 'Storage Blob Data Contributor' }],
    ['projectRecord', {}, {}],
  ])('%s (%j)', (key, body, outputs) => {
    expect(resource(key).outputs(is(body))).toEqual(outputs);
  });
});

describe('a call that needs to know others', () => {
  it.each(['servicePrincipal', 'clientSecret', 'role/runner/dstack-container', 'role/app/run'])(
    'for %s can’t be made before they are known',
    (key) => {
      const empty: OutputsByKey = new Map([
        ['application', { clientId: '' }],
        ['identity', { principalId: '' }],
        ['servicePrincipal', { principalId: '' }],
      ]);
      expect(resource(key).target(new Map())).toBeUndefined();
      expect(resource(key).target(empty)).toBeUndefined();
    },
  );

  it('names the objects of this project where it is not told others', () => {
    const network = resource('virtualNetwork').target(new Map())?.body;
    expect(JSON.stringify(network)).toContain(`"${SECURITY_GROUP}"`);
    const flows = resource('dataCollectionRule').target(new Map())?.body;
    expect(JSON.stringify(flows)).toContain(
      `"${GROUP}/Microsoft.Insights/dataCollectionEndpoints/dstackvision1a2b3c4d-dce"`,
    );
  });
});

describe('the resources of another spec', () => {
  const keys = (change: Partial<ProjectSpec>): readonly string[] =>
    desiredState(projectContext(sampleSpec(change), dev)).map(({ key }) => key);

  it('have tags merged into what was chosen, with the account’s lock', () => {
    const [group, account] = [
      resource('tags/resourceGroup', chosen),
      resource('tags/storageAccount', chosen),
    ];
    expect(group).toMatchObject({
      ...{ name: 'dstack-project=vision', purpose: 'Makes the project findable on dstack-vision.' },
      ...{ ownership: 'shared', mode: 'make', dependsOn: ['resourceGroup'] },
      readsFrom: 'resourceGroup',
    });
    expect([group.lock, account.lock]).toEqual([undefined, 'storageAccount/dstackvision1a2b3c4d']);
    expect(account.target(new Map())).toEqual({
      kind: 'tags',
      id: `${GROUP}/Microsoft.Storage/storageAccounts/dstackvision1a2b3c4d`,
      tenantId: TENANT,
      subscriptionId: SUBSCRIPTION,
      apiVersion: '2021-04-01',
      body: { operation: 'Merge', properties: { tags: NAMED } },
    });
    expect(resource('resourceGroup', chosen).mode).toBe('use');
    expect(resource('storageAccount', chosen).mode).toBe('use');
    expect(account.outputs(is({}))).toEqual({});
  });

  it('say who gets a role in words', () => {
    const principalId = '44444444-4444-4444-4444-444444444444';
    const existing = { credentials: { kind: 'existingApp', principalId } } as const;
    expect(resource('role/app/run', existing).grantedTo).toBe(
      'the app that the dstack server signs in as',
    );
    expect(resource('role/app/run', existing).dependsOn).toEqual([
      'resourceGroup',
      'roleDefinition/run',
    ]);
    expect(resource('role/app/run', existing).target(new Map())?.body).toMatchObject({
      properties: { principalId, principalType: 'ServicePrincipal', description: OURS },
    });
  });

  it('give no role twice when the caller is the app itself, and none without a principal', () => {
    const { principalId } = dev;
    const self = keys({ credentials: { kind: 'existingApp', principalId } });
    expect(self).not.toContain('role/app/dstack-container');
    expect(self).toContain('role/app/run');
    const none = keys({ credentials: { kind: 'existingApp' }, secretsAndLogs: true });
    expect(none.filter((key) => key.startsWith('role/app'))).toEqual([]);
    expect(none).toContain('role/runner/secrets');
  });

  it('share the group of an earlier attempt of the same name, and no other', () => {
    const shared = (tags: Readonly<Record<string, string>>): string | undefined =>
      resource('resourceGroup').sharedWith?.(is({}, { tags }));
    const mark = { 'dstack-created-by': OURS };
    expect(shared({ 'dstack-project': 'VISION', ...mark })).toBe(
      'Made by an earlier attempt to set this project up; used as it is.',
    );
    expect(shared({ 'dstack-project': 'speech', ...mark })).toBeUndefined();
    expect(shared({ 'dstack-project': 'vision' })).toBeUndefined();
    expect(shared({ 'dstack-project': 'vision', 'dstack-created-by': 'x' })).toBeUndefined();
    expect(shared(mark)).toBeUndefined();
  });
});
