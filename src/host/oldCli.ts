import * as vscode from 'vscode';
import type { Bindings, StateStore } from './binding.ts';
import type { ErrorReport } from './errorReport.ts';
import { typeInTerminal } from './installDstack.ts';
import type { LocalServerPrograms } from './localServer.ts';

export interface OldCliParts {
  readonly bindings: Bindings;
  readonly programs: () => Promise<Pick<LocalServerPrograms, 'oldCli' | 'installCommand'>>;
  /** The workspace's own: each folder is told once of a version. */
  readonly memory: StateStore;
  readonly errors: ErrorReport;
}

const KEY = 'dstackAzure.oldCliNamed';

/**
 * Looks at the CLI that terminals find, when a window with a project opens and when a folder gets one,
 * and says so if it is too old for what they give it.
 */
export function watchForOldCli(parts: OldCliParts): vscode.Disposable {
  let latest = Promise.resolve();
  const look = () => {
    // One after the other, so that two changes at once do not say it twice.
    latest = latest
      .then(() => nameOldCli(parts))
      .catch((error: unknown) => parts.errors.report(error));
  };
  look();
  return vscode.Disposable.from(
    parts.bindings.onDidChange(look),
    vscode.workspace.onDidChangeWorkspaceFolders(look),
    vscode.workspace.onDidGrantWorkspaceTrust(look),
  );
}

async function nameOldCli({ bindings, programs, memory, errors }: OldCliParts): Promise<void> {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .map(({ uri }) => uri.toString())
    .filter((uri) => bindings.of(uri) !== undefined);
  // In Restricted Mode no terminal learns of a project.
  if (folders.length === 0 || !vscode.workspace.isTrusted) return;
  const { oldCli, installCommand } = await programs();
  const old = await oldCli();
  if (old === undefined) return;
  const named = namedIn(memory);
  const now = folders.map((folder) => `${old.version} ${folder}`);
  const fresh = now.filter((each) => !named.includes(each));
  if (fresh.length === 0) return;
  await memory.update(KEY, [...named, ...fresh]);
  // Whoever leaves the message open must not keep later ones from being said.
  void ask(old, installCommand).catch((error: unknown) => errors.report(error));
}

async function ask(
  { path, version }: { readonly path: string; readonly version: string },
  installCommand: LocalServerPrograms['installCommand'],
): Promise<void> {
  const update = vscode.l10n.t('Type the Update in a Terminal');
  const text = vscode.l10n.t(
    'The dstack CLI at {0} is version {1}. Before 0.20.28 it does not read the server and the token from a terminal, only the name of the project: update it.',
    path,
    version,
  );
  if ((await vscode.window.showWarningMessage(text, update)) === update) {
    typeInTerminal(await installCommand());
  }
}

function namedIn(memory: StateStore): readonly unknown[] {
  const value = memory.get(KEY);
  return Array.isArray(value) ? value : [];
}
