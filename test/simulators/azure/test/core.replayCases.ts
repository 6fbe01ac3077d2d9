import type { Json } from '../core/json.ts';
import type { World } from '../core/world.ts';
import type { Answer } from './core.harness.ts';
import { HELPER, member, OWNER, TENANT, type Stage } from './core.replayStage.ts';

export interface ReplayCase {
  /** Prepares and sends the recorded request. */
  readonly run: (stage: Stage) => Promise<Answer>;
  /** Points in which the answer may differ, with the reason. */
  readonly ignore?: readonly string[];
  readonly why?: string;
  readonly lag?: 'seeded';
  readonly world?: Partial<World>;
}

/** Recordings of operations that nobody here calls. */
export const NOT_OURS: Readonly<Record<string, string>> = {
  'blob-container-create-dataplane-201':
    'blob data: the blob faces answer it, with tests of their own',
  'deployment-put-201': 'deployments are not used',
  'deployment-put-409': 'deployments are not used',
  'deployment-status-200': 'deployments are not used',
  'deployment-status-accepted-200': 'deployments are not used',
  'error-429-provider': 'web apps are not used; such a body can be served as a fault',
  'error-quotaexceeded-409': 'managed clusters are not used; such a body can be served as a fault',
};

const ACCOUNT_BODY: Json = {
  location: 'eastus2',
  kind: 'StorageV2',
  sku: { name: 'Standard_GRS' },
};
const OLDER = 'the recording is older: a member that the service has dropped since';
const plain: ReplayCase = { run: (stage) => stage.replay() };
const inGroup: ReplayCase = {
  run: async (stage) => {
    await stage.group();
    return stage.replay();
  },
};

/** Everything above the container must be there first. */
async function containerStage(stage: Stage): Promise<string> {
  await stage.group();
  const account = stage.path.replace(/\/blobServices.*$/, '');
  await stage.account(account, true);
  return account;
}

async function workspaceStage(stage: Stage): Promise<string> {
  await stage.group();
  const id = /^.*\/workspaces\/[^/]+/.exec(stage.path)?.[0] ?? '';
  await stage.made(id, { location: 'westeurope', properties: {} });
  return id;
}

async function deletedVault(stage: Stage): Promise<string> {
  const group = await stage.groupNamed('javacsmrg59856', 'westus');
  const id = `${group}/providers/Microsoft.KeyVault/vaults/java-keyvault-50064other`;
  const sku = { family: 'A', name: 'standard' };
  await stage.made(id, {
    location: 'westus',
    properties: { tenantId: TENANT, sku, accessPolicies: [] },
  });
  await stage.ask('DELETE', `${id}?api-version=2024-01-01`);
  return `${stage.subscription()}/providers/Microsoft.KeyVault/locations/westus/deletedVaults/java-keyvault-50064other`;
}

async function groupDeletion(stage: Stage): Promise<string> {
  const id = await stage.groupNamed('going');
  return stage.poll(await stage.ask('DELETE', `${id}?api-version=2021-04-01`));
}

async function accountCreation(stage: Stage): Promise<string> {
  const group = await stage.groupNamed('rgstg3169', 'eastus2');
  const id = `${group}/providers/Microsoft.Storage/storageAccounts/stgbnx1285?api-version=2018-11-01`;
  const body = { ...(ACCOUNT_BODY as object), kind: 'Storage', tags: {} } as Json;
  return stage.poll(await stage.ask('PUT', id, body));
}

async function networkWrite(stage: Stage): Promise<string> {
  const group = await stage.groupNamed('net');
  const id = `${group}/providers/Microsoft.Network/networkSecurityGroups/one?api-version=2019-09-01`;
  return stage.poll(await stage.ask('PUT', id, { location: 'eastus' }), 'azure-asyncoperation');
}

async function networkDeletion(stage: Stage): Promise<Answer> {
  const group = await stage.groupNamed('net');
  const id = `${group}/providers/Microsoft.Network/virtualNetworks/one`;
  await stage.made(id, {
    location: 'eastus',
    properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
  });
  return stage.ask('DELETE', `${id}?api-version=2019-09-01`);
}

async function customRole(stage: Stage, lagging = 0): Promise<void> {
  const body = {
    properties: {
      roleName: 'cli-test-role000001',
      description: 'test role',
      permissions: [
        {
          actions: ['Microsoft.Compute/*/read'],
          dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*'],
          notDataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'],
        },
      ],
      assignableScopes: [stage.subscription()],
    },
  };
  const id = `${stage.subscription()}/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-0000-0000-00000000003d`;
  await stage.made(id, body, lagging);
}

async function application(stage: Stage): Promise<Answer> {
  return stage.ask('POST', 'https://graph.microsoft.com/v1.0/applications', {
    displayName: 'azure-cli-test000001',
  });
}

/** One case per recording, by the name of its file. */
export const CASES: Readonly<Record<string, ReplayCase>> = {
  'compute-usages': {
    run: (stage) => stage.replay(),
  },
  'container-put-201': {
    run: async (stage) => {
      await containerStage(stage);
      return stage.replay();
    },
  },
  'container-get-200-k8s': {
    run: async (stage) => {
      await containerStage(stage);
      await stage.made(stage.path, {});
      return stage.replay();
    },
  },
  'container-get-404': {
    run: async (stage) => {
      await containerStage(stage);
      return stage.replay();
    },
  },
  'container-delete-200': {
    run: async (stage) => {
      await containerStage(stage);
      await stage.made(stage.path, {});
      return stage.replay();
    },
  },
  'dce-put-200': inGroup,
  'dcr-put-200': inGroup,
  'dcr-delete-200': {
    run: async (stage) => {
      await stage.group();
      await stage.made(stage.path, { location: 'westus2', properties: {} });
      return stage.replay();
    },
  },
  'denyassignment-get-spec-200': {
    run: async (stage) => {
      await stage.group();
      return stage.replay();
    },
    world: {
      denyAssignments: [
        {
          scope: '/subscriptions/00000000-0000-0000-0000-000000000004/resourcegroups/rgname',
          name: 'Deny assignment name',
          guid: 'denyAssignmentId',
          actions: ['action'],
          principals: ['principalId1'],
          excludePrincipals: ['principalId2'],
        },
      ],
    },
    ignore: ['.properties.principals[].type', '.properties.excludePrincipals[].type'],
    why: 'the example of the specification has placeholders there',
  },
  'error-authorizationfailed-403': {
    run: (stage) => {
      const id = `${stage.subscription()}/resourceGroups/one?api-version=2021-04-01`;
      const token = stage.token('helper@contoso.example');
      return stage.bench.ask('PUT', id, { token, body: { location: 'eastus' } });
    },
    why: 'sent for a resource group: policy definitions are not used',
  },
  'error-linkedauthorizationfailed-403': {
    run: async (stage) => {
      const networks = await stage.groupNamed('networks');
      const rules = await stage.groupNamed('rules');
      const nsg = `${rules}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
      await stage.made(nsg, { location: 'eastus' });
      await stage.made(
        `${networks}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000f1`,
        {
          properties: {
            roleDefinitionId: `${stage.subscription()}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`,
            principalId: HELPER,
            principalType: 'User',
          },
        },
      );
      const network = `${networks}/providers/Microsoft.Network/virtualNetworks/one?api-version=2024-01-01`;
      const subnet = {
        name: 's',
        properties: { addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: nsg } },
      };
      const properties = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: [subnet] };
      const token = stage.token('helper@contoso.example');
      return stage.bench.ask('PUT', network, { token, body: { location: 'eastus', properties } });
    },
    why: 'sent for a subnet with a foreign security group: container groups are not used',
  },
  'error-missingsubscriptionregistration-409': {
    run: async (stage) => {
      const group = await stage.groupNamed('one');
      return stage.ask(
        'PUT',
        `${group}/providers/Microsoft.KeyVault/vaults/vaultone?api-version=2024-01-01`,
        { location: 'eastus' },
      );
    },
    world: {
      subscriptions: [
        {
          subscriptionId: '00000000-0000-0000-0000-000000000004',
          tenantId: TENANT,
          displayName: 'new',
          registeredProviders: [],
        },
      ],
    },
    why: 'sent for a vault: domains are not used',
  },
  'graph-application-post-201': plain,
  'graph-application-addpassword-200': {
    run: async (stage) => {
      const id = member(await application(stage), 'id');
      return stage.replay({
        url: `https://graph.microsoft.com/v1.0/applications/${id}/addPassword`,
        body: { passwordCredential: { displayName: 'key1' } },
      });
    },
    why: 'dates of the recording are in the past',
  },
  'graph-applications-list-by-appid-200': {
    run: async (stage) => {
      const made = await application(stage);
      const url = `https://graph.microsoft.com/v1.0/applications/${member(made, 'id')}/addPassword`;
      await stage.ask('POST', url, { passwordCredential: { displayName: 'key1' } });
      return stage.replay({
        url: `https://graph.microsoft.com/v1.0/applications?$filter=appId%20eq%20'${member(made, 'appId')}'`,
      });
    },
  },
  'graph-applications-list-empty-200': plain,
  'graph-applications-403': {
    run: (stage) =>
      stage.bench.ask('GET', stage.recording.url, {
        token: stage.bench.azure.issueUserToken({
          tenantId: TENANT,
          username: 'owner@contoso.example',
          audience: 'https://graph.microsoft.com',
        }),
      }),
  },
  'identity-put-201': inGroup,
  'identity-put-201-2018': inGroup,
  'identity-list-200': {
    run: async (stage) => {
      await stage.group();
      await stage.made(`${stage.path}/myidentity`, { location: 'westus' });
      return stage.replay();
    },
  },
  'identity-delete-200': {
    run: async (stage) => {
      await stage.group();
      await stage.made(stage.path, { location: 'westus' });
      return stage.replay();
    },
  },
  'kv-put-200': inGroup,
  'kv-get-200': {
    run: async (stage) => {
      await stage.group('westus');
      const permissions = { keys: ['list'], secrets: ['get'], certificates: ['get'] };
      const accessPolicies = [{ tenantId: TENANT, objectId: OWNER, permissions }];
      const sku = { family: 'A', name: 'standard' };
      await stage.made(stage.path, {
        location: 'westus',
        properties: { tenantId: TENANT, sku, accessPolicies },
      });
      return stage.replay();
    },
  },
  'kv-get-404': inGroup,
  'kv-put-update-200': {
    run: async (stage) => {
      await stage.group('eastus2');
      const sku = { family: 'A', name: 'standard' };
      const properties = {
        tenantId: TENANT,
        sku,
        accessPolicies: [],
        softDeleteRetentionInDays: 7,
      };
      await stage.made(stage.path, { location: 'eastus2', properties });
      return stage.replay();
    },
  },
  'kv-delete-200': {
    run: async (stage) => {
      await stage.group('westus');
      const sku = { family: 'A', name: 'standard' };
      await stage.made(stage.path, {
        location: 'westus',
        properties: { tenantId: TENANT, sku, accessPolicies: [] },
      });
      return stage.replay();
    },
  },
  'kv-deleted-get-200': {
    run: async (stage) => {
      await deletedVault(stage);
      return stage.replay();
    },
  },
  'kv-deleted-get-404': plain,
  'kv-purge-202': {
    run: async (stage) => {
      await deletedVault(stage);
      return stage.replay();
    },
  },
  'kv-purge-poll-202': {
    run: async (stage) => {
      const bin = await deletedVault(stage);
      return stage.ask(
        'GET',
        stage.poll(await stage.ask('POST', `${bin}/purge?api-version=2024-01-01`)),
      );
    },
  },
  'kv-purge-poll-200': {
    run: async (stage) => {
      const bin = await deletedVault(stage);
      const poll = stage.poll(await stage.ask('POST', `${bin}/purge?api-version=2024-01-01`));
      stage.bench.pass(24);
      return stage.ask('GET', poll);
    },
  },
  'kv-dataplane-challenge-401': {
    run: async (stage) => {
      const group = '/subscriptions/00000000-0000-0000-0000-000000000004/resourceGroups/vaults';
      await stage.ask('PUT', `${group}?api-version=2021-04-01`, { location: 'westus' });
      const sku = { family: 'A', name: 'standard' };
      await stage.made(`${group}/providers/Microsoft.KeyVault/vaults/cli-test-kv-sd-000002`, {
        location: 'westus',
        properties: { tenantId: TENANT, sku, accessPolicies: [] },
      });
      return stage.bench.ask('PUT', stage.recording.url, { token: undefined, body: {} });
    },
  },
  'law-put-201-creating': inGroup,
  'law-get-200': {
    run: async (stage) => {
      await stage.group('eastus2');
      await stage.made(stage.path, {
        location: 'eastus2',
        properties: {},
        tags: { 'azd-env-name': 'x' },
      });
      return stage.replay();
    },
  },
  'law-get-200-succeeded': {
    run: async (stage) => {
      await workspaceStage(stage);
      return stage.replay();
    },
  },
  'law-delete-202': {
    run: async (stage) => {
      await stage.group('eastus2');
      await stage.made(stage.path, { location: 'eastus2', properties: {} });
      return stage.replay();
    },
  },
  'law-delete-status-200': {
    run: async (stage) => {
      const group = await stage.groupNamed('logs', 'eastus2');
      const id = `${group}/providers/Microsoft.OperationalInsights/workspaces/logs`;
      await stage.made(id, { location: 'eastus2', properties: {} });
      const poll = stage.poll(
        await stage.ask('DELETE', `${id}?api-version=2025-07-01&force=true`),
        'azure-asyncoperation',
      );
      stage.bench.pass(15);
      return stage.ask('GET', poll);
    },
  },
  'law-table-put-202': {
    run: async (stage) => {
      await workspaceStage(stage);
      return stage.replay();
    },
  },
  'law-table-put-status-200': {
    run: async (stage) => {
      const group = await stage.groupNamed('logs', 'westeurope');
      const id = `${group}/providers/Microsoft.OperationalInsights/workspaces/logs`;
      await stage.made(id, { location: 'westeurope', properties: {} });
      const columns = [{ name: 'TimeGenerated', type: 'datetime' }];
      const body = { properties: { schema: { name: 'T_CL', columns } } };
      const put = await stage.ask('PUT', `${id}/tables/T_CL?api-version=2021-12-01-preview`, body);
      stage.bench.pass(6);
      return stage.ask('GET', stage.poll(put, 'azure-asyncoperation'));
    },
  },
  'law-table-get-200': {
    run: async (stage) => {
      await workspaceStage(stage);
      const columns = [
        { name: 'col1', type: 'guid' },
        { name: 'TimeGenerated', type: 'datetime' },
      ];
      await stage.made(stage.path, { properties: { schema: { name: 'TB000003_CL', columns } } });
      return stage.replay();
    },
  },
  'locations-list': plain,
  'lock-put-201': {
    ...plain,
    world: {
      resources: [
        {
          id: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg75b3686616/providers/Microsoft.Compute/disks/dsk4e08150968',
          location: 'eastus',
        },
      ],
    },
  },
  'network-status-inprogress': {
    run: async (stage) => stage.ask('GET', await networkWrite(stage)),
  },
  'nsg-put-status-200': {
    run: async (stage) => {
      const poll = await networkWrite(stage);
      stage.bench.pass(15);
      return stage.ask('GET', poll);
    },
  },
  'nsg-put-201': inGroup,
  'vnet-put-201': {
    ...inGroup,
    ignore: ['.properties.enableVmProtection'],
    why: OLDER,
  },
  'vnet-delete-202': {
    run: async (stage) => {
      await stage.group();
      await stage.made(stage.path, {
        location: 'eastus',
        properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
      });
      return stage.replay();
    },
  },
  'vnet-delete-status-200': {
    run: async (stage) => {
      const answer = await networkDeletion(stage);
      stage.bench.pass(15);
      return stage.ask('GET', stage.poll(answer, 'azure-asyncoperation'));
    },
  },
  'vnet-delete-result-204': {
    run: async (stage) => {
      const answer = await networkDeletion(stage);
      stage.bench.pass(15);
      return stage.ask('GET', stage.poll(answer));
    },
  },
  'permissions-get-owner': {
    ...plain,
    world: {
      resources: [
        {
          id: '/subscriptions/00000000-0000-0000-0000-00000000002e/resourcegroups/rg-devbox-pub/providers/Microsoft.DevCenter/projects/ade-project2',
          location: 'eastus',
        },
      ],
    },
  },
  'permissions-get': {
    run: async (stage) => {
      await customRole(stage);
      await stage.made(
        `${stage.subscription()}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000f2`,
        {
          properties: {
            roleDefinitionId: `${stage.subscription()}/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-0000-0000-00000000003d`,
            principalId: HELPER,
            principalType: 'User',
          },
        },
      );
      return stage.bench.ask('GET', stage.recording.url, {
        token: stage.token('helper@contoso.example'),
      });
    },
    world: {
      resources: [
        {
          id: '/subscriptions/00000000-0000-0000-0000-00000000002d/resourcegroups/project-3435/providers/Microsoft.DevCenter/projects/VSCode',
          location: 'eastus',
        },
      ],
    },
  },
  'policy-restrictions-200': {
    ...inGroup,
    world: {
      policies: [
        {
          scope: '/subscriptions/00000000-0000-0000-0000-000000000044',
          name: 'tag',
          kind: 'requiredTag',
          tag: 'newtag',
          defaultValue: 'defaultVal',
        },
        {
          scope: '/subscriptions/00000000-0000-0000-0000-000000000044',
          name: 'place',
          kind: 'allowedLocations',
          locations: ['eastus', 'westus', 'westus2'],
        },
      ],
    },
    ignore: [
      '.contentEvaluationResult.policyEvaluations',
      '.fieldRestrictions[].restrictions[].defaultValue',
    ],
    why: 'which policies there are depends on the world',
  },
  'provider-register-200': {
    ...plain,
    ignore: ['.authorizations'],
    why: 'which apps a provider trusts is not simulated',
    world: {
      subscriptions: [
        {
          subscriptionId: '00000000-0000-0000-0000-000000000001',
          tenantId: TENANT,
          displayName: 'new',
          registeredProviders: [],
        },
      ],
    },
  },
  'resourcegraph-azd-2024': {
    ...plain,
    world: {
      resources: [
        {
          id: '/subscriptions/00000000-0000-0000-0000-000000000031/resourceGroups/project-12719/providers/Microsoft.DevCenter/projects/VisualStudioClient',
          location: 'westus3',
          properties: { provisioningState: 'Succeeded', devCenterUri: 'x', devCenterId: 'y' },
        },
      ],
    },
  },
  'resourcegraph-storage-2019': {
    run: async (stage) => {
      const id = '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/test_storage';
      await stage.ask('PUT', `${id}?api-version=2021-04-01`, { location: 'eastus' });
      await stage.account(`${id}/providers/Microsoft.Storage/storageAccounts/cctstorage`);
      return stage.replay({
        body: { query: "resources | where type =~ 'microsoft.storage/storageaccounts'" },
      });
    },
    why: 'the recorder kept no body',
  },
  'rg-put-201': plain,
  'rg-put-200-existing': {
    run: async (stage) => {
      await stage.group('centralus');
      return stage.replay();
    },
  },
  'rg-head-204': inGroup,
  'rg-head-404': plain,
  'rg-get-404': {
    run: (stage) => {
      const group = stage.path.replace(/\/providers\/.*$/, '');
      return stage.replay({
        url: `${group}/providers/Microsoft.Storage/storageAccounts/one?api-version=2021-06-01`,
      });
    },
    why: 'sent for a storage account: batch accounts are not used',
  },
  'rg-delete-202': inGroup,
  'rg-delete-poll-202': { run: async (stage) => stage.ask('GET', await groupDeletion(stage)) },
  'rg-delete-poll-final': {
    run: async (stage) => {
      const poll = await groupDeletion(stage);
      stage.bench.pass(60);
      return stage.ask('GET', poll);
    },
  },
  'rg-delete-poll-409-timeout': {
    run: async (stage) => {
      const group = await stage.groupNamed('rules');
      const other = await stage.groupNamed('networks');
      const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/held`;
      await stage.made(nsg, { location: 'eastus' });
      const subnet = {
        name: 's',
        properties: { addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: nsg } },
      };
      await stage.made(`${other}/providers/Microsoft.Network/virtualNetworks/holder`, {
        location: 'eastus',
        properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: [subnet] },
      });
      const poll = stage.poll(await stage.ask('DELETE', `${group}?api-version=2021-04-01`));
      stage.bench.pass(60);
      return stage.ask('GET', poll);
    },
  },
  'rg-list-by-tag': {
    run: async (stage) => {
      const tags = {
        'azd-env-name': 'azdtest-d7f3516',
        DeleteAfter: 'x',
        IntTag: '678',
        BoolTag: 'False',
        SecureTag: '',
        SecureObjectTag: '{}',
        ArrayTag: '[]',
        ObjectTag: '{}',
      };
      await stage.made(`${stage.subscription()}/resourceGroups/rg-azdtest`, {
        location: 'eastus2',
        tags,
      });
      return stage.replay();
    },
  },
  'rg-list-resources': {
    run: async (stage) => {
      const group = await stage.group('eastus2');
      await stage.made(`${group}/providers/Microsoft.Storage/storageAccounts/sthgngsljiw7i2k`, {
        ...(ACCOUNT_BODY as object),
        tags: { 'azd-env-name': 'x' },
      });
      return stage.replay();
    },
  },
  'roleassignment-put-201': plain,
  'roleassignment-put-400-principalnotfound': { ...plain, world: { apps: [] } },
  'roleassignment-put-409-exists': {
    run: async (stage) => {
      await stage.group();
      const id = stage.path.replace(/[^/]+$/, '00000000-0000-0000-0000-0000000000f3');
      await stage.made(id, stage.recording.requestBody);
      return stage.replay();
    },
  },
  'roleassignment-delete-200': {
    run: async (stage) => {
      await stage.made(stage.path, {
        properties: {
          roleDefinitionId: `${stage.subscription()}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
          principalId: HELPER,
        },
      });
      return stage.replay();
    },
  },
  'roleassignments-list-assignedto': {
    run: (stage) =>
      stage.replay({
        url: stage.recording.url.replace('00000000-0000-0000-0000-000000000026', OWNER),
      }),
  },
  'roledefinition-get-owner': plain,
  'roledefinition-put-201': plain,
  'roledefinition-put-update-201': {
    run: async (stage) => {
      await stage.replay();
      stage.bench.pass(4);
      return stage.replay();
    },
  },
  'roledefinitions-list-by-name-200': {
    run: async (stage) => {
      await customRole(stage);
      return stage.replay();
    },
  },
  'roledefinitions-list-by-name-stale-200': {
    run: async (stage) => {
      await customRole(stage, 60);
      await customRole(stage, 0);
      return stage.replay();
    },
    lag: 'seeded',
  },
  'roledefinitions-reader-by-name-200': plain,
  'storage-checkname-available': plain,
  'storage-checkname-taken': {
    run: (stage) =>
      stage.replay({ body: { name: 'testacc6023', type: 'Microsoft.Storage/storageAccounts' } }),
    world: { foreignNames: ['testacc6023'] },
    why: 'the recorder kept no body',
  },
  'storage-put-202': inGroup,
  'storage-put-poll-202': { run: async (stage) => stage.ask('GET', await accountCreation(stage)) },
  'storage-put-poll-200': {
    run: async (stage) => {
      const poll = await accountCreation(stage);
      stage.bench.pass(20);
      return stage.ask('GET', poll);
    },
  },
  'storage-put-spec-200': {
    run: async (stage) => {
      await stage.group();
      await stage.made(stage.path, {
        ...(ACCOUNT_BODY as object),
        kind: 'Storage',
        location: 'eastus',
      });
      return stage.replay();
    },
  },
  'storage-get-404': inGroup,
  'storage-delete-200': {
    run: async (stage) => {
      await stage.group();
      await stage.account(stage.path);
      return stage.replay();
    },
  },
  'storage-list-subscription': {
    run: async (stage) => {
      const group = await stage.groupNamed('stacklet');
      await stage.made(
        `${group}/providers/Microsoft.Storage/storageAccounts/mlwsbad20250522211107`,
        {
          location: 'eastus',
          kind: 'StorageV2',
          sku: { name: 'Standard_LRS' },
          tags: { 'custodian-policy': 'x' },
          properties: {
            isNfsV3Enabled: false,
            isLocalUserEnabled: true,
            isSftpEnabled: false,
            allowSharedKeyAccess: true,
            isHnsEnabled: false,
          },
        },
      );
      return stage.replay();
    },
    ignore: ['.value[].identity', '.value[].properties.networkAcls.resourceAccessRules'],
    why: 'depends on what was configured on the recorded account',
  },
  'subscriptions-list': plain,
  'tenants-list': plain,
};
