import { join } from 'node:path';
import { t } from '@vscode/l10n';
import { readTextFile, updateTextFile } from './atomicFile.ts';
import { fileError } from './fileErrors.ts';
import { errorCode, nodeFileSystem as fs } from './fileSystem.ts';
import { CONFIG, IGNORE, NOTHING, PROFILES, type DstackFileEdits } from './plannedFiles.ts';
import type { FileChange } from './workspaceFiles.ts';

/**
 * Takes the project out of a folder's files. What others wrote stays; a file that then holds nothing
 * goes, and `.dstack` with it when it is empty.
 *
 * @throws SetupError `yaml_refused`, and those of `updateTextFile`; what was done before stays done
 */
export async function removeWorkspaceEntry(request: {
  readonly folder: string;
  readonly project: { readonly name: string; readonly url: string };
  readonly edits: Pick<DstackFileEdits, 'removeFromCliConfig' | 'removeProfile'>;
}): Promise<readonly FileChange[]> {
  const { folder, project, edits } = request;
  const changes = [
    await remove(folder, CONFIG, (text) => edits.removeFromCliConfig(text, project).text),
    await remove(folder, PROFILES, (text) => edits.removeProfile(text, project.name).text),
  ];
  // The rule goes only after the secret: until then it protects it.
  if ((await readTextFile(join(folder, CONFIG), { root: folder })) === undefined) {
    changes.push(await remove(folder, IGNORE, (text) => (text === 'config.yml\n' ? '' : text)));
  }
  await removeIfEmpty(join(folder, '.dstack'));
  return changes;
}

async function remove(
  folder: string,
  path: string,
  edit: (text: string) => string,
): Promise<FileChange> {
  const outcome = { isDeleted: false };
  const wasChanged = await updateTextFile(
    join(folder, path),
    (text) => {
      const after = text === undefined ? undefined : edit(text);
      outcome.isDeleted = after !== text && NOTHING.test(after ?? '');
      return outcome.isDeleted ? null : after;
    },
    { root: folder, newMode: 0o600 },
  );
  if (!wasChanged)
    return { path, change: 'unchanged', why: t('Nothing of this project is in it.') };
  return outcome.isDeleted
    ? { path, change: 'deleted', why: t('Nothing else was in it.') }
    : { path, change: 'updated', why: t('Others use the file too.') };
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await fs.rmdir(folder);
  } catch (error) {
    const stays = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
    if (!stays) throw fileError(folder, error);
  }
}
