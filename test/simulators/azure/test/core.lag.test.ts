import { describe, expect, it } from 'vitest';
import { listAt, objectAt, textAt, type Json } from '../core/json.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { worldNamed } from '../core/worlds.ts';
import { Bench, codeOf } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;
const V = 'api-version=2022-04-01';
const SEED = 5;

/** Asks once a simulated second until the answer is as wanted; the seconds that it took. */
async function secondsUntil(
  bench: Bench,
  isThere: () => Promise<boolean>,
  most = 700,
): Promise<number> {
  for (let second = 0; second <= most; second += 1) {
    if (await isThere()) return second;
    bench.pass(1);
  }
  throw new Error(`Not within ${most} s (seed ${SEED}).`);
}

async function identityOf(bench: Bench): Promise<string> {
  await bench.register('Microsoft.ManagedIdentity');
  const group = await bench.group('one');
  const put = await bench.ask(
    'PUT',
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/runner?${V}`,
    { body: { location: 'eastus' } },
  );
  return textAt(objectAt(put.json, 'properties'), 'principalId') ?? '';
}

function assignment(principalId: string, role: string, principalType?: string): Json {
  const roleDefinitionId = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  return {
    properties: {
      roleDefinitionId,
      principalId,
      ...(principalType === undefined ? {} : { principalType }),
    },
  };
}
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const url = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/55555555-5555-4555-8555-555555555555?${V}`;

describe('with the seeded lag', () => {
  it('a new identity can be granted nothing for 6 to 269 s, unless its type is said', async () => {
    const bench = new Bench('single', { lag: 'seeded', seed: SEED });
    const principalId = await identityOf(bench);
    const first = await bench.ask('PUT', url, { body: assignment(principalId, READER) });
    expect([first.status, codeOf(first)]).toEqual([400, 'PrincipalNotFound']);
    expect(first.text).toContain(principalId.replaceAll('-', ''));
    const seconds = await secondsUntil(
      bench,
      async () =>
        (await bench.ask('PUT', url, { body: assignment(principalId, READER) })).status === 201,
    );
    expect(seconds).toBeGreaterThanOrEqual(6);
    expect(seconds).toBeLessThanOrEqual(269);
    const other = new Bench('single', { lag: 'seeded', seed: SEED });
    const body = assignment(await identityOf(other), READER, 'ServicePrincipal');
    expect((await other.ask('PUT', url, { body })).status).toBe(201);
  });

  it('a grant reaches the control plane after a while', async () => {
    const owner = '0c000000-0000-4000-8000-0000000000aa';
    const single = worldNamed('single');
    const users = [
      ...single.users,
      {
        username: 'new@contoso.example',
        memberships: [{ tenantId: SINGLE.tenantId, objectId: owner }],
      },
    ];
    const bench = new Bench({ ...single, users }, { lag: 'seeded', seed: SEED });
    await bench.ask('PUT', url, { body: assignment(owner, READER, 'User') });
    const seconds = await secondsUntil(bench, async () => {
      const token = bench.userToken(undefined, 'new@contoso.example');
      return (
        (await bench.ask('GET', `${SUBSCRIPTION}/providers?api-version=2021-04-01`, { token }))
          .status === 200
      );
    });
    expect(seconds).toBeGreaterThan(0);
  });

  it('Resource Graph shows the old tags first, then the new ones', async () => {
    const bench = new Bench('two-tenants', { lag: 'seeded', seed: SEED });
    const tenantId = '0a000000-0000-4000-8000-000000000002';
    const account =
      '/subscriptions/0b000000-0000-4000-8000-000000000002/resourceGroups/research/providers/Microsoft.Storage/storageAccounts/fabrikamshared';
    const tagOf = async (): Promise<string | undefined> => {
      const query = "resources | where name == 'fabrikamshared' | project id, tags";
      const token = bench.userToken(undefined, undefined, tenantId);
      const answer = await bench.ask(
        'POST',
        '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01',
        { token, body: { query } },
      );
      return textAt(objectAt(listAt(answer.json, 'data')[0], 'tags'), 'dstack-project');
    };
    const body = { operation: 'Merge', properties: { tags: { 'dstack-project': 'renamed' } } };
    await bench.ask(
      'PATCH',
      `${account}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`,
      { token: bench.userToken(undefined, undefined, tenantId), body },
    );
    expect(await tagOf()).toBe('shared-training');
    bench.pass(121);
    expect(await tagOf()).toBe('renamed');
  });

  it('a new application, its principal and its secret each take their time', async () => {
    const bench = new Bench('single', { lag: 'seeded', seed: SEED });
    const graph = async (method: string, path: string, body?: Json) =>
      bench.ask(method, `https://graph.microsoft.com/v1.0${path}`, {
        token: bench.azure.issueUserToken({
          tenantId: SINGLE.tenantId,
          username: SINGLE.username,
          audience: 'https://graph.microsoft.com',
          scopes: ['Application.ReadWrite.All'],
        }),
        ...(body === undefined ? {} : { body }),
      });
    const app = await graph('POST', '/applications', { displayName: 'x' });
    const id = textAt(app.json, 'id') ?? '';
    const appId = textAt(app.json, 'appId') ?? '';
    expect((await graph('GET', `/applications/${id}`)).status).toBe(404);
    const backing = await graph('POST', '/servicePrincipals', { appId });
    expect(backing.status).toBe(400);
    await secondsUntil(
      bench,
      async () => (await graph('POST', '/servicePrincipals', { appId })).status === 201,
    );
    const added = await graph('POST', `/applications/${id}/addPassword`, {
      passwordCredential: {},
    });
    const secret = textAt(added.json, 'secretText') ?? '';
    expect((await bench.appToken(undefined, secret, appId)).text).toContain('AADSTS7000215');
    expect(listAt((await graph('GET', `/applications/${id}`)).json, 'passwordCredentials')).toEqual(
      [],
    );
    bench.pass(41);
    expect((await bench.appToken(undefined, secret, appId)).status).toBe(200);
    expect(
      listAt((await graph('GET', `/applications/${id}`)).json, 'passwordCredentials'),
    ).toHaveLength(1);
  });
});

it('the same seed gives the same ids, lags and durations, another seed others', async () => {
  const run = async (seed: number): Promise<unknown> => {
    const bench = new Bench('single', { lag: 'seeded', seed });
    return [
      await identityOf(bench),
      await secondsUntil(
        bench,
        async () =>
          (await bench.ask('PUT', url, { body: assignment(SINGLE.userId, READER) })).status < 300,
      ),
    ];
  };
  expect(await run(1)).toEqual(await run(1));
  expect(await run(1)).not.toEqual(await run(2));
});

it('without lag everything is seen at once, but accounts still take their seconds', async () => {
  const bench = new Bench();
  const principalId = await identityOf(bench);
  expect((await bench.ask('PUT', url, { body: assignment(principalId, READER) })).status).toBe(201);
  await bench.register('Microsoft.Storage');
  const group = await bench.group('two');
  const put = await bench.ask(
    'PUT',
    `${group}/providers/Microsoft.Storage/storageAccounts/slowly?${V}`,
    { body: { location: 'eastus', kind: 'StorageV2', sku: { name: 'Standard_LRS' } } },
  );
  expect(
    await secondsUntil(
      bench,
      async () => (await bench.ask('GET', put.headers['location'] ?? '')).status === 200,
    ),
  ).toBe(17);
});
