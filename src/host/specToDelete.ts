import type { ListedProject } from '../projects/projectNode.ts';
import { specFromTags } from '../setup/foundSpec.ts';
import type { RecordStore } from '../setup/ports.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { folderProjectOf } from './foundProject.ts';

/**
 * Which project is to be deleted, as its tags say it. Of its record only the server is taken: jobs
 * can write to the account, so no id of it may lead anywhere.
 */
export async function specToDelete(
  project: ListedProject,
  records: () => Promise<RecordStore>,
): Promise<ProjectSpec> {
  const found = { ...project, projectName: project.name };
  const spec = specFromTags(found);
  try {
    const known = await folderProjectOf(found, records, new AbortController().signal);
    return { ...spec, server: known.spec.server };
  } catch {
    // A record that can't be read is the look's to tell.
    return spec;
  }
}
