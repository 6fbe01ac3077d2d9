import type { ListedProject } from '../projects/projectNode.ts';
import { specFromTags } from '../setup/foundSpec.ts';
import type { RecordStore } from '../setup/ports.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { recordOf } from './foundProject.ts';

/**
 * Which project is to be deleted, as its tags say it. Of its record only the server is taken: jobs
 * can write to the account, so no id of it may lead anywhere. While the record can't be read the server
 * is one without an address, and whoever deletes has to say what to do about it; a project without a
 * record has never come as far as to a server.
 */
export async function specToDelete(
  project: ListedProject,
  records: () => Promise<RecordStore>,
): Promise<ProjectSpec> {
  const found = { ...project, projectName: project.name };
  const spec = specFromTags(found);
  try {
    const record = await recordOf(found, records, new AbortController().signal);
    return record === undefined ? spec : { ...spec, server: record.spec.server };
  } catch {
    // Why it can't be read is the look's to tell.
    return { ...spec, server: { kind: 'remote' } };
  }
}
