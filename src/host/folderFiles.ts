import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';
import type { Bindings } from './binding.ts';
import type { ErrorReport } from './errorReport.ts';
import type { ConfigFiles, WrittenFile } from './folderProject.ts';

type Request = Parameters<ConfigFiles['writeFolder']>[0];

/**
 * Writes a folder's files. Asks first where its CLI configuration is not ours, as one that came with
 * the repository, or has a project of that name on another server.
 * @throws SetupError what was asked about, if the answer was no; and those of the files
 */
export async function writeFolderAsking(
  files: Pick<ConfigFiles, 'writeFolder'>,
  { bindings, errors }: { readonly bindings: Pick<Bindings, 'of'>; readonly errors: ErrorReport },
  { folderUri, ...request }: Request & { readonly folderUri: string },
): Promise<readonly WrittenFile[]> {
  const used = bindings.of(folderUri);
  const usedProject = used && { name: used.projectName, url: used.serverUrl };
  const written = await write(files, { ...request, usedProject });
  if (written.some(({ isOffered }) => isOffered === true)) {
    const { name } = request.project;
    const isStillUsed = () => bindings.of(folderUri)?.projectName === name;
    // Whoever waits here would wait for a notification that nobody has to answer.
    void offerProfile(files, request, isStillUsed).catch((error: unknown) => errors.report(error));
  }
  return written;
}

/** Others' profiles are left alone; ours can stand beside them, never as the default. */
async function offerProfile(
  files: Pick<ConfigFiles, 'writeFolder'>,
  request: Request,
  isStillUsed: () => boolean,
): Promise<void> {
  const add = vscode.l10n.t('Add the Profile');
  const text = vscode.l10n.t(
    'The folder’s .dstack/profiles.yml has profiles of others: it was not given one for “{0}”.',
    request.project.name,
  );
  if ((await vscode.window.showInformationMessage(text, add)) !== add || !isStillUsed()) return;
  await write(files, { ...request, addToExistingProfiles: true });
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
