import { describe, expect, it } from 'vitest';
import { resourceGroupId } from '../../../../src/setup/armId.ts';
import { RECORD_CONTAINER } from '../../../../src/setup/names.ts';
import { recordLocation } from '../../../../src/setup/planProject.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { applyUndo } from '../../../../src/setup/undoApply.ts';
import { purgeVault } from '../../../../src/setup/undoPurge.ts';
import type { UndoPlan } from '../../../../src/setup/undoPlan.ts';
import type { Resource } from '../../../simulators/azure/core/state.ts';
import { idKey } from '../../../simulators/azure/core/arm/armId.ts';
import { killAt, MOMENTS } from './killedNetwork.ts';
import { apps, principals, tenantWith, theApp, toGraph, valuesOn } from './registeredApp.ts';
import { SINGLE } from '../../../simulators/azure/core/worlds/single.ts';
import { adopting, customers } from './customer.ts';
import { fullSpec, Lab, newAppSpec, plainSpec, type Machine, VS_CODE_SCOPES } from './lab.ts';
import { EVERYTHING, planned, portsOf, troubles, undo } from './undoing.ts';

const never = new AbortController().signal;
const full = fullSpec();
const group = resourceGroupId(full.subscriptionId, full.resourceGroup.name);
const account = full.storageAccount.name;
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/${account}`;
async function done(machine: Machine, spec: ProjectSpec): Promise<void> {
  const result = await machine.setUp(spec);
  expect([...result.failures.values()].map(({ message }) => message)).toEqual([]);
  expect(result.outcome).toBe('done');
}

/** Puts an object there that nobody can make here by a call. */
function put(lab: Lab, id: string, type: string, more: Partial<Resource> = {}): void {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const actor = { objectId: 'o', name: 'ann', type: 'User' } as const;
  const [now, location] = [lab.clock.now(), 'westeurope'];
  lab.simulated.state.resources.set(idKey(id), {
    ...{ id, name, type, location, tags: undefined, kind: undefined, sku: undefined },
    ...{ properties: {}, etag: 'e', busyUntil: now, busyState: 'Creating' },
    ...{ createdAt: now, createdBy: actor, changedAt: now, changedBy: actor },
    ...more,
  });
}

describe('undo against the simulated Azure', () => {
  it('leaves nothing of a full project but the vault in the bin, and that can be purged', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, full);
    expect(lab.objects().length).toBeGreaterThan(15);
    const { plan, receipt } = await undo(machine, full, EVERYTHING);
    expect(troubles(receipt)).toEqual([]);
    expect(receipt.outcome).toBe('done');
    expect(receipt.kept).toEqual([]);
    expect(lab.objects()).toEqual([]);
    const { deletedVaults } = lab.simulated.state;
    expect([...deletedVaults.keys()]).toEqual([account]);
    expect(machine.entries).toEqual([]);
    const [vault] = receipt.inBin.filter(({ kind }) => kind === 'keyVault');
    if (vault === undefined) expect.fail('The receipt names no vault in the bin.');
    await purgeVault(plan, vault, portsOf(machine), never);
    expect([...lab.simulated.state.deletedVaults.keys()]).toEqual([]);
    expect(lab.simulated.requests.unsupported()).toEqual([]);
  });

  it('is proved by Azure alone on a machine that has never seen the project', async () => {
    const lab = new Lab();
    await done(lab.machine(), full);
    const { receipt } = await undo(lab.machine(), full, EVERYTHING);
    expect(troubles(receipt)).toEqual([]);
    expect(lab.objects()).toEqual([]);
  });

  it('leaves nothing where what is written spreads as slowly as in Azure (seeds 1 to 5)', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const lab = new Lab(seed, 'seeded');
      const machine = lab.machine();
      await done(machine, full);
      const { receipt } = await undo(machine, full, EVERYTHING);
      expect(troubles(receipt), `seed ${seed.toString()}`).toEqual([]);
      expect(receipt.kept, `seed ${seed.toString()}`).toEqual([]);
      expect(lab.objects(), `seed ${seed.toString()}`).toEqual([]);
    }
  }, 60_000);

  it('does not touch a foreign object in the project’s group, nor the group around it', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, plainSpec());
    const theirs = `${group}/providers/Microsoft.Sql/servers/payroll`;
    put(lab, theirs, 'Microsoft.Sql/servers', { tags: { team: 'finance' } });
    const { plan, receipt } = await undo(machine, plainSpec(), EVERYTHING);
    expect(plan.foreign).toEqual(['payroll']);
    expect(troubles(receipt)).toEqual([]);
    expect(lab.objects()).toEqual([group, theirs].map(idKey).sort());
    expect(lab.simulated.state.resource(theirs)?.tags).toEqual({ team: 'finance' });
    expect(lab.simulated.state.group(group)?.tags ?? {}).toEqual({});
  });

  it('takes from an adopted group and account only our tags, our roles and our containers', async () => {
    const lab = new Lab();
    const machine = await customers(lab);
    const before = lab.objects();
    await done(machine, adopting(full));
    expect(lab.simulated.state.resource(accountId)?.tags).not.toEqual({ cost: '42' });
    const { receipt } = await undo(machine, adopting(full), EVERYTHING);
    expect(troubles(receipt)).toEqual([]);
    expect(receipt.untagged.map(({ name }) => name)).toContain(account);
    expect(lab.objects()).toEqual(before);
    expect(lab.simulated.state.resource(accountId)?.tags).toEqual({ cost: '42' });
    expect(lab.simulated.state.group(group)?.tags).toEqual({ team: 'x' });
  });

  it('keeps an account that holds data unless it is ticked, and the rights of people with it', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, plainSpec());
    const share = `${accountId}/fileServices/default/shares/photos`;
    put(lab, share, 'Microsoft.Storage/storageAccounts/fileServices/shares');
    const { plan, receipt } = await undo(machine, plainSpec());
    const item = plan.items.find(({ key }) => key === 'storageAccount');
    expect(item).toMatchObject({ decision: 'ask', ticked: false });
    expect(item?.why).toContain('file share photos');
    expect(receipt.kept.map(({ name }) => name)).toContain(account);
    expect(lab.objects()).toContain(idKey(accountId));
    expect(lab.objects().filter((each) => each.endsWith(' to a user')).length).toBeGreaterThan(0);
    const later = await undo(machine, plainSpec(), ['storageAccount']);
    expect(troubles(later.receipt)).toEqual([]);
    expect(lab.objects()).toEqual([]);
  });

  it('asks before it removes logs, and removes a workspace without any', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, full);
    const decision = async (): Promise<string | undefined> =>
      (await planned(machine, full)).items.find(({ key }) => key === 'workspace')?.decision;
    expect(await decision()).toBe('remove');
    const workspace = [...lab.simulated.state.resources.keys()].find((id) =>
      /\/workspaces\/[^/]+$/.test(id),
    );
    lab.simulated.state.logged.add(workspace ?? '');
    expect(await decision()).toBe('ask');
    const { receipt } = await undo(machine, full, ['storageAccount', 'keyVault']);
    expect(receipt.kept.map(({ key }) => key)).toContain('workspace');
    expect(lab.objects()).toContain(workspace);
  });

  it('removes nothing while a VM of the project exists', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, plainSpec());
    const vm = `${group}/providers/Microsoft.Compute/virtualMachines/run-0`;
    const [type, tags] = ['Microsoft.Compute/virtualMachines', { dstack_project: 'vision' }];
    put(lab, vm, type, { tags });
    const before = lab.objects();
    const plan = await planned(machine, plainSpec());
    expect(plan.blockers.map(({ code }) => code)).toEqual(['project_in_use']);
    await expect(undo(machine, plainSpec(), EVERYTHING)).rejects.toMatchObject({
      code: 'project_in_use',
    });
    expect(lab.objects()).toEqual(before);
  });

  it('believes nothing of a record that names what can’t be the project’s', async () => {
    const lab = new Lab();
    const machine = await customers(lab);
    await done(machine, adopting(plainSpec()));
    const plan = await planned(machine, adopting(plainSpec()));
    const observed = lab.simulated.state.resource(accountId);
    expect(observed).toBeDefined();
    const at = recordLocation(plan.project, `https://${account}.blob.core.windows.net/`);
    if (at === undefined) expect.fail('The record has no place.');
    const found = await machine.azure.records.read(at, never);
    if (found === undefined) expect.fail('There is no record.');
    const foreign = `${group.replace('dstack-vision', 'payroll')}/providers/Microsoft.Network/virtualNetworks/main`;
    const { record, etag } = found;
    const [first] = record.resources;
    if (first === undefined) expect.fail('The record names nothing.');
    const lie = { ...first, kind: 'virtualNetwork' as const, id: foreign };
    const tampered = { ...record, resources: [...record.resources, lie] };
    await machine.azure.records.write(at, tampered, etag, never);
    // Another machine has nothing but the record to prove containers by.
    const { plan: seen, receipt } = await undo(lab.machine(), adopting(plainSpec()), EVERYTHING);
    expect(seen.notes.join(' ')).toContain(foreign);
    expect(receipt.kept.map(({ id }) => id)).toContain(foreign);
    expect(receipt.gone.map(({ kind }) => kind)).not.toContain('blobContainer');
    expect(lab.objects().filter((each) => each.includes('/containers/'))).toContain(
      idKey(`${accountId}/blobServices/default/containers/${RECORD_CONTAINER}`),
    );
  });
});

describe('undo and the app registration of the project', () => {
  const spec = newAppSpec();

  it('removes it after its roles, forgets its secret, and says that it can be restored', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, spec);
    expect(valuesOn(machine)).toHaveLength(1);
    const { receipt } = await undo(machine, spec, EVERYTHING);
    expect(troubles(receipt)).toEqual([]);
    expect(receipt.kept).toEqual([]);
    expect(lab.objects()).toEqual([]);
    expect([apps(lab), principals(lab), valuesOn(machine)]).toEqual([[], 0, []]);
    const keys = receipt.gone.map(({ key }) => key);
    expect(keys.filter((key) => key.startsWith('assignment/')).length).toBeGreaterThan(3);
    const roles = receipt.gone.filter(({ name }) =>
      /on (the subscription|dstack-vision)$/.test(name),
    );
    for (const { key } of roles)
      expect(keys.indexOf(key)).toBeLessThan(keys.indexOf('application'));
    const bin = receipt.inBin.find(({ kind }) => kind === 'application');
    expect(bin?.note).toMatch(/restored for 30 days/);
  });

  it('may be too young to be seen from another machine, which says so', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    expect((await planned(machine, spec)).notes).toEqual([
      expect.stringMatching(/less than two minutes ago, on another computer, may not show yet/),
    ]);
    await done(machine, spec);
    expect((await planned(lab.machine(), spec)).notes).toEqual([]);
  });

  it('is found by another machine, whatever its spec says of credentials', async () => {
    const lab = new Lab();
    await done(lab.machine(), spec);
    const { receipt } = await undo(lab.machine(), plainSpec(), EVERYTHING);
    expect(troubles(receipt)).toEqual([]);
    expect([apps(lab), lab.objects()]).toEqual([[], []]);
  });

  it('can be made again, and removed again, although the deleted one keeps its unique name', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, spec);
    await undo(machine, spec, EVERYTHING);
    await done(machine, spec);
    expect(theApp(lab).uniqueName).toBeUndefined();
    const { receipt } = await undo(machine, spec, EVERYTHING);
    expect(troubles(receipt)).toEqual([]);
    expect([apps(lab), lab.objects()]).toEqual([[], []]);
  });

  it('stays if it only carries our tag, unless it is ticked, and if it has another name', async () => {
    const lab = new Lab(7, 'none', tenantWith({ upsertByUniqueName: false }));
    const machine = lab.machine();
    await done(machine, spec);
    const stranger = lab.machine();
    const item = (plan: UndoPlan) => plan.items.find(({ kind }) => kind === 'application');
    // Nothing but the tag: the record, which names it, is of another project now.
    lab.simulated.state.directory.tenant(SINGLE.tenantId)?.applications.forEach((each) => {
      each.secrets.splice(0);
    });
    theApp(lab).uniqueName = 'dstack-azure-of-somebody-else';
    expect(item(await planned(stranger, spec))?.decision).toBe('keep');
    const { receipt } = await undo(stranger, spec, [...EVERYTHING, 'application']);
    expect(receipt.kept.map(({ key }) => key)).toContain('application');
    expect(apps(lab)).toHaveLength(1);
    theApp(lab).uniqueName = undefined;
    expect(item(await planned(stranger, spec))).toMatchObject({ decision: 'ask', ticked: false });
    const ticked = await undo(stranger, spec, [...EVERYTHING, 'application']);
    expect(troubles(ticked.receipt)).toEqual([]);
    expect(apps(lab)).toEqual([]);
  });

  it('stays with a secret that somebody has added since the plan, and with roles of others', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, spec);
    const plan = await planned(machine, spec);
    const [first] = theApp(lab).secrets;
    if (first === undefined) expect.fail('The app has no secret.');
    theApp(lab).secrets.push({ ...first, keyId: 'theirs', displayName: 'CI of Ann' });
    const options = { ticked: new Set(EVERYTHING), report: () => undefined, signal: never };
    const receipt = await applyUndo(plan, portsOf(machine), options);
    expect(receipt.kept).toEqual([expect.objectContaining({ key: 'application' })]);
    expect(receipt.kept[0]?.why).toMatch(/added a secret/);
    expect(apps(lab)).toHaveLength(1);
    expect(valuesOn(machine)).toHaveLength(1);
    expect(machine.entries).not.toEqual([]);
    const later = await undo(machine, spec, ['application']);
    expect(troubles(later.receipt)).toEqual([]);
    expect(apps(lab)).toEqual([]);
  });

  it('leaves another project’s app and a customer’s alone', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await done(machine, spec);
    const account = { name: 'dstackother12345678', create: true };
    const group = { name: 'dstack-other', create: true };
    const other = { ...spec, name: 'other', resourceGroup: group, storageAccount: account };
    await done(machine, other);
    const tenant = lab.simulated.state.directory.tenant(SINGLE.tenantId);
    const names = () => [...(tenant?.applications.values() ?? [])].map((each) => each.displayName);
    const before = names();
    expect(before).toContain('dstack other');
    await undo(machine, spec, EVERYTHING);
    expect(names()).toEqual(before.filter((name) => name !== 'dstack vision'));
  });

  it('is said to stay where this account may not read the directory', async () => {
    const lab = new Lab();
    await done(lab.machine(), spec);
    const { receipt, plan } = await undo(lab.machine(undefined, VS_CODE_SCOPES), spec, EVERYTHING);
    expect(plan.notes.join(' ')).toMatch(/app registration can’t be seen.* it stays/);
    expect(troubles(receipt)).toEqual([]);
    expect(apps(lab)).toHaveLength(1);
  });

  it('is not asked for where the record says that there is none', async () => {
    const lab = new Lab();
    await done(lab.machine(), plainSpec());
    const { plan } = await undo(lab.machine(undefined, VS_CODE_SCOPES), plainSpec(), EVERYTHING);
    expect(plan.notes).toEqual([]);
  });

  it('is gone after a set-up that was killed at any call to Graph, shown by Azure at once or late', async () => {
    let cases = 0;
    for (const lag of ['none', 'seeded'] as const) {
      for (let nth = 0; nth < 3; nth++) {
        for (const moment of MOMENTS) {
          const label = `killed ${moment} of Graph call ${nth.toString()}, lag ${lag}`;
          const lab = new Lab(7, lag);
          const onDeath = () => {
            killed.dead = true;
          };
          const killed = lab.machine(killAt(nth, moment, onDeath, toGraph).network);
          await killed.setUp(spec).catch(() => undefined);
          expect(killed.dead, label).toBe(true);
          const next = lab.machine();
          next.entries.push(...killed.entries);
          const { receipt } = await undo(next, spec, EVERYTHING);
          expect(troubles(receipt), label).toEqual([]);
          expect(lab.objects(), label).toEqual([]);
          expect(apps(lab), label).toEqual([]);
          cases += 1;
        }
      }
    }
    console.log(`undo after a kill at Graph: ${cases.toString()} cases`);
    expect(cases).toBe(18);
  }, 120_000);
});
