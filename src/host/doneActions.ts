import * as vscode from 'vscode';
import type { DoneAction } from '../contract/wizardState.ts';
import type { CreateProjectParts } from './createProject.ts';
import { chooseFolder } from './folders.ts';
import { openInPortal } from './portal.ts';
import { createStarterFile } from './starterFiles.ts';

/** What the buttons of the page's last screen do. */
export async function performDoneAction(
  action: DoneAction,
  parts: Pick<CreateProjectParts, 'folder' | 'folderSetup' | 'startOver'>,
): Promise<void> {
  const folder = parts.folder();
  switch (action) {
    case 'startServer':
      await vscode.commands.executeCommand('dstackAzure.startLocalServer');
      return;
    case 'restartServer':
      await vscode.commands.executeCommand('dstackAzure.restartLocalServer');
      return;
    case 'openTerminal':
      vscode.window
        .createTerminal({
          name: 'dstack',
          ...(folder === undefined ? {} : { cwd: folder.uri }),
        })
        .show();
      return;
    case 'createFleet':
      await createStarterFile('fleet', folder ?? (await chooseFolder()), parts.folderSetup);
      return;
    case 'createHelloGpu':
      await createStarterFile('helloGpu', folder ?? (await chooseFolder()), parts.folderSetup);
      return;
    case 'openConfig':
      if (folder !== undefined) await openCliConfig(folder);
      return;
    case 'openPortal': {
      const binding = folder && parts.folderSetup.bindings.of(folder.uri.toString());
      if (binding !== undefined)
        await openInPortal(`#@${binding.tenantId}/resource${binding.storageAccountId}`);
      return;
    }
    case 'showInTree':
      await vscode.commands.executeCommand('dstackAzure.showFolderProject');
      return;
    case 'createAnother':
      await parts.startOver();
      return;
  }
}

/** Opens the folder's CLI configuration: the file with the token, or the profiles if there is none. */
export async function openCliConfig(folder: vscode.WorkspaceFolder): Promise<void> {
  const config = vscode.Uri.joinPath(folder.uri, '.dstack', 'config.yml');
  const profiles = vscode.Uri.joinPath(folder.uri, '.dstack', 'profiles.yml');
  const uri = (await exists(config)) ? config : profiles;
  await vscode.window.showTextDocument(uri);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
