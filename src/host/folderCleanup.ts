import type { ProjectSpec } from '../setup/projectSpec.ts';
import { fileNotes, type FolderSetupParts } from './folderProject.ts';
import { foldersOf, isOnDisk } from './folders.ts';

/**
 * Takes a project out of the folders of this window that use it: their files' entries, the binding,
 * with it the terminals' variables, and the project's token. The local server's own token stays: all
 * its projects share it.
 * @throws SetupError if a file can't be edited; what was done before stays done
 */
export async function cleanFolders(
  spec: ProjectSpec,
  { bindings, secrets, files }: Pick<FolderSetupParts, 'bindings' | 'secrets' | 'files'>,
): Promise<readonly { readonly path: string; readonly note: string }[]> {
  const notes: { readonly path: string; readonly note: string }[] = [];
  for (const { folder, binding } of foldersOf(spec, bindings)) {
    const { projectName, serverUrl } = binding;
    const project = { name: projectName, url: serverUrl };
    if (isOnDisk(folder)) {
      const request = { folder: folder.uri.fsPath, project };
      notes.push(...fileNotes(await (await files()).removeFromFolder(request)));
    }
    await bindings.remove(folder.uri.toString());
    await secrets.removeToken({ projectName, serverUrl });
  }
  return notes;
}
