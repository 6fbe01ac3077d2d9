import * as vscode from 'vscode';
import { localNameTaken } from '../setup/localNameTaken.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { FolderSetupParts } from './folderProject.ts';
import { remoteUrl } from './folderServer.ts';

type Parts = Pick<FolderSetupParts, 'files' | 'serverDirectory'>;

/**
 * Looks whether the local server has another project of this name, before anything is made for it.
 * @throws SetupError `local_server_name_taken`
 */
export async function checkLocalName(spec: ProjectSpec, parts: Parts): Promise<void> {
  const taken = await takenBy(spec, parts);
  if (taken !== undefined) throw taken;
}

/**
 * Asks before a project takes the place of another one in the local server's file.
 * @returns whether one may be replaced
 * @throws SetupError `local_server_name_taken` if the answer is no
 */
export async function askToReplace(spec: ProjectSpec, parts: Parts): Promise<boolean> {
  const taken = await takenBy(spec, parts);
  if (taken === undefined) return false;
  const replace = vscode.l10n.t('Replace It on the Server');
  const options = {
    modal: true,
    detail: vscode.l10n.t(
      'Folders that use that one would run in this project’s subscription from the next start of the server on.',
    ),
  };
  const answer = await vscode.window.showWarningMessage(taken.message, options, replace);
  if (answer !== replace) throw taken;
  return true;
}

async function takenBy(spec: ProjectSpec, { files, serverDirectory }: Parts) {
  if (remoteUrl(spec.server) !== undefined) return undefined;
  const request = { directory: serverDirectory, project: spec };
  const other = await (await files()).otherServerProject(request);
  return other && localNameTaken(spec.name, other.resourceGroup);
}
