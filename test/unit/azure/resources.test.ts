import { describe, expect, it } from 'vitest';
import { azureResources } from '../../../src/azure/resources.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import type { Operation } from '../../../src/setup/ports.ts';
import type { ResourceKind, Target } from '../../../src/setup/resource.ts';
import { fakeConnection, FakeTransport, type FakeAnswer } from './fakeTransport.ts';

const signal = new AbortController().signal;
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/acc`;
const GUID = '11111111-1111-4111-8111-111111111111';
const ARM = 'https://management.azure.com';

function target(
  kind: ResourceKind,
  id: string,
  body: Target['body'] = {},
  version = '2020-01-01',
): Target {
  return { kind, id, tenantId: 'tenant', subscriptionId: SUBSCRIPTION, apiVersion: version, body };
}

function resourcesWith(...answers: (FakeAnswer | string)[]): {
  transport: FakeTransport;
  resources: ReturnType<typeof azureResources>;
} {
  const transport = new FakeTransport(...answers);
  return { transport, resources: azureResources(fakeConnection(transport)) };
}

/** The state after a stay in a journal: text on a disk. */
function stateOf(operation: Operation): Parameters<ReturnType<typeof azureResources>['poll']>[1] {
  if (operation.status !== 'running') throw new Error('Expected a running operation');
  return JSON.parse(JSON.stringify(operation.state)) as typeof operation.state;
}

async function failure(promise: Promise<unknown>): Promise<SetupError> {
  const error: unknown = await promise.then(
    () => new Error('Expected a failure'),
    (error: unknown) => error,
  );
  if (error instanceof SetupError) return error;
  throw error;
}

const PATHS: readonly (readonly [ResourceKind, string, string])[] = [
  ['providerRegistration', `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Storage`, ''],
  ['resourceGroup', GROUP, ''],
  ['storageAccount', ACCOUNT, ''],
  ['blobContainer', `${ACCOUNT}/blobServices/default/containers/c`, ''],
  [
    'userAssignedIdentity',
    `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`,
    '',
  ],
  ['networkSecurityGroup', `${GROUP}/providers/Microsoft.Network/networkSecurityGroups/n`, ''],
  ['virtualNetwork', `${GROUP}/providers/Microsoft.Network/virtualNetworks/v`, ''],
  ['keyVault', `${GROUP}/providers/Microsoft.KeyVault/vaults/k`, ''],
  ['logAnalyticsWorkspace', `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/w`, ''],
  [
    'workspaceTable',
    `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/w/tables/T_CL`,
    '',
  ],
  ['dataCollectionEndpoint', `${GROUP}/providers/Microsoft.Insights/dataCollectionEndpoints/e`, ''],
  ['dataCollectionRule', `${GROUP}/providers/Microsoft.Insights/dataCollectionRules/r`, ''],
  ['roleDefinition', `${GROUP}/providers/Microsoft.Authorization/roleDefinitions/${GUID}`, ''],
  ['roleAssignment', `${ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/${GUID}`, ''],
  ['tags', ACCOUNT, '/providers/Microsoft.Resources/tags/default'],
];

/** Ids as Azure sees them: it doesn't mind their case, and the clients write some in their own. */
const lower = (lines: readonly string[]): string[] => lines.map((line) => line.toLowerCase());

describe('reading any kind', () => {
  it.each(PATHS)('%s is one GET of its id with its api-version', async (kind, id, suffix) => {
    const body = { id: `${id}${suffix}`, tags: { a: 'b' }, properties: { tags: { a: 'b' } } };
    const { transport, resources } = resourcesWith({ status: 200, body });
    const observed = await resources.read(target(kind, id), signal);
    expect(lower(transport.lines)).toEqual(lower([`GET ${id}${suffix}?api-version=2020-01-01`]));
    expect(observed).toMatchObject({ id, tags: { a: 'b' }, body });
  });

  it('gives the JSON as Azure wrote it, not as a model of the SDK names it', async () => {
    const body = {
      id: ACCOUNT,
      location: 'West Europe',
      properties: {
        supportsHttpsTrafficOnly: true,
        provisioningState: 'Succeeded',
        unheardOf: [1],
      },
    };
    const { resources } = resourcesWith({ status: 200, body });
    const observed = await resources.read(target('storageAccount', ACCOUNT), signal);
    expect(observed).toEqual({
      id: ACCOUNT,
      location: 'westeurope',
      provisioningState: 'Succeeded',
      tags: {},
      body,
    });
  });

  it.each(['ResourceNotFound', 'ResourceGroupNotFound', 'ContainerNotFound'])(
    'something that is not there (%s) is undefined',
    async (code) => {
      const { resources } = resourcesWith({ status: 404, body: { error: { code, message: '' } } });
      expect(await resources.read(target('storageAccount', ACCOUNT), signal)).toBeUndefined();
    },
  );

  it('a subscription that is hidden from us is no proof that nothing is there', async () => {
    const body = { error: { code: 'SubscriptionNotFound', message: '' } };
    const { resources } = resourcesWith({ status: 404, body });
    const error = await failure(resources.read(target('storageAccount', ACCOUNT), signal));
    expect(error.code).toBe('subscription_not_found');
  });

  it('in a subscription without the provider nothing is there', async () => {
    const body = { error: { code: 'MissingSubscriptionRegistration', message: '' } };
    const { resources } = resourcesWith({ status: 409, body });
    expect(await resources.read(target('storageAccount', ACCOUNT), signal)).toBeUndefined();
  });
});

describe('writing kinds that answer at once', () => {
  const body = { location: 'westeurope', properties: { sent: 'as it is', publicAccess: 'None' } };
  it.each(PATHS.filter(([kind]) => kind !== 'tags' && kind !== 'providerRegistration'))(
    '%s is one PUT of exactly the planned body',
    async (kind, id) => {
      const answer = { id, properties: { provisioningState: 'Succeeded' } };
      const { transport, resources } = resourcesWith({ status: 201, body: answer });
      const operation = await resources.write(target(kind, id, body), signal);
      expect(lower(transport.lines)).toEqual(lower([`PUT ${id}?api-version=2020-01-01`]));
      expect(transport.sent[0]?.body).toEqual(body);
      expect(operation).toMatchObject({ status: 'succeeded', resource: { id, body: answer } });
    },
  );

  it('tags are merged by one PATCH', async () => {
    const patch = { operation: 'Merge', properties: { tags: { a: 'b' } } };
    const { transport, resources } = resourcesWith({
      status: 200,
      body: {
        id: `${ACCOUNT}/providers/Microsoft.Resources/tags/default`,
        properties: { tags: { a: 'b', c: 'd' } },
      },
    });
    const operation = await resources.write(target('tags', ACCOUNT, patch), signal);
    expect(transport.lines).toEqual([
      `PATCH ${ACCOUNT}/providers/Microsoft.Resources/tags/default?api-version=2020-01-01`,
    ]);
    expect(transport.sent[0]?.body).toEqual(patch);
    expect(operation).toMatchObject({
      status: 'succeeded',
      resource: { id: ACCOUNT, tags: { a: 'b', c: 'd' } },
    });
  });

  it('an identity’s Location header is not taken for something to poll', async () => {
    const id = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
    const { transport, resources } = resourcesWith({
      status: 201,
      headers: { location: id },
      body: { id },
    });
    const operation = await resources.write(target('userAssignedIdentity', id), signal);
    expect(operation.status).toBe('succeeded');
    expect(transport.sent).toHaveLength(1);
  });
});

describe('a storage account, which takes its time', () => {
  const location = `${ARM}/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Storage/locations/westeurope/asyncoperations/op?monitor=true&api-version=2018-11-01&t=1&c=a%2Bb%2F&s=x%3D&h=y`;
  const accepted = {
    status: 202,
    headers: { location, 'retry-after': '17', 'content-type': 'text/plain' },
  };
  const account = { id: ACCOUNT, properties: { provisioningState: 'Succeeded' } };

  it('is one PUT, and the wait that Azure asks for is handed up', async () => {
    const { transport, resources } = resourcesWith(accepted);
    const operation = await resources.write(target('storageAccount', ACCOUNT), signal);
    expect(transport.sent).toHaveLength(1);
    expect(operation).toMatchObject({ status: 'running', retryAfterMs: 17_000 });
  });

  it('is polled in another process at the unchanged URL until the answer is the account', async () => {
    const first = resourcesWith(accepted);
    const started = await first.resources.write(target('storageAccount', ACCOUNT), signal);
    const { transport, resources } = resourcesWith(
      { ...accepted, headers: { ...accepted.headers, 'retry-after': '9' } },
      { status: 200, body: account },
    );
    const running = await resources.poll(
      target('storageAccount', ACCOUNT),
      stateOf(started),
      signal,
    );
    expect(running).toMatchObject({ status: 'running', retryAfterMs: 9_000 });
    const done = await resources.poll(target('storageAccount', ACCOUNT), stateOf(running), signal);
    expect(done).toMatchObject({ status: 'succeeded', resource: { id: ACCOUNT, body: account } });
    expect(transport.sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${location}`,
      `GET ${location}`,
    ]);
  });

  it('is polled again after a poll that failed', async () => {
    const { resources } = resourcesWith(accepted, { status: 503 }, 'ECONNRESET', {
      status: 200,
      body: account,
    });
    const state = stateOf(await resources.write(target('storageAccount', ACCOUNT), signal));
    const poll = (): Promise<Operation> =>
      resources.poll(target('storageAccount', ACCOUNT), state, signal);
    expect((await failure(poll())).azure?.status).toBe(503);
    expect((await failure(poll())).azure?.code).toBe('ECONNRESET');
    expect((await poll()).status).toBe('succeeded');
  });

  it('whose name is taken says so with its name', async () => {
    const body = { error: { code: 'StorageAccountAlreadyTaken', message: 'Taken.' } };
    const { resources } = resourcesWith({ status: 409, body });
    const error = await failure(resources.write(target('storageAccount', ACCOUNT), signal));
    expect(error).toMatchObject({ code: 'storage_name_taken', object: 'acc' });
  });
});

describe('kinds that are polled by Azure-AsyncOperation', () => {
  const id = `${GROUP}/providers/Microsoft.Network/virtualNetworks/v`;
  const operationUrl = `${ARM}/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Network/locations/westeurope/operations/op?api-version=2019-09-01&t=1&s=a%2Bb%3D`;
  const headers = { 'azure-asyncoperation': operationUrl, 'retry-after': '3' };
  const created = {
    status: 201,
    headers,
    body: { id, properties: { provisioningState: 'Updating' } },
  };
  const inProgress = {
    status: 200,
    headers: { 'retry-after': '10' },
    body: { status: 'InProgress' },
  };

  it('are not polled before Azure’s Retry-After is over', async () => {
    const { transport, resources } = resourcesWith(created);
    const operation = await resources.write(target('virtualNetwork', id), signal);
    expect(transport.sent).toHaveLength(1);
    expect(operation).toMatchObject({ status: 'running', retryAfterMs: 3_000 });
  });

  it('are read once the operation has succeeded', async () => {
    const final = { id, properties: { provisioningState: 'Succeeded' } };
    const { transport, resources } = resourcesWith(
      created,
      inProgress,
      { status: 200, body: { status: 'Succeeded' } },
      { status: 200, body: final },
    );
    const network = target('virtualNetwork', id);
    const started = await resources.write(network, signal);
    const running = await resources.poll(network, stateOf(started), signal);
    expect(running).toMatchObject({ status: 'running', retryAfterMs: 10_000 });
    const done = await resources.poll(network, stateOf(running), signal);
    expect(done).toMatchObject({ status: 'succeeded', resource: { id, body: final } });
    expect(transport.sent.slice(1, 3).map(({ url }) => url)).toEqual([operationUrl, operationUrl]);
    expect(transport.lines[3]).toBe(`GET ${id}?api-version=2020-01-01`);
  });

  it('say why when the operation ends as failed', async () => {
    const { resources } = resourcesWith(created, {
      status: 200,
      body: { status: 'Failed', error: { code: 'InUseSubnetCannotBeDeleted', message: 'In use.' } },
    });
    const network = target('virtualNetwork', id);
    const state = stateOf(await resources.write(network, signal));
    const error = await failure(resources.poll(network, state, signal));
    expect(error).toMatchObject({ code: 'in_use', object: 'v' });
    const azure = { status: 200, code: 'InUseSubnetCannotBeDeleted', hasEnded: true };
    expect(error.azure).toMatchObject(azure);
  });

  it('can be cancelled by Azure', async () => {
    const { resources } = resourcesWith(created, { status: 200, body: { status: 'Canceled' } });
    const network = target('virtualNetwork', id);
    const state = stateOf(await resources.write(network, signal));
    expect((await failure(resources.poll(network, state, signal))).azure?.code).toBe(
      'OperationFailed',
    );
  });

  it('are removed by one DELETE and polled until they are gone', async () => {
    const accepted = { status: 202, headers: { ...headers, location: `${operationUrl}&result=1` } };
    const { transport, resources } = resourcesWith(accepted, inProgress, {
      status: 200,
      body: { status: 'Succeeded' },
    });
    const network = target('virtualNetwork', id);
    const started = await resources.remove(network, signal);
    const running = await resources.poll(network, stateOf(started), signal);
    expect(await resources.poll(network, stateOf(running), signal)).toEqual({
      status: 'succeeded',
    });
    expect(transport.sent.map(({ method }) => method)).toEqual(['DELETE', 'GET', 'GET']);
    expect(transport.sent[1]?.url).toBe(operationUrl);
  });
});

describe('a workspace, whose Location is itself', () => {
  const id = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/w`;
  it('is not called finished while it is still creating', async () => {
    const { resources } = resourcesWith(
      {
        status: 201,
        headers: { location: `${ARM}${id}?api-version=2025-07-01` },
        body: { id, properties: { provisioningState: 'Creating' } },
      },
      { status: 200, body: { id, properties: { provisioningState: 'Creating' } } },
    );
    const workspace = target('logAnalyticsWorkspace', id);
    const started = await resources.write(workspace, signal);
    const polled = await resources.poll(workspace, stateOf(started), signal);
    // The core reads a resource in this state again until it has settled.
    expect(polled).toMatchObject({ resource: { provisioningState: 'Creating' } });
  });
});

describe('a provider registration', () => {
  const id = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Storage`;
  const provider = (registrationState: string): FakeAnswer => ({
    status: 200,
    body: { id, namespace: 'Microsoft.Storage', registrationState },
  });

  it('is one POST, then one GET per poll until it is registered', async () => {
    const { transport, resources } = resourcesWith(
      provider('Registering'),
      provider('Registering'),
      provider('Registered'),
    );
    const registration = target('providerRegistration', id);
    const started = await resources.write(registration, signal);
    const running = await resources.poll(registration, stateOf(started), signal);
    const done = await resources.poll(registration, stateOf(running), signal);
    expect(done).toMatchObject({ status: 'succeeded', resource: { id } });
    expect(transport.lines.map((line) => line.replace(/\?.*/, ''))).toEqual([
      `POST ${id}/register`,
      `GET ${id}`,
      `GET ${id}`,
    ]);
    expect(transport.sent[0]?.body).toBeUndefined();
  });

  it('is never removed', async () => {
    const { transport, resources } = resourcesWith();
    const error = await failure(resources.remove(target('providerRegistration', id), signal));
    expect(error.source).toBe('bug');
    expect(transport.sent).toEqual([]);
  });
});

describe('removing', () => {
  it.each(PATHS.filter(([kind]) => kind !== 'providerRegistration' && kind !== 'tags'))(
    '%s is one DELETE',
    async (kind, id) => {
      const { transport, resources } = resourcesWith({ status: 200, body: '' });
      expect(await resources.remove(target(kind, id), signal)).toEqual({ status: 'succeeded' });
      expect(lower(transport.lines)).toEqual(lower([`DELETE ${id}?api-version=2020-01-01`]));
    },
  );

  it.each(PATHS.filter(([kind]) => kind !== 'providerRegistration'))(
    '%s that is gone already has worked',
    async (kind, id) => {
      const body = { error: { code: 'ResourceNotFound', message: '' } };
      const { resources } = resourcesWith({ status: 404, body });
      expect(await resources.remove(target(kind, id), signal)).toEqual({ status: 'succeeded' });
    },
  );

  it('tags takes away only those that are named', async () => {
    const body = { operation: 'Merge', properties: { tags: { a: 'b' } } };
    const { transport, resources } = resourcesWith({ status: 200, body: {} });
    await resources.remove(target('tags', ACCOUNT, body), signal);
    expect(transport.sent[0]).toMatchObject({
      method: 'PATCH',
      body: { operation: 'Delete', properties: { tags: { a: 'b' } } },
    });
  });

  it('a group that could not be deleted in the end says what stood in its way', async () => {
    const location = `${ARM}/subscriptions/${SUBSCRIPTION}/operationresults/op?api-version=2025-04-01`;
    const { resources } = resourcesWith(
      { status: 202, headers: { location, 'retry-after': '15' } },
      {
        status: 409,
        body: {
          Error: { Code: 'ResourceGroupDeletionTimeout', Message: 'vnet could not be deleted.' },
        },
      },
    );
    const group = target('resourceGroup', GROUP);
    const started = await resources.remove(group, signal);
    expect(started).toMatchObject({ retryAfterMs: 15_000 });
    const error = await failure(resources.poll(group, stateOf(started), signal));
    expect(error).toMatchObject({ code: 'group_not_deleted', object: 'g' });
    expect(error.message).toContain('vnet');
  });
});

describe('what can go wrong around a call', () => {
  it('a lost answer to a write leaves its outcome open', async () => {
    const { transport, resources } = resourcesWith('ECONNRESET');
    const error = await failure(resources.write(target('storageAccount', ACCOUNT), signal));
    expect(error.azure).toMatchObject({ status: 0, outcomeUnknown: true });
    expect(transport.sent).toHaveLength(1);
  });

  it.each([429, 500, 503])('an answer of %i is not retried here', async (status) => {
    const { transport, resources } = resourcesWith({ status, headers: { 'retry-after': '1' } });
    const error = await failure(resources.write(target('resourceGroup', GROUP), signal));
    expect(error.azure).toMatchObject({ status, retryAfterMs: 1_000 });
    expect(transport.sent).toHaveLength(1);
  });

  it('cancellation comes out as cancellation', async () => {
    const { resources } = resourcesWith({ status: 200, body: {} });
    const aborted = AbortSignal.abort();
    const reading = resources.read(target('virtualNetwork', `${GROUP}/providers/a/b/c`), aborted);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('a poll URL that leads out of the cloud is not followed', async () => {
    const headers = { location: 'https://management.azure.com.evil.example/op' };
    const { transport, resources } = resourcesWith({ status: 202, headers });
    const account = target('storageAccount', ACCOUNT);
    const state = stateOf(await resources.write(account, signal));
    expect((await failure(resources.poll(account, state, signal))).code).toBe('untrusted_host');
    expect(transport.sent).toHaveLength(1);
  });

  it('the project record is no business of this port', async () => {
    const { resources } = resourcesWith();
    const error = await failure(resources.read(target('projectRecord', ACCOUNT), signal));
    expect(error.source).toBe('bug');
  });

  it('a state that nobody wrote is refused', async () => {
    const { resources } = resourcesWith();
    const error = await failure(resources.poll(target('resourceGroup', GROUP), { x: 1 }, signal));
    expect(error.code).toBe('unreadable_poll_state');
  });
});
