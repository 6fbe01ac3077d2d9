import { describe, expect, it } from 'vitest';
import { resourceGroupId } from '../../../../src/setup/armId.ts';
import type { SetupError } from '../../../../src/setup/errors.ts';
import { handOff } from '../../../../src/setup/handOff.ts';
import { recordLocation, type ProjectPlan } from '../../../../src/setup/planProject.ts';
import { preflight, type Preflight } from '../../../../src/setup/preflight.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { planUndo } from '../../../../src/setup/undo.ts';
import { applyUndo } from '../../../../src/setup/undoApply.ts';
import type { UndoReceipt } from '../../../../src/setup/undoReceipt.ts';
import type { World } from '../../../simulators/azure/core/world.ts';
import { lockKey } from '../../../simulators/azure/core/arm/locks.ts';
import { worldNamed } from '../../../simulators/azure/core/worlds.ts';
import { idKey } from '../../../simulators/azure/core/arm/armId.ts';
import { SINGLE, singleWorld } from '../../../simulators/azure/core/worlds/single.ts';
import { FABRIKAM } from '../../../simulators/azure/core/worlds/twoTenants.ts';
import { fullSpec, Lab, plainSpec, type Machine } from './lab.ts';

/*
 * What can be wrong with what somebody asks for, or with where it is asked for. Each case is met in
 * the simulated Azure, said in a sentence, and then its way on is walked to the end.
 */
const never = new AbortController().signal;
const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;
const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const ACCOUNT = plainSpec().storageAccount.name;
const GROUP = resourceGroupId(SINGLE.subscriptionId, plainSpec().resourceGroup.name);

const labOf = (world: World | string): Lab =>
  new Lab(7, 'none', typeof world === 'string' ? worldNamed(world) : world);

async function look(
  machine: Machine,
  spec: ProjectSpec,
): Promise<{ readonly plan: ProjectPlan; readonly found: Preflight }> {
  const plan = await machine.plan(spec);
  const ports = { ...machine.ports(), azure: machine.azure.preflight };
  return { plan, found: await preflight(plan, ports, never) };
}

/** Fails like a run, as a person would read it. */
async function failures(machine: Machine, spec: ProjectSpec): Promise<readonly SetupError[]> {
  return [...(await machine.setUp(spec)).failures.values()];
}

async function works(machine: Machine, spec: ProjectSpec): Promise<void> {
  const said = (await failures(machine, spec)).map(({ message }) => message);
  expect(said).toEqual([]);
  const { changes } = await machine.plan(spec);
  expect(changes.filter(({ action }) => action !== 'keep').map(({ reason }) => reason)).toEqual([]);
}

async function undo(machine: Machine, spec: ProjectSpec): Promise<UndoReceipt> {
  const caller = await machine.azure.catalog.caller(spec.tenantId, never);
  const ports = { ...machine.ports(), azure: machine.azure.undo };
  const plan = await planUndo(spec, caller, ports, never);
  const ticked = new Set(['storageAccount', 'keyVault', 'workspace']);
  return await applyUndo(plan, ports, { ticked, report: () => undefined, signal: never });
}

const said = ({ code, message, remedy, field }: SetupError) => ({ code, message, remedy, field });

/** What an administrator does: everybody has this role on the subscription from now on. */
function give(lab: Lab, role: string): void {
  const { roleAssignments } = lab.simulated.state;
  for (const [key, each] of roleAssignments) {
    const roleDefinitionId = each.roleDefinitionId.replace(/[^/]+$/, role);
    roleAssignments.set(key, { ...each, roleDefinitionId });
  }
}

function setState(lab: Lab, state: 'Enabled' | 'Disabled'): void {
  const { subscriptions } = lab.simulated.state;
  const known = subscriptions.get(SINGLE.subscriptionId);
  if (known === undefined) expect.fail('There is no subscription.');
  subscriptions.set(SINGLE.subscriptionId, { ...known, spec: { ...known.spec, state } });
}

describe('roles that somebody has given already, under names of their own', () => {
  it('are found, stay theirs, and a rerun changes nothing', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    expect((await machine.setUp(plainSpec())).outcome).toBe('done');
    const { roleAssignments } = lab.simulated.state;
    for (const [key, each] of [...roleAssignments]) {
      if (each.description?.startsWith('dstack-azure') !== true) continue;
      roleAssignments.delete(key);
      const guid = `5e4f${each.guid.slice(4)}`;
      const id = each.id.replace(each.guid, guid);
      roleAssignments.set(idKey(id), { ...each, id, guid, description: 'Given by hand' });
    }
    const other = lab.machine();
    const first = await other.plan(plainSpec());
    const roles = first.changes.filter(({ resource }) => resource.kind === 'roleAssignment');
    expect(roles.map(({ action, origin }) => `${action} ${origin}`)).toEqual(
      roles.map(() => 'adopt adopted'),
    );
    expect((await other.setUp(plainSpec())).outcome).toBe('done');
    const before = lab.simulated.requests.entries.length;
    expect((await other.setUp(plainSpec())).outcome).toBe('done');
    const sent = lab.simulated.requests.entries.slice(before);
    expect(sent.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual([]);
  });
});

describe('insufficient rights', () => {
  it('are told once with role and place, and go on as far as an administrator’s command allows', async () => {
    const single = worldNamed('single');
    const lab = labOf({
      ...single,
      roleAssignments: single.roleAssignments.map((each) => ({ ...each, role: 'Reader' })),
    });
    const machine = lab.machine();
    const { plan, found } = await look(machine, plainSpec());
    expect(found.problems.map(said)).toEqual([
      {
        code: 'not_authorized',
        message: expect.stringMatching(/^The signed-in account may not do Microsoft\./) as string,
        remedy: `Ask an administrator for the role Contributor at ${SUBSCRIPTION}, then try again.`,
        field: undefined,
      },
    ]);
    expect((await failures(machine, plainSpec()))[0]?.code).toBe('not_authorized');
    const { commands } = handOff(plan, found);
    expect(commands[0]?.command).toMatch(/^az role assignment create .*--scope/);
    expect(commands[0]?.command).toContain(CONTRIBUTOR);
    give(lab, CONTRIBUTOR);
    const then = await look(machine, plainSpec());
    expect(then.found.problems).toEqual([]);
    const roles = then.plan.changes.filter(({ resource: { kind } }) => kind === 'roleAssignment');
    expect([...then.found.handedOff.keys()]).toEqual(roles.map(({ resource }) => resource.key));
    give(lab, OWNER);
    await works(machine, plainSpec());
  });
});

describe('a disabled subscription', () => {
  it('is told before the first write and in the middle of a run, and goes on once it is enabled', async () => {
    const lab = labOf('single');
    const machine = lab.machine();
    setState(lab, 'Disabled');
    const { found } = await look(machine, plainSpec());
    expect(found.problems.map(said)).toEqual([
      {
        code: 'subscription_disabled',
        message:
          'The subscription Contoso Development is Disabled: Azure accepts no changes in it.',
        remedy: 'Reactivate the subscription in the Azure portal, or choose another one.',
        field: 'subscription',
      },
    ]);
    const [first] = await failures(machine, plainSpec());
    expect(first && said(first)).toMatchObject({
      code: 'subscription_disabled',
      field: 'subscription',
    });
    expect(lab.objects()).toEqual([]);
    setState(lab, 'Enabled');
    await works(machine, plainSpec());
  });
});

describe('a policy', () => {
  it('that asks for a tag stops the run, unless another one adds the tag', async () => {
    const needs = {
      scope: SUBSCRIPTION,
      name: 'need-tag',
      kind: 'requiredTag',
      tag: 'cost',
    } as const;
    const adds = { ...needs, name: 'add-tag', kind: 'addedTag', value: '1' } as const;
    const alone = labOf({ ...singleWorld(), policies: [needs] }).machine();
    const [problem] = (await look(alone, plainSpec())).found.problems;
    expect(problem?.message).toMatch(/^The policy “need-tag” forbids/);

    const machine = labOf({ ...singleWorld(), policies: [needs, adds] }).machine();
    const { found } = await look(machine, plainSpec());
    expect(found.problems).toEqual([]);
    expect(found.notes).toContain(
      'The policy “need-tag” would forbid what is sent, but another policy sets what it asks for. If it stops the run, ask whoever manages policies.',
    );
    await works(machine, plainSpec());
  });

  it('is named with whoever can change it, by the preflight and by the call, and another location helps', async () => {
    const world = worldNamed('locked-down-by-policy');
    const [euOnly] = world.policies ?? [];
    const lab = labOf({ ...world, policies: euOnly === undefined ? [] : [euOnly] });
    const machine = lab.machine();
    const spec = { ...plainSpec(), location: 'eastus' };
    const { found } = await look(machine, spec);
    expect(found.problems.map(said)).toContainEqual({
      code: 'policy_denied',
      message: expect.stringMatching(/^The policy “eu-only” forbids dstack-vision/) as string,
      remedy: `Choose another location or name, or ask whoever manages policies of ${SUBSCRIPTION}.`,
      field: 'location',
    });
    const first = (await failures(machine, spec)).find(({ object }) => object === ACCOUNT);
    expect(first && said(first)).toEqual({
      code: 'policy_denied',
      message: `${ACCOUNT}: The policy “eu-only” of your organisation forbids it.`,
      remedy: `Choose another location or name, or ask whoever manages policies of ${SUBSCRIPTION}.`,
      field: undefined,
    });
    await works(machine, { ...spec, location: 'northeurope' });
  });
});

describe('a taken name', () => {
  it('is told on its field, at the latest by the call, and another name helps', async () => {
    const lab = labOf({ ...worldNamed('single'), foreignNames: ['dstackforeign'] });
    const machine = lab.machine();
    const spec = { ...plainSpec(), storageAccount: { name: 'dstackforeign', create: true } };
    const told = await failures(machine, spec);
    expect(told.map(said)).toEqual([
      {
        code: 'storage_name_taken',
        message: 'dstackforeign: Somebody else’s storage account has this name.',
        remedy: 'Choose another name: it has to be unique in all of Azure.',
        field: 'storageAccount',
      },
    ]);
    const { found } = await look(machine, spec);
    expect(found.problems.map(({ code, field }) => [code, field])).toEqual([
      ['storage_name_taken', 'storageAccount'],
    ]);
    // What the first attempt has made carries its mark; the group is used, both can be undone.
    const plan = await machine.plan(plainSpec());
    expect(plan.changes.find(({ resource }) => resource.key === 'resourceGroup')).toMatchObject({
      action: 'adopt',
      reason: 'Made by an earlier attempt to set this project up; used as it is.',
    });
    await works(machine, plainSpec());
    for (const order of [
      [spec, plainSpec(), spec],
      [plainSpec(), spec],
    ]) {
      for (const each of order) expect((await undo(machine, each)).failed).toEqual([]);
      expect(lab.objects()).toEqual([]);
      await failures(machine, spec);
      await works(machine, plainSpec());
    }
  });
});

describe('a name that something deleted still holds', () => {
  const spec: ProjectSpec = {
    ...fullSpec(),
    location: 'eastus',
    storageAccount: { name: 'dstackintheway', create: true },
  };

  it('is told with the date until which, is never purged unasked, and is free once somebody has', async () => {
    const lab = labOf('soft-deleted-vault');
    const machine = lab.machine();
    const { found } = await look(machine, spec);
    expect(found.problems.map(said)).toEqual([
      {
        code: 'vault_soft_deleted',
        message: expect.stringMatching(
          /^dstackintheway was deleted and holds its name until \d{4}-/,
        ) as string,
        remedy: 'Recover it, purge it in the Azure portal, or choose another storage account name.',
        field: 'storageAccount',
      },
    ]);
    const told = await failures(machine, spec);
    expect(told.map(({ code }) => code)).toContain('vault_name_taken');
    expect([...lab.simulated.state.deletedVaults.keys()]).toContain('dstackintheway');
    const { tenantId, subscriptionId, location } = spec;
    const at = { tenantId, subscriptionId, location, name: 'dstackintheway' };
    await machine.azure.undo.purgeVault(at, never);
    while (await machine.azure.undo.isVaultInBin(at, never)) await lab.clock.sleep(5_000);
    await works(machine, spec);
  });

  it('is no matter with another name', async () => {
    const lab = labOf('soft-deleted-vault');
    await works(lab.machine(), { ...fullSpec(), location: 'eastus' });
    expect([...lab.simulated.state.deletedVaults.keys()]).toContain('dstackintheway');
  });

  it('of a workspace is told too, after an undo of our own', async () => {
    const lab = labOf('single');
    const machine = lab.machine();
    await works(machine, fullSpec());
    expect((await undo(machine, fullSpec())).outcome).toBe('done');
    const { found } = await look(machine, fullSpec());
    expect(found.problems.map(({ code }) => code).sort()).toEqual([
      'vault_soft_deleted',
      'workspace_soft_deleted',
    ]);
    const storageAccount = { name: 'dstackvisionagain0', create: true };
    await works(machine, { ...fullSpec(), storageAccount });
  });
});

describe('a lock', () => {
  it('is named before the first write, stops what it stops, and is never removed by us', async () => {
    const lab = labOf('single');
    const machine = lab.machine();
    await works(machine, plainSpec());
    const key = lockKey(GROUP, 'freeze');
    lab.simulated.state.locks.set(key, { scope: GROUP, name: 'freeze', level: 'ReadOnly' });
    const more = { ...plainSpec(), gateways: true };
    const { found } = await look(machine, more);
    expect(found.problems.map(said)).toEqual([
      {
        code: 'locked',
        message: `The lock “freeze” on ${GROUP} forbids it.`,
        remedy: 'Ask whoever set the lock to lift it; locks are never removed by this extension.',
        field: undefined,
      },
    ]);
    expect((await failures(machine, more)).map(({ code }) => code)).toEqual(['locked']);
    const { failed, outcome } = await undo(machine, plainSpec());
    expect(outcome).toBe('failed');
    expect(failed.map(({ error }) => error.code)).toContain('locked');
    expect([...lab.simulated.state.locks.keys()]).toEqual([key]);
    lab.simulated.state.locks.clear();
    await works(machine, more);
    expect((await undo(machine, more)).outcome).toBe('done');
    expect(lab.objects()).toEqual([]);
  });
});

describe('a quota that is used up', () => {
  it('is told with Azure’s own numbers, and the run goes on once there is room', async () => {
    const lab = labOf('single');
    const machine = lab.machine();
    const message = 'The maximum number of storage accounts (250) has been reached.';
    lab.simulated.faults.add({
      method: 'PUT',
      path: 'storageAccounts/[^/?]+\\?',
      when: 'before',
      status: 409,
      body: { error: { code: 'QuotaExceeded', message } },
    });
    const told = await failures(machine, plainSpec());
    expect(told.map(said)).toEqual([
      {
        code: 'quota_exceeded',
        message: `${plainSpec().storageAccount.name}: The subscription’s quota does not allow it: ${message}`,
        remedy: 'Ask for more quota in the Azure portal, or choose another location.',
        field: undefined,
      },
    ]);
    lab.simulated.faults.clear();
    await works(machine, plainSpec());
  });
});

describe('the token of another tenant', () => {
  it('is told on the tenant’s field, and the right tenant helps', async () => {
    const lab = labOf('two-tenants');
    const machine = lab.machine();
    const { subscriptionId, tenantId } = FABRIKAM;
    const wrong: ProjectSpec = { ...plainSpec(), subscriptionId };
    const error: unknown = await machine.plan(wrong).catch((thrown: unknown) => thrown);
    expect(said(error as SetupError)).toEqual({
      code: 'wrong_tenant',
      message: expect.stringMatching(
        /The subscription belongs to another tenant than the sign-in\.$/,
      ) as string,
      remedy: 'Sign in to the subscription’s tenant.',
      field: 'tenant',
    });
    await works(machine, { ...wrong, tenantId });
  });
});

describe('a resource group that is being deleted', () => {
  it('is a conflict of the plan and an error of a run, and can be made anew when it is gone', async () => {
    const lab = labOf('single');
    const machine = lab.machine();
    await works(machine, plainSpec());
    const approved = await machine.plan({ ...plainSpec(), gateways: true });
    const { tenantId, subscriptionId } = plainSpec();
    const target = { kind: 'resourceGroup', id: GROUP, tenantId, subscriptionId } as const;
    const gone = { ...target, apiVersion: '2025-04-01', body: {} };
    await machine.azure.resources.remove(gone, never);
    const plan = await machine.plan(plainSpec());
    const group = plan.changes.find(({ resource }) => resource.key === 'resourceGroup');
    expect(group).toMatchObject({
      action: 'conflict',
      reason: 'Azure is deleting this resource group. Wait until it is gone, or choose another.',
    });
    const nsg = approved.changes.find(({ action }) => action === 'update');
    const write = nsg?.resource.target(new Map());
    if (write === undefined) expect.fail('Nothing was to be written.');
    const refused: unknown = await machine.azure.resources
      .write(write, never)
      .catch((thrown: unknown) => thrown);
    expect(said(refused as SetupError)).toMatchObject({
      code: 'group_being_deleted',
      remedy: 'Wait until it is gone, or choose another group.',
      field: 'resourceGroup',
    });
    while ((await machine.azure.resources.read(gone, never)) !== undefined) {
      await lab.clock.sleep(15_000);
    }
    await works(machine, plainSpec());
  });
});

describe('an identity that somebody has deleted by hand', () => {
  it('is made anew with its roles, and an undo removes the roles of both', async () => {
    const lab = labOf('single');
    const machine = lab.machine();
    await works(machine, plainSpec());
    const { state } = lab.simulated;
    const [identity] = [...state.resources.values()].filter(({ type }) =>
      /identities$/i.test(type),
    );
    if (identity === undefined) expect.fail('There is no identity.');
    const { tenantId, subscriptionId } = plainSpec();
    const target = {
      kind: 'userAssignedIdentity',
      id: identity.id,
      tenantId,
      subscriptionId,
    } as const;
    await machine.azure.resources.remove({ ...target, apiVersion: '2024-11-30', body: {} }, never);
    const plan = await machine.plan(plainSpec());
    const creating = plan.changes.filter(({ action }) => action === 'create');
    expect(creating.map(({ resource, reason }) => [resource.key, reason])).toEqual([
      ['identity', 'Does not exist yet.'],
      ['role/runner/dstack-container', 'Does not exist yet.'],
    ]);
    const roles = () => lab.objects().filter((each) => each.endsWith('to a serviceprincipal'));
    await works(machine, plainSpec());
    // The role of the one that is gone stays in Azure, as "Identity not found".
    expect(roles()).toHaveLength(2);
    const receipt = await undo(machine, plainSpec());
    expect(receipt.failed).toEqual([]);
    expect(lab.objects()).toEqual([]);
  });
});

describe('a record of a newer version', () => {
  it('is never written over nor undone by what can’t read it, and says to update', async () => {
    const lab = labOf('single');
    const machine = lab.machine();
    await works(machine, plainSpec());
    const { project } = await machine.plan(plainSpec());
    const endpoint = `https://${plainSpec().storageAccount.name}.blob.core.windows.net/`;
    const at = recordLocation(project, endpoint) ?? expect.fail('The record has no place.');
    const { record, etag } =
      (await machine.azure.records.read(at, never)) ?? expect.fail('There is no record.');
    const newer = { ...record, schema: 2 } as unknown as typeof record;
    await machine.azure.records.write(at, newer, etag, never);
    const before = lab.objects();
    const plan = await machine.plan({ ...plainSpec(), gateways: true });
    const change = plan.changes.find(({ resource }) => resource.kind === 'projectRecord');
    const sentence =
      'The project record was written by a newer version of this extension. Update the extension.';
    expect(change).toMatchObject({ action: 'conflict', reason: sentence });
    await expect(machine.setUp({ ...plainSpec(), gateways: true })).rejects.toMatchObject({
      code: 'plan_conflict',
    });
    await expect(undo(machine, plainSpec())).rejects.toMatchObject({
      code: 'record_newer',
      remedy: 'Update the extension.',
    });
    expect(lab.objects()).toEqual(before);
  });
});
