import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';
import type { Binding } from './binding.ts';
import { restriction } from './cloud.ts';
import type { FolderSetupParts, StarterKind } from './folderProject.ts';
import { checkOnDisk } from './folders.ts';

/**
 * Writes the folder's first fleet or task for its project, and opens it. A file that is there already
 * is only opened.
 * @throws SetupError `restricted_mode`, `folder_not_on_disk`, `no_project_in_folder`, `location_unknown`,
 * and those of the disk
 */
export async function createStarterFile(
  kind: StarterKind,
  folder: vscode.WorkspaceFolder,
  { bindings, files }: Pick<FolderSetupParts, 'bindings' | 'files'>,
): Promise<void> {
  const restricted = restriction();
  if (restricted !== undefined) throw restricted;
  checkOnDisk(folder);
  const location = locationOf(bindings.of(folder.uri.toString()), folder);
  const request = { folder: folder.uri.fsPath, kind, location };
  const { path, change } = await (await files()).createStarterFile(request);
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, path));
  if (change !== 'unchanged') return;
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('{0} is there already; it stays as it is.', path),
    SHOWN_MS,
  );
}

const SHOWN_MS = 5_000;

/**
 * The location of a folder's project.
 * @throws SetupError `no_project_in_folder`, `location_unknown`
 */
export function locationOf(
  binding: Binding | undefined,
  folder: Pick<vscode.WorkspaceFolder, 'name'>,
): string {
  if (binding === undefined) throw noProject(folder.name);
  if (binding.location !== undefined) return binding.location;
  throw new SetupError({
    code: 'location_unknown',
    source: 'user',
    message: vscode.l10n.t('VS Code does not know the location of {0} yet.', binding.projectName),
    remedy: vscode.l10n.t('Choose "Use in This Folder" on the project in the Projects view again.'),
  });
}

/** What a command says that needs the project of a folder which has none. */
export function noProject(folderName: string): SetupError {
  return new SetupError({
    code: 'no_project_in_folder',
    source: 'user',
    message: vscode.l10n.t('The folder {0} uses no project.', folderName),
    remedy: vscode.l10n.t('Create one, or choose "Use in This Folder" in the Projects view.'),
  });
}

/** What a command says whose project's token this machine does not hold. */
export function noToken(projectName: string): SetupError {
  return new SetupError({
    code: 'token_missing',
    source: 'user',
    message: vscode.l10n.t('VS Code does not hold the token of the project {0}.', projectName),
    remedy: vscode.l10n.t('Choose "Use in This Folder" on the project in the Projects view again.'),
  });
}
