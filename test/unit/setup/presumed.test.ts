import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import { withPresumed } from '../../../src/setup/presumed.ts';
import type { ResourceKind, Target } from '../../../src/setup/resource.ts';

const target = (kind: ResourceKind, id: string): Target => ({
  kind,
  id,
  tenantId: 't',
  subscriptionId: 's',
  apiVersion: 'v',
  body: { properties: { description: 'D' } },
});
const hidden = new Map([
  ['provider', target('providerRegistration', '/P')],
  ['role', target('roleDefinition', '/Role')],
]);
const seen: ObservedResource = { id: '/seen', tags: {}, body: {} };

const head = (runId: string) => ({ schema: 1, time: 0, projectId: 'p', runId }) as const;
const failed = (runId: string, key: string, code = 'handed_off'): JournalEntry => ({
  ...head(runId),
  event: 'failed',
  key,
  code,
});
const ended = (runId: string): JournalEntry => ({
  ...head(runId),
  event: 'runEnded',
  outcome: 'failed',
});
const of = (event: 'creating' | 'created' | 'removed'): JournalEntry =>
  event === 'creating'
    ? { ...head('1'), event, key: 'role', target: target('roleDefinition', '/ROLE') }
    : { ...head('1'), event, key: 'role', id: '/ROLE', origin: 'created', outputs: {} };

/** The keys that count as there, besides `seen`. */
function presumed(journal: readonly JournalEntry[], found = ['seen']): readonly string[] {
  const known = { found: new Map(found.map((key) => [key, seen])), hidden };
  const all = withPresumed(known, { journal, record: undefined });
  for (const key of found) expect(all.get(key)).toBe(seen);
  return [...all.keys()].filter((key) => !found.includes(key));
}

describe('what an account may not see', () => {
  it('is presumed if it is a provider, as registered', () => {
    const all = withPresumed({ found: new Map(), hidden }, { journal: [], record: undefined });
    const body = { registrationState: 'Registered' };
    expect([...all]).toEqual([['provider', { id: '/P', tags: {}, foundBy: 'hearsay', body }]]);
  });

  it.each([
    ['never handed off', []],
    ['in a run that has not ended', [failed('1', 'role')]],
    ['in an earlier run than the last', [failed('1', 'role'), ended('1'), ended('2')]],
    [
      'beside a failure of another kind',
      [failed('1', 'role'), failed('1', 'net', 'conflict'), ended('1')],
    ],
    [
      'with something that can be seen and is not there',
      [failed('1', 'role'), failed('1', 'other'), ended('1')],
    ],
    ['that a run was only about to make', [of('creating')]],
    ['that an undo has removed', [of('created'), of('removed')]],
  ])('is not presumed if it is a role %s', (_, journal) => {
    expect(presumed(journal)).toEqual(['provider']);
  });

  it.each([
    ['the last run ended in nothing but the hand-off', [failed('1', 'role'), ended('1')]],
    [
      'what can be seen of the hand-off is there',
      [failed('1', 'role'), failed('1', 'seen'), ended('1')],
    ],
    ['the journal has its end', [of('creating'), of('created')]],
  ])('is presumed as it was asked for if %s', (_, journal) => {
    expect(presumed(journal)).toEqual(['provider', 'role']);
    const known = { found: new Map([['seen', seen]]), hidden };
    expect(withPresumed(known, { journal, record: undefined }).get('role')).toEqual({
      id: '/Role',
      tags: {},
      foundBy: 'hearsay',
      body: { properties: { description: 'D' } },
    });
  });

  it('is presumed if the record names it', () => {
    const entry = { kind: 'roleDefinition', id: '/role', origin: 'created', runId: '1' } as const;
    const record = {
      schema: 1,
      projectId: 'p',
      resources: [{ ...entry, outputs: {} }],
    } as unknown as NonNullable<Parameters<typeof withPresumed>[1]['record']>;
    const all = withPresumed({ found: new Map(), hidden }, { journal: [], record });
    expect([...all.keys()]).toEqual(['provider', 'role']);
  });
});
