import { isCancellation, asSetupError, type SetupError } from '../setup/errors.ts';
import { specFromTags } from '../setup/foundSpec.ts';
import type { FoundProject, RecordStore } from '../setup/ports.ts';
import type { ProjectRecord } from '../setup/projectRecord.ts';
import type { Bindings } from './binding.ts';
import type { FolderProject } from './folderProject.ts';
import { whichServer } from './whichServer.ts';

/** A record that is broken or of a newer version says so; one that can't be read yet is not needed. */
const FATAL_CODES: readonly string[] = ['record_unreadable', 'record_newer'];

export interface FoundProjectParts {
  readonly records: () => Promise<RecordStore>;
  /** What the folders say of the project's server, while the record does not. */
  readonly bindings: Pick<Bindings, 'of'>;
}

/**
 * A found project as a folder's set-up needs it: from its record, or from its tags while the record
 * can't be read. The server is never guessed: tags don't say it.
 * @throws SetupError if the record is there and is broken, or can't be read and nothing else says which
 * server has the project; an AbortError if the person was asked for it and did not say
 */
export async function folderProjectOf(
  found: FoundProject,
  { records, bindings }: FoundProjectParts,
  signal: AbortSignal,
): Promise<FolderProject> {
  const storageAccountId = found.storageAccount.id;
  let failure: SetupError | undefined;
  try {
    const record = await recordOf(found, records, signal);
    if (record !== undefined) {
      return { spec: record.spec, storageAccountId, resources: record.resources };
    }
  } catch (error) {
    failure = asSetupError(error);
    if (isCancellation(error) || FATAL_CODES.includes(failure.code)) throw error;
  }
  const spec = specFromTags(found);
  const server = await whichServer(spec, failure, bindings);
  return { spec: { ...spec, server }, storageAccountId, resources: [] };
}

/** The record of a found project; undefined while none is written. */
export async function recordOf(
  { storageAccount, tenantId, projectName }: FoundProject,
  records: () => Promise<RecordStore>,
  signal: AbortSignal,
): Promise<ProjectRecord | undefined> {
  const { blobEndpoint } = storageAccount;
  if (blobEndpoint === undefined) return undefined;
  const store = await records();
  return (await store.read({ tenantId, blobEndpoint, projectName }, signal))?.record;
}
