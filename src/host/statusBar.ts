import * as vscode from 'vscode';
import type { Binding, Bindings } from './binding.ts';
import type { ErrorReport } from './errorReport.ts';
import { currentFolder } from './folders.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';
import type { LocalServer } from './localServer.ts';
import type { Secrets } from './secrets.ts';

/** Names the folder's project in the status bar; a click shows it in the tree. Hidden without one. */
export function showStatusBar(
  bindings: Bindings,
  secrets: Pick<Secrets, 'token'>,
  secretStorage: vscode.SecretStorage,
  localServer: Pick<LocalServer, 'known' | 'isKept' | 'onDidChange'>,
  errors: ErrorReport,
): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'dstackAzure.project',
    vscode.StatusBarAlignment.Left,
    0,
  );
  item.name = vscode.l10n.t('dstack Project');
  item.command = 'dstackAzure.showFolderProject';
  let latest = 0;
  const update = async () => {
    const turn = (latest += 1);
    const folder = currentFolder();
    const binding = folder && bindings.of(folder.uri.toString());
    await vscode.commands.executeCommand(
      'setContext',
      'dstackAzure.folderHasProject',
      binding !== undefined,
    );
    const hasToken = binding !== undefined && (await secrets.token(binding)) !== undefined;
    // Another change came while this one asked the secret storage.
    if (turn !== latest) return;
    if (folder === undefined || binding === undefined) item.hide();
    else draw(item, folder, binding, hasToken, localServer);
  };
  const changed = () => void update().catch((error: unknown) => errors.report(error));
  changed();
  return vscode.Disposable.from(
    item,
    bindings.onDidChange(changed),
    localServer.onDidChange(changed),
    secretStorage.onDidChange(changed),
    vscode.window.onDidChangeActiveTextEditor(changed),
    vscode.workspace.onDidChangeWorkspaceFolders(changed),
  );
}

/** A project whose token this machine doesn't hold is shown as what it is: of no use in a terminal. */
function draw(
  item: vscode.StatusBarItem,
  folder: vscode.WorkspaceFolder,
  { projectName, serverUrl }: Binding,
  hasToken: boolean,
  server: Pick<LocalServer, 'known' | 'isKept'>,
): void {
  item.text = hasToken ? `$(layers) ${projectName}` : `$(warning) ${projectName}`;
  item.tooltip = hasToken
    ? [
        vscode.l10n.t('dstack project {0} of {1}, server {2}', projectName, folder.name, serverUrl),
        ...(serverUrl === LOCAL_SERVER_URL ? [serverLine(server)] : []),
      ].join('\n')
    : vscode.l10n.t(
        'VS Code does not hold the token of the dstack project {0}, so terminals of {1} do not know it. Choose "Use in This Folder" again.',
        projectName,
        folder.name,
      );
  item.backgroundColor = hasToken
    ? undefined
    : new vscode.ThemeColor('statusBarItem.warningBackground');
  const role = { role: 'button' };
  item.accessibilityInformation = hasToken
    ? { label: vscode.l10n.t('dstack project {0}', projectName), ...role }
    : { label: vscode.l10n.t('dstack project {0}, token missing', projectName), ...role };
  item.show();
}

function serverLine({ known, isKept }: Pick<LocalServer, 'known' | 'isKept'>): string {
  switch (known) {
    case 'running':
      return isKept
        ? vscode.l10n.t('The local server runs, and goes on when this window closes.')
        : vscode.l10n.t('The local server runs in this window.');
    case 'starting':
      return vscode.l10n.t('The local server is starting.');
    case 'stopped':
      return vscode.l10n.t('This window has not started the local server.');
  }
}
