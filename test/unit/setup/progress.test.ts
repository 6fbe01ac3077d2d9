import { describe, expect, it } from 'vitest';
import type { UndoStepView } from '../../../src/contract/undoState.ts';
import type { ProgressItemView } from '../../../src/contract/wizardState.ts';
import type { SetupEvent, UndoEvent } from '../../../src/setup/events.ts';
import {
  afterUndoEvent,
  announcementOfUndo,
  undoProgressView,
} from '../../../src/setup/undoPage/undoProgress.ts';
import {
  afterEvent,
  announcementOf,
  doneKeys,
  progressView,
  startItems,
  WORKSPACE_STEP,
} from '../../../src/setup/wizard/progress.ts';

const steps = [
  { key: 'a', kindLabel: 'Storage account', name: 'one', action: 'create' },
  { key: 'b', kindLabel: 'Role', name: 'two', action: 'create' },
] as const;
const fresh = startItems(steps, new Set());
const step = { time: 5000, resource: 'a' } as const;
const broken = { error: 'quota', message: 'No room.', remedy: 'Ask for more.' };
const started: SetupEvent = { ...step, time: 1000, code: 'stepStarted', action: 'create' };
const done: SetupEvent = {
  ...step,
  code: 'stepDone',
  action: 'create',
  id: '/a',
  durationMs: 4000,
};
const failed: SetupEvent = { ...step, code: 'stepFailed', durationMs: 4000, ...broken };
const handedOff: SetupEvent = { ...failed, error: 'handed_off' };
const skipped: SetupEvent = { time: 6000, code: 'stepSkipped', resource: 'b', because: 'a' };

function after(...events: readonly SetupEvent[]): readonly ProgressItemView[] {
  let items = fresh;
  for (const event of events) items = afterEvent(items, event);
  return items;
}

describe('The steps of a run', () => {
  it('are those of the plan, and the workspace last; what is done stays done', () => {
    const kept: ProgressItemView = { key: 'b', kindLabel: 'Role', name: 'two', status: 'failed' };
    expect(startItems(steps, new Set(['a']), [kept])).toEqual([
      { key: 'a', kindLabel: 'Storage account', name: 'one', status: 'done' },
      kept,
      {
        key: WORKSPACE_STEP,
        kindLabel: 'Workspace',
        name: 'Files and terminals of this folder',
        status: 'waiting',
      },
    ]);
    expect(fresh.map(({ status }) => status)).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('are counted as far as they are done', () => {
    const flags = { canCancel: true, cancelling: false, canContinue: false };
    expect(progressView(after(started, done), flags)).toMatchObject({
      done: 1,
      total: 3,
      fraction: 1 / 3,
      ...flags,
    });
    expect([...doneKeys(after(started, done))]).toEqual(['a']);
  });

  const item = { key: 'a', kindLabel: 'Storage account', name: 'one' };
  const begun = { ...item, startedAt: 1000 };

  it.each<[string, readonly SetupEvent[], ProgressItemView]>([
    ['begins', [started], { ...begun, status: 'running' }],
    [
      'is in Azure’s hands',
      [started, { ...step, code: 'stepRunning', waitMs: 1 }],
      { ...begun, status: 'running' },
    ],
    [
      'is tried again, in whole seconds',
      [
        started,
        {
          ...{ ...step, code: 'stepRetrying', reason: 'x', attempt: 1 },
          ...{ message: 'Azure is busy.', waitMs: 1001 },
        },
      ],
      { ...begun, status: 'running', note: 'Azure is busy. Next try in 2 s.' },
    ],
    ['is done', [started, done], { ...begun, status: 'done', durationMs: 4000 }],
    ['was done before it was seen to begin', [done], { ...item, status: 'done', durationMs: 4000 }],
    [
      'fails',
      [started, failed],
      {
        ...{ ...begun, status: 'failed', durationMs: 4000 },
        problem: { code: 'quota', message: 'No room.', remedy: 'Ask for more.' },
      },
    ],
    [
      'is for an administrator',
      [started, handedOff],
      { ...begun, status: 'handedOff', note: 'Waits for an administrator.' },
    ],
    [
      'begins anew',
      [started, failed, { ...started, time: 9 }],
      { ...begun, startedAt: 9, status: 'running' },
    ],
    [
      'is looked at once more',
      [started, done, { ...started, action: 'keep' }],
      { ...begun, status: 'done', durationMs: 4000 },
    ],
    [
      'is done once more',
      [started, done, { ...started, action: 'update' }],
      { ...begun, status: 'running' },
    ],
    [
      'is looked at for the first time',
      [{ ...started, action: 'keep' }],
      { ...begun, status: 'running' },
    ],
  ])('one that %s', (_name, events, expected) => {
    const [first, ...others] = after(...events);
    expect(first).toEqual(expected);
    expect(others).toEqual(fresh.slice(1));
  });

  it('say for what they wait: by its name, or its key where it has none', () => {
    expect(after(skipped)[1]).toMatchObject({ status: 'skipped', note: 'Waits for one.' });
    const lost: SetupEvent = { time: 1, code: 'stepSkipped', resource: 'b', because: 'gone' };
    expect(after(lost)[1]?.note).toBe('Waits for gone.');
  });

  it('stop with the run; the workspace’s own goes on', () => {
    const ended: SetupEvent = { time: 9, code: 'runEnded', outcome: 'failed', stillRunning: [] };
    const workspace = { ...started, resource: WORKSPACE_STEP };
    expect(after(started, workspace, skipped, ended).map(({ status }) => status)).toEqual([
      'waiting',
      'skipped',
      'running',
    ]);
    expect(after(started, ended)[0]).toEqual({ ...item, status: 'waiting' });
    const begins: SetupEvent = { time: 0, code: 'runStarted', runId: 'r', planId: 'p', steps: 2 };
    expect(afterEvent(fresh, begins)).toBe(fresh);
  });

  it.each<[SetupEvent, string | undefined]>([
    [done, 'Storage account one is done, 1 of 3.'],
    [failed, 'Storage account one failed: No room.'],
    [handedOff, 'Storage account one waits for an administrator.'],
    [started, undefined],
    [skipped, undefined],
    [{ ...done, resource: 'elsewhere' }, undefined],
  ])('are heard when they end (case %#)', (event, said) => {
    expect(announcementOf(after(event), event)).toBe(said);
  });
});

describe('The steps of an undo', () => {
  const untagged = { stays: true, note: 'Stays, and loses the project’s tags' } as const;
  const waiting: readonly UndoStepView[] = [
    { key: 'a', kindLabel: 'Storage account', name: 'one', status: 'waiting' },
    { key: 'b', kindLabel: 'Role', name: 'two', status: 'waiting' },
    { key: 'c', kindLabel: 'Resource group', name: 'theirs', status: 'waiting', ...untagged },
  ];
  const base = { key: 'a', kindLabel: 'Storage account', name: 'one', startedAt: 1000 };
  const begins: UndoEvent = { ...step, time: 1000, code: 'removeStarted' };
  const gone: UndoEvent = { ...step, code: 'removeDone', id: '/a' };
  const kept: UndoEvent = { ...step, code: 'removeKept', why: 'Not ours.' };
  const fails: UndoEvent = { ...step, code: 'removeFailed', ...broken };

  function afterAll(...events: readonly UndoEvent[]): readonly UndoStepView[] {
    let items = waiting;
    for (const event of events) items = afterUndoEvent(items, event);
    return items;
  }

  it.each<[string, readonly UndoEvent[], ProgressItemView]>([
    ['begins', [begins], { ...base, status: 'running' }],
    [
      'waits',
      [begins, { ...step, code: 'removeWaiting', waitMs: 1 }],
      { ...base, status: 'running' },
    ],
    [
      'begins again',
      [begins, { ...begins, time: 7 }],
      { ...base, startedAt: 7, status: 'running' },
    ],
    ['goes', [begins, gone], { ...base, status: 'done', durationMs: 4000 }],
    ['was gone already', [gone], { ...base, startedAt: 5000, status: 'done', durationMs: 0 }],
    ['stays', [begins, kept], { ...base, status: 'skipped', note: 'Stays: Not ours.' }],
    [
      'fails',
      [begins, fails],
      {
        ...{ ...base, status: 'failed', durationMs: 4000 },
        problem: { code: 'quota', message: 'No room.', remedy: 'Ask for more.' },
      },
    ],
  ])('one that %s', (_name, events, expected) => {
    expect(afterAll(...events)).toEqual([expected, ...waiting.slice(1)]);
  });

  it('say of what only loses its tags that it stays, to its end', () => {
    const lost: UndoEvent = { ...gone, resource: 'c' };
    expect(afterAll({ ...begins, resource: 'c' }, lost)[2]).toEqual({
      ...{ ...base, key: 'c', kindLabel: 'Resource group', name: 'theirs' },
      ...{ status: 'done', durationMs: 4000, ...untagged },
    });
  });

  it('are as they were when the undo begins and ends', () => {
    const start: UndoEvent = { time: 0, code: 'undoStarted', runId: 'r', steps: 2 };
    const end: UndoEvent = { time: 0, code: 'undoEnded', outcome: 'done' };
    expect(afterAll(start, end)).toBe(waiting);
  });

  it('are counted when they are gone or stay', () => {
    const items = afterAll(begins, kept, { ...gone, resource: 'b' }, { ...gone, resource: 'c' });
    expect(undoProgressView(items, false)).toEqual({
      items,
      fraction: 1,
      canCancel: true,
      cancelling: false,
      done: 3,
      total: 3,
    });
    expect(undoProgressView(afterAll(fails, gone), true)).toMatchObject({
      fraction: 1 / 3,
      canCancel: false,
      cancelling: true,
    });
    expect(undoProgressView([], false).fraction).toBe(1);
  });

  it.each<[UndoEvent, string | undefined]>([
    [gone, 'Storage account one is gone, 1 of 3.'],
    [{ ...gone, resource: 'c' }, 'Resource group theirs stays without the project’s tags, 1 of 3.'],
    [fails, 'Storage account one failed: No room.'],
    [kept, undefined],
    [begins, undefined],
    [{ ...gone, resource: 'elsewhere' }, undefined],
  ])('are heard when they end (case %#)', (event, said) => {
    expect(announcementOfUndo(afterAll(event), event)).toBe(said);
  });
});
