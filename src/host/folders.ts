import { access, constants } from 'node:fs/promises';
import * as vscode from 'vscode';
import { cancellation, SetupError } from '../setup/errors.ts';
import type { BoundProject } from '../projects/discovery.ts';
import type { FolderUse, ListedProject } from '../projects/projectNode.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { resourceGroupId } from '../setup/armId.ts';
import type { Binding, Bindings } from './binding.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';

/** The folder that a person works in: that of the active editor, else the only or first one. */
export function currentFolder(): vscode.WorkspaceFolder | undefined {
  const document = vscode.window.activeTextEditor?.document.uri;
  const ofEditor = document && vscode.workspace.getWorkspaceFolder(document);
  return ofEditor ?? vscode.workspace.workspaceFolders?.[0];
}

/**
 * The folder that something is to be done in: the only one, or the one that the user picks.
 * @throws SetupError `no_folder`; an AbortError when the question is closed
 */
export async function chooseFolder(): Promise<vscode.WorkspaceFolder> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [only] = folders;
  if (only === undefined) {
    throw new SetupError({
      code: 'no_folder',
      source: 'user',
      message: vscode.l10n.t('No folder is open, so there is nowhere to use a project.'),
      remedy: vscode.l10n.t('Open a folder, then try again.'),
    });
  }
  if (folders.length === 1) return only;
  const picked = await vscode.window.showWorkspaceFolderPick({
    placeHolder: vscode.l10n.t('Which folder shall use the project?'),
  });
  if (picked === undefined) throw cancellation();
  return picked;
}

/** Whether a folder's path leads to its files: that of a virtual one may lead to somebody else's. */
export function isOnDisk({ uri }: vscode.WorkspaceFolder): boolean {
  return uri.scheme === 'file';
}

/** @throws SetupError `folder_not_on_disk` */
export function checkOnDisk(folder: vscode.WorkspaceFolder): void {
  if (isOnDisk(folder)) return;
  throw new SetupError({
    code: 'folder_not_on_disk',
    source: 'user',
    message: vscode.l10n.t('The folder {0} is not on a disk that dstack can read.', folder.name),
    remedy: vscode.l10n.t('Open a folder on a disk, then use the project there.'),
  });
}

/** Whether files can be written into a folder: it lies on a disk, and the disk lets us. */
export async function isWritable(folder: vscode.WorkspaceFolder): Promise<boolean> {
  if (!isOnDisk(folder)) return false;
  try {
    await access(folder.uri.fsPath, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The folder whose project a command is about: the one that is open if it has a project, else the only
 * one that has, else the one that the user picks.
 * @throws SetupError `no_folder`; an AbortError when the question is closed
 */
export async function folderWithProject(bindings: Bindings): Promise<vscode.WorkspaceFolder> {
  const isBound = ({ uri }: vscode.WorkspaceFolder) => bindings.of(uri.toString()) !== undefined;
  const current = currentFolder();
  if (current !== undefined && isBound(current)) return current;
  const [only, ...others] = (vscode.workspace.workspaceFolders ?? []).filter(isBound);
  return only !== undefined && others.length === 0 ? only : chooseFolder();
}

const FILES = [
  '.dstack/config.yml',
  '.dstack/profiles.yml',
  'fleet.dstack.yml',
  'hello-gpu.dstack.yml',
];

/** What each folder of the window knows of a project. */
export async function folderUses(
  project: ListedProject,
  bindings: Bindings,
): Promise<readonly FolderUse[]> {
  return Promise.all(
    (vscode.workspace.workspaceFolders ?? []).map(async (folder) => {
      const binding = bindings.of(folder.uri.toString());
      const used = isSame(binding?.storageAccountId, project.storageAccount.id);
      return {
        folderName: folder.name,
        folderUri: folder.uri.toString(),
        used,
        ...(used && binding !== undefined ? { serverUrl: binding.serverUrl } : {}),
        files: used ? await existing(folder) : [],
      };
    }),
  );
}

/** The folders of the window that use a project, each with its binding. */
export function foldersOf(
  spec: ProjectSpec,
  bindings: Pick<Bindings, 'of'>,
): readonly { readonly folder: vscode.WorkspaceFolder; readonly binding: Binding }[] {
  const group = resourceGroupId(spec.subscriptionId, spec.resourceGroup.name);
  const id = `${group}/providers/Microsoft.Storage/storageAccounts/${spec.storageAccount.name}`;
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
    const binding = bindings.of(folder.uri.toString());
    return binding !== undefined && isSame(binding.storageAccountId, id)
      ? [{ folder, binding }]
      : [];
  });
}

/** The server through which the folders of the window use a project; one elsewhere before the local one. */
export function serverUrlOf(spec: ProjectSpec, bindings: Pick<Bindings, 'of'>): string | undefined {
  const bound = foldersOf(spec, bindings).map(({ binding }) => binding.serverUrl);
  return bound.find((url) => url !== LOCAL_SERVER_URL) ?? bound[0];
}

/** The projects that this window's folders use, whether or not a listing has them yet. */
export function boundProjects(bindings: Bindings): readonly BoundProject[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap(
    (folder) => bindings.of(folder.uri.toString()) ?? [],
  );
}

/** Whether any folder of the window uses the project of a storage account. */
export function isUsedHere(storageAccountId: string, bindings: Bindings): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some((folder) =>
    isSame(bindings.of(folder.uri.toString())?.storageAccountId, storageAccountId),
  );
}

function isSame(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

async function existing(folder: vscode.WorkspaceFolder): Promise<FolderUse['files']> {
  const found = await Promise.all(
    FILES.map(async (path) => {
      const uri = vscode.Uri.joinPath(folder.uri, path);
      try {
        await vscode.workspace.fs.stat(uri);
        return [{ path, uri: uri.toString() }];
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}
