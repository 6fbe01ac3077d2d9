import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import { knownOrigins } from '../../../src/setup/knownOrigins.ts';
import { recordLocation } from '../../../src/setup/planProject.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { dev, sampleSpec, TENANT } from './sampleSpec.ts';

const head = { schema: 1, time: 0, projectId: 'p', runId: 'r', key: 'k' } as const;
const creating = (id: string): JournalEntry => ({
  ...{ ...head, event: 'creating' },
  target: {
    ...{ kind: 'tags', id, tenantId: TENANT, subscriptionId: 's', apiVersion: 'v', body: {} },
  },
});
const created = (id: string, origin: 'created' | 'adopted'): JournalEntry => ({
  ...{ ...head, event: 'created', id, origin, outputs: {} },
});
const removed = (id: string): JournalEntry => ({ ...head, event: 'removed', id });
const removing = (id: string): JournalEntry =>
  ({ ...creating(id), event: 'removing' }) as JournalEntry;

const recordOf = (id: string, origin: 'created' | 'adopted'): ProjectRecord => ({
  ...{ schema: 1, projectId: 'p', spec: sampleSpec(), server: { kind: 'local' } },
  ...{ resources: [{ kind: 'tags', id, origin, runId: 'r', outputs: {} }] },
  ...{ secrets: [], pending: [] },
});

describe('who made an object', () => {
  it.each<[string, readonly JournalEntry[], ProjectRecord | undefined, string | undefined]>([
    ['nobody knows', [], undefined, undefined],
    ['we were about to make it', [creating('/A')], undefined, 'created'],
    ['we found it', [created('/A', 'adopted')], undefined, 'adopted'],
    [
      'we were about to make it and found it made',
      [creating('/A'), created('/a', 'adopted')],
      undefined,
      'adopted',
    ],
    [
      'we found it once and write it again',
      [created('/a', 'adopted'), creating('/A')],
      undefined,
      'adopted',
    ],
    ['an undo has removed it', [created('/A', 'created'), removed('/a')], undefined, undefined],
    ['an undo has begun', [created('/A', 'created'), removing('/a')], undefined, 'created'],
    [
      'it was made anew after an undo',
      [created('/A', 'adopted'), removed('/a'), creating('/a')],
      undefined,
      'created',
    ],
    ['the record knows it', [], recordOf('/A', 'adopted'), 'adopted'],
    [
      'the record says otherwise than the journal',
      [created('/a', 'created')],
      recordOf('/A', 'adopted'),
      'adopted',
    ],
  ])('if %s', (_if, journal, record, origin) => {
    expect(knownOrigins(journal, record).get('/a')).toBe(origin);
  });
});

describe('where a record lies', () => {
  it('is unknown before the account has an endpoint', () => {
    const project = projectContext(sampleSpec(), dev);
    expect(recordLocation(project, undefined)).toBeUndefined();
    expect(recordLocation(project, 'https://b/')).toEqual({
      ...{ tenantId: TENANT, blobEndpoint: 'https://b/', projectName: 'vision' },
    });
  });
});
