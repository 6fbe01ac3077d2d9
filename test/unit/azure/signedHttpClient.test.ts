import { createPipelineRequest, RestError, type HttpClient } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { inspect } from 'node:util';
import { audienceOf, proxySettings, PUBLIC_CLOUD, scopeOf } from '../../../src/azure/cloud.ts';
import { USER_AGENT } from '../../../src/azure/pipeline.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import type { TokenSource } from '../../../src/setup/ports.ts';
import { azureResources } from '../../../src/azure/resources.ts';
import { signedHttpClient } from '../../../src/azure/signedHttpClient.ts';
import { fakeConnection, FakeTokens, FakeTransport } from './fakeTransport.ts';

const CHALLENGE =
  'Bearer authorization_uri="https://login.microsoftonline.com/", error="insufficient_claims", claims="eyJhIjoxfQ=="';
const challenged = { status: 401, headers: { 'WWW-Authenticate': CHALLENGE } };

function client(
  transport: HttpClient,
  tokens: TokenSource = new FakeTokens(),
  tenantId?: string,
): HttpClient {
  return signedHttpClient({ cloud: PUBLIC_CLOUD, tokens, tenantId, transport });
}

const get = (url: string): ReturnType<typeof createPipelineRequest> =>
  createPipelineRequest({ url });

describe('which host gets which token', () => {
  it.each([
    ['https://management.azure.com/subscriptions', 'management'],
    ['https://MANAGEMENT.azure.com:443/x', 'management'],
    ['https://westeurope.management.azure.com/x', 'management'],
    ['https://graph.microsoft.com/v1.0/me', 'graph'],
    ['https://acc.blob.core.windows.net/c/b', 'storage'],
    ['https://acc.z37.blob.storage.azure.net/c/b', 'storage'],
    ['https://acc.z37.web.storage.azure.net/', undefined],
    ['https://acc.z3.blob.storage.azure.net/', undefined],
    ['https://acc.zone.blob.storage.azure.net/', undefined],
    ['https://z37.blob.storage.azure.net/', undefined],
    ['https://acc.z37.blob.storage.azure.net.evil.example/', undefined],
    ['https://evil.example.z37.blob.storage.azure.net/', undefined],
    ['http://management.azure.com/x', undefined],
    ['https://management.azure.com:8443/x', undefined],
    ['https://user@management.azure.com/x', undefined],
    ['https://management.azure.com.evil.example/x', undefined],
    ['https://evilmanagement.azure.com/x', undefined],
    ['https://evil.example/?https://management.azure.com', undefined],
    ['https://acc.blob.core.windows.net.evil.example/', undefined],
    ['https://blob.core.windows.net/', undefined],
    ['https://acc.file.core.windows.net/', undefined],
    ['https://login.microsoftonline.com/', undefined],
    ['https://x.graph.microsoft.com/', undefined],
  ])('%s: %s', (url, audience) => {
    expect(audienceOf(PUBLIC_CLOUD, new URL(url))).toBe(audience);
  });

  it('knows accounts with a DNS zone of their own in the public cloud alone', () => {
    const suffixes = { ...PUBLIC_CLOUD.suffixes, storage: 'core.other.example' };
    const zoned = new URL('https://acc.z37.blob.storage.azure.net/c/b');
    expect(audienceOf({ ...PUBLIC_CLOUD, suffixes }, zoned)).toBeUndefined();
  });

  it('sends the token of the host’s service and of the tenant', async () => {
    const transport = new FakeTransport({ status: 200 }, { status: 200 });
    const sender = client(transport, new FakeTokens(), 'tenant');
    await sender.sendRequest(get('https://management.azure.com/x'));
    await sender.sendRequest(get('https://acc.blob.core.windows.net/x'));
    expect(transport.sent.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer management-tenant',
      'Bearer storage-tenant',
    ]);
  });

  it.each(['https://evil.example/x', 'no url at all'])(
    'refuses %s before it asks for a token or sends anything',
    async (url) => {
      const [transport, tokens] = [new FakeTransport(), new FakeTokens()];
      const sending = client(transport, tokens).sendRequest(get(url));
      await expect(sending).rejects.toMatchObject({ code: 'untrusted_host' });
      expect([transport.sent, tokens.asked]).toEqual([[], []]);
    },
  );

  it('asks for the token again for every request, so that it can be refreshed in mid-run', async () => {
    const [transport, tokens] = [
      new FakeTransport({ status: 200 }, { status: 200 }),
      new FakeTokens(),
    ];
    const sender = client(transport, tokens);
    await sender.sendRequest(get('https://management.azure.com/x'));
    await sender.sendRequest(get('https://management.azure.com/x'));
    expect(tokens.asked).toHaveLength(2);
  });

  it('asks for scopes that have one slash', () => {
    const endpoints = {
      ...PUBLIC_CLOUD.endpoints,
      resourceManager: 'https://management.azure.com/',
    };
    expect(scopeOf({ ...PUBLIC_CLOUD, endpoints }, 'management')).toBe(
      'https://management.azure.com/.default',
    );
    expect(scopeOf(PUBLIC_CLOUD, 'graph')).toBe('https://graph.microsoft.com/.default');
    expect(scopeOf(PUBLIC_CLOUD, 'storage')).toBe('https://storage.azure.com/.default');
  });
});

describe('a claims challenge', () => {
  it('is passed on whole, and the same request goes out again with the stronger token', async () => {
    const [transport, tokens] = [new FakeTransport(challenged, { status: 200 }), new FakeTokens()];
    const request = createPipelineRequest({
      url: 'https://management.azure.com/x',
      method: 'PUT',
      body: '{"a":1}',
    });
    const { status } = await client(transport, tokens).sendRequest(request);
    expect(status).toBe(200);
    expect(tokens.asked.map(({ challenge }) => challenge)).toEqual([undefined, CHALLENGE]);
    expect(transport.sent.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', { a: 1 }],
      ['PUT', { a: 1 }],
    ]);
    expect(transport.sent[1]?.headers['authorization']).toBe('Bearer management-home-strong');
  });

  it('is answered once per request, through a whole SDK', async () => {
    const [transport, tokens] = [new FakeTransport(challenged, challenged), new FakeTokens()];
    const resources = azureResources(fakeConnection(transport, tokens));
    const writing = resources.write(
      {
        kind: 'resourceGroup',
        id: '/subscriptions/s/resourceGroups/g',
        tenantId: 't',
        subscriptionId: 's',
        apiVersion: '2025-04-01',
        body: { location: 'westeurope' },
      },
      new AbortController().signal,
    );
    await expect(writing).rejects.toMatchObject({ code: 'step_up_required' });
    expect(transport.sent).toHaveLength(2);
    expect(tokens.asked).toHaveLength(2);
  });

  it('an ordinary 401 is none', async () => {
    const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
    const [transport, tokens] = [new FakeTransport({ status: 401, headers }), new FakeTokens()];
    const sending = client(transport, tokens).sendRequest(get('https://management.azure.com/x'));
    await expect(sending).rejects.toMatchObject({ statusCode: 401 });
    // There is no other token, so nothing is sent again.
    expect(transport.sent).toHaveLength(1);
  });
});

describe('a token that has ended early', () => {
  const at = 'https://management.azure.com/x';
  const source = (...tokens: string[]): TokenSource => ({
    token: ({ rejected }) => {
      const token = tokens.find((each) => each !== rejected) ?? '';
      return Promise.resolve({ token, expiresOn: 0 });
    },
  });

  it('is replaced once, and the same request goes out again', async () => {
    const transport = new FakeTransport({ status: 401 }, { status: 200 });
    const answer = await client(transport, source('old', 'new')).sendRequest(get(at));
    expect(answer.status).toBe(200);
    expect(transport.sent.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
  });

  it('is told after the second refusal', async () => {
    const transport = new FakeTransport({ status: 401 }, { status: 401 });
    const sending = client(transport, source('old', 'new')).sendRequest(get(at));
    await expect(sending).rejects.toMatchObject({ statusCode: 401 });
    expect(transport.sent).toHaveLength(2);
  });
});

describe('what errors and requests hold', () => {
  it.each(['ECONNRESET', { status: 500 }])('no error for %j holds the token', async (answer) => {
    const transport = new FakeTransport(answer);
    const request = get('https://management.azure.com/x');
    const error: unknown = await client(transport)
      .sendRequest(request)
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RestError);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('management-home');
    expect(JSON.stringify(request.headers.toJSON())).not.toContain('management-home');
  });

  it('a time-out of the transport is no cancellation', async () => {
    const transport: HttpClient = {
      sendRequest: () => Promise.reject(cancellation()),
    };
    const sending = client(transport).sendRequest(get('https://management.azure.com/x'));
    await expect(sending).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('a failure of the sign-in comes out as it is', async () => {
    const failed = new SetupError({
      code: 'no_session',
      source: 'user',
      message: 'm',
      remedy: 'r',
    });
    const tokens = new FakeTokens();
    tokens.token = () => Promise.reject(failed);
    const sending = client(new FakeTransport(), tokens).sendRequest(
      get('https://management.azure.com/x'),
    );
    await expect(sending).rejects.toBe(failed);
  });
});

describe('around the SDKs', () => {
  it('names this extension and its version to Azure', async () => {
    const transport = new FakeTransport({ status: 404, body: {} });
    const at = { kind: 'resourceGroup', id: '/subscriptions/s/resourceGroups/g' } as const;
    await azureResources(fakeConnection(transport)).read(
      { ...at, tenantId: 't', subscriptionId: 's', apiVersion: 'v', body: {} },
      new AbortController().signal,
    );
    expect(USER_AGENT).toMatch(/^dstack-azure\/\d+\.\d+\.\d+$/);
    expect(transport.sent[0]?.headers['user-agent']).toContain(USER_AGENT);
  });

  it.each([
    ['http://127.0.0.1:8080', { host: 'http://127.0.0.1', port: 8080 }],
    ['http://proxy.example', { host: 'http://proxy.example', port: 80 }],
    ['https://proxy.example', { host: 'https://proxy.example', port: 443 }],
  ])('goes through the proxy %s', (url, settings) => {
    expect(proxySettings(url)).toEqual(settings);
  });
});
