import { homedir } from 'node:os';
import { t } from '@vscode/l10n';
import { DstackServerClient } from './dstack/serverClient.ts';
import { compatibilityOf } from './dstack/serverVersion.ts';
import type {
  KeptServerSearch,
  LocalServerPrograms,
  LocalServerStart,
  OwnServer,
  RunningServer,
} from './host/localServer.ts';
import {
  findCli,
  findDstack,
  findInstaller,
  findPython,
  versionAt,
} from './local/dstackCommand.ts';
import { realClock } from './local/realClock.ts';
import {
  findKeptServer,
  isOfWindow,
  startKeptServer,
  type KeptServer,
} from './local/keptServer.ts';
import { librariesMissing, neverReady, noServerForWindows } from './local/serverErrors.ts';
import { isHealthy, portUse } from './local/serverPort.ts';
import { startServer, type ServerProcess } from './local/serverProcess.ts';
import { isCancellation, SetupError } from './setup/errors.ts';

/** The first CLI that reads server and token from its environment (dstack-facts D). */
const CLI_WITH_VARIABLES = [0, 20, 28] as const;

/** dstack's programs on this machine: how they are found, installed, started and asked. */
export const localServerPrograms: LocalServerPrograms = {
  find: ({ configured, python }) =>
    findDstack({ configured, python, environment: process.env, home: homedir() }),

  cliPath: () => findCli(process.env),

  async oldVersionAt(path) {
    const version = await versionAt(path);
    return version === undefined || readsVariables(version) ? undefined : version;
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
          : installInEnvironment(await findPython(process.env));
    }
  },

  isUp: (url) => isHealthy(url),
  start: (request, signal) => startLocalServer(request, signal),

  async findKept(search, signal) {
    const found = await findKeptServer({ ...search, clock: realClock }, search.kept);
    if (found === undefined) return undefined;
    if (found.isOrphan) return { server: keptHere(found), isProven: false };
    return { server: keptHere(found), isProven: await takesOurToken(search, signal) };
  },
};

/** Debian, Fedora and Homebrew refuse `pip install --user` (PEP 668); an environment they allow. */
function installInEnvironment(python: string): string {
  const environment = '~/.local/share/dstack-venv';
  return [
    `${python} -m venv ${environment}`,
    `${environment}/bin/pip install -U "dstack[all]"`,
    `mkdir -p ~/.local/bin`,
    `ln -sf ${environment}/bin/dstack ~/.local/bin/dstack`,
  ].join(' && ');
}

/** How long one that another window has just started may take until it answers. */
const STARTING_MS = 60_000;
const POLL_MS = 250;

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
  const { command, url } = request;
  const kept = await findKeptServer({ ...request, clock: realClock }, request.kept);
  if (kept?.isOrphan === false) return goOnWith(kept, request, signal);
  await kept?.stop();
  await otherWindowIsReady(request, signal);
  const client = clientOf(request);
  const { hostname, port } = new URL(url);
  if ((await portUse(hostname, Number(port))) === 'dstack') {
    await checkToken(client, () => otherServer(url), signal);
    return { isOurs: false };
  }
  if (command.server === 'no') throw librariesMissing(command.path);
  if (command.version !== undefined) compatibilityOf(command.version, url);
  const server = await startNew(request, signal);
  try {
    await checkToken(client, () => otherDatabase(request.directory), signal);
    await client.checkAzure(signal);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function startNew(request: LocalServerStart, signal: AbortSignal): Promise<OwnServer> {
  const { hostname, port } = new URL(request.url);
  const place = { host: hostname, port: Number(port), clock: realClock };
  const start = { ...request, ...place, command: request.command.path };
  return request.keep
    ? keptHere(await startKeptServer(start, request.kept, signal))
    : runningHere(await startServer({ ...start, record: request.kept.record }, signal));
}

/** An earlier window left it, or another one is starting it just now. */
async function goOnWith(
  kept: KeptServer,
  request: LocalServerStart,
  signal: AbortSignal,
): Promise<OwnServer> {
  try {
    await untilUp(request.url, signal);
    await checkToken(clientOf(request), () => otherDatabase(request.directory), signal);
    return keptHere(kept);
  } catch (error) {
    kept.release();
    throw error;
  }
}

/** Two that start at once would open one new database twice: the second window waits for the first. */
async function otherWindowIsReady(
  { url, kept }: LocalServerStart,
  signal: AbortSignal,
): Promise<void> {
  const deadline = realClock.now() + STARTING_MS;
  while ((await isOfWindow(kept.record)) && !(await isHealthy(url, signal))) {
    if (realClock.now() >= deadline) throw neverReady(url, STARTING_MS / 1000);
    await realClock.sleep(POLL_MS, signal);
  }
}

async function untilUp(url: string, signal: AbortSignal): Promise<void> {
  const deadline = realClock.now() + STARTING_MS;
  while (!(await isHealthy(url, signal))) {
    if (realClock.now() >= deadline) throw neverReady(url, STARTING_MS / 1000);
    await realClock.sleep(POLL_MS, signal);
  }
}

function clientOf({ url, token }: Pick<LocalServerStart, 'url' | 'token'>): DstackServerClient {
  return new DstackServerClient({ url, token, fetch, clock: realClock });
}

function keptHere(server: KeptServer): OwnServer {
  return {
    isOurs: true,
    isKept: true,
    ended: server.ended,
    stop: () => server.stop(),
    release: () => server.release(),
  };
}

function runningHere(server: ServerProcess): OwnServer {
  return {
    isOurs: true,
    isKept: false,
    ended: server.ended.then(() => false),
    stop: () => server.stop(),
    release: () => server.terminate(),
  };
}

/** A process number and a port can be anybody's: who takes our token has our database. */
async function takesOurToken(search: KeptServerSearch, signal: AbortSignal): Promise<boolean> {
  if (!(await isHealthy(search.url, signal))) return false;
  try {
    await clientOf(search).whoAmI(signal);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
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
