import { isCancellation, asSetupError } from '../setup/errors.ts';
import { specFromTags } from '../setup/foundSpec.ts';
import type { FoundProject, RecordStore } from '../setup/ports.ts';
import type { FolderProject } from './folderProject.ts';

/** A record that is broken or of a newer version says so; one that can't be read yet is not needed. */
const FATAL_CODES: readonly string[] = ['record_unreadable', 'record_newer'];

/**
 * A found project as a folder's set-up needs it: from its record, or from its tags while the record
 * can't be read.
 * @throws SetupError if the record is there and is broken
 */
export async function folderProjectOf(
  found: FoundProject,
  records: () => Promise<RecordStore>,
  signal: AbortSignal,
): Promise<FolderProject> {
  const storageAccountId = found.storageAccount.id;
  const record = await readRecord(found, records, signal);
  return record === undefined
    ? { spec: specFromTags(found), storageAccountId, resources: [] }
    : { spec: record.spec, storageAccountId, resources: record.resources };
}

async function readRecord(
  found: FoundProject,
  records: () => Promise<RecordStore>,
  signal: AbortSignal,
) {
  const { blobEndpoint } = found.storageAccount;
  if (blobEndpoint === undefined) return undefined;
  const { tenantId, projectName } = found;
  try {
    const store = await records();
    return (await store.read({ tenantId, blobEndpoint, projectName }, signal))?.record;
  } catch (error) {
    if (isCancellation(error) || FATAL_CODES.includes(asSetupError(error).code)) throw error;
    return undefined;
  }
}
