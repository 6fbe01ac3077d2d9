import { describe, expect, it } from 'vitest';
import { listAt, objectAt } from '../core/json.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { worldNamed, worldNames } from '../core/worlds.ts';
import { Bench, codeOf } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;

describe('a world by name', () => {
  it.each(worldNames())('%s starts quickly and lets its person sign in', async (name) => {
    const before = process.cpuUsage();
    const bench = new Bench(name);
    // Processor time: by the clock a busy machine is slow.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2000);
    expect((await bench.ask('GET', '/tenants?api-version=2022-12-01')).status).toBe(200);
    expect(bench.azure.requests.unsupported()).toEqual([]);
  });

  it('that does not exist is refused with the names of those that do', () => {
    expect(() => worldNamed('utopia')).toThrow(/single/);
    expect(() => worldNamed('toString')).toThrow(RangeError);
  });
});

it('enterprise has 40 tenants, 1,000 subscriptions and 10,000 accounts, each seen from its own tenant', async () => {
  const bench = new Bench('enterprise');
  const world = worldNamed('enterprise');
  expect([world.tenants.length, world.subscriptions.length, world.resources?.length]).toEqual([
    40, 1000, 10_000,
  ]);
  let subscriptions = 0;
  for (const tenant of world.tenants) {
    const token = bench.userToken(undefined, undefined, tenant.tenantId);
    const answer = await bench.ask('GET', '/subscriptions?api-version=2022-12-01', { token });
    subscriptions += listAt(answer.json, 'value').length;
  }
  expect(subscriptions).toBe(1000);
});

it('guest belongs to 13 tenants, most of which are empty', async () => {
  const bench = new Bench('guest');
  const tenants = await bench.ask('GET', '/tenants?api-version=2022-12-01');
  expect(listAt(tenants.json, 'value')).toHaveLength(13);
  const counts: number[] = [];
  for (const tenant of worldNamed('guest').tenants) {
    const token = bench.userToken(undefined, undefined, tenant.tenantId);
    const answer = await bench.ask('GET', '/subscriptions?api-version=2022-12-01', { token });
    counts.push(listAt(answer.json, 'value').length);
  }
  expect(counts).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

it('contributor-only can make a group and grant nothing', async () => {
  const bench = new Bench('contributor-only');
  const group = await bench.group('one');
  const body = {
    properties: {
      roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
      principalId: SINGLE.userId,
    },
  };
  const answer = await bench.ask(
    'PUT',
    `${group}/providers/Microsoft.Authorization/roleAssignments/66666666-6666-4666-8666-666666666666?api-version=2022-04-01`,
    { body },
  );
  expect([answer.status, codeOf(answer)]).toEqual([403, 'AuthorizationFailed']);
});

it('student tells its offer and starts with nothing registered', async () => {
  const bench = new Bench('student');
  const answer = await bench.ask('GET', `${SUBSCRIPTION}?api-version=2022-12-01`);
  expect(objectAt(answer.json, 'subscriptionPolicies')).toMatchObject({
    quotaId: 'AzureForStudents_2018-01-01',
    spendingLimit: 'On',
  });
});

it('hostile-strings come through as plain text, byte for byte', async () => {
  const bench = new Bench('hostile-strings');
  const answer = await bench.ask(
    'GET',
    `${SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts?api-version=2024-01-01`,
  );
  expect(answer.headers['content-type']).toContain('application/json');
  expect(listAt(answer.json, 'value')).toHaveLength(8);
  expect(JSON.stringify(answer.json)).toContain('<img src=x onerror=alert(1)>');
});
