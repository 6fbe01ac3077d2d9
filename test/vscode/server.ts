import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { CommandFailed, runQuietly } from './command.ts';
import { nodeForServer, serverMain } from './install.ts';

const startTimeoutMs = 30_000;

export interface VSCodeOptions {
  readonly workspaceFolder: string;
  /** Each a VSIX file, or the folder of an unpacked extension (copied whole). */
  readonly extensions: readonly string[];
  /** For the server and so for the extension host; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** User settings beside {@link calmSettings}. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Kept after the end (extension storage, settings), so that a second start finds it again. */
  readonly userDataDir?: string;
  /** Default: a free one. The same port is needed to bring back a browser's stored state. */
  readonly port?: number;
  /** VS Code asks whether it may trust the folder. Default: off, as every folder here is ours. */
  readonly workspaceTrust?: boolean;
  /** Everything that VS Code and extensions can log, for tests of what must not be logged. */
  readonly logsAll?: boolean;
  /** For a page with `extensionTestsPath`; VS Code then shows no toasts and refuses every modal. */
  readonly testMode?: boolean;
  /** Folders of the caller that go with the server, even if the caller is killed before. */
  readonly removeAtEnd?: readonly string[];
}

export interface RunningVSCode {
  /** Of the workbench with the workspace folder open. */
  readonly url: string;
  readonly port: number;
  readonly dirs: {
    readonly userData: string;
    readonly extensions: string;
    readonly workspace: string;
    /** What the server printed; gone after {@link stop}, as everything in its folder. */
    readonly log: string;
  };
  /** Where the companion `driver` says how to reach it. */
  readonly driverFile: string;
  /** Ends the server with all its children and removes its folders. */
  stop(): Promise<void>;
}

/** Settings without which VS Code shows things of its own in front of the extension. */
export const calmSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.editor.useModal': 'off',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.autoDetectColorScheme': false,
  'security.workspace.trust.untrustedFiles': 'open',
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * Starts VS Code's server on the loopback with the given extensions and waits until it answers.
 * Throws an Error with the end of its output when it doesn't.
 */
export async function startVSCode(options: VSCodeOptions): Promise<RunningVSCode> {
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'dstack-vscode-'));
  const dirs = {
    userData: options.userDataDir ?? path.join(temporary, 'user'),
    extensions: path.join(temporary, 'extensions'),
    workspace: options.workspaceFolder,
    log: path.join(temporary, 'server.log'),
  };
  try {
    await writeSettings(dirs.userData, { ...calmSettings, ...options.settings });
    await installExtensions(options.extensions, dirs.extensions, temporary);
    const port = options.port ?? (await freePort());
    const driverFile = path.join(temporary, 'driver.json');
    const server = await spawnServer(options, { ...dirs, temporary, driverFile, port });
    const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(options.workspaceFolder)}`;
    const stop = (): Promise<void> => stopServer(server);
    await untilReady(port, server, dirs.log).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { url, port, dirs, driverFile, stop };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** A port of the loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Before the start: the server doesn't notice a change of these files while it runs. */
async function writeSettings(
  userData: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const folder of ['User', 'Machine']) {
    await mkdir(path.join(userData, folder), { recursive: true });
    const file = path.join(userData, folder, 'settings.json');
    const kept = folder === 'User' ? await readSettings(file) : {};
    await writeFile(file, JSON.stringify({ ...kept, ...settings }, undefined, 2));
  }
}

/** What a person changed in an earlier run with the same user data. */
async function readSettings(file: string): Promise<object> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as object;
  } catch {
    return {};
  }
}

async function installExtensions(
  extensions: readonly string[],
  target: string,
  temporary: string,
): Promise<void> {
  await mkdir(target, { recursive: true });
  const packed = extensions.filter((extension) => extension.endsWith('.vsix'));
  for (const folder of extensions.filter((extension) => !extension.endsWith('.vsix'))) {
    const manifest = await readFile(path.join(folder, 'package.json'), 'utf8');
    const { publisher, name, version } = JSON.parse(manifest) as Record<string, string>;
    await cp(folder, path.join(target, `${publisher}.${name}-${version}`), { recursive: true });
  }
  // After the folders, because the first installation writes down which extensions exist.
  for (const vsix of packed) {
    const where = ['--extensions-dir', target, '--server-data-dir', path.join(temporary, 'data')];
    await runQuietly(
      nodeForServer(),
      [serverMain, '--install-extension', vsix, '--force', ...where],
      { failure: `VS Code's server could not install ${path.basename(vsix)}.` },
    );
  }
}

interface Place {
  readonly userData: string;
  readonly extensions: string;
  readonly log: string;
  readonly temporary: string;
  readonly driverFile: string;
  readonly port: number;
}

async function spawnServer(options: VSCodeOptions, place: Place): Promise<ChildProcess> {
  const mark = `DSTACK_TEST_SERVER=${randomUUID()}`;
  const task = {
    program: nodeForServer(),
    args: [serverMain, ...serverArguments(options, place)],
    mark,
    remove: [place.temporary, ...(options.removeAtEnd ?? [])],
  };
  const program = await buildSupervisor(place.temporary);
  const log = createWriteStream(place.log);
  await once(log, 'open');
  const server = spawn(process.execPath, [program, JSON.stringify(task)], {
    // Its own group: Ctrl+C in a terminal reaches us, and we stop it in order.
    detached: process.platform !== 'win32',
    env: {
      ...withoutHarness(process.env),
      ...options.env,
      DSTACK_TEST_DRIVER_FILE: place.driverFile,
      DSTACK_TEST_DRIVER_TOKEN: randomUUID(),
      DSTACK_TEST_SERVER: mark.slice(mark.indexOf('=') + 1),
    },
    stdio: ['pipe', log, log],
  });
  log.close();
  // Broken pipe when the supervisor is gone first: its exit says the same.
  server.stdin.on('error', () => undefined);
  return server;
}

/** The variables of the test runner itself (npm's, vitest's) are no person's environment. */
function withoutHarness(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const harness =
    /^(npm_|VITEST|NODE_OPTIONS$|NODE_ENV$|INIT_CWD$|TSX_|VSCODE_|ELECTRON_RUN_AS_NODE$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !harness.test(name)));
}

function serverArguments(options: VSCodeOptions, place: Place): string[] {
  const flags = [
    '--without-connection-token',
    '--accept-server-license-terms',
    '--disable-telemetry',
    // 1.139 takes no extensionTestsPath without it, and shows no toast with it.
    ...(options.testMode === true ? ['--enable-smoke-test-driver'] : []),
    ...(options.logsAll === true ? ['--log', 'trace'] : []),
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
  ];
  return [
    ...['--host', '127.0.0.1', '--port', String(place.port)],
    ...flags,
    ...['--user-data-dir', place.userData],
    ...['--server-data-dir', path.join(place.temporary, 'data')],
    ...['--extensions-dir', place.extensions],
  ];
}

/** Path of the supervisor as plain JavaScript. */
async function buildSupervisor(folder: string): Promise<string> {
  const outfile = path.join(folder, 'supervisor.mjs');
  const entry = path.join(import.meta.dirname, 'supervisor.ts');
  await build({ entryPoints: [entry], outfile, format: 'esm', platform: 'node', bundle: true });
  return outfile;
}

async function untilReady(port: number, server: ChildProcess, log: string): Promise<void> {
  const patience = Date.now() + startTimeoutMs;
  while (Date.now() < patience) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(50);
  }
  const output = await readFile(log, 'utf8').catch(() => '');
  throw new CommandFailed("VS Code's server did not start.", output, server.exitCode ?? undefined);
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.stdin?.end();
  await gone;
}
