import * as vscode from 'vscode';
import type { FileItem } from '../projects/projectNode.ts';
import { applyCommand, applyLine } from '../setup/applyLens.ts';
import { SetupError } from '../setup/errors.ts';
import type { Bindings } from './binding.ts';
import { restriction } from './cloud.ts';
import { noProject } from './starterFiles.ts';

/** What dstack calls its configurations: `<name>.dstack.yml`, or `.dstack.yml` as the default one. */
const FILES: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: '**/{*.dstack,.dstack}.{yml,yaml}',
};

/**
 * Shows "dstack apply" above dstack files in folders that use a project. Needs no activation of its
 * own: a folder that uses a project starts the extension.
 */
export function provideApplyLens(bindings: Bindings): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => lensesOf(document, bindings),
  };
  return vscode.Disposable.from(
    changed,
    bindings.onDidChange(() => changed.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(FILES, provider),
  );
}

function lensesOf(document: vscode.TextDocument, bindings: Bindings): vscode.CodeLens[] {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const binding = folder && bindings.of(folder.uri.toString());
  const line = applyLine(document.getText());
  if (!vscode.workspace.isTrusted || binding === undefined || line === undefined) return [];
  const command = {
    command: 'dstackAzure.applyFile',
    title: '$(play) dstack apply',
    tooltip: vscode.l10n.t(
      'Applies this file to the project {0}, in a terminal',
      binding.projectName,
    ),
    arguments: [fileItem(document.uri)],
  };
  return [new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command)];
}

/** A file as the Projects tree has them: what the command takes from anywhere. */
function fileItem(uri: vscode.Uri): FileItem {
  const path = vscode.workspace.asRelativePath(uri, false);
  return { kind: 'file', id: uri.toString(), path, uri: uri.toString() };
}

/**
 * Saves a dstack file and types its `dstack apply` into a new terminal of the folder, whose variables
 * lead to the folder's project; dstack itself asks before it makes anything.
 * @throws SetupError `restricted_mode`, `no_project_in_folder`, `file_name_unsafe`
 */
export async function applyFile(uri: vscode.Uri, bindings: Bindings): Promise<void> {
  const restricted = restriction();
  if (restricted !== undefined) throw restricted;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined || bindings.of(folder.uri.toString()) === undefined) {
    throw noProject(folder?.name ?? vscode.workspace.asRelativePath(uri));
  }
  const path = vscode.workspace.asRelativePath(uri, false);
  const command = applyCommand(path, process.platform === 'win32');
  if (command === undefined) throw unsafeName();
  const document = vscode.workspace.textDocuments.find(
    (each) => each.uri.toString() === uri.toString(),
  );
  if (document?.isDirty === true && !(await document.save())) return;
  // A new one each time: another may be attached to a run, or have the variables of another project.
  const terminal = vscode.window.createTerminal({ name: 'dstack apply', cwd: folder.uri });
  terminal.show();
  terminal.sendText(command);
}

function unsafeName(): SetupError {
  return new SetupError({
    code: 'file_name_unsafe',
    source: 'user',
    message: vscode.l10n.t(
      'The name of this file has characters that a terminal takes as keys or commands.',
    ),
    remedy: vscode.l10n.t('Rename the file, then try again.'),
  });
}
