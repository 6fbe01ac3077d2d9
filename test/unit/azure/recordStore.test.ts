import { Readable } from 'node:stream';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { recordStore } from '../../../src/azure/recordStore.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import type { RecordStore } from '../../../src/setup/ports.ts';
import { fakeConnection, FakeTransport, type FakeAnswer } from './fakeTransport.ts';

const signal = new AbortController().signal;
const AT = {
  tenantId: 'tenant',
  blobEndpoint: 'https://acc.blob.core.windows.net/',
  projectName: 'My-Demo',
};
const URL_OF_BLOB = 'https://acc.blob.core.windows.net/dstack-azure/projects/my-demo.json';
const ID = '11111111-1111-4111-8111-111111111111';
const RECORD: ProjectRecord = {
  schema: 1,
  projectId: ID,
  spec: {
    schema: 1,
    name: 'My-Demo',
    tenantId: ID,
    subscriptionId: ID,
    location: 'westeurope',
    resourceGroup: { name: 'g', create: true },
    storageAccount: { name: 'acc', create: true },
    credentials: { kind: 'default' },
    server: { kind: 'local' },
  },
  server: { kind: 'local' },
  resources: [],
  secrets: [],
  pending: [],
};

async function* brokenOff(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes.subarray(0, 5));
  throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

/** A transport that streams successful reads, as Node's does. */
class StreamingTransport extends FakeTransport {
  breakOff = false;

  override async sendRequest(
    request: Parameters<HttpClient['sendRequest']>[0],
  ): ReturnType<HttpClient['sendRequest']> {
    const response = await super.sendRequest(request);
    if (request.method !== 'GET' || response.status !== 200) return response;
    const { bodyAsText, ...rest } = response;
    const bytes = Buffer.from(bodyAsText ?? '');
    response.headers.set('content-length', bytes.byteLength);
    if (!response.headers.has('etag')) response.headers.set('etag', '"0"');
    return {
      ...rest,
      readableStreamBody: Readable.from(this.breakOff ? brokenOff(bytes) : [bytes]),
    };
  }
}

function storeWith(...answers: (FakeAnswer | string)[]): {
  transport: StreamingTransport;
  store: RecordStore;
} {
  const transport = new StreamingTransport(...answers);
  return { transport, store: recordStore(fakeConnection(transport)) };
}

const refusal = (status: number, code: string): FakeAnswer => ({
  status,
  headers: { 'x-ms-error-code': code, 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>No.\nRequestId:x</Message></Error>`,
});

describe('reading the record', () => {
  it('is one GET with the tenant’s storage token, and gives the ETag', async () => {
    const { transport, store } = storeWith({ status: 200, headers: { etag: '"1"' }, body: RECORD });
    expect(await store.read(AT, signal)).toEqual({ record: RECORD, etag: '"1"' });
    expect(transport.sent).toHaveLength(1);
    expect(transport.sent[0]).toMatchObject({ method: 'GET', url: URL_OF_BLOB });
    expect(transport.sent[0]?.headers['authorization']).toBe('Bearer storage-tenant');
  });

  it.each(['BlobNotFound', 'ContainerNotFound'])(
    'finds none where there is none (%s)',
    async (code) => {
      const { store } = storeWith(refusal(404, code));
      expect(await store.read(AT, signal)).toBeUndefined();
    },
  );

  it.each([
    ['text', 'no json'],
    ['an empty blob', ''],
    ['another kind of JSON', '{"a":1}'],
    ['an unknown key', JSON.stringify({ ...RECORD, extra: 1 })],
    ['a foreign schema', JSON.stringify({ ...RECORD, schema: '1' })],
  ])('calls %s damaged', async (_name, body) => {
    const { store } = storeWith({ status: 200, body });
    await expect(store.read(AT, signal)).rejects.toMatchObject({ code: 'record_unreadable' });
  });

  it('an answer that breaks off is a network error, read again by nobody but the core', async () => {
    const { transport, store } = storeWith({ status: 200, body: RECORD });
    transport.breakOff = true;
    await expect(store.read(AT, signal)).rejects.toMatchObject({
      azure: { status: 0, code: 'ECONNRESET' },
    });
    expect(transport.sent).toHaveLength(1);
  });

  it('does not touch the record of a newer version', async () => {
    const { store } = storeWith({ status: 200, body: { ...RECORD, schema: 2, new: true } });
    await expect(store.read(AT, signal)).rejects.toMatchObject({ code: 'record_newer' });
  });

  it('says that the data role is spreading, with Azure’s code for the retry rules', async () => {
    const { store } = storeWith(refusal(403, 'AuthorizationPermissionMismatch'));
    await expect(store.read(AT, signal)).rejects.toMatchObject({
      code: 'data_role_spreading',
      azure: { status: 403, code: 'AuthorizationPermissionMismatch' },
    });
  });
});

describe('writing the record', () => {
  it('creates only what is not there', async () => {
    const { transport, store } = storeWith({ status: 201, headers: { etag: '"2"' } });
    expect(await store.write(AT, RECORD, undefined, signal)).toBe('"2"');
    const [sent] = transport.sent;
    expect(sent).toMatchObject({ method: 'PUT', url: URL_OF_BLOB, body: RECORD });
    expect(sent?.headers['if-none-match']).toBe('*');
    expect(sent?.headers['if-match']).toBeUndefined();
  });

  it('overwrites only the version that was read', async () => {
    const { transport, store } = storeWith({ status: 201, headers: { etag: '"3"' } });
    await store.write(AT, RECORD, '"2"', signal);
    expect(transport.sent[0]?.headers['if-match']).toBe('"2"');
    expect(transport.sent[0]?.headers['if-none-match']).toBeUndefined();
  });

  it.each([
    [409, 'BlobAlreadyExists'],
    [412, 'ConditionNotMet'],
  ])('a lost race (%i %s) is said as such', async (status, code) => {
    const { store } = storeWith(refusal(status, code));
    await expect(store.write(AT, RECORD, undefined, signal)).rejects.toMatchObject({
      code: 'record_changed',
    });
  });

  it('a container that is being deleted is no lost race', async () => {
    const { store } = storeWith(refusal(409, 'ContainerBeingDeleted'));
    await expect(store.write(AT, RECORD, undefined, signal)).rejects.toMatchObject({
      code: 'busy',
    });
  });

  it.each(['ENOTFOUND', 'ECONNRESET'])('%s is not retried by the SDK', async (code) => {
    const { transport, store } = storeWith(code);
    const writing = store.write(AT, RECORD, undefined, signal);
    await expect(writing).rejects.toMatchObject({ azure: { status: 0, code } });
    expect(transport.sent).toHaveLength(1);
  });

  it.each([500, 503])('%i is not retried by the SDK', async (status) => {
    const { transport, store } = storeWith({ status });
    const writing = store.write(AT, RECORD, undefined, signal);
    await expect(writing).rejects.toMatchObject({ azure: { status } });
    expect(transport.sent).toHaveLength(1);
  });

  it('goes to no host but the cloud’s', async () => {
    const { transport, store } = storeWith();
    const at = { ...AT, blobEndpoint: 'https://acc.blob.core.windows.net.evil.example' };
    const writing = store.write(at, RECORD, undefined, signal);
    await expect(writing).rejects.toMatchObject({ code: 'untrusted_host' });
    expect(transport.sent).toEqual([]);
  });

  it('ends as cancelled', async () => {
    const { store } = storeWith();
    const writing = store.write(AT, RECORD, undefined, AbortSignal.abort());
    await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
  });
});
