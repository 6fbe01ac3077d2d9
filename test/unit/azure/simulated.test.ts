import { beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/setup/apply.ts';
import { planProject } from '../../../src/setup/planProject.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import { SINGLE, singleWorld } from '../../simulators/azure/core/worlds/single.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';
import { lab, type Lab } from './simulatedLab.ts';

const never = new AbortController().signal;
const { tenantId, subscriptionId } = SINGLE;
const spec = sampleSpec({ tenantId, subscriptionId });

async function setUp({ azure, ports }: Lab): Promise<RunResult> {
  const caller = await azure.catalog.caller(tenantId, never);
  const plan = await planProject(spec, caller, ports, never);
  return await runProject(plan, ports, { report: () => undefined, signal: never });
}

describe('a whole set-up on the simulated Azure', () => {
  let world: Lab;
  beforeEach(() => {
    world = lab();
  });

  it('works, is found again by its tags, and its record can be read', async () => {
    const result = await setUp(world);
    expect([...result.failures.values()]).toEqual([]);
    expect(result.outcome).toBe('done');
    await world.clock.sleep(600_000);
    const [found] = await world.azure.catalog.projects(tenantId, [subscriptionId], never);
    expect(found).toMatchObject({ projectName: 'vision', subscriptionId, tenantId });
    const record = await world.azure.records.read(
      {
        tenantId,
        projectName: 'vision',
        blobEndpoint: found?.storageAccount.blobEndpoint ?? '',
      },
      never,
    );
    expect(record?.record.spec.name).toBe('vision');
    expect(world.simulated.requests.unsupported()).toEqual([]);
  });

  it('changes nothing when it runs again', async () => {
    await setUp(world);
    const before = world.simulated.requests.stateChangingCalls();
    const again = await setUp(world);
    expect(again.outcome).toBe('done');
    expect(world.simulated.requests.stateChangingCalls()).toBe(before);
  });

  it('can be removed object by object', async () => {
    await setUp(world);
    const group = {
      kind: 'resourceGroup',
      id: `/subscriptions/${subscriptionId}/resourceGroups/${spec.resourceGroup.name}`,
      tenantId,
      subscriptionId,
      apiVersion: '2025-04-01',
      body: {},
    } as const;
    let operation = await world.azure.resources.remove(group, never);
    while (operation.status === 'running') {
      await world.clock.sleep(operation.retryAfterMs ?? 1_000);
      operation = await world.azure.resources.poll(group, operation.state, never);
    }
    expect(await world.azure.resources.read(group, never)).toBeUndefined();
  });
});

describe('what a set-up meets on the way', () => {
  it('rights and identities that take their time to spread', async () => {
    const world = lab(singleWorld(), 'seeded');
    const result = await setUp(world);
    expect([...result.failures.values()]).toEqual([]);
    expect(result.outcome).toBe('done');
  });

  it('the duty to sign in with a second factor, in the middle of the run', async () => {
    const world = lab({ ...singleWorld(), mfaForWrites: true });
    const result = await setUp(world);
    expect(result.outcome).toBe('done');
    expect(world.challenges.length).toBeGreaterThan(0);
    expect(world.challenges[0]).toMatch(/^Bearer .*claims="/);
  });
});

describe('what can be chosen', () => {
  it('is listed', async () => {
    const { catalog } = lab().azure;
    const tenants = await catalog.tenants(never);
    expect(tenants).toEqual([
      { tenantId, displayName: 'Contoso', defaultDomain: 'contoso.example' },
    ]);
    expect(await catalog.subscriptions(tenantId, never)).toEqual([
      { subscriptionId, displayName: 'Contoso Development', tenantId, state: 'Enabled' },
    ]);
    const locations = await catalog.locations(tenantId, subscriptionId, never);
    expect(locations).toContainEqual({ name: 'westeurope', displayName: 'West Europe' });
    expect(locations.filter(({ name }) => /stg|stage|euap/.test(name))).toEqual([]);
    expect(await catalog.storageAccounts(tenantId, subscriptionId, never)).toEqual([]);
    expect(await catalog.caller(tenantId, never)).toMatchObject({
      principalId: SINGLE.userId,
      principalType: 'User',
    });
  });

  it('a name can’t be checked before the provider is registered, which is no reason against it', async () => {
    const { catalog } = lab().azure;
    const name = await catalog.checkStorageAccountName(
      tenantId,
      subscriptionId,
      'dstackfree1',
      never,
    );
    expect(name).toMatchObject({ available: true, reason: 'Unchecked' });
  });

  it('a name is checked by Azure once the provider is registered', async () => {
    const world = lab({ ...singleWorld(), foreignNames: ['dstacktaken1'] });
    await setUp(world);
    const { catalog } = world.azure;
    const check = (name: string): ReturnType<typeof catalog.checkStorageAccountName> =>
      catalog.checkStorageAccountName(tenantId, subscriptionId, name, never);
    expect(await check('dstackfree1')).toEqual({ available: true });
    expect(await check('dstacktaken1')).toMatchObject({
      available: false,
      reason: 'AlreadyExists',
    });
  });
});
