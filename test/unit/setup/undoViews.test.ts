import { describe, expect, it } from 'vitest';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { lookView, type UndoChoices } from '../../../src/setup/undoPage/lookView.ts';
import { receiptMarkdown } from '../../../src/setup/undoPage/receiptMarkdown.ts';
import { receiptView } from '../../../src/setup/undoPage/receiptView.ts';
import { removals } from '../../../src/setup/undoPage/undoProgress.ts';
import { STAGE, type UndoItem, type UndoPlan } from '../../../src/setup/undoPlan.ts';
import type { UndoReceipt } from '../../../src/setup/undoReceipt.ts';
import { failure } from './sampleModel.ts';
import { dev, sampleSpec, SUBSCRIPTION } from './sampleSpec.ts';

function item(decision: UndoItem['decision'], kind: UndoItem['kind'] = 'keyVault'): UndoItem {
  const base = { key: decision, kind, id: `/${decision}`, name: `the ${decision}`, why: 'So.' };
  return { ...base, decision, proof: 'tag', stage: STAGE.members, after: [] };
}

function held(decision: UndoItem['decision']): UndoItem {
  return { ...item(decision), heldBy: [{ name: 'hold', scope: '/ids', level: 'ReadOnly' }] };
}

function plan(change: Partial<UndoPlan> = {}): UndoPlan {
  return {
    project: projectContext(sampleSpec(), dev),
    items: [item('remove')],
    blockers: [],
    notes: ['A note.'],
    foreign: ['theirs'],
    origins: new Map(),
    ...change,
  };
}

const ready: UndoChoices = {
  ticked: new Set(),
  cleansFolders: true,
  withoutServer: false,
  typed: 'vision',
};

describe('What an undo would do', () => {
  it('is shown object by object, with a tick where data is at stake', () => {
    const items = [
      item('remove', 'server'),
      item('untag'),
      item('ask'),
      { ...item('ask'), key: 'other' },
      item('keep'),
    ];
    const choices = { ...ready, ticked: new Set(['other', 'keep']) };
    const view = lookView(plan({ items }), ['here'], choices);
    const line = (decision: string, kindLabel = 'Key vault') => ({
      ...{ key: decision, kindLabel, name: `the ${decision}`, decision, why: 'So.' },
    });
    expect(view).toEqual({
      items: [
        line('remove', 'dstack server'),
        line('untag'),
        { ...line('ask'), ticked: false },
        { ...line('ask'), key: 'other', ticked: true },
        line('keep'),
      ],
      foreign: ['theirs'],
      notes: ['A note.'],
      blockers: [],
      folders: { names: ['here'], ticked: true },
      typed: 'vision',
      canUndo: true,
    });
    const waits = ({ key, kindLabel, name }: ReturnType<typeof line>) => ({
      ...{ key, kindLabel, name, status: 'waiting' },
    });
    expect(removals(plan({ items }), choices.ticked)).toEqual([
      waits(line('remove', 'dstack server')),
      { ...waits(line('untag')), stays: true, note: 'Stays, and loses the project’s tags' },
      waits({ ...line('ask'), key: 'other' }),
    ]);
  });

  it('is shown as locked where a lock holds it, with no tick and without a step in the run', () => {
    const items = [held('remove'), held('ask'), item('untag')];
    const ticked = new Set(['ask']);
    const view = lookView(plan({ items }), [], { ...ready, ticked });
    expect(view.items.map(({ decision }) => decision)).toEqual(['locked', 'locked', 'untag']);
    expect(view.items.filter((each) => 'ticked' in each)).toEqual([]);
    expect(view.canUndo).toBe(true);
    expect(removals(plan({ items }), ticked).map(({ key }) => key)).toEqual(['untag']);
  });

  it.each<[string, Partial<UndoPlan>, readonly string[], Partial<UndoChoices>, string | undefined]>(
    [
      ['it is confirmed', {}, [], {}, undefined],
      ['it is confirmed with blanks around', {}, [], { typed: ' vision ' }, undefined],
      [
        'another name is typed',
        {},
        [],
        { typed: 'Vision' },
        'Type the name of the project to confirm.',
      ],
      ['something stops it', { blockers: [failure(), failure('x', 'No.')] }, [], {}, 'Broken.'],
      ['nothing is left', { items: [] }, [], {}, 'There is nothing to delete.'],
      [
        'all that is left stays',
        { items: [item('keep'), item('ask')] },
        [],
        {},
        'There is nothing to delete.',
      ],
      [
        'something was ticked',
        { items: [item('ask')] },
        [],
        { ticked: new Set(['ask']) },
        undefined,
      ],
      ['a tag is left', { items: [item('untag')] }, [], {}, undefined],
      [
        'locks hold the rest, a folder of the project or not',
        { items: [held('remove'), item('keep')] },
        ['here'],
        {},
        'Locks hold all that could be deleted.',
      ],
      ['only a folder is left', { items: [] }, ['here'], {}, undefined],
      [
        'a folder is left that stays',
        { items: [] },
        ['here'],
        { cleansFolders: false },
        'There is nothing to delete.',
      ],
    ],
  )('can be done or not where %s', (_name, change, folders, choices, whyNot) => {
    const view = lookView(plan(change), folders, { ...ready, ...choices });
    expect(view.canUndo).toBe(whyNot === undefined);
    expect(view.whyNot).toBe(whyNot);
  });

  it('can go without a server that is silent, and says what stays there', () => {
    expect(lookView(plan(), [], ready)).not.toHaveProperty('withoutServer');
    expect(lookView(plan(), [], ready)).not.toHaveProperty('folders');
    const other = lookView(plan({ blockers: [failure('project_in_use')] }), [], ready);
    expect(other).not.toHaveProperty('withoutServer');
    expect(other.blockers).toEqual([
      { code: 'project_in_use', message: 'Broken.', remedy: 'Mend it.' },
    ]);
    const blockers = [failure('project_in_use'), failure('server_unreachable')];
    expect(lookView(plan({ blockers }), [], ready).withoutServer).toBe(false);
    const without = { ...ready, withoutServer: true };
    expect(lookView(plan(), [], without)).toMatchObject({
      withoutServer: true,
      notes: [
        'A note.',
        'The local dstack server is not told: its file keeps the project “vision” with its Azure backend.',
      ],
    });
    const none = projectContext(sampleSpec({ server: { kind: 'none' } }), dev);
    expect(lookView(plan({ project: none }), [], without).notes).toEqual(['A note.']);
  });
});

function receipt(change: Partial<UndoReceipt> = {}): UndoReceipt {
  const none = { gone: [], untagged: [], kept: [], failed: [], left: [], inBin: [] };
  return { outcome: 'done', runId: 'run-1', stillRunning: [], ...none, ...change };
}

const line = (key: string) => ({
  ...{ key, kind: 'virtualNetwork' as const, id: `/ids/${key}`, name: `the_${key}` },
});
const shown = (key: string) => ({ key, kindLabel: 'Virtual network', name: `the_${key}` });
const kept = { ...line('kept'), why: 'It holds *data*.' };
const failed = { ...line('failed'), error: failure('x', 'A lock.') };

describe('A receipt', () => {
  it.each<[Partial<UndoReceipt>, string]>([
    [{ gone: [line('a')] }, 'Everything that the project had made is gone.'],
    [
      { gone: [line('a')], kept: [kept] },
      'The project is taken back as far as you wanted: 1 gone, 1 kept.',
    ],
    [
      { outcome: 'cancelled', gone: [line('a'), line('b')], left: [line('c')] },
      'Cancelled: 2 gone, 0 kept. 1 left as they were.',
    ],
    [{ outcome: 'failed', failed: [failed] }, 'Not finished: 0 gone, 0 kept. 1 failed.'],
  ])('says in one sentence how it went (case %#)', (change, summary) => {
    expect(receiptView(receipt(change)).summary).toBe(summary);
  });

  it('has each object in one list, with what is to know of it', () => {
    const vault = { ...line('vault'), kind: 'keyVault' as const, note: 'For 7 days.' };
    const files = [{ path: 'a', note: 'deleted' }];
    const view = receiptView(
      receipt({
        gone: [line('gone')],
        untagged: [line('untagged')],
        kept: [kept],
        failed: [failed],
        left: [line('left'), line('running')],
        stillRunning: ['running'],
        inBin: [vault, { ...line('bin'), note: 'A note.' }],
      }),
      files,
    );
    expect(view).toMatchObject({
      gone: [shown('gone')],
      untagged: [shown('untagged')],
      kept: [{ ...shown('kept'), note: 'It holds *data*.' }],
      failed: [
        { ...shown('failed'), problem: { code: 'x', message: 'A lock.', remedy: 'Mend it.' } },
      ],
      left: [shown('left'), { ...shown('running'), note: 'Azure may still finish removing it.' }],
      inBin: [
        { ...shown('vault'), kindLabel: 'Key vault', note: 'For 7 days.', canPurge: true },
        { ...shown('bin'), note: 'A note.', canPurge: false },
      ],
      files,
    });
    expect(view.left[0]).not.toHaveProperty('note');
    expect(receiptView(receipt()).files).toEqual([]);
  });

  it('as a document says what, where, when and why, with the ids that Azure knows', () => {
    const whole = receipt({
      outcome: 'failed',
      gone: [line('gone')],
      untagged: [line('untagged')],
      kept: [kept],
      failed: [failed],
      left: [line('left')],
      inBin: [
        { ...line('gone'), note: 'For 7 days.' },
        { ...line('bin'), note: 'A note.' },
      ],
    });
    const view = receiptView(whole, [
      { path: '.dstack/config.yml', note: 'the project’s *entry*' },
    ]);
    const at = Date.UTC(2026, 0, 2, 3, 4, 5);
    expect(receiptMarkdown(sampleSpec(), whole, view, at).split('\n\n')).toEqual([
      '# Receipt: the dstack project vision was deleted',
      'Not finished: 1 gone, 1 kept. 1 failed.',
      [
        '- When: 2026-01-02T03:04:05.000Z',
        `- Subscription: \`${SUBSCRIPTION}\``,
        '- Resource group: `dstack-vision`',
        '- Storage account: `dstackvision1a2b3c4d`',
        '- Run: `run-1`',
      ].join('\n'),
      '## Gone',
      '- Virtual network `the_gone`\n  `/ids/gone`',
      '## In Azure’s bin',
      '- Virtual network `the_gone`: For 7 days.\n  `/ids/gone`\n- Virtual network `the_bin`: A note.',
      '## Stays without the project’s tags',
      '- Virtual network `the_untagged`\n  `/ids/untagged`',
      '## Kept',
      '- Virtual network `the_kept`: It holds \\*data\\*.\n  `/ids/kept`',
      '## Failed',
      '- Virtual network `the_failed`: A lock. Mend it.\n  `/ids/failed`',
      '## Not reached',
      '- Virtual network `the_left`\n  `/ids/left`',
      '## Files',
      '- `.dstack/config.yml`: the project’s \\*entry\\*\n',
    ]);
    const bare = receiptMarkdown(sampleSpec(), receipt(), receiptView(receipt()), at);
    expect(bare).not.toContain('## ');
  });
});
