import * as vscode from 'vscode';
import type { Bindings } from './binding.ts';
import type { ErrorReport } from './errorReport.ts';
import type { Secrets } from './secrets.ts';
import { applyTo } from './terminals.ts';

/**
 * Keeps the environment of every folder's terminals as its binding and the secret storage say. Not
 * persistent: VS Code would otherwise write the token to its own files to restore it.
 */
export function keepFolderTerminals(
  collection: vscode.GlobalEnvironmentVariableCollection,
  bindings: Bindings,
  secrets: Secrets,
  secretStorage: vscode.SecretStorage,
  errors: ErrorReport,
): vscode.Disposable {
  collection.persistent = false;
  collection.description = vscode.l10n.t('The dstack project of this folder');
  let latest = Promise.resolve();
  const update = () => {
    // One after the other: an older answer of the secret storage must not win over a newer one.
    latest = latest
      .then(() => updateAll(collection, bindings, secrets))
      .catch((error: unknown) => errors.report(error));
  };
  update();
  return vscode.Disposable.from(
    bindings.onDidChange(update),
    secretStorage.onDidChange(update),
    vscode.workspace.onDidChangeWorkspaceFolders(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
    { dispose: () => collection.clear() },
  );
}

async function updateAll(
  collection: vscode.GlobalEnvironmentVariableCollection,
  bindings: Bindings,
  secrets: Secrets,
): Promise<void> {
  for (const workspaceFolder of vscode.workspace.workspaceFolders ?? []) {
    // In Restricted Mode no terminal learns a token.
    const binding = vscode.workspace.isTrusted
      ? bindings.of(workspaceFolder.uri.toString())
      : undefined;
    await applyTo(collection.getScoped({ workspaceFolder }), binding, secrets);
  }
}
