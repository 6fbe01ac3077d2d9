import * as vscode from 'vscode';
import type { DoneAction } from '../contract/wizardState.ts';
import type { CreateProjectParts } from './createProject.ts';
import { copyCliCommand } from './cliSnippet.ts';
import { chooseFolder } from './folders.ts';
import { openInPortal } from './portal.ts';
import { createStarterFile } from './starterFiles.ts';

/** What the buttons of the page's last screen do, and what of it can be seen nowhere else. */
export async function performDoneAction(
  action: Exclude<DoneAction, 'undo'>,
  parts: Pick<CreateProjectParts, 'folder' | 'folderSetup' | 'showInTree' | 'startOver'>,
): Promise<string | undefined> {
  const folder = parts.folder();
  switch (action) {
    case 'startServer':
      await vscode.commands.executeCommand('dstackAzure.startLocalServer');
      return undefined;
    case 'restartServer':
      await vscode.commands.executeCommand('dstackAzure.restartLocalServer');
      return undefined;
    case 'openTerminal':
      vscode.window
        .createTerminal({
          name: 'dstack',
          ...(folder === undefined ? {} : { cwd: folder.uri }),
        })
        .show();
      return undefined;
    case 'createFleet':
      await createStarterFile('fleet', folder ?? (await chooseFolder()), parts.folderSetup);
      return undefined;
    case 'createHelloGpu':
      await createStarterFile('helloGpu', folder ?? (await chooseFolder()), parts.folderSetup);
      return undefined;
    case 'openConfig':
      if (folder !== undefined) await openCliConfig(folder);
      return undefined;
    case 'copyCliCommand':
      return await copyCliCommand(folder, parts.folderSetup);
    case 'openPortal': {
      const binding = folder && parts.folderSetup.bindings.of(folder.uri.toString());
      if (binding !== undefined)
        await openInPortal(`#@${binding.tenantId}/resource${binding.storageAccountId}`);
      return undefined;
    }
    case 'showInTree':
      await parts.showInTree(folder);
      return undefined;
    case 'createAnother':
      await parts.startOver();
      return undefined;
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
