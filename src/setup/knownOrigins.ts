import type { JournalEntry } from './journal.ts';
import type { Origin } from './plan.ts';
import type { ProjectRecord } from './projectRecord.ts';

/** What record and journal say about who made what, by lower-case id. */
export function knownOrigins(
  journal: readonly JournalEntry[],
  record: ProjectRecord | undefined,
): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const entry of journal) {
    if (entry.event === 'creating' && !origins.has(entry.target.id.toLowerCase())) {
      // Written before the call: if the object exists now and did not then, we made it.
      origins.set(entry.target.id.toLowerCase(), 'created');
    }
    if (entry.event === 'created') origins.set(entry.id.toLowerCase(), entry.origin);
    // What has its place after an undo is somebody else's until we make it again.
    if (entry.event === 'removed') origins.delete(entry.id.toLowerCase());
  }
  for (const entry of record?.resources ?? []) origins.set(entry.id.toLowerCase(), entry.origin);
  return origins;
}
