import { describe, expect, it } from 'vitest';
import type { UndoEvent } from '../../../src/setup/events.ts';
import { containerId } from '../../../src/setup/armId.ts';
import { createdBy, projectIdOf } from '../../../src/setup/names.ts';
import { planProject } from '../../../src/setup/planProject.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import { planUndo } from '../../../src/setup/undo.ts';
import { purgeVault } from '../../../src/setup/undoPurge.ts';
import { applyUndo } from '../../../src/setup/undoApply.ts';
import type { UndoPlan } from '../../../src/setup/undoPlan.ts';
import type { UndoReceipt } from '../../../src/setup/undoReceipt.ts';
import { azureError, fakePorts, FakeJournal, type FakePorts } from './fakeAzure.ts';
import { FakeServer, undoPorts, type FakeUndoPorts } from './fakeUndo.ts';
import { fullDisk } from './fullDisk.ts';
import { KILL_EVERY } from './killEvery.ts';
import { dev, sampleSpec, SUBSCRIPTION } from './sampleSpec.ts';

const never = new AbortController().signal;
const subscription = `/subscriptions/${SUBSCRIPTION}`;
const group = `${subscription}/resourceGroups/dstack-vision`;
const ACCOUNT = 'dstackvision1a2b3c4d';
const account = `${group}/providers/Microsoft.Storage/storageAccounts/${ACCOUNT}`;
const APP = '44444444-4444-4444-4444-444444444444';
const EVERYTHING: Partial<ProjectSpec> = {
  credentials: { kind: 'existingApp', principalId: APP },
  secretsAndLogs: true,
  gateways: true,
  classicVmRight: true,
};
const ADOPTED: Partial<ProjectSpec> = {
  resourceGroup: { name: 'dstack-vision', create: false },
  storageAccount: { name: ACCOUNT, create: false },
};

async function setUp(ports: FakePorts, spec = sampleSpec()): Promise<void> {
  const plan = await planProject(spec, dev, ports, never);
  const run = await runProject(plan, ports, { report: () => undefined, signal: never });
  expect([...run.failures.values()]).toEqual([]);
}

async function undo(
  ports: FakeUndoPorts,
  spec = sampleSpec(),
  options: { ticked?: string[]; signal?: AbortSignal; events?: UndoEvent[] } = {},
): Promise<UndoReceipt> {
  const plan = await planUndo(spec, dev, ports, never);
  return await apply(plan, ports, options);
}

async function apply(
  plan: UndoPlan,
  ports: FakeUndoPorts,
  options: { ticked?: string[]; signal?: AbortSignal; events?: UndoEvent[] } = {},
): Promise<UndoReceipt> {
  return await applyUndo(plan, ports, {
    ticked: new Set(options.ticked),
    report: (event) => options.events?.push(event),
    signal: options.signal ?? never,
  });
}

/** Everything that is there but registered providers, which are nobody's. */
function left({ resources }: Pick<FakePorts, 'resources'>): string[] {
  return [...resources.objects.keys()].filter(
    (id) => !/^\/subscriptions\/[^/]+\/providers\/[^/]+$/.test(id),
  );
}

const decisions = (plan: UndoPlan): Record<string, string> =>
  Object.fromEntries(plan.items.map(({ key, decision }) => [key, decision]));
const names = (lines: readonly { readonly name: string }[]): string[] =>
  lines.map(({ name }) => name);
const removed = (ports: FakePorts): string[] =>
  ports.resources.calls.filter(({ op }) => op === 'remove').map(({ target }) => target.id);

/** A group and an account that a customer had before us. */
function customers(): FakePorts {
  const ports = fakePorts();
  ports.resources.put(group, { location: 'westeurope', tags: { team: 'x' } });
  ports.resources.put(account, {
    location: 'westeurope',
    kind: 'StorageV2',
    tags: { cost: '42' },
    properties: { primaryEndpoints: { blob: `https://${ACCOUNT}.blob.core.windows.net/` } },
  });
  ports.resources.put(containerId(account, 'photos'), {});
  return ports;
}

describe('undoing a whole project', () => {
  it('leaves nothing behind and says so, object by object', async () => {
    const ports = undoPorts();
    await setUp(ports);
    expect(left(ports)).toHaveLength(10);
    const receipt = await undo(ports);
    expect(receipt.failed).toEqual([]);
    expect(receipt.outcome).toBe('done');
    expect(left(ports)).toEqual([]);
    expect(receipt.kept).toEqual([]);
    expect(receipt.gone.map(({ kind }) => kind).sort()).toEqual([
      'networkSecurityGroup',
      'resourceGroup',
      'roleAssignment',
      'roleAssignment',
      'roleAssignment',
      'storageAccount',
      'userAssignedIdentity',
      'virtualNetwork',
    ]);
    expect(ports.journal.entries).toEqual([]);
  });

  it('removes role assignments before their principals, the account last, then the group', async () => {
    const ports = undoPorts();
    await setUp(ports, sampleSpec(EVERYTHING));
    const runners = [...ports.resources.objects.values()]
      .filter(({ body }) =>
        JSON.stringify(body).includes(
          '"principalId":"00000000-0000-0000-0000-00000000aaaa","principalType"',
        ),
      )
      .map(({ id }) => id.toLowerCase());
    expect(runners).toHaveLength(5);
    await undo(ports, sampleSpec(EVERYTHING), { ticked: ['keyVault', 'workspace'] });
    expect(left(ports)).toEqual([]);
    const ids = removed(ports).map((id) => id.toLowerCase());
    const at = (part: string): number => ids.findIndex((id) => id.includes(part.toLowerCase()));
    for (const id of runners) {
      expect(ids.indexOf(id)).toBeGreaterThan(-1);
      expect(ids.indexOf(id)).toBeLessThan(at('userAssignedIdentities'));
    }
    expect(at('virtualNetworks')).toBeLessThan(at('networkSecurityGroups'));
    expect(at('dataCollectionRules/dstack')).toBeLessThan(at('dataCollectionEndpoints'));
    const accountAt = ids.indexOf(account.toLowerCase());
    const later = ids.slice(accountAt + 1);
    expect(later.slice(0, -1).every((id) => id.includes('/containers/'))).toBe(true);
    expect(later.at(-1)).toBe(group.toLowerCase());
  });

  it('asks for vault and logs one by one, keeps what is not ticked, and its group', async () => {
    const ports = undoPorts();
    ports.azure.logs = true;
    await setUp(ports, sampleSpec(EVERYTHING));
    const plan = await planUndo(sampleSpec(EVERYTHING), dev, ports, never);
    expect(plan.items.filter(({ decision }) => decision === 'ask').map(({ key }) => key)).toEqual([
      'keyVault',
      'workspace',
    ]);
    const receipt = await apply(plan, ports, { ticked: ['keyVault'] });
    expect(names(receipt.inBin)).toEqual([ACCOUNT]);
    expect(names(receipt.kept)).toEqual([`${ACCOUNT}-workspace`, 'dstack-vision']);
    expect(left(ports).map((id) => id.split('/').at(-1))).toEqual([
      'dstack-vision',
      `${ACCOUNT}-workspace`,
      'dstack_logs_cl',
    ]);
    const later = await undo(ports, sampleSpec(EVERYTHING), { ticked: ['workspace'] });
    expect(later.outcome).toBe('done');
    expect(left(ports)).toEqual([]);
  });

  it('finds the roles of colleagues and of a principal that has changed, by mark and name', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const colleague = { ...dev, principalId: '99999999-9999-9999-9999-999999999999' };
    const theirs = await planProject(sampleSpec(), colleague, ports, never);
    await runProject(theirs, ports, { report: () => undefined, signal: never });
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${ACCOUNT}-runner-identity`;
    ports.resources.objects.delete(identity.toLowerCase());
    const receipt = await undo(ports);
    expect(receipt.outcome).toBe('done');
    expect(left(ports)).toEqual([]);
    expect(receipt.gone.filter(({ kind }) => kind === 'roleAssignment')).toHaveLength(5);
  });

  it('does nothing a second time', async () => {
    const ports = undoPorts();
    await setUp(ports);
    await undo(ports);
    ports.resources.calls.length = 0;
    const receipt = await undo(ports);
    expect(receipt).toMatchObject({ outcome: 'done', gone: [], kept: [], failed: [] });
    expect(removed(ports)).toEqual([]);
  });
});

describe('undo after a set-up that was killed anywhere', () => {
  it('leaves nothing of ours, in new groups and in a customer’s, and touches nothing else', async () => {
    let cases = 0;
    for (const kind of ['new', 'customer'] as const) {
      const spec = sampleSpec(kind === 'new' ? EVERYTHING : { ...EVERYTHING, ...ADOPTED });
      const fresh = (): FakePorts => (kind === 'new' ? fakePorts() : customers());
      const whole = fresh();
      const untouched = left(whole);
      await setUp(whole, spec);
      const total = whole.resources.writes.length;
      for (const when of ['before', 'after'] as const) {
        for (let nth = 0; nth < total; nth += KILL_EVERY) {
          // In a customer's account only record and journal prove containers: the same machine.
          for (const machine of kind === 'new' ? ['same', 'another'] : ['same']) {
            cases += 1;
            const ports = fresh();
            const approved = await planProject(spec, dev, ports, never);
            let writes = 0;
            ports.resources[when] = ({ op }) => {
              if (op === 'write' && writes++ >= nth)
                throw azureError({ status: 400, code: 'Killed' });
            };
            await runProject(approved, ports, { report: () => undefined, signal: never });
            ports.resources[when] = () => undefined;
            const next = machine === 'same' ? ports : { ...ports, journal: new FakeJournal() };
            const receipt = await undo(undoPorts(next), spec, { ticked: ['keyVault'] });
            const label = `${kind}: ${when} write ${nth.toString()}, ${machine} machine`;
            expect(receipt.failed, label).toEqual([]);
            expect(receipt.kept, label).toEqual([]);
            expect(left(ports), label).toEqual(untouched);
            expect(ports.resources.objects.get(group.toLowerCase())?.tags, label).toEqual(
              kind === 'new' ? undefined : { team: 'x' },
            );
          }
        }
      }
    }
    console.log(`undo after every kill: ${cases.toString()} cases`);
    expect(cases).toBeGreaterThan(150 / KILL_EVERY);
  });

  it('is itself finished by the next undo, wherever it was killed', async () => {
    const spec = sampleSpec(EVERYTHING);
    const whole = undoPorts();
    await setUp(whole, spec);
    await undo(whole, spec, { ticked: ['keyVault'] });
    const total = removed(whole).length;
    let cases = 0;
    for (const when of ['before', 'after'] as const) {
      for (let nth = 0; nth < total; nth += KILL_EVERY) {
        for (const machine of ['same', 'another'] as const) {
          cases += 1;
          const ports = undoPorts();
          await setUp(ports, spec);
          let removes = 0;
          ports.resources[when] = ({ op }) => {
            if (op === 'remove' && removes++ >= nth)
              throw azureError({ status: 400, code: 'Killed' });
          };
          const first = await undo(ports, spec, { ticked: ['keyVault'] });
          const label = `${when} delete ${nth.toString()}, ${machine} machine`;
          expect(first.outcome, label).toBe('failed');
          ports.resources[when] = () => undefined;
          const next = machine === 'same' ? ports : { ...ports, journal: new FakeJournal() };
          const receipt = await undo(next, spec, { ticked: ['keyVault'] });
          expect(receipt.failed, label).toEqual([]);
          expect(receipt.kept, label).toEqual([]);
          expect(left(ports), label).toEqual([]);
        }
      }
    }
    console.log(`undo killed anywhere: ${cases.toString()} cases`);
    expect(cases).toBe(Math.ceil(total / KILL_EVERY) * 4);
  });

  it('gives itself the right to look into an account where nobody has it yet, and takes it back', async () => {
    const ports = undoPorts();
    const approved = await planProject(sampleSpec(), dev, ports, never);
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && target.kind === 'roleAssignment')
        throw azureError({ status: 400, code: 'Killed' });
    };
    await runProject(approved, ports, { report: () => undefined, signal: never });
    ports.resources.before = () => undefined;
    ports.resources.calls.length = 0;
    const receipt = await undo(ports);
    expect(receipt.kept).toEqual([]);
    expect(left(ports)).toEqual([]);
    const granted = ports.resources.writes;
    expect(granted.length).toBe(2);
    for (const id of granted) expect(removed(ports)).toContain(id);
  });
});

describe('a vault in Azure’s bin', () => {
  it('is purged only when it is asked for, by a call of its own', async () => {
    const ports = undoPorts();
    await setUp(ports, sampleSpec(EVERYTHING));
    const plan = await planUndo(sampleSpec(EVERYTHING), dev, ports, never);
    const receipt = await apply(plan, ports, { ticked: ['keyVault'] });
    expect(ports.azure.purged).toEqual([]);
    const [vault] = receipt.inBin.filter(({ kind }) => kind === 'keyVault');
    if (vault === undefined) throw new Error('no vault in the bin');
    await purgeVault(plan, vault, ports, never);
    expect(ports.azure.purged).toEqual([`${ACCOUNT} in westeurope`]);
    expect(ports.azure.binLooks).toBe(3);
  });

  it('is never purged if it is not one that this undo has removed', async () => {
    const ports = undoPorts();
    await setUp(ports, sampleSpec(EVERYTHING));
    const plan = await planUndo(sampleSpec(EVERYTHING), dev, ports, never);
    const other = { key: 'keyVault', kind: 'keyVault', id: '/other', name: 'other' } as const;
    await expect(purgeVault(plan, other, ports, never)).rejects.toMatchObject({
      code: 'not_the_projects_vault',
    });
    expect(ports.azure.purged).toEqual([]);
  });
});

describe('what an undo never touches', () => {
  it('foreign objects in a group of ours: the group stays without our marks', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const theirs = `${group}/providers/Microsoft.Sql/servers/payroll`;
    ports.resources.put(theirs, { location: 'westeurope', tags: { team: 'finance' } });
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    expect(plan.foreign).toEqual(['payroll']);
    const receipt = await apply(plan, ports);
    expect(left(ports)).toEqual([group.toLowerCase(), theirs.toLowerCase()]);
    expect(ports.resources.objects.get(group.toLowerCase())?.tags).toEqual({});
    expect(names(receipt.untagged)).toEqual(['dstack-vision']);
    expect(receipt.outcome).toBe('done');
  });

  it('what came into the group after the plan was shown', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    const theirs = `${group}/providers/Microsoft.Sql/servers/payroll`;
    ports.resources.put(theirs, { location: 'westeurope' });
    const receipt = await apply(plan, ports);
    expect(left(ports)).toEqual([group.toLowerCase(), theirs.toLowerCase()]);
    expect(receipt.kept).toMatchObject([{ key: 'resourceGroup' }]);
    expect(receipt.kept[0]?.why).toContain('payroll');
  });

  it('an object that was replaced by somebody else’s after the plan was shown', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    const identity = plan.items.find(({ key }) => key === 'identity')?.id ?? '';
    ports.resources.put(identity, { location: 'westeurope', tags: {} });
    const receipt = await apply(plan, ports);
    expect(ports.resources.objects.has(identity.toLowerCase())).toBe(true);
    expect(names(receipt.kept)).toEqual([`${ACCOUNT}-runner-identity`, 'dstack-vision']);
  });

  it('a customer’s account and its data: only our containers, tag and roles go', async () => {
    const ports = undoPorts(customers());
    const spec = sampleSpec(ADOPTED);
    const before = left(ports);
    await setUp(ports, spec);
    ports.azure.blobNames.set(containerId(account, 'photos').toLowerCase(), ['cat.jpg']);
    const receipt = await undo(ports, spec);
    expect(left(ports)).toEqual(before);
    expect(ports.resources.objects.get(account.toLowerCase())?.tags).toEqual({ cost: '42' });
    expect(ports.resources.objects.get(group.toLowerCase())?.tags).toEqual({ team: 'x' });
    expect(removed(ports)).not.toContain(containerId(account, 'photos'));
    expect(names(receipt.untagged).sort()).toEqual(['dstack-vision', ACCOUNT]);
    expect(receipt.outcome).toBe('done');
  });

  it('a container of a customer that happens to have our name, nor one with data that is not ticked', async () => {
    const ports = undoPorts(customers());
    const spec = sampleSpec(ADOPTED);
    const theirs = containerId(account, 'dstack-container');
    ports.resources.put(theirs, {});
    await setUp(ports, spec);
    const record = containerId(account, 'dstack-azure');
    ports.azure.blobNames.set(record.toLowerCase(), ['notes.txt']);
    const plan = await planUndo(spec, dev, ports, never);
    expect(decisions(plan)).toMatchObject({
      'container/dstack-container': 'keep',
      'container/dstack-azure': 'ask',
      projectRecord: 'remove',
    });
    await apply(plan, ports);
    expect(ports.resources.objects.has(theirs.toLowerCase())).toBe(true);
    expect(ports.resources.objects.has(record.toLowerCase())).toBe(true);
    expect(ports.records.blobs.size).toBe(0);
  });

  it.each([
    [
      'an artifact',
      (ports: FakeUndoPorts) => {
        ports.azure.blobNames.set(containerId(account, 'dstack-container').toLowerCase(), [
          'model.bin',
        ]);
      },
      'dstack-container/model.bin',
    ],
    [
      'a container of somebody',
      (ports: FakeUndoPorts) => {
        ports.resources.put(containerId(account, 'photos'), {});
      },
      'photos',
    ],
    [
      'a file share',
      (ports: FakeUndoPorts) => {
        ports.azure.others.push('file share papers');
      },
      'file share papers',
    ],
  ])('an account of ours that holds %s, until it is ticked', async (_what, add, shown) => {
    const ports = undoPorts();
    await setUp(ports);
    add(ports);
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    const item = plan.items.find(({ key }) => key === 'storageAccount');
    expect(item).toMatchObject({ decision: 'ask', ticked: false });
    expect(item?.why).toContain(shown);
    const receipt = await apply(plan, ports);
    expect(receipt.outcome).toBe('done');
    expect(left(ports)).toContain(account.toLowerCase());
    // The project stays findable, and whoever works with the data goes on reaching it.
    expect(ports.resources.objects.get(group.toLowerCase())?.tags['dstack-project']).toBe('vision');
    const rights = left(ports).filter((id) => id.includes('roleassignments'));
    expect(rights).toHaveLength(2);
    const ticked = await undo(ports, sampleSpec(), { ticked: ['storageAccount'] });
    expect(ticked.outcome).toBe('done');
    expect(left(ports)).toEqual([]);
  });

  it('data that came into the account after the plan was shown', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    expect(decisions(plan)['storageAccount']).toBe('remove');
    ports.azure.blobNames.set(containerId(account, 'dstack-container').toLowerCase(), ['late.bin']);
    const receipt = await apply(plan, ports);
    expect(receipt.kept.map(({ key }) => key)).toContain('storageAccount');
    expect(left(ports)).toContain(account.toLowerCase());
  });

  it('another project in the same group, and what both use', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const other = sampleSpec({
      name: 'speech',
      resourceGroup: { name: 'dstack-vision', create: false },
      storageAccount: { name: 'dstackspeech00000000', create: true },
    });
    await setUp(ports, other);
    const theirs = left(ports).filter((id) => id.includes('dstackspeech'));
    const shared = `${group}/providers/Microsoft.Network/networkSecurityGroups/dstack-network-security-group-westeurope`;
    const nsg = ports.resources.objects.get(shared.toLowerCase());
    const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/dstackspeech00000000-default-network/subnets/x`;
    ports.resources.put(shared, {
      ...nsg?.body,
      tags: nsg?.tags ?? {},
      properties: { subnets: [{ id: subnet }] },
    });
    const receipt = await undo(ports);
    expect(left(ports).filter((id) => id.includes('dstackspeech'))).toEqual(theirs);
    expect(left(ports)).toContain(shared.toLowerCase());
    expect(left(ports).filter((id) => id.includes(ACCOUNT))).toEqual([]);
    expect(receipt.kept.map(({ key }) => key)).toEqual(['networkSecurityGroup']);
    const replanned = await planProject(other, dev, ports, never);
    expect(replanned.changes.filter(({ action }) => action === 'conflict')).toEqual([]);
  });

  it('what a tampered record names, wherever it points', async () => {
    const elsewhere = `${subscription}/resourceGroups/prod/providers/Microsoft.Storage/storageAccounts/crown`;
    const inside = `${group}/providers/Microsoft.Storage/storageAccounts/innocent`;
    const dotted = `${group}/../prod/providers/Microsoft.Storage/storageAccounts/crown`;
    const role = `${subscription}/resourceGroups/prod/providers/Microsoft.Authorization/roleAssignments/r`;
    for (const id of [elsewhere, inside, dotted, role]) {
      const ports = undoPorts(customers());
      const spec = sampleSpec(ADOPTED);
      await setUp(ports, spec);
      ports.resources.put(id, { location: 'westeurope' });
      const machine = { ...ports, journal: new FakeJournal() };
      for (const [key, { record, etag }] of ports.records.blobs) {
        const entry = {
          kind: 'storageAccount',
          id,
          origin: 'created' as const,
          runId: 'r',
          outputs: {},
        };
        const resources = [...record.resources, entry];
        ports.records.blobs.set(key, { etag, record: { ...record, resources } });
      }
      const plan = await planUndo(spec, dev, machine, never);
      for (const item of plan.items.filter((each) => each.id === id)) {
        expect(item.decision).toBe('keep');
      }
      await apply(plan, machine);
      expect(left(ports), id).toContain(id.toLowerCase());
      expect(removed(ports), id).not.toContain(id);
      if (id === inside) continue;
      // Nothing that such a record says is believed: containers that only it proves stay.
      expect(plan.notes.join(), id).toContain(id);
      expect(decisions(plan)['container/dstack-container'], id).toBe('keep');
      expect(left(ports), id).toContain(containerId(account, 'dstack-azure').toLowerCase());
    }
  });

  it('an app of somebody else that the record names, and the record is still believed', async () => {
    const ports = undoPorts(customers());
    const spec = sampleSpec(ADOPTED);
    const before = left(ports);
    await setUp(ports, spec);
    const id = '/applications/77777777-7777-7777-7777-777777777777';
    ports.resources.put(id, {});
    for (const [key, { record, etag }] of ports.records.blobs) {
      const app = { kind: 'application', id, origin: 'created' as const, runId: 'r', outputs: {} };
      const resources = [...record.resources, app];
      ports.records.blobs.set(key, { etag, record: { ...record, resources } });
    }
    const machine = { ...ports, journal: new FakeJournal() };
    const plan = await planUndo(spec, dev, machine, never);
    expect((await apply(plan, machine)).outcome).toBe('done');
    expect(left(ports)).toEqual([...before, id]);
  });

  it('a record that claims to be another project’s', async () => {
    const ports = undoPorts(customers());
    const spec = sampleSpec(ADOPTED);
    await setUp(ports, spec);
    for (const [key, { record, etag }] of ports.records.blobs) {
      const projectId = '66666666-6666-6666-6666-666666666666';
      ports.records.blobs.set(key, { etag, record: { ...record, projectId } });
    }
    const machine = { ...ports, journal: new FakeJournal() };
    await undo(machine, spec);
    expect(ports.records.blobs.size).toBe(1);
    expect(left(ports)).toContain(containerId(account, 'dstack-azure').toLowerCase());
  });

  it('a role assignment that only copies our description, and one that somebody else gave', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const projectId = projectIdOf({
      subscriptionId: SUBSCRIPTION,
      storageAccount: ACCOUNT,
      projectName: 'vision',
    });
    const properties = {
      principalId: dev.principalId,
      principalType: 'User',
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`,
    };
    const at = `${subscription}/providers/Microsoft.Authorization/roleAssignments`;
    const copied = `${at}/77777777-7777-7777-7777-777777777777`;
    const theirs = `${at}/88888888-8888-8888-8888-888888888888`;
    ports.resources.put(copied, {
      properties: { ...properties, description: createdBy(projectId) },
    });
    ports.resources.put(theirs, { properties });
    await undo(ports);
    expect(left(ports)).toEqual([copied.toLowerCase(), theirs.toLowerCase()]);
  });

  it('a copy that carries our tag under another name', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const vnet = `${group}/providers/Microsoft.Network/virtualNetworks/${ACCOUNT}-default-network`;
    const tags = ports.resources.objects.get(vnet.toLowerCase())?.tags ?? {};
    expect(tags['dstack-created-by']).toBeDefined();
    ports.resources.put(`${vnet}-copy`, { location: 'westeurope', tags });
    await undo(ports);
    expect(left(ports)).toEqual([group.toLowerCase(), `${vnet}-copy`.toLowerCase()]);
  });
});

describe('the server’s own objects', () => {
  const nsg = (name: string): string =>
    `${group}/providers/Microsoft.Network/networkSecurityGroups/${name}`;

  it('go with the project if their names are exact and nothing is attached', async () => {
    const ports = undoPorts();
    await setUp(ports);
    for (const use of ['default', 'gateway'])
      ports.resources.put(nsg(`dstack-vision-eastus-${use}-security-group`), {
        location: 'eastus',
      });
    const receipt = await undo(ports);
    expect(left(ports)).toEqual([]);
    expect(receipt.gone).toHaveLength(10);
  });

  it.each([
    [
      'another region than the name says',
      'dstack-vision-eastus-default-security-group',
      'westus2',
      {},
    ],
    ['another group’s name', 'prod-eastus-default-security-group', 'eastus', {}],
    ['another use', 'dstack-vision-eastus-other-security-group', 'eastus', {}],
    [
      'an interface attached',
      'dstack-vision-eastus-gateway-security-group',
      'eastus',
      { networkInterfaces: [{ id: '/x/networkInterfaces/nic' }] },
    ],
    [
      'a subnet attached',
      'dstack-vision-eastus-default-security-group',
      'eastus',
      { subnets: [{ id: '/x/subnets/s' }] },
    ],
  ])('stay with %s', async (_why, name, location, properties) => {
    const ports = undoPorts();
    await setUp(ports);
    ports.resources.put(nsg(name), { location, properties });
    await undo(ports);
    expect(left(ports)).toContain(nsg(name).toLowerCase());
    expect(left(ports)).toHaveLength(2);
  });

  it('stay while another project of the group lives on them', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const name = 'dstack-vision-eastus-default-security-group';
    ports.resources.put(nsg(name), { location: 'eastus' });
    const other = `${group}/providers/Microsoft.Storage/storageAccounts/other`;
    ports.resources.put(other, { location: 'westeurope', tags: { 'dstack-project': 'speech' } });
    const receipt = await undo(ports);
    expect(left(ports)).toContain(nsg(name).toLowerCase());
    expect(receipt.kept[0]?.why).toContain('speech');
  });
});

describe('what stops an undo', () => {
  const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${ACCOUNT}-runner-identity`;
  it.each([
    ['our identity', { tags: {}, identityIds: [identity.toUpperCase()] }],
    [
      'dstack’s tag with this project',
      { tags: { owner: 'dstack', dstack_project: 'Vision' }, identityIds: [] },
    ],
    ['dstack’s tag alone', { tags: { owner: 'dstack' }, identityIds: [] }],
  ])('a VM with %s, by its name', async (_what, machine) => {
    const ports = undoPorts();
    await setUp(ports);
    ports.azure.machines.push({ id: `${group}/vm`, name: 'gpu-1', ...machine });
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    expect(plan.blockers.map(({ message }) => message).join()).toContain('gpu-1');
    await expect(apply(plan, ports)).rejects.toMatchObject({ code: 'project_in_use' });
    expect(removed(ports)).toEqual([]);
  });

  it('not a VM of somebody else in the group', async () => {
    const ports = undoPorts();
    await setUp(ports);
    ports.azure.machines.push(
      {
        id: `${group}/a`,
        name: 'a',
        tags: { owner: 'dstack', dstack_project: 'speech' },
        identityIds: [],
      },
      { id: `${group}/b`, name: 'b', tags: {}, identityIds: ['/x/other-identity'] },
    );
    expect((await undo(ports)).outcome).toBe('done');
  });

  it('a VM that was started after the plan was shown', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    ports.azure.machines.push({ id: 'vm', name: 'gpu-1', tags: {}, identityIds: [identity] });
    await expect(apply(plan, ports)).rejects.toMatchObject({ code: 'project_in_use' });
    expect(removed(ports)).toEqual([]);
  });

  it('VMs that Azure does not tell of', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    ports.azure.forbidden.add('virtualMachines');
    await expect(apply(plan, ports)).rejects.toMatchObject({ code: 'machines_unknown' });
    expect(removed(ports)).toEqual([]);
  });

  it('fleets of the server, by their names; without them the server forgets the project first', async () => {
    const server = new FakeServer();
    const ports: FakeUndoPorts = { ...undoPorts(), server };
    await setUp(ports);
    server.fleets = ['fleet-a'];
    await expect(undo(ports)).rejects.toMatchObject({ code: 'project_in_use' });
    server.fleets = [];
    ports.resources.before = ({ op }) => {
      if (op === 'remove') expect(server.unregistered).toBe(1);
    };
    const receipt = await undo(ports);
    expect(receipt.outcome).toBe('done');
    expect(left(ports)).toEqual([]);
  });

  it('a server that does not let go: nothing in Azure is removed', async () => {
    const server = new FakeServer();
    const ports: FakeUndoPorts = { ...undoPorts(), server };
    await setUp(ports);
    server.fails = new Error('no');
    const receipt = await undo(ports);
    expect(receipt.outcome).toBe('failed');
    expect(receipt.failed.map(({ key }) => key)).toEqual(['server']);
    expect(receipt.left.length).toBeGreaterThan(5);
    expect(removed(ports)).toEqual([]);
  });
});

describe('running an undo', () => {
  it('keeps an identity whose role could not be removed, and finishes the next time', async () => {
    const ports = undoPorts();
    await setUp(ports);
    ports.resources.before = ({ op, target }) => {
      if (op === 'remove' && target.kind === 'roleAssignment')
        throw azureError({ status: 403, code: 'AuthorizationFailed' });
    };
    const receipt = await undo(ports);
    expect(receipt.outcome).toBe('failed');
    expect(names(receipt.kept)).toContain(`${ACCOUNT}-runner-identity`);
    expect(ports.journal.entries.some(({ event }) => event === 'failed')).toBe(true);
    ports.resources.before = () => undefined;
    expect((await undo(ports)).outcome).toBe('done');
    expect(left(ports)).toEqual([]);
  });

  it('ends with its receipt though the journal can’t be written any more, and removes no more', async () => {
    const ports = undoPorts();
    await setUp(ports);
    fullDisk(ports, (entry) => entry.event === 'removing' && entry.key === 'identity');
    const receipt = await undo(ports);
    expect(receipt.outcome).toBe('failed');
    expect(new Set(receipt.failed.map(({ error }) => error.code))).toEqual(new Set(['disk_full']));
    const identities = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
    expect(left(ports)).toContain(`${identities}/${ACCOUNT}-runner-identity`.toLowerCase());
    expect(left(ports)).toContain(account.toLowerCase());
  });

  it('waits as long as Retry-After says and polls deletes as it polls writes', async () => {
    const ports = undoPorts();
    await setUp(ports);
    ports.resources.removePolls.set('virtualNetwork', 2);
    let failedAt = 0;
    let againAt = 0;
    ports.resources.before = ({ op, target }) => {
      if (op !== 'remove' || target.kind !== 'storageAccount') return;
      if (failedAt > 0) againAt = ports.clock.now();
      else {
        failedAt = ports.clock.now();
        throw azureError({ status: 429, code: 'TooManyRequests', retryAfterMs: 42_000 });
      }
    };
    const events: UndoEvent[] = [];
    expect((await undo(ports, sampleSpec(), { events })).outcome).toBe('done');
    expect(againAt - failedAt).toBeGreaterThanOrEqual(42_000);
    expect(left(ports)).toEqual([]);
    const waits = events.filter(({ code }) => code === 'removeWaiting');
    expect(waits.length).toBe(2 + 3 + 1);
    expect(events[0]?.code).toBe('undoStarted');
    expect(events.at(-1)?.code).toBe('undoEnded');
  });

  it('stops at once when cancelled, names what Azure still removes, and goes on from there', async () => {
    const ports = undoPorts();
    await setUp(ports);
    ports.resources.removePolls.set('virtualNetwork', 5);
    const stop = new AbortController();
    ports.resources.after = ({ op, target }) => {
      if (op === 'remove' && target.kind === 'virtualNetwork') setImmediate(() => stop.abort());
    };
    const receipt = await undo(ports, sampleSpec(), { signal: stop.signal });
    expect(receipt.outcome).toBe('cancelled');
    expect(receipt.stillRunning).toEqual(['virtualNetwork']);
    expect(names(receipt.left)).toContain(ACCOUNT);
    ports.resources.after = () => undefined;
    expect((await undo(ports)).outcome).toBe('done');
    expect(left(ports)).toEqual([]);
  });

  it('waits for a delete that an earlier undo has sent, and sends no second one', async () => {
    const ports = undoPorts();
    await setUp(ports);
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    const found = ports.resources.objects.get(group.toLowerCase());
    if (found === undefined) throw new Error('no group');
    let reads = 0;
    ports.resources.before = ({ op, target }) => {
      if (op === 'remove' && target.kind === 'userAssignedIdentity') {
        ports.resources.objects.set(group.toLowerCase(), {
          ...found,
          provisioningState: 'Deleting',
        });
      }
      if (op === 'read' && target.id === group && (reads += 1) > 3) {
        ports.resources.objects.delete(group.toLowerCase());
      }
    };
    const receipt = await apply(plan, ports);
    expect(receipt.outcome).toBe('done');
    expect(removed(ports)).not.toContain(group);
    expect(names(receipt.gone)).toContain('dstack-vision');
  });

  it('writes down each delete before it is sent and after it is done', async () => {
    const ports = undoPorts();
    await setUp(ports, sampleSpec(EVERYTHING));
    ports.resources.before = ({ op, target }) => {
      if (op !== 'remove') return;
      const last = ports.journal.entries.findLast(
        (entry) => entry.event === 'removing' && entry.target.id === target.id,
      );
      expect(last, target.id).toBeDefined();
    };
    await undo(ports, sampleSpec(EVERYTHING));
    const events = ports.journal.entries.map(({ event }) => event);
    expect(events.filter((event) => event === 'removed')).toHaveLength(removed(ports).length);
  });

  it('takes what it has removed for nobody’s: made again by others it is not ours', async () => {
    const ports = undoPorts(customers());
    const spec = sampleSpec(ADOPTED);
    await setUp(ports, spec);
    ports.azure.forbidden.add('removeRecord');
    const theirs = containerId(account, 'dstack-container');
    ports.resources.before = ({ op, target }) => {
      if (op === 'remove' && target.id === containerId(account, 'dstack-azure'))
        throw azureError({ status: 400, code: 'Killed' });
    };
    await undo(ports, spec);
    ports.resources.before = () => undefined;
    ports.records.blobs.clear();
    ports.resources.put(theirs, {});
    const plan = await planUndo(spec, dev, ports, never);
    expect(decisions(plan)['container/dstack-container']).toBe('keep');
  });

  it.each([
    ['looks', 'what the last undo has removed'],
    ['removes', 'what went between the look and the removal'],
  ])('is not held up by a listing that lags: when it %s, %s', async (when) => {
    const ports = undoPorts();
    const spec = sampleSpec();
    await setUp(ports, spec);
    const network = ports.resources.writes.find((id) => /\/virtualNetworks\//.test(id)) ?? '';
    ports.azure.ghosts.push(network);
    if (when === 'looks') ports.resources.objects.delete(network.toLowerCase());
    const plan = await planUndo(spec, dev, ports, never);
    expect(decisions(plan)['resourceGroup']).toBe('remove');
    ports.resources.objects.delete(network.toLowerCase());
    const receipt = await apply(plan, ports, { ticked: ['storageAccount'] });
    expect(names(receipt.gone)).toContain('dstack-vision');
    expect([receipt.outcome, receipt.failed, receipt.left]).toEqual(['done', [], []]);
  });

  it('does without what it may not list, and says so', async () => {
    const ports = undoPorts();
    await setUp(ports);
    ports.azure.forbidden.add('roleAssignments');
    ports.azure.forbidden.add('accountContents');
    ports.azure.forbidden.add('locks');
    const plan = await planUndo(sampleSpec(), dev, ports, never);
    expect(plan.notes).toHaveLength(3);
    // Those whose names are known are found by name.
    expect(plan.items.filter(({ kind }) => kind === 'roleAssignment')).toHaveLength(3);
    expect(decisions(plan)['storageAccount']).toBe('ask');
  });
});
