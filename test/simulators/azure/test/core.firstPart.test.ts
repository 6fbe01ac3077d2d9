import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { textAt } from '../core/json.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { FABRIKAM } from '../core/worlds/twoTenants.ts';
import { ARM, Bench, codeOf } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;

describe('signing in', () => {
  it('gives an app a token that says who it is and for whom it is meant', async () => {
    const bench = new Bench();
    const answer = await bench.appToken();
    expect(answer.status).toBe(200);
    const claims = decodeJwt(textAt(answer.json, 'access_token') ?? '');
    expect(claims).toMatchObject({
      tid: SINGLE.tenantId,
      oid: SINGLE.servicePrincipalId,
      aud: ARM,
      iss: `https://sts.windows.net/${SINGLE.tenantId}/`,
    });
  });

  it('names the AADSTS code of a wrong secret, an unknown app and an unknown tenant', async () => {
    const bench = new Bench();
    const secret = await bench.appToken(undefined, 'wrong');
    expect([secret.status, secret.text]).toEqual([401, expect.stringContaining('AADSTS7000215')]);
    const app = await bench.appToken(undefined, 'x', '00000000-0000-4000-8000-00000000dead');
    expect([app.status, app.text]).toEqual([400, expect.stringContaining('AADSTS700016')]);
    const tenant = await bench.appToken(undefined, 'x', SINGLE.clientId, 'nowhere.example');
    expect([tenant.status, tenant.text]).toEqual([400, expect.stringContaining('AADSTS90002')]);
  });

  it('refuses calls without a token, with an expired one, for another audience and of another tenant', async () => {
    const bench = new Bench('two-tenants');
    const url = `${SUBSCRIPTION}/locations?api-version=2022-12-01`;
    const none = await bench.ask('GET', url, { token: undefined });
    expect([none.status, codeOf(none)]).toEqual([401, 'AuthenticationFailed']);
    const graph = bench.userToken('https://graph.microsoft.com');
    expect(codeOf(await bench.ask('GET', url, { token: graph }))).toBe(
      'InvalidAuthenticationTokenAudience',
    );
    const other = bench.userToken(ARM, SINGLE.username, FABRIKAM.tenantId);
    const wrongTenant = await bench.ask('GET', url, { token: other });
    expect(codeOf(wrongTenant)).toBe('InvalidAuthenticationTokenTenant');
    expect(wrongTenant.headers['www-authenticate']).toContain(SINGLE.tenantId);
    const token = bench.userToken();
    bench.pass(80 * 60);
    expect(codeOf(await bench.ask('GET', url, { token }))).toBe('ExpiredAuthenticationToken');
    const forged = `${token.slice(0, -6)}AAAAAA`;
    expect(codeOf(await bench.ask('GET', url, { token: forged }))).toBe(
      'InvalidAuthenticationToken',
    );
  });
});

describe('a storage account', () => {
  it('is answered with 202 and an empty body, and the poll ends with the account itself', async () => {
    const bench = new Bench();
    await bench.register('Microsoft.Storage');
    const group = await bench.group('one');
    const url = `${group}/providers/Microsoft.Storage/storageAccounts/dstacktest1?api-version=2025-08-01`;
    const put = await bench.ask('PUT', url, {
      body: {
        location: 'eastus',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        tags: { 'dstack-project': 'p' },
      },
    });
    expect([put.status, put.text, put.headers['retry-after']]).toEqual([202, '', '17']);
    const poll = put.headers['location'] ?? '';
    expect((await bench.ask('GET', poll)).status).toBe(202);
    expect((await bench.ask('GET', url)).json).toMatchObject({
      properties: { provisioningState: 'Creating' },
    });
    expect(bench.azure.blobAccounts()).toEqual([]);
    bench.pass(17);
    expect(codeOf(await bench.ask('GET', `${poll}0`))).toBe('InvalidPollSignature');
    const done = await bench.ask('GET', poll);
    expect(done.status).toBe(200);
    expect(done.json).toMatchObject({
      name: 'dstacktest1',
      properties: { provisioningState: 'Succeeded' },
    });
    expect(bench.azure.blobAccounts()).toEqual([{ name: 'dstacktest1', containersFromArm: [] }]);
    const found = await bench.ask(
      'POST',
      '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01',
      {
        body: {
          subscriptions: [SINGLE.subscriptionId],
          query:
            "resources | where type =~ 'microsoft.storage/storageaccounts' | where isnotempty(tags['dstack-project']) | project id, name, tags | order by id asc",
        },
      },
    );
    expect(found.json).toMatchObject({ totalRecords: 1, data: [{ name: 'dstacktest1' }] });
  });

  it('cannot be made before its provider is registered, and the name check fails oddly then', async () => {
    const bench = new Bench();
    const group = await bench.group('one');
    const put = await bench.ask(
      'PUT',
      `${group}/providers/Microsoft.Storage/storageAccounts/abc?api-version=2025-08-01`,
      {
        body: { location: 'eastus', kind: 'StorageV2', sku: { name: 'Standard_LRS' } },
      },
    );
    expect([put.status, codeOf(put)]).toEqual([409, 'MissingSubscriptionRegistration']);
    const check = await bench.ask(
      'POST',
      `${SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability?api-version=2025-08-01`,
      {
        body: { name: 'abc', type: 'Microsoft.Storage/storageAccounts' },
      },
    );
    expect([check.status, codeOf(check)]).toEqual([404, 'SubscriptionNotFound']);
  });
});

describe('blob rights', () => {
  it('come from a role assignment on the container, with its lag, and from nothing else', async () => {
    const bench = new Bench('single', { lag: 'seeded', seed: 7 });
    await bench.register('Microsoft.Storage');
    const group = await bench.group('one');
    const account = await bench.account(group, 'dstacktest2');
    const container = `${account}/blobServices/default/containers/dstack-azure`;
    const put = await bench.ask('PUT', `${container}?api-version=2025-08-01`, { body: {} });
    expect(put.status).toBe(201);
    const ask = (): unknown => {
      const token = bench.userToken('https://storage.azure.com');
      return bench.azure.authorizeBlob({
        token,
        account: 'dstacktest2',
        container: 'dstack-azure',
        action: 'containers/blobs/write',
      });
    };
    expect(ask()).toMatchObject({
      allowed: false,
      status: 403,
      code: 'AuthorizationPermissionMismatch',
    });
    const role = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`;
    const assignment = await bench.ask(
      'PUT',
      `${container}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555?api-version=2022-04-01`,
      {
        body: {
          properties: { roleDefinitionId: role, principalId: SINGLE.userId, principalType: 'User' },
        },
      },
    );
    expect(assignment.status).toBe(201);
    expect(ask()).toMatchObject({ allowed: false, code: 'AuthorizationPermissionMismatch' });
    bench.pass(19);
    expect(ask()).toMatchObject({ allowed: false, code: 'AuthorizationPermissionMismatch' });
    // Seed 7 draws 23.7 s for blobs and 158 s for ARM: two clocks, not one.
    bench.pass(5);
    expect(ask()).toEqual({ allowed: true });
  });
});

it('counts what changed something, and nothing else', async () => {
  const bench = new Bench();
  await bench.group('one');
  await bench.ask('GET', `${SUBSCRIPTION}/resourcegroups?api-version=2021-04-01`);
  await bench.ask('PUT', `${SUBSCRIPTION}/resourceGroups/two?api-version=2021-04-01`, { body: {} });
  expect(bench.azure.requests.stateChangingCalls()).toBe(1);
});

it('answers 501 to what it does not simulate, names it and logs it', async () => {
  const bench = new Bench();
  const answer = await bench.ask(
    'GET',
    `${SUBSCRIPTION}/providers/Microsoft.Sql/servers?api-version=2023-01-01`,
  );
  expect(answer.status).toBe(501);
  expect(answer.text).toContain('Microsoft.Sql/servers');
  expect(bench.azure.requests.takeUnsupported()).toHaveLength(1);
});
