import { isCancellation } from './errors.ts';
import type { RecordLocation, RecordStore } from './ports.ts';
import type { ProjectRecord } from './projectRecord.ts';
import type { ProjectSpec } from './projectSpec.ts';

/** How a record's `pending` names a registration that is still to come. */
export const REGISTRATION = 'registration';

/**
 * What a record says is still to be done. It says so before the server is called, so that whoever
 * finds the project knows; a project that moves to another server is registered anew.
 */
export function pendingOf(
  { server }: Pick<ProjectSpec, 'server'>,
  before: ProjectRecord | undefined,
): readonly string[] {
  if (server.kind !== 'remote') return [];
  const isSame = before?.server.kind === 'remote' && before.server.url === server.url;
  return isSame ? before.pending : [REGISTRATION];
}

/**
 * Notes in the record that the project is registered. Where the record can't be written yet it goes on
 * to say that it is not, and the next run asks the server again, which changes nothing.
 * @returns whether the record says so now
 */
export async function recordRegistered(
  at: RecordLocation | undefined,
  records: RecordStore,
  signal: AbortSignal,
): Promise<boolean> {
  if (at === undefined) return false;
  try {
    const found = await records.read(at, signal);
    if (found === undefined) return false;
    const { record, etag } = found;
    if (!record.pending.includes(REGISTRATION)) return true;
    const pending = record.pending.filter((each) => each !== REGISTRATION);
    await records.write(at, { ...record, pending }, etag, signal);
    return true;
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    return false;
  }
}
