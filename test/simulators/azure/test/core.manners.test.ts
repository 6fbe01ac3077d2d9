import { describe, expect, it } from 'vitest';
import { listAt, textAt } from '../core/json.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { worldNamed } from '../core/worlds.ts';
import { Bench, codeOf } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;
const V = 'api-version=2021-04-01';

describe('ARM refuses', () => {
  const group = `${SUBSCRIPTION}/resourceGroups/one`;
  it.each([
    ['a missing api-version', 'GET', group, undefined, 400, 'MissingApiVersionParameter'],
    [
      'an api-version that is no date',
      'GET',
      `${group}?api-version=latest`,
      undefined,
      400,
      'InvalidApiVersionParameter',
    ],
    [
      'a 13th month',
      'GET',
      `${group}?api-version=2024-13-01`,
      undefined,
      400,
      'InvalidApiVersionParameter',
    ],
    [
      'an unknown subscription',
      'GET',
      `/subscriptions/0b000000-0000-4000-8000-0000000000ff?${V}`,
      undefined,
      404,
      'SubscriptionNotFound',
    ],
    ['a group without location', 'PUT', `${group}?${V}`, {}, 400, 'LocationRequired'],
    [
      'a location that is none',
      'PUT',
      `${group}?${V}`,
      { location: 'atlantis' },
      400,
      'LocationNotAvailableForResourceGroup',
    ],
    [
      'a logical location',
      'PUT',
      `${group}?${V}`,
      { location: 'europe' },
      400,
      'LocationNotAvailableForResourceGroup',
    ],
    [
      'a group name with a slash of its own',
      'PUT',
      `${SUBSCRIPTION}/resourceGroups/a%3Fb?${V}`,
      { location: 'eastus' },
      400,
      'InvalidResourceGroup',
    ],
    [
      'a group name that ends in a dot',
      'PUT',
      `${SUBSCRIPTION}/resourceGroups/a.?${V}`,
      { location: 'eastus' },
      400,
      'InvalidResourceGroup',
    ],
    [
      'a tag that is no text',
      'PUT',
      `${group}?${V}`,
      { location: 'eastus', tags: { a: 1 } },
      400,
      'InvalidRequestContent',
    ],
    [
      'a resource in a group that is not there',
      'PUT',
      `${group}/providers/Microsoft.Network/virtualNetworks/v1?${V}`,
      { location: 'eastus' },
      404,
      'ResourceGroupNotFound',
    ],
  ])('%s', async (_, method, url, body, status, code) => {
    const bench = new Bench();
    const answer = await bench.ask(method, url, body === undefined ? {} : { body });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });

  it('a body that is not JSON, and another content type', async () => {
    const bench = new Bench();
    const send = (type: string, text: string) =>
      bench.azure.handle({
        method: 'PUT',
        url: new URL(`https://management.azure.com${group}?${V}`),
        headers: { authorization: `Bearer ${bench.userToken()}`, 'content-type': type },
        body: new TextEncoder().encode(text),
      });
    expect((await send('application/json', '{oops')).status).toBe(400);
    expect((await send('text/xml', '<a/>')).status).toBe(415);
  });

  it('moving a group or a resource to another location', async () => {
    const bench = new Bench();
    const id = await bench.group('one');
    const moved = await bench.ask('PUT', `${id}?${V}`, { body: { location: 'westus' } });
    expect([moved.status, codeOf(moved)]).toEqual([409, 'InvalidResourceGroupLocation']);
    await bench.register('Microsoft.ManagedIdentity');
    const identity = `${id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one?${V}`;
    await bench.ask('PUT', identity, { body: { location: 'eastus' } });
    const other = await bench.ask('PUT', identity, { body: { location: 'westus' } });
    expect([other.status, codeOf(other)]).toEqual([409, 'InvalidResourceLocation']);
  });
});

describe('every answer of ARM', () => {
  it('has a request id, a correlation id and what is left of the caller’s bucket', async () => {
    const bench = new Bench();
    const first = await bench.ask('GET', `/subscriptions?${V}`);
    const second = await bench.ask('GET', `${SUBSCRIPTION}/locations?${V}`);
    expect(first.headers['x-ms-request-id']).not.toBe(second.headers['x-ms-request-id']);
    expect(first.headers['x-ms-ratelimit-remaining-tenant-reads']).toBe('249');
    expect(second.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('249');
    expect(second.headers['x-ms-ratelimit-remaining-subscription-global-reads']).toBe('3749');
  });

  it('echoes the client’s id when it is asked to', async () => {
    const bench = new Bench();
    const headers = { 'x-ms-client-request-id': 'mine', 'x-ms-return-client-request-id': 'true' };
    const answer = await bench.ask('GET', `/subscriptions?${V}`, { headers });
    expect(answer.headers['x-ms-client-request-id']).toBe('mine');
  });
});

describe('throttling', () => {
  it('empties a bucket of 200 writes, answers 429 with Retry-After and refills 10 per second', async () => {
    const bench = new Bench();
    const token = bench.userToken();
    const put = (index: number) =>
      bench.ask('PUT', `${SUBSCRIPTION}/resourceGroups/g${index}?${V}`, {
        token,
        body: { location: 'eastus' },
      });
    for (let index = 0; index < 200; index += 1) expect((await put(index)).status).toBe(201);
    const refused = await put(200);
    expect([refused.status, codeOf(refused), refused.headers['retry-after']]).toEqual([
      429,
      'SubscriptionRequestsThrottled',
      '10',
    ]);
    bench.pass(1);
    const after = await put(200);
    expect([after.status, after.headers['x-ms-ratelimit-remaining-subscription-writes']]).toEqual([
      201,
      '9',
    ]);
  });

  it('lets Resource Graph take 15 queries in 5 seconds', async () => {
    const bench = new Bench();
    const query = () =>
      bench.ask('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01', {
        body: { query: 'resources' },
      });
    for (let index = 0; index < 15; index += 1) expect((await query()).status).toBe(200);
    expect((await query()).status).toBe(429);
    bench.pass(6);
    expect((await query()).headers['x-ms-user-quota-remaining']).toBe('14');
  });
});

describe('paging', () => {
  it('gives short pages with a nextLink that leads through all of them once', async () => {
    const bench = new Bench({ ...worldNamed('single'), pageSize: 3 });
    for (let index = 0; index < 8; index += 1) await bench.group(`g${index}`);
    const names: string[] = [];
    let url: string | undefined = `${SUBSCRIPTION}/resourcegroups?${V}`;
    let pages = 0;
    while (url !== undefined) {
      const page = await bench.ask('GET', url);
      names.push(...listAt(page.json, 'value').map((each) => textAt(each, 'name') ?? ''));
      url = textAt(page.json, 'nextLink');
      pages += 1;
    }
    expect([pages, names]).toEqual([3, ['g0', 'g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7']]);
  });

  it('hands Resource Graph’s skip token only to queries that keep the id', async () => {
    const bench = new Bench({ ...worldNamed('two-tenants'), pageSize: 1 });
    const token = bench.userToken(undefined, undefined, '0a000000-0000-4000-8000-000000000002');
    const ask = (query: string) =>
      bench.ask('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01', {
        token,
        body: { query },
      });
    expect((await ask('resources | project id | order by id asc')).json).toMatchObject({
      count: 1,
      totalRecords: 2,
      $skipToken: expect.any(String) as string,
    });
    expect((await ask('resources | project name')).json).not.toHaveProperty('$skipToken');
  });
});

describe('the second factor', () => {
  it('is demanded for a person’s writes by a claims challenge, and the answered challenge is enough', async () => {
    const bench = new Bench('mfa-for-writes');
    const url = `${SUBSCRIPTION}/resourceGroups/one?${V}`;
    expect((await bench.ask('GET', `/subscriptions?${V}`)).status).toBe(200);
    const refused = await bench.ask('PUT', url, { body: { location: 'eastus' } });
    expect(refused.status).toBe(401);
    const header = refused.headers['www-authenticate'] ?? '';
    expect(header).toContain('error="insufficient_claims"');
    const claims = Buffer.from(/claims="([^"]+)"/.exec(header)?.[1] ?? '', 'base64').toString();
    expect(JSON.parse(claims)).toHaveProperty('access_token.acrs.essential', true);
    const token = bench.azure.issueUserToken({
      tenantId: SINGLE.tenantId,
      username: SINGLE.username,
      audience: 'https://management.azure.com',
      claims,
    });
    expect((await bench.ask('PUT', url, { token, body: { location: 'eastus' } })).status).toBe(201);
  });

  it('is not asked of apps', async () => {
    const bench = new Bench('mfa-for-writes');
    const token = textAt((await bench.appToken()).json, 'access_token');
    const put = await bench.ask('PUT', `${SUBSCRIPTION}/resourceGroups/one?${V}`, {
      token,
      body: { location: 'eastus' },
    });
    expect(put.status).toBe(201);
  });

  it('a revoked session is challenged until the person signs in again', async () => {
    const bench = new Bench();
    const token = bench.userToken();
    bench.pass(5);
    bench.azure.revokeSessions(SINGLE.userId);
    expect((await bench.ask('GET', `/subscriptions?${V}`, { token })).status).toBe(401);
    expect((await bench.ask('GET', `/subscriptions?${V}`)).status).toBe(200);
  });
});

describe('deleting a group', () => {
  it('takes its time, lets its resources go one after the other and refuses writes meanwhile', async () => {
    const bench = new Bench();
    await bench.register('Microsoft.ManagedIdentity');
    const id = await bench.group('one');
    for (const name of ['first', 'second']) {
      await bench.ask(
        'PUT',
        `${id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}?${V}`,
        { body: { location: 'eastus' } },
      );
    }
    const answer = await bench.ask('DELETE', `${id}?${V}`);
    expect([answer.status, answer.headers['retry-after'], answer.text]).toEqual([202, '15', '']);
    const refused = await bench.ask(
      'PUT',
      `${id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/third?${V}`,
      { body: { location: 'eastus' } },
    );
    expect([refused.status, codeOf(refused)]).toEqual([409, 'ResourceGroupBeingDeleted']);
    expect((await bench.ask('PUT', `${id}?${V}`, { body: { location: 'eastus' } })).status).toBe(
      409,
    );
    bench.pass(30);
    const left = await bench.ask('GET', `${id}/resources?${V}`);
    expect(listAt(left.json, 'value')).toHaveLength(1);
    expect((await bench.ask('GET', `${id}?${V}`)).json).toMatchObject({
      properties: { provisioningState: 'Deleting' },
    });
    bench.pass(30);
    const done = await bench.ask('GET', answer.headers['location'] ?? '');
    expect([done.status, done.text]).toEqual([200, '']);
    expect((await bench.ask('HEAD', `${id}?${V}`)).status).toBe(404);
    expect((await bench.ask('DELETE', `${id}?${V}`)).status).toBe(404);
  });
});

describe('locks', () => {
  it('stop deletion, at the locked scope, below it and of what holds it', async () => {
    const bench = new Bench('locked-down-by-policy');
    const kept = await bench.ask('DELETE', `${SUBSCRIPTION}/resourceGroups/kept?${V}`);
    expect([kept.status, codeOf(kept)]).toEqual([409, 'ScopeLocked']);
    const frozen = await bench.ask(
      'PUT',
      `${SUBSCRIPTION}/resourceGroups/frozen/providers/Microsoft.Resources/tags/default?${V}`,
      { body: { properties: { tags: {} } } },
    );
    expect([frozen.status, codeOf(frozen)]).toEqual([409, 'ScopeLocked']);
    const tagged = await bench.ask(
      'PUT',
      `${SUBSCRIPTION}/resourceGroups/kept/providers/Microsoft.Resources/tags/default?${V}`,
      { body: { properties: { tags: {} } } },
    );
    expect(tagged.status).toBe(200);
    const lock = `${SUBSCRIPTION}/resourceGroups/kept/providers/Microsoft.Authorization/locks/keep?${V}`;
    expect((await bench.ask('DELETE', lock)).status).toBe(200);
    expect((await bench.ask('DELETE', `${SUBSCRIPTION}/resourceGroups/kept?${V}`)).status).toBe(
      202,
    );
  });
});

/** A group with one identity in it, which a lock keeps. */
async function lockedIdentity() {
  const bench = new Bench();
  await bench.register('Microsoft.ManagedIdentity');
  const id = await bench.group('one');
  const identity = `${id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`;
  await bench.ask('PUT', `${identity}?${V}`, { body: { location: 'eastus' } });
  const lock = `${identity}/providers/Microsoft.Authorization/locks/keep?${V}`;
  await bench.ask('PUT', lock, { body: { properties: { level: 'CanNotDelete' } } });
  return { bench, id, identity };
}

it('a lock on one resource keeps its whole group from being deleted', async () => {
  const { bench, id } = await lockedIdentity();
  const answer = await bench.ask('DELETE', `${id}?${V}`);
  expect([answer.status, codeOf(answer)]).toEqual([409, 'ScopeLocked']);
});

it('a lock holds the role assignments at the locked scope, not those around it', async () => {
  const { bench, id, identity } = await lockedIdentity();
  const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
  const properties = {
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
    principalId: SINGLE.servicePrincipalId,
    principalType: 'ServicePrincipal',
  };
  const given = async (scope: string, guid: string): Promise<readonly unknown[]> => {
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${guid}?${V}`;
    const put = await bench.ask('PUT', path, { body: { properties } });
    const taken = await bench.ask('DELETE', path);
    return [put.status, taken.status, codeOf(taken)];
  };
  const guid = '11111111-2222-4333-8444-55555555555';
  expect(await given(identity, `${guid}1`)).toEqual([201, 409, 'ScopeLocked']);
  expect((await given(id, `${guid}2`)).slice(0, 2)).toEqual([201, 200]);
});

describe('policies', () => {
  it('deny with the policies named, and tell beforehand what they will do', async () => {
    const bench = new Bench('locked-down-by-policy');
    await bench.register('Microsoft.Storage');
    const group = await bench.group('one', 'westeurope');
    const account = `${group}/providers/Microsoft.Storage/storageAccounts/policed?${V}`;
    const body = { location: 'eastus', kind: 'StorageV2', sku: { name: 'Standard_LRS' } };
    const refused = await bench.ask('PUT', account, { body });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'RequestDisallowedByPolicy']);
    for (const name of ['eu-only', 'need-cost-centre', 'no-shared-key'])
      expect(refused.text).toContain(name);
    const good = {
      ...body,
      location: 'westeurope',
      tags: { costCentre: '1' },
      properties: { allowSharedKeyAccess: false },
    };
    expect((await bench.ask('PUT', account, { body: good })).status).toBe(202);
    const hint = await bench.ask(
      'POST',
      `${SUBSCRIPTION}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?${V}`,
      {
        body: {
          resourceDetails: {
            resourceContent: { type: 'Microsoft.Storage/storageAccounts' },
            apiVersion: '2024-01-01',
          },
          pendingFields: [
            { field: 'location', values: ['eastus', 'westeurope'] },
            { field: 'tags' },
          ],
        },
      },
    );
    expect(hint.json).toMatchObject({
      fieldRestrictions: [
        { field: 'location', restrictions: [{ result: 'Deny', values: ['eastus'] }] },
        { field: 'tags.costCentre', restrictions: [{ result: 'Required', defaultValue: '0000' }] },
      ],
    });
  });

  it('add their tag before others deny, who judge what is asked about as it is sent', async () => {
    const needs = { scope: SUBSCRIPTION, name: 'need', kind: 'requiredTag', tag: 'cost' } as const;
    const adds = { ...needs, name: 'add', kind: 'addedTag', value: '1' } as const;
    const bench = new Bench({ ...worldNamed('single'), policies: [needs, adds] });
    for (const name of ['ManagedIdentity', 'PolicyInsights'])
      await bench.register(`Microsoft.${name}`);
    const group = await bench.group('one', 'westeurope');
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`;
    const put = await bench.ask('PUT', `${identity}?${V}`, {
      body: { location: 'westeurope', tags: { team: 'x' } },
    });
    expect(put.json).toMatchObject({ tags: { cost: '1', team: 'x' } });
    const hint = await bench.ask(
      'POST',
      `${SUBSCRIPTION}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?${V}`,
      {
        body: {
          resourceDetails: {
            resourceContent: { type: 'Microsoft.Storage/storageAccounts', location: 'westeurope' },
            apiVersion: '2024-01-01',
          },
          pendingFields: [{ field: 'tags' }],
        },
      },
    );
    expect(hint.json).toMatchObject({
      contentEvaluationResult: { policyEvaluations: [{ evaluationResult: 'NonCompliant' }] },
      fieldRestrictions: [
        { field: 'tags.cost', restrictions: [{ result: 'Required' }] },
        { field: 'tags.cost', restrictions: [{ result: 'Required', defaultValue: '1' }] },
      ],
    });
  });

  it('of Azure itself close regions to a student', async () => {
    const bench = new Bench('student');
    await bench.register('Microsoft.ManagedIdentity');
    const group = await bench.group('one', 'eastus');
    const put = (location: string) =>
      bench.ask(
        'PUT',
        `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one?${V}`,
        { body: { location } },
      );
    const refused = await put('eastus');
    expect([refused.status, codeOf(refused)]).toEqual([403, 'RequestDisallowedByAzure']);
    expect((await put('polandcentral')).status).toBe(201);
  });
});

it('a disabled subscription can be read and not written', async () => {
  const bench = new Bench('disabled-subscription');
  expect((await bench.ask('GET', `${SUBSCRIPTION}/resourcegroups?${V}`)).status).toBe(200);
  const put = await bench.ask('PUT', `${SUBSCRIPTION}/resourceGroups/one?${V}`, {
    body: { location: 'eastus' },
  });
  expect([put.status, codeOf(put)]).toEqual([409, 'ReadOnlyDisabledSubscription']);
});

it('a provider registers slowly and only from a subscription-wide right', async () => {
  const bench = new Bench();
  const url = `${SUBSCRIPTION}/providers/Microsoft.Storage`;
  const state = async () =>
    textAt((await bench.ask('GET', `${url}?${V}`)).json, 'registrationState');
  expect(await state()).toBe('NotRegistered');
  await bench.ask('POST', `${url}/register?${V}`);
  expect(await state()).toBe('Registering');
  bench.pass(60);
  expect(await state()).toBe('Registered');
});
