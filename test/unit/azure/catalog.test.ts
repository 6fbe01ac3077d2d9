import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../src/azure/caller.ts';
import { azureCatalog } from '../../../src/azure/catalog.ts';
import type { Catalog } from '../../../src/setup/ports.ts';
import { fakeConnection, FakeTokens, FakeTransport, type FakeAnswer } from './fakeTransport.ts';

const signal = new AbortController().signal;
const [T, S] = ['tenant', '00000000-0000-0000-0000-000000000001'];
const ACCOUNT = `/subscriptions/${S}/resourceGroups/MyGroup/providers/Microsoft.Storage/storageAccounts/acc`;

function catalogWith(...answers: (FakeAnswer | string)[]): {
  transport: FakeTransport;
  catalog: Catalog;
} {
  const transport = new FakeTransport(...answers);
  const tokens = new FakeTokens();
  return { transport, catalog: azureCatalog(fakeConnection(transport, tokens), tokens) };
}

const page = (value: unknown[], nextLink?: string): FakeAnswer => ({
  status: 200,
  body: { value, ...(nextLink === undefined ? {} : { nextLink }) },
});

function token(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

describe('tenants', () => {
  it('are listed over all pages with a token of the home tenant, with or without a name', async () => {
    const next = 'https://management.azure.com/tenants?api-version=2022-12-01&%24skiptoken=x';
    const { transport, catalog } = catalogWith(
      page(
        [{ id: '/tenants/a', tenantId: 'a', displayName: 'A', defaultDomain: 'a.example' }],
        next,
      ),
      page([{ id: '/tenants/b', tenantId: 'b', tenantCategory: 'Home' }]),
    );
    expect(await catalog.tenants(signal)).toEqual([
      { tenantId: 'a', displayName: 'A', defaultDomain: 'a.example' },
      { tenantId: 'b' },
    ]);
    expect(transport.sent.map(({ url }) => url)).toEqual([
      'https://management.azure.com/tenants?api-version=2022-12-01',
      next,
    ]);
    expect(transport.sent[0]?.headers['authorization']).toBe('Bearer management-home');
  });

  it('a next page outside of Azure is not fetched', async () => {
    const { transport, catalog } = catalogWith(page([], 'https://evil.example/tenants'));
    await expect(catalog.tenants(signal)).rejects.toMatchObject({ code: 'untrusted_host' });
    expect(transport.sent).toHaveLength(1);
  });
});

describe('subscriptions', () => {
  it('are those of the tenant whose token is sent, with their state', async () => {
    const listed = { id: `/subscriptions/${S}`, subscriptionId: S, displayName: 'Sub' };
    const { transport, catalog } = catalogWith(
      page([
        { ...listed, tenantId: 'other', state: 'Warned' },
        { subscriptionId: 's2', count: 1 },
      ]),
    );
    expect(await catalog.subscriptions(T, signal)).toEqual([
      { subscriptionId: S, displayName: 'Sub', tenantId: 'other', state: 'Warned' },
      { subscriptionId: 's2', displayName: 's2', tenantId: T, state: 'Enabled' },
    ]);
    expect(transport.lines).toEqual(['GET /subscriptions?api-version=2022-12-01']);
    expect(transport.sent[0]?.headers['authorization']).toBe('Bearer management-tenant');
  });

  it('that can’t be listed are an error, not an empty list', async () => {
    const { catalog } = catalogWith({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
    await expect(catalog.subscriptions(T, signal)).rejects.toMatchObject({
      code: 'token_rejected',
    });
  });
});

describe('locations', () => {
  it('are physical regions that customers may use', async () => {
    const region = (name: string, regionType = 'Physical', type = 'Region'): object => ({
      name,
      displayName: name.toUpperCase(),
      type,
      metadata: { regionType },
    });
    const { transport, catalog } = catalogWith(
      page([
        region('westeurope'),
        region('europe', 'Logical'),
        region('eastusstg'),
        region('centralusstage'),
        region('eastus2euap'),
        region('losangeles', 'Physical', 'EdgeZone'),
        { name: 'old', displayName: 'Old' },
      ]),
    );
    expect(await catalog.locations(T, S, signal)).toEqual([
      { name: 'westeurope', displayName: 'WESTEUROPE' },
    ]);
    expect(transport.lines).toEqual([`GET /subscriptions/${S}/locations?api-version=2022-12-01`]);
  });
});

describe('storage accounts and groups', () => {
  it('are listed as the form needs them', async () => {
    const { transport, catalog } = catalogWith(
      page(
        [
          {
            id: ACCOUNT,
            name: 'acc',
            location: 'westeurope',
            kind: 'StorageV2',
            tags: { 'dstack-project': 'demo' },
            properties: {
              provisioningState: 'Succeeded',
              primaryEndpoints: { blob: 'https://acc.blob.core.windows.net/' },
            },
          },
        ],
        `https://management.azure.com/subscriptions/${S}/next?api-version=1`,
      ),
      page([{ id: ACCOUNT, name: 'bare', location: 'westeurope', properties: {} }]),
    );
    expect(await catalog.storageAccounts(T, S, signal)).toEqual([
      {
        id: ACCOUNT,
        name: 'acc',
        resourceGroup: 'MyGroup',
        location: 'westeurope',
        kind: 'StorageV2',
        provisioningState: 'Succeeded',
        tags: { 'dstack-project': 'demo' },
        blobEndpoint: 'https://acc.blob.core.windows.net/',
      },
      expect.objectContaining({ name: 'bare', tags: {}, kind: '', provisioningState: '' }),
    ]);
    expect(transport.sent).toHaveLength(2);
  });

  it('groups come with their tags', async () => {
    const { catalog } = catalogWith(
      page([
        { name: 'g', location: 'westeurope', tags: { a: 'b' } },
        { name: 'h', location: 'eastus' },
      ]),
    );
    expect(await catalog.resourceGroups(T, S, signal)).toEqual([
      { name: 'g', location: 'westeurope', tags: { a: 'b' } },
      { name: 'h', location: 'eastus', tags: {} },
    ]);
  });

  it.each([
    [{ nameAvailable: true }, { available: true }],
    [
      { nameAvailable: false, reason: 'AlreadyExists', message: 'Taken.' },
      { available: false, reason: 'AlreadyExists', message: 'Taken.' },
    ],
  ])('asks Azure whether a name is free: %j', async (body, expected) => {
    const { transport, catalog } = catalogWith({ status: 200, body });
    expect(await catalog.checkStorageAccountName(T, S, 'acc', signal)).toEqual(expected);
    expect(transport.sent[0]).toMatchObject({
      method: 'POST',
      body: { name: 'acc', type: 'Microsoft.Storage/storageAccounts' },
    });
  });
});

describe('who we are', () => {
  it.each([
    [
      { oid: 'o', idtyp: 'user', scp: 'user_impersonation', upn: 'a@b.example', appid: 'x' },
      { principalId: 'o', principalType: 'User', name: 'a@b.example' },
    ],
    [
      { oid: 'o', scp: 'user_impersonation', unique_name: 'ä@b.example', appid: 'x' },
      { principalId: 'o', principalType: 'User', name: 'ä@b.example' },
    ],
    [
      { oid: 'o', idtyp: 'app', appid: 'x', app_displayname: 'App' },
      { principalId: 'o', principalType: 'ServicePrincipal', name: 'App' },
    ],
    [
      { oid: 'o', appid: 'x' },
      { principalId: 'o', principalType: 'ServicePrincipal', name: 'x' },
    ],
  ])('the token %j is %j', (claims, caller) => {
    expect(callerOf(token(claims))).toEqual(caller);
  });

  it.each(['', 'opaque', 'a.b.c', token({ sub: 'x' })])(
    'the token %j says nothing',
    (unreadable) => {
      expect(() => callerOf(unreadable)).toThrow(
        expect.objectContaining({ code: 'caller_unknown' }),
      );
    },
  );
});

describe('projects', () => {
  const row = {
    id: ACCOUNT,
    name: 'acc',
    location: 'westeurope',
    resourceGroup: 'mygroup',
    subscriptionId: S,
    kind: 'StorageV2',
    tags: { 'dstack-project': 'demo' },
    provisioningState: 'Succeeded',
    blobEndpoint: 'https://acc.blob.core.windows.net/',
  };
  const found = (...data: object[]): FakeAnswer => ({
    status: 200,
    body: { data, count: data.length },
  });

  it('are found by their tag in one query', async () => {
    const { transport, catalog } = catalogWith(found(row));
    expect(await catalog.projects(T, [S], signal)).toEqual([
      {
        projectName: 'demo',
        tenantId: T,
        subscriptionId: S,
        storageAccount: {
          id: ACCOUNT,
          name: 'acc',
          resourceGroup: 'MyGroup',
          location: 'westeurope',
          kind: 'StorageV2',
          provisioningState: 'Succeeded',
          tags: { 'dstack-project': 'demo' },
          blobEndpoint: 'https://acc.blob.core.windows.net/',
        },
      },
    ]);
    expect(transport.lines).toEqual([
      'POST /providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01',
    ]);
  });

  it('are collected over all pages', async () => {
    const first = { status: 200, body: { data: [row], $skipToken: 'next' } };
    const { transport, catalog } = catalogWith(first, found({ ...row, id: `${ACCOUNT}2` }));
    expect(await catalog.projects(T, [S], signal)).toHaveLength(2);
    expect(transport.sent[1]).toMatchObject({ body: { options: { $skipToken: 'next' } } });
  });

  it('are asked for 300 subscriptions at a time', async () => {
    const { transport, catalog } = catalogWith(found(), found(), found());
    await catalog.projects(
      T,
      Array.from({ length: 601 }, (_, index) => index.toString()),
      signal,
    );
    const sizes = transport.sent.map(
      ({ body }) => (body as { subscriptions: [] }).subscriptions.length,
    );
    expect(sizes).toEqual([300, 300, 1]);
  });

  it('need no call where there is no subscription', async () => {
    const { transport, catalog } = catalogWith();
    expect(await catalog.projects(T, [], signal)).toEqual([]);
    expect(transport.sent).toEqual([]);
  });

  it.each([400, 403, 404])(
    'are listed per subscription where the query gets %i',
    async (status) => {
      const account = {
        id: ACCOUNT,
        name: 'acc',
        location: 'westeurope',
        tags: { 'dstack-project': 'demo' },
      };
      const { catalog } = catalogWith(
        { status },
        page([account, { ...account, tags: {} }]),
        page([]),
      );
      const projects = await catalog.projects(T, [S, 's2'], signal);
      expect(projects.map(({ projectName }) => projectName)).toEqual(['demo']);
    },
  );

  it.each([401, 429, 500])('fail where the query gets %i', async (status) => {
    const { catalog } = catalogWith({ status });
    await expect(catalog.projects(T, [S], signal)).rejects.toMatchObject({ azure: { status } });
  });
});

describe('cancellation', () => {
  const aborted = AbortSignal.abort();
  it.each<[string, (catalog: Catalog) => Promise<unknown>]>([
    ['tenants', (catalog) => catalog.tenants(aborted)],
    ['subscriptions', (catalog) => catalog.subscriptions(T, aborted)],
    ['locations', (catalog) => catalog.locations(T, S, aborted)],
    ['storageAccounts', (catalog) => catalog.storageAccounts(T, S, aborted)],
    ['resourceGroups', (catalog) => catalog.resourceGroups(T, S, aborted)],
    ['checkStorageAccountName', (catalog) => catalog.checkStorageAccountName(T, S, 'n', aborted)],
    ['projects', (catalog) => catalog.projects(T, [S], aborted)],
  ])('%s ends as cancelled', async (_name, call) => {
    const { transport, catalog } = catalogWith();
    await expect(call(catalog)).rejects.toMatchObject({ name: 'AbortError' });
    expect(transport.sent).toEqual([]);
  });
});
