import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import {
  decideSecret,
  keysIn,
  keysInJournal,
  type SecretChange,
  type SecretFacts,
} from '../../../src/setup/secretChange.ts';
import type { AppKey } from '../../../src/setup/secretPorts.ts';
import { sampleSpec } from './sampleSpec.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;
const key = (keyId: string, endDateTime: string, displayName = 'dstack-azure run-1'): AppKey => ({
  keyId,
  displayName,
  startDateTime: '2026-05-01T00:00:00Z',
  endDateTime,
});
const live = key('live', '2026-07-01T00:00:00Z');
const expired = key('expired', '2026-06-01T12:00:00Z');
const unnamed = key('live', '2026-07-01T00:00:00Z', 'CI');

function recordOf(...secrets: ProjectRecord['secrets']): ProjectRecord {
  const [spec, projectId] = [sampleSpec(), '1b9c5b7b-aff2-5282-9289-4803dc7f6fe9'];
  const rest = { resources: [], pending: [] };
  return { schema: 1, projectId, spec, server: spec.server, secrets, ...rest };
}

const onLaptop = recordOf(
  { keyId: 'other', endDateTime: '2026-09-09T00:00:00Z', holder: 'desk', runId: 'run-8' },
  { keyId: 'live', endDateTime: '2026-08-08T00:00:00Z', holder: 'laptop', runId: 'run-9' },
);

function made(keyId: string, agoMs: number, change: Partial<JournalEntry> = {}): JournalEntry {
  return {
    ...{ schema: 1, time: NOW - agoMs, projectId: 'p', runId: 'run-2', event: 'created' },
    ...{ key: 'clientSecret', id: '/x', origin: 'created' },
    outputs: { keyId, endDateTime: '2026-07-02T00:00:00Z', holder: 'here', runId: 'run-2' },
    ...change,
  } as JournalEntry;
}

const decide = (facts: Partial<Omit<SecretFacts, 'held'>>, ...held: string[]): SecretChange =>
  decideSecret({
    ...{ keys: [], holder: 'here', record: undefined, journal: [], now: NOW, ...facts },
    held: new Set(held),
  });

const ABSENT = 'Does not exist yet.';
const BEFORE = 'The one before has expired or was removed.';
const SEEN = 10 * MINUTE;

describe('what is to be done about the app’s secret', () => {
  it.each<[string, () => SecretChange, SecretChange['action'], string]>([
    ['there is none', () => decide({}), 'create', ABSENT],
    ['only somebody else’s is there', () => decide({ keys: [unnamed] }), 'create', ABSENT],
    ['it ends this very moment', () => decide({ keys: [expired] }), 'create', BEFORE],
    ['it is held here and was removed', () => decide({}, 'gone'), 'create', BEFORE],
    ['it is here', () => decide({ keys: [live] }, 'live'), 'keep', 'Valid until 2026-07-01.'],
    [
      'two are here: the one that lives longer counts',
      () => decide({ keys: [live, key('long', '2027-01-01T00:00:00Z')] }, 'live', 'long'),
      'keep',
      'Valid until 2027-01-01.',
    ],
    [
      'two are here, whatever their order',
      () => decide({ keys: [key('long', '2027-01-01T00:00:00Z'), live] }, 'live', 'long'),
      'keep',
      'Valid until 2027-01-01.',
    ],
    [
      'an interrupted run made it',
      () => decide({ keys: [live] }),
      'keep',
      'An interrupted run made a secret (valid until 2026-07-01) that this machine does not hold: rotate or enter it.',
    ],
    [
      'a colleague has it',
      () => decide({ keys: [unnamed], record: onLaptop }),
      'keep',
      'The secret (valid until 2026-07-01) is on laptop, not here: rotate or enter it.',
    ],
    [
      'Graph does not show yet what was made here',
      () => decide({ journal: [made('new', SEEN - 1)] }, 'new'),
      'keep',
      'Valid until 2026-07-02.',
    ],
    [
      'Graph should show by now what was made here',
      () => decide({ journal: [made('new', SEEN)] }, 'new'),
      'create',
      BEFORE,
    ],
    [
      'what was made a moment ago is not held',
      () => decide({ journal: [made('new', 1)] }),
      'create',
      ABSENT,
    ],
    [
      'what was made a moment ago has ended',
      () =>
        decide(
          { journal: [made('new', 1, { outputs: { keyId: 'new', endDateTime: '' } })] },
          'new',
        ),
      'create',
      BEFORE,
    ],
    [
      'another step was done a moment ago',
      () => decide({ journal: [made('new', 1, { key: 'application' })] }, 'new'),
      'create',
      BEFORE,
    ],
    [
      'a run has only begun to make it',
      () => decide({ journal: [made('new', 1, { event: 'creating' })] }, 'new'),
      'create',
      BEFORE,
    ],
  ])('if %s', (_if, change, action, reason) => {
    const { action: what, reason: why } = change();
    expect([what, why]).toEqual([action, reason]);
  });

  it('says which one this machine holds, by the record where that knows it', () => {
    expect(decide({ keys: [live] }, 'live').outputs).toEqual({
      ...{ keyId: 'live', endDateTime: '2026-07-01T00:00:00Z', holder: 'here', runId: 'run-1' },
    });
    expect(decide({ keys: [live], record: onLaptop }, 'live').outputs).toEqual({
      ...{ keyId: 'live', endDateTime: '2026-08-08T00:00:00Z', holder: 'laptop', runId: 'run-9' },
    });
    expect(decide({ keys: [unnamed] }, 'live').outputs['runId']).toBe('');
    const journal = [made('older', 5), made('new', 1)];
    expect(decide({ journal }, 'new', 'older').outputs['keyId']).toBe('new');
  });

  it('offers to rotate or to enter what is elsewhere, and nothing for what is fine', () => {
    const { outputs, elsewhere, remedies } = decide({ keys: [live, expired], record: onLaptop });
    expect([outputs, remedies]).toEqual([{}, ['rotate', 'enter']]);
    const { keyId, endDateTime } = live;
    expect(elsewhere).toEqual([{ keyId, endDateTime, holder: 'laptop', runId: 'run-1' }]);
    expect(decide({ keys: [live] }).elsewhere).toEqual([{ keyId, endDateTime, runId: 'run-1' }]);
    for (const fine of [decide({}), decide({ keys: [live] }, 'live')]) {
      expect([fine.elsewhere, fine.remedies]).toEqual([[], []]);
    }
  });
});

describe('the keys of an application', () => {
  it('are read from its JSON, without what is no key', () => {
    const whole = { keyId: 'a', displayName: 'n', hint: 'abc', startDateTime: 's' };
    expect(
      keysIn([
        { ...whole, endDateTime: 'e' },
        { keyId: 'b', endDateTime: 'e', displayName: null, hint: null },
        { keyId: 'c' },
        { endDateTime: 'e' },
        'text',
      ]),
    ).toEqual([
      { ...whole, endDateTime: 'e' },
      { keyId: 'b', endDateTime: 'e', startDateTime: '' },
    ]);
    expect([keysIn(undefined), keysIn('text'), keysIn({})]).toEqual([[], [], []]);
  });

  it('are known by the journal too, where it says that they were made', () => {
    const journal = [
      made('a', 1),
      made('b', 1, { key: 'application' }),
      made('c', 1, { event: 'failed' }),
      made('d', 1, { outputs: {} }),
    ];
    expect(keysInJournal(journal)).toEqual(['a']);
  });
});
