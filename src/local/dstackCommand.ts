import { execFile } from 'node:child_process';
import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import { placesOfDstack, placesOnPath, type DstackSearch } from './dstackPlaces.ts';

/** A `dstack` of this machine. */
export interface DstackCommand {
  readonly path: string;
  /** As it says itself; undefined for a build without a number. */
  readonly version: string | undefined;
  /**
   * Whether it can be a server for Azure: the CLI alone is the same program without some libraries.
   * `unknown` where its libraries lie in no place that we know; starting it then tells.
   */
  readonly server: 'yes' | 'no' | 'unknown';
}

/** Best first. dstack takes 3.10 and later; the newest may lack built packages for a while. */
const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** Python needs a moment, longer on a cold disk. */
const VERSION_MS = 30_000;

/**
 * The `dstack` to start a server with: the first that can be one, else the first that is one at all,
 * so that the user learns what it lacks.
 *
 * @returns undefined where this machine has none
 * @throws SetupError `dstack_path_wrong` if the path in the settings is none
 */
export async function findDstack(search: DstackSearch): Promise<DstackCommand | undefined> {
  const { configured } = search;
  if (configured !== undefined && configured !== '') return dstackAt(configured);
  const found: DstackCommand[] = [];
  for (const place of await programsAmong(placesOfDstack(search))) {
    const command = await ask(place);
    if (command === undefined) continue;
    if (command.server !== 'no') return command;
    found.push(command);
  }
  return found[0];
}

/** Where the `dstack` lies that a terminal runs, if there is one. It is not started. */
export async function findCli(
  environment: DstackSearch['environment'],
): Promise<string | undefined> {
  return (await programsAmong(placesOnPath(environment, 'dstack')))[0];
}

/** What the program at the path says of itself; undefined if that is no version of dstack. */
export async function versionAt(path: string): Promise<string | undefined> {
  return versionIn(await output(path, ['--version']));
}

/** What can install dstack here, best first: uv and pipx keep it apart from other programs. */
export async function findInstaller(
  environment: DstackSearch['environment'],
): Promise<'uv' | 'pipx' | 'pip'> {
  if ((await programsAmong(placesOnPath(environment, 'uv'))).length > 0) return 'uv';
  return (await programsAmong(placesOnPath(environment, 'pipx'))).length > 0 ? 'pipx' : 'pip';
}

/** The Python to make an environment with: that of a system may be older than dstack takes. */
export async function findPython(environment: DstackSearch['environment']): Promise<string> {
  for (const name of PYTHONS) {
    if ((await programsAmong(placesOnPath(environment, name))).length > 0) return name;
  }
  return 'python3';
}

async function dstackAt(path: string): Promise<DstackCommand> {
  const command = isAbsolute(path) && (await isProgram(path)) ? await ask(path) : undefined;
  if (command !== undefined) return command;
  throw new SetupError({
    code: 'dstack_path_wrong',
    source: 'user',
    message: t('The setting "dstackAzure.dstackPath" names no dstack program: {0}', path),
    remedy: t('Enter the full path of dstack, or leave the setting empty to have it found.'),
  });
}

async function programsAmong(paths: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(paths.map(isProgram));
  return paths.filter((_, index) => there[index] === true);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Undefined for a program that does not answer as dstack does. */
async function ask(path: string): Promise<DstackCommand | undefined> {
  const [said, server] = await Promise.all([output(path, ['--version']), serverLibraries(path)]);
  return said === undefined ? undefined : { path, version: versionIn(said), server };
}

/** A build from source says "None" or "0.0.0". */
function versionIn(said: string | undefined): string | undefined {
  const version = /^(\d+\.\d+\.\d+\S*)\s*$/m.exec(said ?? '')?.[1];
  return version === '0.0.0' ? undefined : version;
}

function output(path: string, parameters: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: VERSION_MS, cwd: dirname(path), windowsHide: true };
    execFile(path, parameters, options, (error, stdout) => resolve(error ? undefined : stdout));
  });
}

/**
 * `dstack server --help` answers without the server's libraries too, so the libraries themselves
 * are looked for: beside the program, in the environment that it was installed into.
 */
async function serverLibraries(path: string): Promise<DstackCommand['server']> {
  const lib = join(dirname(dirname(await realpath(path))), 'lib');
  const names = await readdir(lib).catch(() => []);
  const packages = names
    .filter((name) => /^python3/.test(name))
    .map((name) => join(lib, name, 'site-packages'));
  for (const folder of packages) {
    if (!(await exists(join(folder, 'dstack')))) continue;
    const needed = ['uvicorn', join('azure', 'mgmt', 'compute')];
    const there = await Promise.all(needed.map((name) => exists(join(folder, name))));
    return there.every(Boolean) ? 'yes' : 'no';
  }
  return 'unknown';
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
