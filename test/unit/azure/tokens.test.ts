import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PUBLIC_CLOUD } from '../../../src/azure/cloud.ts';
import { graphAccount } from '../../../src/azure/graph.ts';
import { azureCliTokens, clientSecretTokens, givenTokens } from '../../../src/azure/tokens.ts';
import type { TokenSource } from '../../../src/setup/ports.ts';

const MINUTE = 60_000;
const asked: unknown[][] = [];
const made: unknown[][] = [];
let answer: () => Promise<{ token: string; expiresOnTimestamp: number } | null>;

class FakeCredential {
  constructor(...options: unknown[]) {
    made.push(options);
  }
  getToken(...request: unknown[]): ReturnType<typeof answer> {
    asked.push(request);
    return answer();
  }
}

vi.mock('@azure/identity', () => ({
  ClientSecretCredential: FakeCredential,
  AzureCliCredential: FakeCredential,
}));

beforeEach(() => {
  asked.length = 0;
  made.length = 0;
  answer = () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 60 * MINUTE });
});
afterEach(() => {
  vi.useRealTimers();
});

function app(cloud = PUBLIC_CLOUD): TokenSource {
  return clientSecretTokens({ cloud, tenantId: 'tenant', clientId: 'c', clientSecret: 's' });
}

describe('whose tokens Graph gets', () => {
  const jwtOf = (name: string) => {
    const claims = { oid: name, upn: name, idtyp: 'user', tid: 'home' };
    return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  };
  const signedIn = (name: string) => () =>
    Promise.resolve({ token: jwtOf(name), expiresOnTimestamp: Date.now() + 60 * MINUTE });

  it('is known at once when somebody signs in to Azure CLI as another person', async () => {
    const source = azureCliTokens(PUBLIC_CLOUD, 'home');
    const { signal } = new AbortController();
    answer = signedIn('root');
    expect((await graphAccount(source, 'home', signal)).name).toBe('root');
    answer = signedIn('dana');
    expect((await graphAccount(source, 'home', signal)).name).toBe('dana');
    expect(asked).toHaveLength(2);
  });
});

describe('tokens of an app', () => {
  it('are asked for by the scope of the service', async () => {
    const source = app();
    await source.token({ audience: 'management' });
    await source.token({ audience: 'storage' });
    expect(asked.map(([scope]) => scope)).toEqual([
      'https://management.azure.com/.default',
      'https://storage.azure.com/.default',
    ]);
    expect(made).toHaveLength(1);
  });

  it('check the authority only in the public cloud, where the list of authorities is', async () => {
    const login = 'https://login.other.example';
    await app().token({ audience: 'management' });
    await app({ ...PUBLIC_CLOUD, endpoints: { ...PUBLIC_CLOUD.endpoints, login } }).token({
      audience: 'management',
    });
    expect(made.map(([, , , options]) => options)).toMatchObject([
      { authorityHost: PUBLIC_CLOUD.endpoints.login, disableInstanceDiscovery: false },
      { authorityHost: login, disableInstanceDiscovery: true },
    ]);
  });

  it('are kept until five minutes before their end', async () => {
    vi.useFakeTimers();
    const source = app();
    await source.token({ audience: 'management' });
    vi.advanceTimersByTime(54 * MINUTE);
    await source.token({ audience: 'management' });
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(2 * MINUTE);
    await source.token({ audience: 'management' });
    expect(asked).toHaveLength(2);
  });

  it('are asked for anew when Azure has refused the one that is kept', async () => {
    const source = app();
    const { token } = await source.token({ audience: 'management' });
    await source.token({ audience: 'management', rejected: 'another' });
    expect(asked).toHaveLength(1);
    await source.token({ audience: 'management', rejected: token });
    expect(asked).toHaveLength(2);
  });

  it('are asked for anew with the decoded claims of a challenge', async () => {
    const source = app();
    await source.token({ audience: 'management' });
    const claims = Buffer.from('{"a":1}').toString('base64');
    await source.token({ audience: 'management', challenge: `Bearer claims="${claims}"` });
    expect(asked[1]?.[1]).toMatchObject({ claims: '{"a":1}', enableCae: true });
  });

  it('that are refused are asked for again the next time', async () => {
    const source = app();
    answer = () => Promise.reject(new Error('AADSTS7000215: Invalid client secret.'));
    const first = source.token({ audience: 'management' });
    await expect(first).rejects.toMatchObject({
      code: 'invalid_credentials',
      field: 'clientSecret',
    });
    answer = () => Promise.resolve({ token: 't2', expiresOnTimestamp: Date.now() + 60 * MINUTE });
    expect(await source.token({ audience: 'management' })).toMatchObject({ token: 't2' });
  });

  it('can be waited for no longer, without taking them from others', async () => {
    const source = app();
    let arrive = (): void => undefined;
    answer = () =>
      new Promise((resolve) => {
        arrive = () => resolve({ token: 'late', expiresOnTimestamp: Date.now() + 60 * MINUTE });
      });
    const controller = new AbortController();
    const impatient = source.token({ audience: 'management', signal: controller.signal });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    const patient = source.token({ audience: 'management' });
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ name: 'AbortError' });
    arrive();
    expect(await patient).toMatchObject({ token: 'late' });
    expect(asked).toHaveLength(1);
  });
});

describe('tokens of Azure CLI', () => {
  it('are those of the tenant that is asked for', async () => {
    const source = azureCliTokens(PUBLIC_CLOUD, 'home');
    await source.token({ audience: 'management' });
    await source.token({ audience: 'graph', tenantId: 'other' });
    expect(made).toEqual([[{ tenantId: 'home' }], [{ tenantId: 'other' }]]);
  });

  it('that are not there are an error that names a way on', async () => {
    answer = () => Promise.resolve(null);
    const asking = azureCliTokens(PUBLIC_CLOUD, 'home').token({ audience: 'management' });
    await expect(asking).rejects.toMatchObject({ code: 'no_token', source: 'user' });
  });
});

describe('given tokens', () => {
  it('are each good for what they were got for, and for nothing else', async () => {
    const source = givenTokens({ management: 'for ARM', storage: 'for blobs' });
    expect(await source.token({ audience: 'management' })).toMatchObject({ token: 'for ARM' });
    expect(await source.token({ audience: 'storage' })).toMatchObject({ token: 'for blobs' });
    await expect(source.token({ audience: 'graph' })).rejects.toMatchObject({ code: 'no_token' });
    const one = givenTokens({ management: 'for ARM' });
    await expect(one.token({ audience: 'storage' })).rejects.toMatchObject({ code: 'no_token' });
  });
});
