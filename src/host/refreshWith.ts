import * as vscode from 'vscode';
import type { Bindings } from './binding.ts';
import { affectsCloud } from './cloud.ts';
import type { ProjectsTree } from './projectsTree.ts';
import type { SignIn } from './signIn.ts';

/** How long changes are gathered before the tree lists again, in ms: sign-ins come in bursts. */
const GATHER = 200;

/** Lists the projects again when what they depend on has changed. */
export function refreshWith(
  tree: ProjectsTree,
  signIn: SignIn,
  bindings: Bindings,
): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const refresh = () => {
    clearTimeout(timer);
    timer = setTimeout(() => tree.refresh(), GATHER);
  };
  return vscode.Disposable.from(
    signIn.onDidChange(refresh),
    bindings.onDidChange(() => tree.redraw()),
    vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affectsCloud(event)) refresh();
    }),
    { dispose: () => clearTimeout(timer) },
  );
}
