import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/setup/errors.ts';
import type { UndoEvent } from '../../../src/setup/events.ts';
import type { Target } from '../../../src/setup/resource.ts';
import { applyUndo } from '../../../src/setup/undoApply.ts';
import { lookInto } from '../../../src/setup/undoLook.ts';
import type { UndoItem, UndoPlan } from '../../../src/setup/undoPlan.ts';
import { purgeVault } from '../../../src/setup/undoPurge.ts';
import type { UndoReceipt } from '../../../src/setup/undoReceipt.ts';
import { removeItem } from '../../../src/setup/undoRemove.ts';
import { untagTarget } from '../../../src/setup/undoTags.ts';
import { azureError } from './fakeAzure.ts';
import { FakeServer, undoPorts, type FakeUndoPorts } from './fakeUndo.ts';
import { dev, sampleSpec } from './sampleSpec.ts';
import * as stage from './undoStage.ts';

const { ACCOUNT, account, artifacts, at, group, mark, network, project } = stage;
const { recordContainer, undoItem, undoPlan, undoTarget } = stage;
const never = new AbortController().signal;
type Change = Partial<UndoItem>;

/** A network of ours, with its line in the plan. */
function net(ports: FakeUndoPorts, key: string, change: Change = {}): UndoItem {
  ports.resources.put(network(key), { tags: mark() });
  return undoItem(key, { target: undoTarget('virtualNetwork', network(key)), ...change });
}

const serverItem = (): UndoItem =>
  undoItem('server', { kind: 'server', id: 'http://s', name: 'http://s', stage: 0 });

async function run(
  ports: FakeUndoPorts,
  plan: UndoPlan | readonly UndoItem[],
  options: { readonly ticked?: readonly string[]; readonly signal?: AbortSignal } = {},
): Promise<{ readonly receipt: UndoReceipt; readonly events: readonly UndoEvent[] }> {
  const events: UndoEvent[] = [];
  const receipt = await applyUndo('items' in plan ? plan : undoPlan(plan), ports, {
    ticked: new Set(options.ticked),
    report: (event) => events.push(event),
    signal: options.signal ?? never,
  });
  return { receipt, events };
}

const keys = (lines: readonly { readonly key: string }[]): readonly string[] =>
  lines.map(({ key }) => key);
const withoutTime = (events: readonly object[]): readonly object[] =>
  events.map((event) =>
    Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'time')),
  );
const removals = ({ resources }: FakeUndoPorts): readonly string[] =>
  resources.calls.filter(({ op }) => op === 'remove').map(({ target }) => target.id);

describe('what an undo tells while it runs', () => {
  const done = (key: string): object => ({ code: 'removeDone', resource: key, id: network(key) });
  const begun = (key: string): object => ({ code: 'removeStarted', resource: key });
  const kept = (key: string, why: string): object => ({ code: 'removeKept', resource: key, why });

  it.each<[string, (ports: FakeUndoPorts) => readonly UndoItem[], readonly object[], object]>([
    ['is removed', (ports) => [net(ports, 'a')], [begun('a'), done('a')], { gone: ['a'] }],
    [
      'is gone already',
      () => [undoItem('a', { target: undoTarget('virtualNetwork', network('a')) })],
      [begun('a'), done('a')],
      { gone: ['a'] },
    ],
    [
      'is to stay',
      (ports) => [net(ports, 'a', { decision: 'keep', why: 'It is theirs.' })],
      [kept('a', 'It is theirs.')],
      { kept: ['a'] },
    ],
    [
      'is not ticked',
      (ports) => [net(ports, 'a', { decision: 'ask', why: 'Holds data.' })],
      [kept('a', 'Holds data.')],
      { kept: ['a'] },
    ],
    [
      'is ticked',
      (ports) => [net(ports, 'ticked', { decision: 'ask' })],
      [begun('ticked'), done('ticked')],
      { gone: ['ticked'] },
    ],
    [
      'is ticked, but was never asked for',
      (ports) => [net(ports, 'ticked', { decision: 'keep' })],
      [kept('ticked', 'Because.')],
      { kept: ['ticked'] },
    ],
    [
      'is no more ours',
      (ports) => {
        const item = net(ports, 'a');
        ports.resources.put(network('a'), {});
        return [item];
      },
      [begun('a'), kept('a', 'Azure does not show any more that this project made it.')],
      { kept: ['a'] },
    ],
    ['has no call', () => [undoItem('a')], [begun('a'), kept('a', 'Because.')], { kept: ['a'] }],
    [
      'waits for what stays',
      (ports) => [
        net(ports, 'a', { decision: 'keep', name: 'The first' }),
        net(ports, 'b', { stage: 3, after: ['a'] }),
        net(ports, 'c', { stage: 3, after: ['unknown'] }),
      ],
      [
        kept('a', 'Because.'),
        kept('b', 'The first, which needs it, is still there.'),
        kept('c', 'unknown, which needs it, is still there.'),
      ],
      { kept: ['a', 'b', 'c'] },
    ],
    [
      'waits for what goes',
      (ports) => [net(ports, 'a'), net(ports, 'b', { stage: 3, after: ['a'] })],
      [begun('a'), done('a'), begun('b'), done('b')],
      { gone: ['a', 'b'] },
    ],
    [
      'loses its tags',
      (ports) => {
        ports.resources.put(group, { tags: mark() });
        const target = untagTarget(project, group, mark());
        return [
          undoItem('tags/resourceGroup', {
            ...{ kind: 'resourceGroup', id: group, decision: 'untag', proof: 'none', target },
          }),
        ];
      },
      [
        begun('tags/resourceGroup'),
        { code: 'removeDone', resource: 'tags/resourceGroup', id: group },
      ],
      { untagged: ['tags/resourceGroup'] },
    ],
    [
      'is refused',
      (ports) => {
        ports.resources.before = ({ op }) => {
          if (op === 'remove') throw azureError({ status: 403, code: 'Locked' }, 'It is locked.');
        };
        return [net(ports, 'a')];
      },
      [
        begun('a'),
        {
          ...{ code: 'removeFailed', resource: 'a', error: 'Locked' },
          ...{ message: 'It is locked.', remedy: 'r' },
        },
      ],
      { outcome: 'failed', failed: ['a'] },
    ],
    [
      'is refused for a moment',
      (ports) => {
        let tries = 0;
        ports.resources.before = ({ op }) => {
          const busy = { status: 409, code: 'Conflict', retryAfterMs: 60_000 };
          if (op === 'remove' && (tries += 1) === 1) throw azureError(busy);
        };
        return [net(ports, 'a')];
      },
      [
        begun('a'),
        { code: 'removeWaiting', resource: 'a', reason: 'Conflict', waitMs: 60_000 },
        done('a'),
      ],
      { gone: ['a'] },
    ],
  ])('of an object that %s', async (_what, arrange, told, lists) => {
    const ports = undoPorts();
    const items = arrange(ports);
    const { receipt, events } = await run(ports, items, { ticked: ['ticked'] });
    const outcome = 'outcome' in lists ? lists.outcome : 'done';
    expect(withoutTime(events)).toEqual([
      { code: 'undoStarted', runId: 'run-1', steps: items.length },
      ...told,
      { code: 'undoEnded', outcome },
    ]);
    const { gone, untagged, left, failed } = receipt;
    expect({
      ...{ outcome: receipt.outcome, runId: receipt.runId, gone: keys(gone), left: keys(left) },
      ...{ untagged: keys(untagged), kept: keys(receipt.kept), failed: keys(failed) },
    }).toEqual({
      ...{ outcome, runId: 'run-1', gone: [], untagged: [], kept: [], failed: [], left: [] },
      ...lists,
    });
    expect(receipt.kept.map(({ why }) => why)).toEqual(
      events.flatMap((event) => (event.code === 'removeKept' ? [event.why] : [])),
    );
  });

  it('carries the time at which it is so', async () => {
    const ports = undoPorts();
    const start = ports.clock.now();
    ports.resources.removePolls.set('virtualNetwork', 1);
    const { events } = await run(ports, [net(ports, 'a')]);
    expect(events.map(({ code, time }) => [code, time - start])).toEqual([
      ...[
        ['undoStarted', 0],
        ['removeStarted', 0],
        ['removeWaiting', 0],
      ],
      ...[
        ['removeDone', 17_000],
        ['undoEnded', 17_000],
      ],
    ]);
  });
});

describe('the order of an undo', () => {
  it('is stage by stage, whatever the order of the plan, and all at once within one', async () => {
    const ports = undoPorts();
    const start = ports.clock.now();
    ports.resources.removePolls.set('virtualNetwork', 1);
    const items = [8, 1, 6, 2, 3, 2, 5, 7].map((order, index) =>
      net(ports, `n${order.toString()}-${index.toString()}`, { stage: order }),
    );
    const { receipt } = await run(ports, items);
    const order = removals(ports).map((id) => id.slice(id.lastIndexOf('/') + 1));
    expect(order).toEqual(['n1-1', 'n2-3', 'n2-5', 'n3-4', 'n5-6', 'n6-2', 'n7-7', 'n8-0']);
    expect(ports.clock.now() - start).toBe(7 * 17_000);
    expect(receipt.gone).toHaveLength(8);
  });

  it('takes containers of an account one by one', async () => {
    const ports = undoPorts();
    const start = ports.clock.now();
    ports.resources.removePolls.set('virtualNetwork', 1);
    await run(ports, [net(ports, 'a', { stage: 4 }), net(ports, 'b', { stage: 4 })]);
    expect(ports.clock.now() - start).toBe(2 * 17_000);
  });

  it.each<[string, Error | undefined, readonly string[], readonly string[]]>([
    ['lets go', undefined, ['server', 'a', 'b'], []],
    ['does not let go', new Error('It is down.'), [], ['a', 'b']],
  ])('begins with the server; if it %s', async (_what, fails, gone, left) => {
    const server = new FakeServer();
    server.fails = fails;
    const ports: FakeUndoPorts = { ...undoPorts(), server };
    const items = [net(ports, 'a'), net(ports, 'b', { stage: 8 }), serverItem()];
    const { receipt, events } = await run(ports, items);
    expect([keys(receipt.gone), keys(receipt.left)]).toEqual([gone, left]);
    expect(receipt.outcome).toBe(fails === undefined ? 'done' : 'failed');
    expect(removals(ports)).toHaveLength(fails === undefined ? 2 : 0);
    const ends = events.filter((event) => 'resource' in event && event.resource === 'server');
    expect(ends.at(-1)).toMatchObject(
      fails === undefined
        ? { code: 'removeDone', id: 'http://s' }
        : { code: 'removeFailed', error: 'unexpected', message: 'It is down.' },
    );
  });

  it('forgets a server that is not there any more', async () => {
    const { receipt } = await run(undoPorts(), [serverItem()]);
    expect(keys(receipt.gone)).toEqual(['server']);
  });

  it('goes on after a failure of something else', async () => {
    const ports = undoPorts();
    ports.resources.before = ({ op, target }) => {
      if (op === 'remove' && target.id === network('a'))
        throw azureError({ status: 403, code: 'Locked' });
    };
    const { receipt } = await run(ports, [net(ports, 'a'), net(ports, 'b', { stage: 3 })]);
    expect([keys(receipt.failed), keys(receipt.gone)]).toEqual([['a'], ['b']]);
  });

  it('leaves everything of which a person does not want any more', async () => {
    const ports = undoPorts();
    const stop = new AbortController();
    ports.resources.after = ({ op }) => {
      if (op === 'remove') stop.abort();
    };
    const items = [
      net(ports, 'a'),
      net(ports, 'b', { stage: 3 }),
      net(ports, 'c', { stage: 3, decision: 'keep' }),
    ];
    const { receipt, events } = await run(ports, items, { signal: stop.signal });
    expect([keys(receipt.gone), keys(receipt.left)]).toEqual([['a'], ['b', 'c']]);
    expect(receipt.outcome).toBe('cancelled');
    expect(events.at(-1)).toMatchObject({ code: 'undoEnded', outcome: 'cancelled' });
    expect(events).toHaveLength(4);
    expect(ports.journal.entries.at(-1)).toMatchObject({ event: 'runEnded', outcome: 'cancelled' });
  });
});

describe('what an undo has learnt by its own deletes', () => {
  it('frees a security group whose network it has removed, however Azure writes its id', async () => {
    const ports = undoPorts();
    const id = `${group}/providers/Microsoft.Network/networkSecurityGroups/n`;
    const subnets = [{ id: `${network('A').toUpperCase()}/subnets/s` }];
    ports.resources.put(id, { tags: mark(), properties: { subnets } });
    const target = undoTarget('networkSecurityGroup', id);
    const nsg = undoItem('n', { kind: target.kind, id, target, stage: 3 });
    expect((await run(ports, [nsg])).receipt.kept).toMatchObject([{ why: 'Still in use by s.' }]);
    const { receipt } = await run(ports, [net(ports, 'A'), nsg]);
    expect(keys(receipt.gone)).toEqual(['A', 'n']);
  });

  it('removes a group whose listing still shows what has just gone', async () => {
    const ports = undoPorts();
    ports.resources.put(group, { tags: mark() });
    const id = `${group}/providers/Microsoft.Network/networkSecurityGroups/Default`;
    ports.resources.put(id, {});
    ports.azure.ghosts.push(id);
    const goes = (key: string, kind: Target['kind'], at: string, change: Change): UndoItem =>
      undoItem(key, { kind, id: at, target: undoTarget(kind, at), ...change });
    const { receipt } = await run(ports, [
      goes('n', 'networkSecurityGroup', id, { proof: 'serverName' }),
      goes('resourceGroup', 'resourceGroup', group, { stage: 8 }),
    ]);
    expect(keys(receipt.gone)).toEqual(['n', 'resourceGroup']);
  });

  it('takes back the right that it had to give itself, after the account', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    ports.resources.put(artifacts, {});
    const target = undoTarget('storageAccount', account);
    const storage = { kind: target.kind, id: account, target, stage: 6 } as const;
    const { receipt } = await run(ports, [undoItem('storageAccount', storage)]);
    const [right = ''] = ports.resources.writes;
    expect(removals(ports)).toEqual([account, right]);
    expect(receipt.gone).toMatchObject([{ id: account }, { id: right }]);
  });

  it('names what Azure still removes when a person wants to stop', async () => {
    const ports = undoPorts();
    ports.resources.removePolls.set('virtualNetwork', 5);
    const stop = new AbortController();
    ports.resources.after = ({ op }) => {
      if (op === 'poll') stop.abort();
    };
    const { receipt } = await run(ports, [net(ports, 'a')], { signal: stop.signal });
    expect(receipt).toMatchObject({ outcome: 'cancelled', left: [{ key: 'a' }], failed: [] });
    expect(receipt.stillRunning).toEqual(['a']);
    expect(ports.journal.entries.map(({ event }) => event)).not.toContain('failed');
  });
});

describe('what stops an undo before its first delete', () => {
  const vm = { id: 'vm', name: 'gpu-1', tags: { owner: 'dstack' }, identityIds: [] };
  const error = (code: string): SetupError =>
    new SetupError({ code, source: 'user', message: `${code}!`, remedy: 'r' });

  it.each<
    [string, (ports: FakeUndoPorts, server: FakeServer) => unknown, UndoPlan['blockers'], object]
  >([
    [
      'VMs that have come since',
      ({ azure }) => azure.machines.push(vm),
      [],
      { code: 'project_in_use', message: 'VMs of the project exist: gpu-1.' },
    ],
    [
      'fleets of the server',
      (_ports, server) => server.fleets.push('fleet-a'),
      [],
      { code: 'project_in_use', message: 'The server still has in use: fleet-a.' },
    ],
    [
      'a server that is silent',
      (_ports, server) => {
        server.running = () => Promise.reject(new Error('It is down.'));
      },
      [],
      {
        ...{ code: 'server_unreachable' },
        message: 'The dstack server does not say what is running: It is down.',
      },
    ],
    [
      'VMs that Azure does not tell',
      ({ azure }) => azure.forbidden.add('virtualMachines'),
      [error('record_newer')],
      {
        ...{ code: 'machines_unknown', source: 'azure', remedy: 'Try again; nothing was removed.' },
        message: 'Azure does not say which VMs the project has: You may not read it.',
      },
    ],
    [
      'a record of a newer version, first of all',
      ({ azure }) => azure.machines.push(vm),
      [error('project_in_use'), error('record_newer')],
      { code: 'record_newer', message: 'record_newer!' },
    ],
  ])('%s', async (_what, arrange, blockers, expected) => {
    const server = new FakeServer();
    const ports: FakeUndoPorts = { ...undoPorts(), server };
    arrange(ports, server);
    const plan = undoPlan([net(ports, 'a'), serverItem()], { blockers });
    const events: UndoEvent[] = [];
    const report = (event: UndoEvent): unknown => events.push(event);
    const undo = applyUndo(plan, ports, { ticked: new Set(), report, signal: never });
    await expect(undo).rejects.toMatchObject(expected);
    expect([events, removals(ports), server.unregistered]).toEqual([[], [], 0]);
    expect(ports.journal.entries).toEqual([]);
  });

  it('is nothing that was so when the plan was made, and is over', async () => {
    const ports = undoPorts();
    const plan = undoPlan([net(ports, 'a')], { blockers: [error('project_in_use')] });
    expect((await run(ports, plan)).receipt.outcome).toBe('done');
  });
});

describe('the journal after an undo', () => {
  const foreign = { ...stage.creating('x', 'y'), projectId: 'another' };
  it.each<[string, Change, boolean]>([
    ['all that was ours is gone', {}, true],
    ['something of others stays', { decision: 'keep' }, true],
    ['data of ours stays', { decision: 'ask' }, false],
    ['something stays for what came since', { decision: 'remove', after: ['x'] }, false],
  ])('where %s', async (_what, change, isForgotten) => {
    const ports = undoPorts();
    ports.journal.entries.push(stage.creating('a', network('a')), foreign);
    const beside = net(ports, 'b', { decision: 'keep' });
    const { receipt } = await run(ports, [net(ports, 'a', change), beside]);
    expect(receipt.outcome).toBe('done');
    const entries = ports.journal.entries.map(({ event }) => event);
    expect(entries).toEqual(isForgotten ? ['creating'] : ['creating', 'creating', 'runEnded']);
    expect(ports.journal.entries).toContain(foreign);
    if (isForgotten) return;
    expect(ports.journal.entries.at(-1)).toEqual({
      ...{ schema: 1, time: ports.clock.now(), projectId: stage.PROJECT_ID, runId: 'run-1' },
      ...{ event: 'runEnded', outcome: 'done' },
    });
  });

  it('says what was sent, polled, refused and gone', async () => {
    const ports = undoPorts();
    ports.resources.removePolls.set('virtualNetwork', 2);
    ports.resources.before = ({ op, target }) => {
      if (op === 'remove' && target.id === network('b'))
        throw azureError({ status: 403, code: 'Locked' });
    };
    const items = [net(ports, 'a'), net(ports, 'b', { stage: 3 }), undoItem('c', { stage: 3 })];
    const [a, b] = items.map(({ target }) => target);
    await run(ports, items);
    const head = { schema: 1, projectId: stage.PROJECT_ID, runId: 'run-1' };
    expect(withoutTime(ports.journal.entries)).toEqual([
      { ...head, event: 'removing', key: 'a', target: a },
      { ...head, event: 'polling', key: 'a', state: { polls: 2, removing: true } },
      { ...head, event: 'removed', key: 'a', id: network('a') },
      { ...head, event: 'removing', key: 'b', target: b },
      { ...head, event: 'failed', key: 'b', code: 'Locked' },
      { ...head, event: 'runEnded', outcome: 'failed' },
    ]);
  });
});

describe('a delete that takes its time', () => {
  const GROUP = undoTarget('resourceGroup', group);
  const item = (target: Target = GROUP): UndoItem =>
    undoItem('resourceGroup', { kind: target.kind, id: target.id, name: 'dstack-vision', target });
  const STILL = {
    ...{ code: 'still_running', source: 'azure', object: 'resourceGroup' },
    message: 'Azure is still removing dstack-vision, longer than it usually takes.',
    remedy: 'Wait a while and undo again: it goes on where it is.',
  };
  const waits = (events: readonly UndoEvent[]): readonly number[] =>
    events.flatMap((event) => (event.code === 'removeWaiting' ? [event.waitMs] : []));

  it('is polled as Azure asks, and each time with the state that it gave last', async () => {
    const ports = undoPorts();
    ports.resources.put(group, { tags: mark() });
    const states: unknown[] = [];
    Object.assign(ports.resources, {
      remove: () => Promise.resolve({ status: 'running', state: 'first' }),
      poll: (_target: Target, state: unknown) => {
        states.push(state);
        if (states.length === 1)
          return Promise.resolve({ status: 'running', state: 'second', retryAfterMs: 5_000 });
        if (states.length === 2) return Promise.resolve({ status: 'running', state: 'third' });
        return Promise.resolve({ status: 'succeeded' });
      },
    });
    const undo = stage.undoRun(ports);
    expect(await removeItem(undo, item())).toEqual({ status: 'gone' });
    expect(states).toEqual(['first', 'second', 'third']);
    expect(waits(undo.events)).toEqual([2_000, 5_000, 2_000]);
    expect(undo.events[0]).toMatchObject({ code: 'removeWaiting', resource: 'resourceGroup' });
    expect(undo.inAzure).toEqual(new Set());
  });

  it.each<[string, number, number]>([
    ['fit exactly', 120_000, 3],
    ['do not fit', 120_001, 2],
  ])('ends as still running when its waits %s in six minutes', async (_what, waitMs, count) => {
    const ports = undoPorts();
    ports.resources.put(group, { tags: mark() });
    const running = { status: 'running', state: 's', retryAfterMs: waitMs };
    Object.assign(ports.resources, {
      remove: () => Promise.resolve(running),
      poll: () => Promise.resolve(running),
    });
    const undo = stage.undoRun(ports);
    await expect(removeItem(undo, item())).rejects.toMatchObject(STILL);
    expect(waits(undo.events)).toEqual(Array.from({ length: count }, () => waitMs));
    expect(undo.inAzure).toEqual(new Set(['resourceGroup']));
  });

  it('is not sent again: one that an earlier undo has sent is waited for', async () => {
    const ports = undoPorts();
    const found = ports.resources.put(group, { tags: mark() });
    const going = { ...found, provisioningState: 'Deleting' };
    ports.resources.objects.set(group.toLowerCase(), going);
    let reads = 0;
    ports.resources.before = ({ op }) => {
      if (op === 'read' && (reads += 1) === 4) ports.resources.objects.clear();
    };
    const undo = stage.undoRun(ports);
    expect(await removeItem(undo, item())).toEqual({ status: 'gone' });
    expect([removals(ports), reads]).toEqual([[], 4]);
    expect(waits(undo.events)).toEqual([2_000, 2_000]);
    expect(undo.inAzure).toEqual(new Set());
    expect(ports.journal.entries).toMatchObject([{ event: 'removed', key: 'resourceGroup' }]);

    ports.resources.objects.set(group.toLowerCase(), going);
    const stuck = stage.undoRun(ports);
    await expect(removeItem(stuck, item())).rejects.toMatchObject(STILL);
    expect(waits(stuck.events)).toHaveLength(180);
    expect(stuck.inAzure).toEqual(new Set(['resourceGroup']));
  });
});

describe('removing what is no resource', () => {
  const record = undoItem('projectRecord', { kind: 'projectRecord', stage: 5 });
  const THEIRS = { status: 'kept', why: 'It is the record of another project.' };
  const GONE = { status: 'gone' };

  it.each<[string, (ports: FakeUndoPorts) => unknown, object, number]>([
    ['of this project', () => undefined, GONE, 0],
    [
      'of this project, its id in other case',
      (ports) => stage.putRecord(ports, [], { projectId: stage.PROJECT_ID.toUpperCase() }),
      GONE,
      0,
    ],
    [
      'of another project',
      (ports) => stage.putRecord(ports, [], { projectId: stage.OTHERS }),
      THEIRS,
      1,
    ],
    ['that is not there', ({ records }) => records.blobs.clear(), GONE, 0],
    ['in an account without endpoint', (ports) => stage.putAccount(ports, mark(), {}), GONE, 1],
  ])('the record %s', async (_whose, arrange, expected, kept) => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putRecord(ports, []);
    arrange(ports);
    expect(await removeItem(stage.undoRun(ports), record)).toEqual(expected);
    expect(ports.records.blobs.size).toBe(kept);
  });

  it('the record only in the version that was read, and not after its container', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putRecord(ports, []);
    const asked: unknown[] = [];
    stage.answer(ports, {
      removeRecord: (...what: unknown[]) => {
        asked.push(what.slice(0, 2));
        return Promise.resolve();
      },
    });
    await removeItem(stage.undoRun(ports), record);
    const where = { tenantId: at.tenantId, blobEndpoint: stage.ENDPOINT, projectName: 'vision' };
    expect(asked).toEqual([[where, 'etag-1']]);
    const gone = new Set(['container/dstack-azure']);
    const calls = ports.resources.calls.length;
    expect(await removeItem(stage.undoRun(ports, { gone }), record)).toEqual(GONE);
    expect([asked.length, ports.resources.calls.length]).toEqual([1, calls]);
  });

  it('an app takes its secrets on this machine along, other things do not', async () => {
    const forgotten: string[] = [];
    const holder = {
      forget: (projectId: string) => Promise.resolve(forgotten.push(projectId)),
    };
    const id = '/applications/app-object';
    const app = undoItem('application', {
      ...{ kind: 'application', id, proof: 'uniqueName', target: undoTarget('application', id) },
    });
    const arranged = (): FakeUndoPorts => {
      const ports = { ...undoPorts(), secrets: { holder } as unknown as FakeUndoPorts['secrets'] };
      ports.resources.put(id, { uniqueName: `dstack-azure-${stage.PROJECT_ID}` });
      return ports as FakeUndoPorts;
    };
    const ports = arranged();
    await removeItem(stage.undoRun(ports), net(ports, 'a'));
    expect(forgotten).toEqual([]);
    expect(await removeItem(stage.undoRun(ports), app)).toEqual(GONE);
    expect(removals(ports)).toEqual([network('a'), id]);
    expect(forgotten).toEqual([stage.PROJECT_ID]);
    const { secrets, ...without } = arranged();
    expect(secrets).toBeDefined();
    expect(await removeItem(stage.undoRun(without), app)).toEqual(GONE);
  });
});

describe('looking into a container', () => {
  const look = (run: stage.Run, container = 'dstack-container'): Promise<readonly string[]> =>
    lookInto(run, stage.ENDPOINT, container);

  it('shows what is in it, the record aside', async () => {
    const ports = undoPorts();
    stage.putContainer(ports, artifacts, ['a.bin']);
    stage.putContainer(ports, recordContainer, ['projects/vision.json', 'b.txt']);
    const run = stage.undoRun(ports);
    expect(await look(run)).toEqual(['a.bin']);
    expect(await look(run, 'dstack-azure')).toEqual(['b.txt']);
    expect([ports.resources.writes, run.granted, run.events]).toEqual([[], [], []]);
  });

  it.each(['dstack-container', 'photos'])(
    'asks nothing of one that is not there: %s',
    async (name) => {
      const ports = undoPorts();
      ports.azure.forbidden.add('blobs');
      ports.resources.put(`${account}/blobServices/default/containers/photos`, {});
      expect(await look(stage.undoRun(ports), name)).toEqual([]);
    },
  );

  it('gives itself the right of a set-up where nobody has it, and takes it back with the others', async () => {
    const ports = undoPorts();
    ports.resources.put(artifacts, {});
    ports.azure.blobNames.set(artifacts.toLowerCase(), ['a.bin']);
    const run = stage.undoRun(ports);
    expect(await look(run)).toEqual(['a.bin']);
    const [id = ''] = ports.resources.writes;
    expect(id.startsWith(`${artifacts}/providers/Microsoft.Authorization/roleAssignments/`)).toBe(
      true,
    );
    const { target } = ports.resources.calls.find(({ op }) => op === 'write') ?? {};
    expect(target?.body).toMatchObject({ properties: { principalId: dev.principalId } });
    expect(ports.journal.entries).toMatchObject([
      { event: 'creating', key: 'role/caller/dstack-container', runId: 'undo-1', target },
    ]);
    expect(run.granted).toEqual([
      {
        key: `assignment/${id.slice(id.lastIndexOf('/') + 1)}`,
        ...{ kind: 'roleAssignment', id, target },
        name: 'Storage Blob Data Contributor on dstack-container',
        why: 'Given by this undo, to look into the container.',
        ...{ decision: 'remove', proof: 'description', stage: 7, after: [] },
      },
    ]);
  });

  it('waits for a right that spreads, once given or found', async () => {
    const ports = undoPorts();
    ports.resources.put(artifacts, {});
    let looks = 0;
    stage.answer(ports, {
      blobs: () => {
        const blind = azureError({ status: 403, code: 'AuthorizationPermissionMismatch' });
        return (looks += 1) < 4 ? Promise.reject(blind) : Promise.resolve([]);
      },
    });
    const first = stage.undoRun(ports);
    expect(await look(first)).toEqual([]);
    expect([looks, ports.resources.writes.length, first.events.length]).toEqual([4, 1, 2]);
    expect(first.events[0]).toMatchObject({
      ...{ code: 'removeWaiting', resource: 'container/dstack-container' },
      reason: 'AuthorizationPermissionMismatch',
    });
    looks = 0;
    const second = stage.undoRun(ports);
    expect(await look(second)).toEqual([]);
    expect([ports.resources.writes.length, second.granted]).toEqual([1, []]);
  });

  it('says at once what no right of ours would mend', async () => {
    const ports = undoPorts();
    ports.resources.put(artifacts, {});
    ports.azure.forbidden.add('blobs');
    await expect(look(stage.undoRun(ports))).rejects.toMatchObject({ code: 'AuthorizationFailed' });
    const blind = lookInto(stage.undoRun(ports), undefined, 'dstack-container');
    await expect(blind).rejects.toMatchObject({
      ...{ code: 'no_blob_endpoint', source: 'azure' },
      message: 'The storage account has no blob endpoint.',
      remedy: 'Look into the account in the Azure portal.',
    });
    expect(ports.resources.writes).toEqual([]);
  });
});

describe('purging a vault', () => {
  const id = `${group}/providers/Microsoft.KeyVault/vaults/${ACCOUNT}`;
  const vault = { key: 'keyVault', kind: 'keyVault', id: id.toUpperCase(), name: 'V' } as const;
  const item = (change: Change = {}): UndoItem =>
    undoItem('keyVault', { kind: 'keyVault', id, name: ACCOUNT, decision: 'ask', ...change });
  const purge = (ports: FakeUndoPorts, ...items: readonly UndoItem[]): Promise<void> =>
    purgeVault(undoPlan(items), vault, ports, never);

  it('asks for exactly this one, and waits until its name is free', async () => {
    const ports = undoPorts();
    const asked: unknown[] = [];
    stage.answer(ports, {
      purgeVault: (where: unknown) => Promise.resolve(void asked.push(where)),
      isVaultInBin: (where: unknown) => Promise.resolve(asked.push(where) < 4),
    });
    const start = ports.clock.now();
    await purge(ports, undoItem('other'), item());
    const where = { ...at, location: sampleSpec().location, name: ACCOUNT };
    expect(asked).toEqual([where, where, where, where]);
    expect(ports.clock.now() - start).toBe(4_000);
  });

  it('gives up after five minutes, and says that Azure goes on', async () => {
    const ports = undoPorts();
    let looks = 0;
    stage.answer(ports, { isVaultInBin: () => Promise.resolve((looks += 1) > 0) });
    await expect(purge(ports, item())).rejects.toMatchObject({
      ...{ code: 'still_running', source: 'azure', object: ACCOUNT },
      message: `Azure is still purging ${ACCOUNT}, longer than it usually takes.`,
      remedy: 'Wait a while; the name is free when the vault is no longer among the deleted ones.',
    });
    expect(looks).toBe(151);
  });

  it.each<[string, () => readonly UndoItem[]]>([
    ['that no plan has', () => []],
    ['that the undo has kept', () => [item({ decision: 'keep' })]],
    ['of another id', () => [item({ id: `${id}2` })]],
    ['that no tag proves', () => [item({ proof: 'none' })]],
    ['that is none', () => [item({ kind: 'virtualNetwork' })]],
  ])('refuses one %s', async (_which, items) => {
    const ports = undoPorts();
    await expect(purge(ports, ...items())).rejects.toMatchObject({
      ...{ code: 'not_the_projects_vault', source: 'bug', object: vault.id },
      message: 'V is not a vault that this undo has removed.',
      remedy: 'Purge it in the Azure portal, if it is yours.',
    });
    expect(ports.azure.purged).toEqual([]);
  });
});
