import { homedir } from 'node:os';
import { t } from '@vscode/l10n';
import { DstackServerClient } from './dstack/serverClient.ts';
import { compatibilityOf } from './dstack/serverVersion.ts';
import type { LocalServerPrograms, LocalServerStart, RunningServer } from './host/localServer.ts';
import { findCli, findDstack, findInstaller } from './local/dstackCommand.ts';
import { realClock } from './local/realClock.ts';
import { librariesMissing, noServerForWindows } from './local/serverErrors.ts';
import { isHealthy, portUse } from './local/serverPort.ts';
import { startServer, type ServerProcess } from './local/serverProcess.ts';
import { SetupError } from './setup/errors.ts';

/** The first CLI that reads server and token from its environment (dstack-facts D). */
const CLI_WITH_VARIABLES = [0, 20, 28] as const;

/** dstack's programs on this machine: how they are found, installed, started and asked. */
export const localServerPrograms: LocalServerPrograms = {
  find: ({ configured, python }) =>
    findDstack({ configured, python, environment: process.env, home: homedir() }),

  async oldCli() {
    const found = await findCli(process.env);
    if (found?.version === undefined || readsVariables(found.version)) {
      return undefined;
    }
    return { path: found.path, version: found.version };
  },

  async installCommand() {
    switch (await findInstaller(process.env)) {
      case 'uv':
        return 'uv tool install "dstack[all]" -U';
      case 'pipx':
        return 'pipx install --force "dstack[all]"';
      case 'pip':
        return process.platform === 'win32'
          ? 'py -m pip install --user -U "dstack[all]"'
          : 'python3 -m pip install --user -U "dstack[all]"';
    }
  },

  isUp: (url) => isHealthy(url),
  start: (request, signal) => startLocalServer(request, signal),
};

/**
 * Starts the local server and makes sure that it is of use: it takes our token, knows Azure and is
 * new enough. One that another window of ours started counts as started.
 *
 * @throws SetupError `local_server_…`, `server_too_old`, `server_without_azure`; an AbortError
 */
export async function startLocalServer(
  request: LocalServerStart,
  signal: AbortSignal,
): Promise<RunningServer> {
  if (process.platform === 'win32') throw noServerForWindows();
  const { command, url, token } = request;
  const client = new DstackServerClient({ url, token, fetch, clock: realClock });
  const { hostname, port } = new URL(url);
  if ((await portUse(hostname, Number(port))) === 'dstack') {
    await checkToken(client, () => otherServer(url), signal);
    return { startedHere: false };
  }
  if (command.server === 'no') throw librariesMissing(command.path);
  if (command.version !== undefined) compatibilityOf(command.version, url);
  const server = await startServer(
    { ...request, command: command.path, host: hostname, port: Number(port), clock: realClock },
    signal,
  );
  try {
    await checkToken(client, () => otherDatabase(request.directory), signal);
    await client.checkAzure(signal);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return runningHere(server);
}

function runningHere(server: ServerProcess): RunningServer {
  return {
    startedHere: true,
    ended: server.ended,
    stop: () => server.stop(),
    terminate: () => server.terminate(),
  };
}

async function checkToken(
  client: DstackServerClient,
  refused: () => SetupError,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.whoAmI(signal);
  } catch (error) {
    if (error instanceof SetupError && error.code === 'server_token_invalid') throw refused();
    throw error;
  }
}

function otherServer(url: string): SetupError {
  return new SetupError({
    code: 'local_server_other_token',
    source: 'dstack',
    message: t(
      'Another dstack server already runs at {0}; it does not accept the token that VS Code holds.',
      url,
    ),
    remedy: t('Stop that server, then start the local one again.'),
  });
}

/** The token counts only when the database is made; VS Code's own was lost or replaced since. */
function otherDatabase(directory: string): SetupError {
  return new SetupError({
    code: 'local_server_other_database',
    source: 'dstack',
    message: t(
      'The database of the local dstack server was made with another token than VS Code holds now: {0}',
      directory,
    ),
    remedy: t('Move its folder "data" away, then start the server again: it makes a new one.'),
  });
}

/** Whether a CLI of this version reads server and token from its environment. */
export function readsVariables(version: string): boolean {
  return isAtLeast(version, CLI_WITH_VARIABLES);
}

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  const index = least.findIndex((part, at) => part !== parts[at]);
  return index < 0 || (parts[index] ?? 0) > (least[index] ?? 0);
}
