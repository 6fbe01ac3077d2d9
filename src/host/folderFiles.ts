import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';
import type { Bindings } from './binding.ts';
import type { ConfigFiles, WrittenFile } from './folderProject.ts';

type Request = Parameters<ConfigFiles['writeFolder']>[0];

/**
 * Writes a folder's files. Asks first where its CLI configuration is not ours, as one that came with
 * the repository, or has a project of that name on another server.
 * @throws SetupError what was asked about, if the answer was no; and those of the files
 */
export async function writeFolderAsking(
  files: Pick<ConfigFiles, 'writeFolder'>,
  bindings: Pick<Bindings, 'of'>,
  { folderUri, ...request }: Request & { readonly folderUri: string },
): Promise<readonly WrittenFile[]> {
  const used = bindings.of(folderUri);
  const usedProject = used && { name: used.projectName, url: used.serverUrl };
  return await write(files, { ...request, usedProject });
}

async function write(
  files: Pick<ConfigFiles, 'writeFolder'>,
  request: Request,
): Promise<readonly WrittenFile[]> {
  try {
    return await files.writeFolder(request);
  } catch (error) {
    const allowed = error instanceof SetupError ? await allowedAfter(error, request) : undefined;
    if (allowed === undefined) throw error;
    return await write(files, allowed);
  }
}

/** The request with what the person has allowed; undefined if there is nothing to ask, or the answer is no. */
async function allowedAfter(error: SetupError, request: Request): Promise<Request | undefined> {
  switch (error.code) {
    case 'config_not_ours':
      return (await isAllowed(error, vscode.l10n.t('Add the Project')))
        ? { ...request, addToForeignConfig: true }
        : undefined;
    case 'cli_project_name_clash':
      return (await isAllowed(error, vscode.l10n.t('Replace the Entry')))
        ? { ...request, replaceOtherServer: true }
        : undefined;
    default:
      return undefined;
  }
}

async function isAllowed({ message }: SetupError, label: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true }, label)) === label;
}
