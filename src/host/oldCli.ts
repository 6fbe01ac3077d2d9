import * as vscode from 'vscode';
import type { Bindings, StateStore } from './binding.ts';
import type { ErrorReport } from './errorReport.ts';
import { typeInTerminal } from './installDstack.ts';
import type { LocalServerPrograms } from './localServer.ts';

type CliPrograms = Pick<LocalServerPrograms, 'cliPath' | 'oldVersionAt' | 'installCommand'>;

export interface OldCliParts {
  readonly bindings: Bindings;
  readonly programs: () => Promise<CliPrograms>;
  /** The workspace's own: each folder is told once of a version. */
  readonly memory: StateStore;
  readonly errors: ErrorReport;
}

const KEY = 'dstackAzure.oldCliNamed';

/** Versions by path, as this window has read them: to ask a CLI costs a start of Python. */
type AskedVersions = Map<string, string | undefined>;

/**
 * Looks at the CLI that terminals find, as soon as a window with a project has a terminal and when a
 * folder gets another project, and says so if it is too old for what they give it. A window that only
 * shows code starts no CLI, and none is started twice.
 */
export function watchForOldCli(parts: OldCliParts): vscode.Disposable {
  const asked: AskedVersions = new Map();
  let latest = Promise.resolve();
  const look = () => {
    // One after the other, so that two changes at once do not say it twice.
    latest = latest
      .then(() => nameOldCli(parts, asked))
      .catch((error: unknown) => parts.errors.report(error));
  };
  const lookForTerminals = () => {
    if (vscode.window.terminals.length > 0) look();
  };
  lookForTerminals();
  return vscode.Disposable.from(
    vscode.window.onDidOpenTerminal(look),
    parts.bindings.onDidChange(look),
    vscode.workspace.onDidChangeWorkspaceFolders(lookForTerminals),
    vscode.workspace.onDidGrantWorkspaceTrust(lookForTerminals),
  );
}

async function nameOldCli(
  { bindings, programs, memory, errors }: OldCliParts,
  asked: AskedVersions,
): Promise<void> {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .map(({ uri }) => uri.toString())
    .filter((uri) => bindings.of(uri) !== undefined);
  // In Restricted Mode no terminal learns of a project.
  if (folders.length === 0 || !vscode.workspace.isTrusted) return;
  const cli = await programs();
  const path = await cli.cliPath();
  const version = path === undefined ? undefined : await oldVersionAt(path, cli, asked);
  if (path === undefined || version === undefined) return;
  const named = namedIn(memory);
  const now = folders.map((folder) => `${version} ${folder}`);
  const fresh = now.filter((each) => !named.includes(each));
  if (fresh.length === 0) return;
  await memory.update(KEY, [...named, ...fresh]);
  // Whoever leaves the message open must not keep later ones from being said.
  void ask({ path, version }, cli.installCommand).catch((error: unknown) => errors.report(error));
}

async function oldVersionAt(
  path: string,
  cli: CliPrograms,
  asked: AskedVersions,
): Promise<string | undefined> {
  if (!asked.has(path)) asked.set(path, await cli.oldVersionAt(path));
  return asked.get(path);
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
