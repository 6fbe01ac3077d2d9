import { describe, expect, it } from 'vitest';
import { containerId, resourceGroupId } from '../../../../src/setup/armId.ts';
import { ARTIFACTS_CONTAINER } from '../../../../src/setup/names.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { planUndo } from '../../../../src/setup/undo.ts';
import { applyUndo } from '../../../../src/setup/undoApply.ts';
import { isHeld } from '../../../../src/setup/undoLocks.ts';
import type { UndoPlan } from '../../../../src/setup/undoPlan.ts';
import { idKey } from '../../../simulators/azure/core/arm/armId.ts';
import { lockKey } from '../../../simulators/azure/core/arm/locks.ts';
import { adopting, customers } from './customer.ts';
import { fullSpec, Lab, newAppSpec, plainSpec, type Machine } from './lab.ts';
import { EVERYTHING, planned, portsOf, troubles, undo } from './undoing.ts';

const never = new AbortController().signal;
const full = fullSpec();
const subscription = `/subscriptions/${full.subscriptionId}`;
const group = resourceGroupId(full.subscriptionId, full.resourceGroup.name);
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/${full.storageAccount.name}`;
const networks = `${group}/providers/Microsoft.Network/virtualNetworks`;
type Level = 'CanNotDelete' | 'ReadOnly';

async function done(machine: Machine, spec: ProjectSpec): Promise<void> {
  const result = await machine.setUp(spec);
  expect([...result.failures.values()].map(({ message }) => message)).toEqual([]);
}

function lock(lab: Lab, scope: string, level: Level): void {
  lab.simulated.state.locks.set(lockKey(scope, 'hold'), { scope, name: 'hold', level });
}

const heldIn = ({ items }: UndoPlan): readonly string[] => items.filter(isHeld).map(({ id }) => id);
const refusals = (lab: Lab): readonly string[] =>
  lab.simulated.requests.entries
    .filter(({ method, status }) => method !== 'GET' && status === 409)
    .map(({ method, path }) => `${method} ${path}`);
const there = (lab: Lab): readonly string[] => [
  ...lab.simulated.state.groups.keys(),
  ...lab.simulated.state.resources.keys(),
];

describe('undo where locks hold something', () => {
  it.each<[string, string, Level, ProjectSpec]>([
    ['the subscription', subscription, 'CanNotDelete', newAppSpec()],
    ['the group', group, 'CanNotDelete', full],
    ['the group, against writing', group, 'ReadOnly', newAppSpec()],
    ['the account', accountId, 'CanNotDelete', plainSpec()],
    [
      'a container, against writing',
      containerId(accountId, ARTIFACTS_CONTAINER),
      'ReadOnly',
      plainSpec(),
    ],
    ['the network', '', 'CanNotDelete', full],
  ])(
    'on %s: the plan names it, asks Azure for nothing in vain, and goes on once it is lifted',
    async (_, given, level, spec) => {
      const lab = new Lab();
      const machine = lab.machine();
      await done(machine, spec);
      const network = there(lab).find((id) => id.startsWith(`${idKey(networks)}/`)) ?? '';
      const scope = given === '' ? network : given;
      lock(lab, scope, level);
      const { plan, receipt } = await undo(machine, spec, EVERYTHING);
      expect(plan.notes[0]).toMatch(/^The lock “hold” on .+ holds some of it\. Have it removed in/);
      expect(refusals(lab)).toEqual([]);
      expect(receipt.outcome).toBe('failed');
      expect(new Set(receipt.failed.map(({ error }) => error.code))).toEqual(new Set(['locked']));
      const stay = [...receipt.failed, ...receipt.kept].map(({ id }) => idKey(id));
      expect(stay.sort()).toEqual(heldIn(plan).map(idKey).sort());
      // What a later undo finds the project by is still there, from another machine too.
      expect(there(lab)).toContain(idKey(accountId));
      expect(lab.simulated.state.resource(accountId)?.tags).toHaveProperty('dstack-project');
      lab.simulated.state.locks.clear();
      const later = await undo(lab.machine(), spec, EVERYTHING);
      expect(troubles(later.receipt)).toEqual([]);
      expect(heldIn(later.plan)).toEqual([]);
      expect(lab.objects()).toEqual([]);
    },
  );

  it('on a customer’s group: our marks stay as long as what they lead to', async () => {
    const lab = new Lab();
    const machine = await customers(lab);
    const before = lab.objects();
    await done(machine, adopting(full));
    lock(lab, group, 'CanNotDelete');
    const { receipt } = await undo(machine, adopting(full), EVERYTHING);
    expect(refusals(lab)).toEqual([]);
    expect(receipt.untagged).toEqual([]);
    expect(lab.simulated.state.resource(accountId)?.tags).toHaveProperty('dstack-project');
    expect(lab.simulated.state.group(group)?.tags).toHaveProperty('dstack-project');
    lab.simulated.state.locks.clear();
    const later = await undo(lab.machine(), adopting(full), EVERYTHING);
    expect(troubles(later.receipt)).toEqual([]);
    expect(lab.objects()).toEqual(before);
    expect(lab.simulated.state.resource(accountId)?.tags).toEqual({ cost: '42' });
    expect(lab.simulated.state.group(group)?.tags).toEqual({ team: 'x' });
  });

  it('that came after the plan fails as Azure says, and what is set elsewhere holds nothing', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, plainSpec());
    lock(lab, `${subscription}/resourceGroups/others`, 'CanNotDelete');
    const plan = await planned(machine, plainSpec());
    expect([heldIn(plan), plan.notes]).toEqual([[], []]);
    lock(lab, accountId, 'CanNotDelete');
    const ports = portsOf(machine);
    const { failed } = await applyUndo(plan, ports, {
      ...{ ticked: new Set(), report: () => undefined, signal: never },
    });
    expect(failed.map(({ error }) => error.code)).toContain('locked');
  });

  it('that this account may not read: it goes on as far as Azure lets it, and says so', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, plainSpec());
    const ports = portsOf(machine);
    const refused = () => Promise.reject(new Error('You may not read locks.'));
    const azure = { ...ports.azure, locks: refused };
    const caller = await machine.azure.catalog.caller(full.tenantId, never);
    const plan = await planUndo(plainSpec(), caller, { ...ports, azure }, never);
    expect(plan.notes).toEqual([
      'Whether locks hold any of it can’t be read: You may not read locks.',
    ]);
    const receipt = await applyUndo(plan, ports, {
      ...{ ticked: new Set(), report: () => undefined, signal: never },
    });
    expect(receipt.outcome).toBe('done');
    expect(lab.objects()).toEqual([]);
  });
});
