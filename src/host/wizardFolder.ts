import * as vscode from 'vscode';
import { chooseFolder, currentFolder } from './folders.ts';

/** Which folder the wizard's project is for. */
export interface WizardFolder {
  /**
   * Asks where there is more than one folder, and remembers nothing yet.
   * @returns undefined while no folder is open
   */
  ask(): Promise<vscode.WorkspaceFolder | undefined>;
  /** From now on the project is for this folder. */
  use(folder: vscode.WorkspaceFolder | undefined): Promise<void>;
  /** Undefined while no folder is open. */
  current(): vscode.WorkspaceFolder | undefined;
}

const KEY = 'dstackAzure.wizardFolder';

/** The choice survives a reload of the window, as the page's form does. */
export function createWizardFolder(memory: vscode.Memento): WizardFolder {
  return {
    ask: async () =>
      vscode.workspace.workspaceFolders === undefined ? undefined : await chooseFolder(),
    use: async (folder) => memory.update(KEY, folder?.uri.toString()),
    current() {
      const chosen = memory.get(KEY);
      const folders = vscode.workspace.workspaceFolders ?? [];
      return folders.find(({ uri }) => uri.toString() === chosen) ?? currentFolder();
    },
  };
}
