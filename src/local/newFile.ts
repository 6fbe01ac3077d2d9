import { join } from 'node:path';
import { t } from '@vscode/l10n';
import { updateTextFile } from './atomicFile.ts';
import type { FileChange } from './workspaceFiles.ts';

/**
 * Writes a file of the folder that is not there yet. One that is there, empty or not, stays as it is.
 *
 * @throws SetupError as `updateTextFile`
 */
export async function createFile(
  folder: string,
  { path, text }: { readonly path: string; readonly text: string },
): Promise<FileChange> {
  const isNew = await updateTextFile(
    join(folder, path),
    (before) => (before === undefined ? text : undefined),
    { root: folder, newMode: 0o644 },
  );
  return isNew
    ? { path, change: 'created', why: t('It is yours to change.') }
    : { path, change: 'unchanged', why: t('The file is there already; it stays as it is.') };
}
