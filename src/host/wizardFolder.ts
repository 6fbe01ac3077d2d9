import * as vscode from 'vscode';
import { chooseFolder, currentFolder } from './folders.ts';

/** Which folder the wizard's project is for. */
export interface WizardFolder {
  /** Asks where there is more than one folder; without any there is nothing to ask. */
  choose(): Promise<void>;
  /** Undefined while no folder is open. */
  current(): vscode.WorkspaceFolder | undefined;
}

const KEY = 'dstackAzure.wizardFolder';

/** The choice survives a reload of the window, as the page's form does. */
export function createWizardFolder(memory: vscode.Memento): WizardFolder {
  return {
    async choose() {
      if (vscode.workspace.workspaceFolders === undefined) return;
      await memory.update(KEY, (await chooseFolder()).uri.toString());
    },
    current() {
      const chosen = memory.get(KEY);
      const folders = vscode.workspace.workspaceFolders ?? [];
      return folders.find(({ uri }) => uri.toString() === chosen) ?? currentFolder();
    },
  };
}
