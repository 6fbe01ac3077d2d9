import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';
import type { ErrorReport } from './errorReport.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';
import { offerInstall } from './installDstack.ts';
import type { FoundDstack, LocalServer, LocalServerPrograms } from './localServer.ts';

export interface LocalServerCommandParts {
  readonly server: LocalServer;
  readonly programs: () => Promise<LocalServerPrograms>;
}

/** Starts the local server with a progress that can be cancelled; offers what is missing for it. */
export async function startLocalServer(parts: LocalServerCommandParts): Promise<void> {
  const { server } = parts;
  if (await offeredOtherMachine()) return;
  if ((await server.state()) === 'running') {
    say(vscode.l10n.t('The local dstack server runs at {0} already.', LOCAL_SERVER_URL));
    return;
  }
  const command = await usableDstack(parts);
  if (command === undefined) return;
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Starting the local dstack server'),
    cancellable: true,
  };
  const startedHere = await vscode.window.withProgress(progress, (_, cancel) => {
    const abort = new AbortController();
    cancel.onCancellationRequested(() => abort.abort());
    return server.start(command, abort.signal);
  });
  say(
    startedHere
      ? server.isKept
        ? vscode.l10n.t(
            'The local dstack server runs at {0}, and goes on when this window closes.',
            LOCAL_SERVER_URL,
          )
        : vscode.l10n.t('The local dstack server runs at {0}.', LOCAL_SERVER_URL)
      : vscode.l10n.t(
          'A local dstack server runs at {0} already; it was started outside this window.',
          LOCAL_SERVER_URL,
        ),
  );
}

/** Makes the server read its file again. */
export async function restartLocalServer(parts: LocalServerCommandParts): Promise<void> {
  await parts.server.stop();
  await startLocalServer(parts);
}

export async function stopLocalServer({ server }: LocalServerCommandParts): Promise<void> {
  if (!(await server.stop()) && (await server.state()) === 'elsewhere') {
    const text = vscode.l10n.t(
      'The dstack server at {0} was started outside this window: stop it where it was started.',
      LOCAL_SERVER_URL,
    );
    await vscode.window.showInformationMessage(text);
    return;
  }
  say(vscode.l10n.t('The local dstack server is stopped.'));
}

/** Finds a server that an earlier window left running, as soon as this one may. */
export function lookForKeptServer(
  server: Pick<LocalServer, 'look'>,
  errors: ErrorReport,
): vscode.Disposable {
  const look = () => void server.look().catch((error: unknown) => errors.report(error));
  look();
  return vscode.workspace.onDidGrantWorkspaceTrust(look);
}

/** What is reported when the server ends though nobody here asked it to. */
export function serverEnded(): SetupError {
  return new SetupError({
    code: 'local_server_ended',
    source: 'dstack',
    message: vscode.l10n.t('The local dstack server has ended by itself.'),
    remedy: vscode.l10n.t('"dstack: Show Local Server Log" says why; start it again.'),
  });
}

/** The dstack to start; undefined after having said what is missing and how to get it. */
export async function usableDstack({
  server,
  programs,
}: LocalServerCommandParts): Promise<FoundDstack | undefined> {
  const command = await server.find();
  if (command !== undefined && command.server !== 'no') return command;
  const why =
    command === undefined
      ? vscode.l10n.t('dstack was not found on this machine.')
      : vscode.l10n.t('The dstack at {0} lacks what a server for Azure needs.', command.path);
  void offerInstall(why, await (await programs()).installCommand());
  return undefined;
}

/** The dstack to ask as a CLI; undefined after having said how to get one. */
export async function dstackCli({
  server,
  programs,
}: LocalServerCommandParts): Promise<FoundDstack | undefined> {
  const command = await server.find();
  if (command !== undefined) return command;
  const why = vscode.l10n.t('dstack was not found on this machine.');
  void offerInstall(why, await (await programs()).installCommand());
  return undefined;
}

/** dstack's server does not exist for Windows: WSL is offered before anything is looked for. */
async function offeredOtherMachine(): Promise<boolean> {
  if (process.platform !== 'win32') return false;
  const text = vscode.l10n.t(
    'There is no dstack server for Windows: open the folder in WSL or on a remote machine, and start the server there.',
  );
  const reopen = 'remote-wsl.reopenInWSL';
  const canReopen = (await vscode.commands.getCommands(true)).includes(reopen);
  const label = vscode.l10n.t('Reopen in WSL');
  const chosen = await vscode.window.showWarningMessage(text, ...(canReopen ? [label] : []));
  if (chosen === label) await vscode.commands.executeCommand(reopen);
  return true;
}

const SHOWN_MS = 5_000;

function say(text: string): void {
  vscode.window.setStatusBarMessage(text, SHOWN_MS);
}
