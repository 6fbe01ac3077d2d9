import { HANDED_OFF } from './handedOff.ts';
import type { JournalEntry } from './journal.ts';
import type { Observed } from './observe.ts';
import { knownOrigins } from './knownOrigins.ts';
import type { ObservedResource } from './ports.ts';
import type { ProjectRecord } from './projectRecord.ts';
import type { Target } from './resource.ts';

/**
 * What exists, with what the account may not see but somebody's word stands for. Whoever has a role
 * on one group alone sees no provider of the subscription and no role there (azure-facts 6).
 *
 * A provider is taken as registered: most are, and Azure says so at the first write if not. A role
 * is taken as given once record or journal name it, or once the last run ended in nothing but the
 * hand-off and what can be seen of that is done: its sentence says that to continue is to confirm.
 */
export function withPresumed(
  { found, hidden }: Observed,
  known: { readonly journal: readonly JournalEntry[]; readonly record: ProjectRecord | undefined },
): ReadonlyMap<string, ObservedResource> {
  // Not what a run was only about to make: that it may have been refused is the point here.
  const written = known.journal.filter(({ event }) => event !== 'creating');
  const origins = knownOrigins(written, known.record);
  const handedOff = keysHandedOff(known.journal);
  const isConfirmed =
    handedOff.length > 0 && handedOff.every((key) => found.has(key) || hidden.has(key));
  const presumed = [...hidden].filter(
    ([, { kind, id }]) =>
      kind === 'providerRegistration' || isConfirmed || origins.has(id.toLowerCase()),
  );
  return new Map([...found, ...presumed.map(([key, target]) => [key, asAsked(target)] as const)]);
}

/** The steps that the last run handed off, if it failed for no other reason. */
function keysHandedOff(journal: readonly JournalEntry[]): readonly string[] {
  const runId = journal.findLast(({ event }) => event === 'runEnded')?.runId;
  const failed = journal.flatMap((entry) =>
    entry.event === 'failed' && entry.runId === runId ? [entry] : [],
  );
  return failed.every(({ code }) => code === HANDED_OFF) ? failed.map(({ key }) => key) : [];
}

function asAsked({ kind, id, body }: Target): ObservedResource {
  const isProvider = kind === 'providerRegistration';
  return {
    id,
    tags: {},
    foundBy: 'hearsay',
    body: isProvider ? { registrationState: 'Registered' } : body,
  };
}
