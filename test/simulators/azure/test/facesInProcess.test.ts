import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { ResourceManagementClient } from '@azure/arm-resources';
import { StorageManagementClient } from '@azure/arm-storage';
import { ClientSecretCredential } from '@azure/identity';
import { SubscriptionClient } from '@azure/arm-subscriptions';
import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import type { SimRequest, SimResponse, SimService } from '../core/http.ts';
import { SimulatedAzure } from '../core/simulatedAzure.ts';
import { worldNamed } from '../core/worlds.ts';
import { httpClientFor } from '../faces/inProcess.ts';
import { storageHttpClient } from '../faces/storageHttpClient.ts';
import { VirtualClock } from '../faces/virtualClock.ts';
import { StubBlobSide } from './stubBlobSide.ts';

class StubCore extends StubBlobSide implements SimService {
  readonly seen: SimRequest[] = [];
  answer: SimResponse = { status: 200, headers: {} };

  handle(request: SimRequest): Promise<SimResponse> {
    this.seen.push(request);
    return Promise.resolve(this.answer);
  }
}

const credential: TokenCredential = {
  getToken: (): Promise<AccessToken> =>
    Promise.resolve({ token: 'all', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

function start() {
  const core = new StubCore();
  const clock = new VirtualClock();
  const httpClient = httpClientFor(core, { clock });
  const blobs = new BlobServiceClient('https://acct.blob.core.windows.net', credential, {
    httpClient: storageHttpClient(httpClient),
    retryOptions: { maxTries: 1 },
  });
  return { core, clock, httpClient, box: blobs.getContainerClient('box') };
}

describe('the in-process client', () => {
  it('lets an ARM client list over pages without a socket', async () => {
    const { core, httpClient } = start();
    const body = (json: object) => new TextEncoder().encode(JSON.stringify(json));
    core.answer = {
      status: 200,
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: body({ value: [{ subscriptionId: 's', displayName: '名前' }] }),
    };
    const client = new SubscriptionClient(credential, {
      httpClient,
      retryOptions: { maxRetries: 0 },
    });
    const names: (string | undefined)[] = [];
    for await (const { displayName } of client.subscriptions.list()) names.push(displayName);
    expect(names).toEqual(['名前']);
    expect(core.seen[0]?.url.pathname).toBe('/subscriptions');
    expect(core.seen[0]?.headers['authorization']).toBe('Bearer all');
  });

  it('lets the blob client write with conditions, read, list and delete', async () => {
    const { box } = start();
    await box.create();
    const blob = box.getBlockBlobClient('projects/a.json');
    const conditions = { ifNoneMatch: '*' };
    const { etag = '' } = await blob.upload('{"a":1}', 7, { conditions });
    await expect(blob.upload('{}', 2, { conditions })).rejects.toMatchObject({
      statusCode: 409,
      code: 'BlobAlreadyExists',
    });
    expect((await blob.downloadToBuffer()).toString()).toBe('{"a":1}');
    await blob.upload('{"a":2}', 7, { conditions: { ifMatch: etag } });
    await expect(blob.upload('{}', 2, { conditions: { ifMatch: etag } })).rejects.toMatchObject({
      statusCode: 412,
      code: 'ConditionNotMet',
    });
    const names: string[] = [];
    for await (const { name } of box.listBlobsFlat()) names.push(name);
    expect(names).toEqual(['projects/a.json']);
    expect(await blob.exists()).toBe(true);
    await blob.delete();
    expect(await blob.exists()).toBe(false);
    await box.delete();
    expect(await box.exists()).toBe(false);
  });

  it('waits a delay in virtual time only', async () => {
    const { core, clock, httpClient } = start();
    core.answer = { status: 200, headers: {}, delayMs: 600_000 };
    const before = clock.now();
    await httpClient.sendRequest(createPipelineRequest({ url: 'https://management.azure.com/' }));
    expect(clock.now() - before).toBe(600_000);
  });

  it('fails as sockets do when a connection is cut and when a name does not resolve', async () => {
    const { core, httpClient } = start();
    core.answer = { status: 0, headers: {}, cutConnection: true };
    const ask = (url: string) => httpClient.sendRequest(createPipelineRequest({ url }));
    await expect(ask('https://management.azure.com/')).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    await expect(ask('https://other.blob.core.windows.net/')).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    await expect(ask('https://example.com/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('gives up with an AbortError when the caller does', async () => {
    const { core, httpClient } = start();
    core.answer = { status: 200, headers: {}, delayMs: 600_000 };
    const controller = new AbortController();
    const asked = httpClient.sendRequest(
      createPipelineRequest({
        url: 'https://management.azure.com/',
        abortSignal: controller.signal,
      }),
    );
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the whole simulated Azure in process', () => {
  it('creates an account in simulated seconds and real milliseconds', async () => {
    const clock = new VirtualClock();
    const world = worldNamed('single');
    const simulated = new SimulatedAzure({ clock, seed: 1, world, lag: 'seeded' });
    const httpClient = httpClientFor(simulated, { clock });
    const [app, subscription] = [world.apps[0], world.subscriptions[0]];
    if (app === undefined || subscription === undefined) throw new Error('An empty world.');
    const signIn = new ClientSecretCredential(
      app.tenantId,
      app.clientId,
      app.secrets[0]?.value ?? '',
      { httpClient },
    );
    const options = { httpClient, retryOptions: { maxRetries: 0 } };
    const resources = new ResourceManagementClient(signIn, subscription.subscriptionId, options);
    const startedAt = clock.now();
    const before = performance.now();
    await resources.providers.register('Microsoft.Storage');
    const registered = async () =>
      (await resources.providers.get('Microsoft.Storage')).registrationState === 'Registered';
    while (!(await registered())) await clock.sleep(10_000);
    await resources.resourceGroups.createOrUpdate('g', { location: 'westeurope' });
    const storage = new StorageManagementClient(signIn, subscription.subscriptionId, options);
    const poller = storage.storageAccounts.create('g', 'inprocess01', {
      location: 'westeurope',
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS' },
    });
    await poller.submitted();
    while (!poller.isDone) {
      await clock.sleep(17_000);
      await poller.poll();
    }
    expect(poller.result?.provisioningState).toBe('Succeeded');
    expect(clock.now() - startedAt).toBeGreaterThan(60_000);
    expect(performance.now() - before).toBeLessThan(5000);
    expect(simulated.requests.unsupported()).toEqual([]);
  });
});
