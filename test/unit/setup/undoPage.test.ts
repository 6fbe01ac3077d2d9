import { describe, expect, it } from 'vitest';
import type { UndoIntent } from '../../../src/contract/undoIntent.ts';
import { parseUndoIntent } from '../../../src/contract/undoGuard.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import type { UndoOptions } from '../../../src/setup/undoApply.ts';
import type { UndoDeps } from '../../../src/setup/undoPage/undoDeps.ts';
import { UndoSession } from '../../../src/setup/undoPage/undoSession.ts';
import { parseUndoSnapshot } from '../../../src/setup/undoPage/undoSnapshot.ts';
import { STAGE, type UndoItem, type UndoPlan } from '../../../src/setup/undoPlan.ts';
import type { UndoReceipt } from '../../../src/setup/undoReceipt.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { dev, sampleSpec } from './sampleSpec.ts';
import { ManualClock, tick } from './wizardWorld.ts';

const spec = sampleSpec();

function item(key: string, decision: UndoItem['decision']): UndoItem {
  const kind = key === 'keyVault' ? 'keyVault' : 'storageAccount';
  const base = { key, kind, id: `/${key}`, name: `the ${key}`, why: 'because' } as const;
  return { ...base, decision, proof: 'tag', stage: STAGE.account, after: [] };
}

const inUse = new SetupError({
  code: 'project_in_use',
  source: 'user',
  message: 'VMs of the project exist: fleet-0.',
  remedy: 'Delete the fleet.',
});
const silent = new SetupError({
  code: 'server_unreachable',
  source: 'dstack',
  message: 'The server does not answer.',
  remedy: 'Start it.',
});

/** An undo whose answers the test gives. */
class World {
  items: readonly UndoItem[] = [item('vnet', 'remove'), item('keyVault', 'ask')];
  blockers: readonly SetupError[] = [];
  folderNames: readonly string[] = ['my-project'];
  looks: boolean[] = [];
  readonly runs: { readonly options: UndoOptions }[] = [];
  readonly cleaned: string[] = [];
  readonly changed: string[] = [];
  readonly opened: string[] = [];
  readonly saved: string[] = [];
  readonly purged: string[] = [];
  mayPurge = true;
  /** The project that is being set up. */
  settingUp: string | undefined;
  cleaning: Error | undefined;
  looking: Error | undefined;
  #end: ((result: UndoReceipt | Error) => void) | undefined;

  readonly deps: UndoDeps = {
    clock: new ManualClock(),
    look: ({ withoutServer }) => {
      this.looks.push(withoutServer);
      return this.looking === undefined
        ? Promise.resolve(this.plan(withoutServer))
        : Promise.reject(this.looking);
    },
    undo: (_, options) => {
      this.runs.push({ options });
      return new Promise((resolve, reject) => {
        this.#end = (result) => (result instanceof Error ? reject(result) : resolve(result));
      });
    },
    isBeingSetUp: ({ name }) => this.settingUp === name,
    folders: () => this.folderNames,
    cleanFolders: ({ name }) => {
      if (this.cleaning !== undefined) return Promise.reject(this.cleaning);
      this.cleaned.push(name);
      return Promise.resolve([{ path: '.dstack/config.yml', note: 'deleted' }]);
    },
    onChanged: ({ name }, outcome) => void this.changed.push(`${name} ${outcome}`),
    confirmPurge: () => Promise.resolve(this.mayPurge),
    purge: ({ vault }) => Promise.resolve(void this.purged.push(vault.name)),
    openDocument: (text) => Promise.resolve(void this.opened.push(text)),
    saveDocument: (text, name) => {
      this.saved.push(`${name}: ${text}`);
      return Promise.resolve(true);
    },
  };

  plan(withoutServer: boolean): UndoPlan {
    return {
      project: projectContext(spec, dev),
      items: this.items,
      blockers: withoutServer ? [] : this.blockers,
      notes: [],
      foreign: ['theirs'],
      origins: new Map(),
    };
  }

  async open(snapshot: object = {}): Promise<UndoSession> {
    const known = { schema: 1 as const, accountId: 'dev', spec, running: false, ...snapshot };
    const session = new UndoSession(this.deps, known);
    await tick();
    return session;
  }

  get run() {
    const run = this.runs.at(-1);
    if (run === undefined) throw new Error('nothing runs');
    return run.options;
  }

  async end(result: Partial<UndoReceipt> | Error): Promise<void> {
    const none = { gone: [], untagged: [], kept: [], failed: [], left: [], stillRunning: [] };
    const whole = { outcome: 'done', runId: 'r', ...none, inBin: [] } as const;
    this.#end?.(result instanceof Error ? result : { ...whole, ...result });
    await tick();
  }
}

async function send(session: UndoSession, ...intents: readonly UndoIntent[]): Promise<void> {
  for (const intent of intents) {
    session.dispatch(intent);
    await tick();
  }
}

const confirm: UndoIntent = { kind: 'type', value: spec.name };
const undo: UndoIntent = { kind: 'undo' };

describe('Before anything is deleted', () => {
  it('shows what goes, what stays and what can be ticked, and deletes nothing by itself', async () => {
    const world = new World();
    const { state } = await world.open();
    expect(state).toMatchObject({
      step: 'look',
      projectName: spec.name,
      look: {
        items: [
          { key: 'vnet', decision: 'remove', why: 'because' },
          { key: 'keyVault', decision: 'ask', ticked: false },
        ],
        foreign: ['theirs'],
        folders: { names: ['my-project'], ticked: true },
        canUndo: false,
      },
    });
    expect(world.runs).toEqual([]);
  });

  it.each(['', 'other', spec.name.toUpperCase()])(
    'wants the name of the project typed as it is: %j is not enough',
    async (value) => {
      const world = new World();
      const session = await world.open();
      await send(session, { kind: 'type', value }, undo);
      expect(session.state.look?.whyNot).toMatch(/Type the name/);
      expect(world.runs).toEqual([]);
    },
  );

  it('is stopped by what is in use, whose names it says', async () => {
    const world = new World();
    world.blockers = [inUse];
    const session = await world.open();
    await send(session, confirm, undo);
    expect(session.state.look?.blockers).toMatchObject([{ code: 'project_in_use' }]);
    expect(session.state.announcement).toContain('fleet-0');
    expect(world.runs).toEqual([]);
    world.blockers = [];
    await send(session, { kind: 'lookAgain' }, undo);
    expect(world.runs).toHaveLength(1);
  });

  it('waits for the end of a set-up of the same project', async () => {
    const world = new World();
    const session = await world.open();
    world.settingUp = spec.name;
    await send(session, confirm, undo);
    expect(session.state).toMatchObject({
      step: 'look',
      problem: { code: 'set_up_running' },
      announcement: `The project ${spec.name} is being set up.`,
    });
    expect(world.runs).toEqual([]);
    world.settingUp = undefined;
    await send(session, undo);
    expect(session.state.step).toBe('running');
    expect(session.state).not.toHaveProperty('problem');
  });

  it('can go without a server that does not answer, once somebody has said so', async () => {
    const world = new World();
    world.blockers = [silent];
    const session = await world.open();
    expect(session.state.look?.withoutServer).toBe(false);
    await send(session, { kind: 'withoutServer', on: true });
    expect(world.looks).toEqual([false, true]);
    expect(session.state.look?.withoutServer).toBe(true);
    expect(session.state.look?.notes).toEqual([
      'The local dstack server is not told: its file keeps the project “vision” with its Azure backend.',
    ]);
    await send(session, confirm, undo);
    expect(world.runs).toHaveLength(1);
  });

  it('says why it can’t look, and looks again when asked', async () => {
    const world = new World();
    world.looking = inUse;
    const session = await world.open();
    expect(session.state).toMatchObject({ step: 'looking', problem: { code: 'project_in_use' } });
    world.looking = undefined;
    await send(session, { kind: 'lookAgain' });
    expect(session.state.step).toBe('look');
    expect(session.state.problem).toBeUndefined();
  });

  it('has nothing to do where nothing is left, and no folder to clean', async () => {
    const world = new World();
    world.items = [item('nsg', 'keep')];
    world.folderNames = [];
    const session = await world.open();
    await send(session, confirm);
    expect(session.state.look?.whyNot).toMatch(/nothing to delete/);
  });
});

describe('A project that is deleted', () => {
  const running = async (world: World, ...more: readonly UndoIntent[]): Promise<UndoSession> => {
    const session = await world.open();
    await send(session, ...more, confirm, undo);
    return session;
  };

  it('takes what was ticked, one by one, and nothing else that holds data', async () => {
    const world = new World();
    const session = await running(world);
    expect(world.run.ticked).toEqual(new Set());
    expect(session.state.progress?.items.map(({ key }) => key)).toEqual(['vnet']);
    const other = new World();
    await running(other, { kind: 'tick', key: 'keyVault', on: true });
    expect(other.run.ticked).toEqual(new Set(['keyVault']));
    const foreign = new World();
    await running(foreign, { kind: 'tick', key: 'vnet', on: true });
    expect(foreign.run.ticked).toEqual(new Set());
  });

  it('shows each object on its way, with its reason if it fails or stays', async () => {
    const world = new World();
    world.items = ['a', 'b', 'c'].map((key) => item(key, 'remove'));
    const session = await running(world);
    const { report } = world.run;
    for (const resource of ['a', 'b', 'c']) report({ time: 0, code: 'removeStarted', resource });
    report({ time: 2000, code: 'removeDone', resource: 'a', id: '/a' });
    report({ time: 2000, code: 'removeKept', resource: 'b', why: 'In use.' });
    const failure = { error: 'locked', message: 'A lock.', remedy: 'Lift it.' };
    report({ time: 2000, code: 'removeFailed', resource: 'c', ...failure });
    const { progress } = session.state;
    expect(progress?.items).toMatchObject([
      { status: 'done', durationMs: 2000 },
      { status: 'skipped', note: 'Stays: In use.' },
      { status: 'failed', problem: { code: 'locked' } },
    ]);
    expect(progress).toMatchObject({ done: 2, total: 3, canCancel: true });
    expect(session.state.announcement).toContain('A lock.');
  });

  it('ends in a receipt, with the folder cleaned, and tells whoever shows the project', async () => {
    const world = new World();
    const session = await running(world);
    await world.end({ gone: [item('vnet', 'remove')] });
    expect(session.state).toMatchObject({
      step: 'receipt',
      receipt: { outcome: 'done', gone: [{ name: 'the vnet' }], files: [{ note: 'deleted' }] },
    });
    expect(world.cleaned).toEqual([spec.name]);
    expect(world.changed).toEqual([`${spec.name} done`]);
  });

  it('leaves the folder as it is where somebody wanted it so, or where not all has gone', async () => {
    const world = new World();
    await running(world, { kind: 'tickFolders', on: false });
    await world.end({});
    expect(world.cleaned).toEqual([]);
    const other = new World();
    await running(other);
    await other.end({ outcome: 'failed' });
    expect(other.cleaned).toEqual([]);
  });

  it('gives the receipt all the same when a file of the folder can’t be edited', async () => {
    const world = new World();
    world.cleaning = inUse;
    const session = await running(world);
    await world.end({});
    expect(session.state).toMatchObject({ step: 'receipt', problem: { code: 'project_in_use' } });
  });

  it('is cancelled once; its receipt says what was not reached, and another look goes on', async () => {
    const world = new World();
    const session = await running(world);
    await send(session, { kind: 'cancel' }, { kind: 'cancel' });
    expect(world.run.signal.aborted).toBe(true);
    expect(session.state.progress).toMatchObject({ cancelling: true, canCancel: false });
    await world.end({
      outcome: 'cancelled',
      left: [item('vnet', 'remove')],
      stillRunning: ['vnet'],
    });
    expect(session.state.receipt?.left).toMatchObject([{ name: 'the vnet' }]);
    expect(session.state.receipt?.left[0]?.note).toMatch(/may still finish/);
    await send(session, { kind: 'lookAgain' });
    expect(session.state).toMatchObject({ step: 'look', look: { typed: '', canUndo: false } });
    expect(world.looks).toHaveLength(2);
  });

  it('looks again when something came into use meanwhile, and says what', async () => {
    const world = new World();
    const session = await running(world);
    await world.end(inUse);
    expect(session.state).toMatchObject({ step: 'look', problem: { code: 'project_in_use' } });
    expect(world.changed).toEqual([]);
  });

  it('looks again when it was cancelled before it began, and calls that no failure', async () => {
    const world = new World();
    const session = await running(world);
    const steps: unknown[] = [];
    session.onDidChange(() => steps.push([session.state.asking, session.state.problem?.code]));
    await send(session, { kind: 'cancel' });
    await world.end(cancellation());
    expect(steps).toContainEqual([true, 'cancelled']);
    expect(session.state).toMatchObject({
      step: 'look',
      problem: { code: 'cancelled', message: 'Deleting was cancelled before it began.' },
    });
    expect(world.changed).toEqual([]);
  });

  it('stops with its window and says nothing any more', async () => {
    const world = new World();
    const session = await running(world);
    session.dispose();
    expect(world.run.signal.aborted).toBe(true);
    await world.end(cancellation());
    expect(world.looks).toHaveLength(1);
  });
});

describe('A receipt', () => {
  const vault = { ...item('keyVault', 'ask'), note: 'Kept for a week.' };
  const withReceipt = async (world: World): Promise<UndoSession> => {
    const session = await world.open();
    await send(session, { kind: 'tick', key: 'keyVault', on: true }, confirm, undo);
    await world.end({
      gone: [vault],
      kept: [{ ...item('nsg', 'keep'), why: 'a *b*' }],
      inBin: [vault],
    });
    return session;
  };

  it('can be opened and saved as a text that Markdown does not misread', async () => {
    const world = new World();
    const session = await withReceipt(world);
    await send(session, { kind: 'openReceipt' }, { kind: 'saveReceipt' });
    expect(world.opened[0]).toContain('## Gone');
    expect(world.opened[0]).toContain('a \\*b\\*');
    expect(world.opened[0]).toContain('`/keyVault`');
    expect(world.saved[0]).toContain(`dstack-receipt-${spec.name}.md: # Receipt`);
    expect(session.state.notice).toBe('The receipt is saved.');
  });

  it('offers to purge a vault, after one more question', async () => {
    const world = new World();
    const session = await withReceipt(world);
    world.mayPurge = false;
    await send(session, { kind: 'purge', key: 'keyVault' });
    expect(world.purged).toEqual([]);
    world.mayPurge = true;
    await send(session, { kind: 'purge', key: 'keyVault' });
    expect(world.purged).toEqual(['the keyVault']);
    expect(session.state.receipt?.inBin).toEqual([]);
    expect(session.state.notice).toMatch(/its name is free/);
  });

  it('is there again after a reload', async () => {
    const world = new World();
    const session = await withReceipt(world);
    const reloaded = (before: UndoSession): Promise<UndoSession> =>
      new World().open(parseUndoSnapshot(JSON.parse(JSON.stringify(before.snapshot()))));
    const again = await reloaded(session);
    expect(again.state.step).toBe('receipt');
    // What the purge needs is gone with the window: no button that does nothing.
    const note = 'Kept for a week. To purge it, look in the Azure portal under Key vaults.';
    const [line] = session.state.receipt?.inBin ?? [];
    expect(line?.canPurge).toBe(true);
    const inBin = [{ ...line, note, canPurge: false }];
    expect(again.state.receipt).toEqual({ ...session.state.receipt, inBin });
    expect((await reloaded(again)).state.receipt).toEqual(again.state.receipt);
  });
});

describe('A reload in the middle', () => {
  it('shows what is left and deletes nothing unasked', async () => {
    const world = new World();
    const session = await world.open();
    await send(session, confirm, undo);
    const stored = parseUndoSnapshot(JSON.parse(JSON.stringify(session.snapshot())));
    expect(stored?.running).toBe(true);
    const after = new World();
    const again = await after.open(stored);
    expect(again.state).toMatchObject({ step: 'look', problem: { code: 'interrupted' } });
    expect(after.runs).toEqual([]);
  });

  it.each([undefined, {}, { schema: 2 }])('takes nothing from what is no snapshot: %j', (value) => {
    expect(parseUndoSnapshot(value)).toBeUndefined();
  });
});

describe('The page of an undo', () => {
  const asks = (session: UndoSession) =>
    ['look', 'progress', 'receipt'].filter((part) => part in session.state);

  async function running(world: World): Promise<UndoSession> {
    const session = await world.open();
    await send(session, confirm, undo);
    return session;
  }

  async function ended(world: World, result: Partial<UndoReceipt> = {}): Promise<UndoSession> {
    const session = await running(world);
    await world.end(result);
    return session;
  }

  it('shows one thing at a time, and nothing that is not so', async () => {
    const world = new World();
    const session = new UndoSession(world.deps, {
      ...{ schema: 1, accountId: 'dev', spec, running: false },
    });
    expect(session.state).toEqual({
      revision: 1,
      projectName: spec.name,
      step: 'looking',
      asking: true,
      announcement: 'Looking at what the project has made.',
    });
    await tick();
    expect(asks(session)).toEqual(['look']);
    expect(session.state.announcement).toBe('This is what would go. Nothing has been deleted yet.');
    expect(session.state.look?.folders).toEqual({ names: ['my-project'], ticked: true });
    await send(session, confirm, undo);
    expect(asks(session)).toEqual(['progress']);
    expect(session.state.announcement).toBe('Deleting the project vision.');
    expect(session.state.progress).toMatchObject({ canCancel: true, cancelling: false });
    await world.end({});
    expect(asks(session)).toEqual(['receipt']);
    expect(session.state.announcement).toBe(session.state.receipt?.summary);
    for (const part of ['problem', 'notice']) expect(session.state).not.toHaveProperty(part);
    expect(session.request).toEqual({ accountId: 'dev', spec });
  });

  it('is said to be held by locks, and not to delete what they hold', async () => {
    const world = new World();
    const heldBy = [{ name: 'hold', scope: '/vnet', level: 'CanNotDelete' }] as const;
    world.items = [{ ...item('vnet', 'remove'), heldBy }, item('nsg', 'remove')];
    const session = await world.open();
    expect(session.state.announcement).toBe(
      'Locks hold some of what would go. Nothing has been deleted yet.',
    );
  });

  it('keeps for a reload what it has, and a receipt only once there is one', async () => {
    const world = new World();
    const session = await running(world);
    const snapshot = { schema: 1, accountId: 'dev', spec, running: true };
    expect(session.snapshot()).toStrictEqual(snapshot);
    await world.end({});
    expect(session.snapshot()).toMatchObject({ running: false, receipt: { view: {} } });
    await send(session, { kind: 'lookAgain' });
    expect(session.snapshot()).toStrictEqual({ ...snapshot, running: false });
  });

  it('tells its listeners of each change by a higher number, as long as they listen', async () => {
    const session = await new World().open();
    const heard: number[] = [];
    const listening = session.onDidChange(() => heard.push(session.state.revision));
    const { revision } = session.state;
    await send(session, { kind: 'ready' }, { kind: 'leave' }, { kind: 'ready' });
    expect(heard).toEqual([revision + 1, revision + 2]);
    listening.dispose();
    await send(session, { kind: 'ready' });
    expect(heard).toHaveLength(2);
  });

  it.each<UndoIntent>([
    { kind: 'tick', key: 'keyVault', on: true },
    { kind: 'tickFolders', on: false },
    { kind: 'withoutServer', on: true },
    { kind: 'type', value: 'x' },
    { kind: 'lookAgain' },
    { kind: 'undo' },
    { kind: 'purge', key: 'keyVault' },
    { kind: 'openReceipt' },
    { kind: 'saveReceipt' },
  ])('takes no %j while it deletes', async (intent) => {
    const world = new World();
    const session = await running(world);
    const { step, progress } = session.state;
    await send(session, intent);
    expect(session.state).toMatchObject({ step, progress });
    expect(asks(session)).toEqual(['progress']);
    expect([world.looks.length, world.runs.length]).toEqual([1, 1]);
    expect([...world.opened, ...world.saved, ...world.purged]).toEqual([]);
  });

  it.each<UndoIntent>([
    { kind: 'cancel' },
    { kind: 'undo' },
    { kind: 'tick', key: 'vnet', on: true },
    { kind: 'tick', key: 'nothing', on: true },
    { kind: 'openReceipt' },
    { kind: 'saveReceipt' },
    { kind: 'purge', key: 'keyVault' },
  ])('takes no %j before it is confirmed', async (intent) => {
    const world = new World();
    const session = await world.open();
    const { look } = session.state;
    await send(session, intent);
    expect(session.state.look).toEqual(look);
    expect([world.looks.length, world.runs.length]).toEqual([1, 0]);
    expect([...world.opened, ...world.saved, ...world.purged]).toEqual([]);
  });

  it('unticks what was ticked', async () => {
    const world = new World();
    const session = await world.open();
    const ticks = (on: boolean): UndoIntent => ({ kind: 'tick', key: 'keyVault', on });
    await send(session, ticks(true));
    expect(session.state.look?.items[1]?.ticked).toBe(true);
    await send(session, ticks(false));
    expect(session.state.look?.items[1]?.ticked).toBe(false);
  });

  it('takes the newest look, and an older one says nothing any more', async () => {
    const world = new World();
    const answers: ((plan: UndoPlan | Error) => void)[] = [];
    const signals: AbortSignal[] = [];
    const deps: UndoDeps = {
      ...world.deps,
      look: (_, signal) => {
        signals.push(signal);
        return new Promise((resolve, reject) =>
          answers.push((plan) => (plan instanceof Error ? reject(plan) : resolve(plan))),
        );
      },
    };
    const session = new UndoSession(deps, { schema: 1, accountId: 'dev', spec, running: false });
    await send(session, { kind: 'lookAgain' }, { kind: 'lookAgain' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
    answers[0]?.(world.plan(false));
    answers[1]?.(inUse);
    await tick();
    expect(session.state.step).toBe('looking');
    expect(session.state).not.toHaveProperty('problem');
    answers[2]?.(cancellation());
    await tick();
    // Nobody here has cut it off: somebody has closed a sign-in.
    expect(session.state).toMatchObject({
      ...{ step: 'looking', asking: false, problem: { code: 'cancelled' } },
      announcement: 'Looking at what the project has made was cancelled.',
    });
    await send(session, { kind: 'lookAgain' });
    expect(session.state).toMatchObject({ step: 'looking', asking: true });
    expect(session.state).not.toHaveProperty('problem');
    answers[3]?.(world.plan(false));
    await tick();
    expect(session.state.step).toBe('look');
  });

  it('cleans no folder where none uses the project', async () => {
    const world = new World();
    world.folderNames = [];
    await ended(world);
    expect(world.cleaned).toEqual([]);
  });

  it('says what a button of the receipt has done, or why it failed, and aloud', async () => {
    const world = new World();
    const vault = { ...item('keyVault', 'ask'), note: 'For a week.' };
    const other = { ...item('other', 'ask'), note: 'Too.' };
    let purging: Error | undefined = inUse;
    const deps: UndoDeps = {
      ...world.deps,
      saveDocument: () => Promise.resolve(false),
      purge: () => (purging === undefined ? Promise.resolve() : Promise.reject(purging)),
    };
    const session = new UndoSession(deps, { schema: 1, accountId: 'dev', spec, running: false });
    await tick();
    await send(session, confirm, undo);
    await world.end({ inBin: [vault, other] });
    await send(session, { kind: 'saveReceipt' });
    expect(session.state).not.toHaveProperty('notice');
    const purge: UndoIntent = { kind: 'purge', key: 'keyVault' };
    await send(session, { kind: 'purge', key: 'nothing' });
    expect(session.state).not.toHaveProperty('problem');
    await send(session, purge);
    expect(session.state).toMatchObject({
      problem: { code: 'project_in_use' },
      announcement: 'VMs of the project exist: fleet-0.',
    });
    expect(session.state).not.toHaveProperty('notice');
    purging = cancellation();
    await send(session, purge);
    expect(session.state).not.toHaveProperty('problem');
    purging = undefined;
    await send(session, purge, { kind: 'openReceipt' });
    expect(session.state.receipt?.inBin).toMatchObject([{ key: 'other' }]);
    expect(world.opened[0]).toMatch(/\n\nthe keyVault is purged: its name is free\.\n$/);
    expect(world.opened[0]).toContain('# Receipt');
  });
});

describe('A message of the page', () => {
  it.each<UndoIntent>([
    { kind: 'ready' },
    { kind: 'tick', key: 'a', on: true },
    { kind: 'tickFolders', on: false },
    { kind: 'withoutServer', on: true },
    { kind: 'type', value: 'x' },
    { kind: 'purge', key: 'a' },
    { kind: 'undo' },
  ])('is passed on as it is: %j', (intent) => {
    expect(parseUndoIntent({ ...intent, more: 1 })).toEqual(intent);
  });

  it.each([
    undefined,
    null,
    'undo',
    {},
    { kind: 'delete' },
    { kind: 'tick', key: 'a' },
    { kind: 'tick', key: 1, on: true },
    { kind: 'type', value: 'x'.repeat(2001) },
    { kind: 'withoutServer', on: 'yes' },
  ])('is dropped when it is no intent: %j', (message) => {
    expect(parseUndoIntent(message)).toBeUndefined();
  });
});
