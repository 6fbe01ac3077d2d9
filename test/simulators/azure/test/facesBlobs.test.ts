import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  azuriteEndpoint,
  memoryEndpoint,
  type BlobAnswer,
  type BlobEndpoint,
} from './blobEndpoints.ts';
import { blobScript, runBlobScript } from './blobScript.ts';

const all = { 'x-ms-version': '2024-11-04', authorization: 'Bearer all' };
const block = { ...all, 'x-ms-blob-type': 'BlockBlob' };

const comparedHeaders = [
  'content-md5',
  'content-range',
  'server',
  'www-authenticate',
  'x-ms-blob-type',
  'x-ms-error-code',
  'x-ms-lease-state',
  'x-ms-meta-owner',
  'x-ms-version',
];

/** What clients go by: status, headers, and of XML the values that are not made up per answer. */
function essenceOf({ status, headers, text }: BlobAnswer) {
  const compared = comparedHeaders.filter((name) => name !== 'content-range' || status === 206);
  return {
    status,
    headers: Object.fromEntries(compared.map((name) => [name, headers[name]])),
    hasEtag: headers['etag'] !== undefined,
    hasLastModified: headers['last-modified'] !== undefined,
    text: text.includes('<?xml') ? valuesOf(text) : text,
  };
}

function valuesOf(xml: string): string[] {
  const values =
    /<(Code|Prefix|Delimiter|Name|Content-Length|Content-Type|Content-MD5|BlobType|NextMarker)(?:\/>|>([^<]*)<)/g;
  const message = /<Message>([^\n]*)/.exec(xml)?.[1] ?? '';
  return [...[...xml.matchAll(values)].map(([, name, value]) => `${name}=${value ?? ''}`), message];
}

describe('blobs in process and Azurite behind its front', () => {
  let azurite: BlobEndpoint;
  let memory: BlobEndpoint;
  let unknown: readonly (readonly string[])[];
  let answers: { azurite: Map<string, BlobAnswer>; memory: Map<string, BlobAnswer> };

  beforeAll(async () => {
    azurite = await azuriteEndpoint();
    memory = memoryEndpoint();
    answers = { azurite: await runBlobScript(azurite), memory: await runBlobScript(memory) };
    // One step asks for what neither knows.
    unknown = [azurite, memory].map(({ side }) => side.requests.takeUnsupported());
  });
  afterAll(() => azurite.close());

  it.each(blobScript.map(({ name }) => name))('answer the same to: %s', (name) => {
    const [real, own] = [answers.azurite.get(name), answers.memory.get(name)];
    if (real === undefined || own === undefined) throw new Error('The step was not run.');
    expect(essenceOf(own)).toEqual(essenceOf(real));
  });

  it('know the same requests', () => {
    expect(unknown).toEqual([['GET blob storage'], ['GET blob storage']]);
  });

  it('tell the core of the containers that were made and deleted through them', () => {
    expect(memory.side.recorded).toEqual(['+acct/box', '-acct/box']);
    expect(azurite.side.recorded).toEqual(memory.side.recorded);
  });

  it('log the same requests, and count the same ones as changes', () => {
    const logged = (side: BlobEndpoint['side']) =>
      side.requests.entries.map(({ method, path, status, mutating }) => ({
        ...{ method, path, status, mutating },
      }));
    expect(logged(memory.side)).toEqual(logged(azurite.side));
    expect(memory.side.requests.stateChangingCalls()).toBe(7);
  });
});

describe.each([
  ['blobs in process', () => Promise.resolve(memoryEndpoint())],
  ['Azurite behind its front', azuriteEndpoint],
])('%s', (_name, start) => {
  let endpoint: BlobEndpoint;
  beforeAll(async () => {
    endpoint = await start();
  });
  afterAll(() => endpoint.close());

  const statusOf = async (path: string, method = 'GET') =>
    (await endpoint.ask(path, { method, headers: block })).status;

  it('has a container as soon as ARM made it, and drops it with its blobs when ARM does', async () => {
    const event = { account: 'acct', container: 'late' };
    expect(await statusOf('/late/x', 'PUT')).toBe(404);
    endpoint.side.tell({ kind: 'containerCreated', ...event });
    expect(await statusOf('/late/x', 'PUT')).toBe(201);
    endpoint.side.tell({ kind: 'containerDeleted', ...event });
    endpoint.side.tell({ kind: 'containerCreated', ...event });
    expect(await statusOf('/late?restype=container')).toBe(200);
    expect(await statusOf('/late/x')).toBe(404);
  });

  it('is empty when an account of the same name is made again', async () => {
    expect(await statusOf('/from-arm-first/x', 'PUT')).toBe(201);
    endpoint.side.tell({ kind: 'accountDeleted', account: 'acct' });
    endpoint.side.tell({ kind: 'accountCreated', account: 'acct' });
    expect(await statusOf('/from-arm-first?restype=container')).toBe(404);
  });

  it('blocks the name of a deleted container for half a minute', async () => {
    const create = () => statusOf('/short?restype=container', 'PUT');
    expect(await create()).toBe(201);
    expect(await statusOf('/short?restype=container', 'DELETE')).toBe(202);
    expect(await create()).toBe(409);
    endpoint.clock.advance(30_000);
    expect(await create()).toBe(201);
  });

  it('asks for the right on the container, by the name of the action', async () => {
    await endpoint.ask('/some/blob', { method: 'DELETE', headers: all });
    expect(endpoint.side.asked.at(-1)).toMatchObject({
      token: 'all',
      account: 'acct',
      container: 'some',
      action: 'containers/blobs/delete',
    });
  });

  it('refuses what it does not know with 501 and remembers it', async () => {
    const answer = await endpoint.ask('/some/blob?comp=lease', { method: 'PUT', headers: all });
    expect(answer.status).toBe(501);
    expect(endpoint.side.requests.takeUnsupported()).toContain('PUT blob storage comp=lease');
  });

  it('lets a fault strike before the effect, once', async () => {
    endpoint.side.tell({ kind: 'containerCreated', account: 'acct', container: 'faulty' });
    endpoint.side.faults.add({
      method: 'PUT',
      path: '/faulty/',
      when: 'before',
      status: 503,
      nth: 1,
    });
    const put = () =>
      endpoint.ask('/faulty/a', { method: 'PUT', headers: { ...block, 'if-none-match': '*' } });
    const first = await put();
    expect([first.status, first.headers['x-ms-error-code']]).toEqual([503, 'ServerBusy']);
    expect((await put()).status).toBe(201);
  });

  it('lets a fault strike after the effect: the client sees an error, the blob is there', async () => {
    endpoint.side.tell({ kind: 'containerCreated', account: 'acct', container: 'after' });
    endpoint.side.faults.add({
      method: 'PUT',
      path: '/after/',
      when: 'after',
      status: 500,
      times: 1,
    });
    const put = () =>
      endpoint.ask('/after/a', {
        method: 'PUT',
        headers: { ...block, 'if-none-match': '*' },
        body: 'kept',
      });
    expect((await put()).status).toBe(500);
    expect((await put()).status).toBe(409);
    expect((await endpoint.ask('/after/a', { headers: all })).text).toBe('kept');
  });
});

describe('Azurite behind its front', () => {
  it('carries a body of many megabytes and breaks the connection when a fault says so', async () => {
    const endpoint = await azuriteEndpoint();
    try {
      const body = Buffer.alloc(24 * 1024 * 1024, 'dstack');
      const path = '/from-arm-first/big';
      const put = await endpoint.ask(path, { method: 'PUT', headers: block, body });
      const got = await endpoint.ask(path, { headers: all });
      expect([put.status, got.text.length]).toEqual([201, body.byteLength]);
      endpoint.side.faults.add({ when: 'before', cut: true });
      await expect(endpoint.ask(path, { headers: all })).rejects.toThrow(/hang up|ECONNRESET/);
    } finally {
      await endpoint.close();
    }
    expect(endpoint.side.listeners).toBe(0);
  });
});
