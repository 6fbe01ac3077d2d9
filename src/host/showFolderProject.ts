import * as vscode from 'vscode';
import type { ProjectNode } from '../projects/projectNode.ts';
import type { Bindings } from './binding.ts';
import { currentFolder } from './folders.ts';
import { PROJECTS_VIEW, type ProjectsTree } from './projectsTree.ts';

export interface ShowFolderProjectParts {
  readonly bindings: Pick<Bindings, 'of'>;
  readonly tree: Pick<ProjectsTree, 'projectOf'>;
  readonly view: Pick<vscode.TreeView<ProjectNode>, 'reveal'>;
}

/** Shows a folder's project in the Projects view; unless told otherwise that of the current folder. */
export async function showFolderProject(
  { bindings, tree, view }: ShowFolderProjectParts,
  folder: vscode.WorkspaceFolder | undefined = currentFolder(),
): Promise<void> {
  const binding = folder && bindings.of(folder.uri.toString());
  await vscode.commands.executeCommand(`${PROJECTS_VIEW}.focus`);
  if (binding === undefined) return;
  const node = await tree.projectOf(binding.storageAccountId);
  if (node !== undefined) await view.reveal(node, { select: true, focus: true, expand: true });
}
