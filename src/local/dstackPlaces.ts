import { delimiter, dirname, isAbsolute, join } from 'node:path';

/** Where to look for `dstack`, in order. */
export interface DstackSearch {
  /** The path that the user set; then nothing else is looked at. */
  readonly configured?: string | undefined;
  /** The Python that is selected in VS Code: its environment may hold dstack. */
  readonly python?: string | undefined;
  /** The environment of this process: PATH, HOME and where uv and pipx were told to install to. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const isWindows = process.platform === 'win32';
const BIN = isWindows ? 'Scripts' : 'bin';

/**
 * The files that would be dstack, best first: beside the selected Python, on the PATH, then where uv
 * and pipx install to, because a window that was not started from a shell often lacks their folder
 * on its PATH.
 */
export function placesOfDstack({ python, environment, home }: DstackSearch): readonly string[] {
  const folders = [
    ...(python === undefined ? [] : [dirname(python)]),
    ...foldersOnPath(environment),
    ...foldersOfInstallers(environment, home),
  ];
  return [...new Set(folders.filter(isAbsolute))].map((folder) => join(folder, fileOf('dstack')));
}

/**
 * What a terminal finds under a program's name. Relative folders are passed over: the program of an open
 * folder is not ours to run.
 */
export function placesOnPath(
  environment: DstackSearch['environment'],
  program: string,
): readonly string[] {
  return foldersOnPath(environment).map((folder) => join(folder, fileOf(program)));
}

function fileOf(program: string): string {
  return isWindows ? `${program}.exe` : program;
}

function foldersOnPath(environment: DstackSearch['environment']): readonly string[] {
  const path = environment['PATH'] ?? environment['Path'] ?? '';
  return path.split(delimiter).filter(isAbsolute);
}

/** By the documents of uv (tool directory, executable directory) and pipx (PIPX_HOME, PIPX_BIN_DIR). */
function foldersOfInstallers(
  environment: DstackSearch['environment'],
  home: string,
): readonly string[] {
  const data = environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share');
  const own = [
    environment['UV_TOOL_BIN_DIR'],
    environment['XDG_BIN_HOME'],
    environment['PIPX_BIN_DIR'],
    join(home, '.local', 'bin'),
  ];
  const environments = [
    join(environment['UV_TOOL_DIR'] ?? join(data, 'uv', 'tools'), 'dstack'),
    join(environment['PIPX_HOME'] ?? join(data, 'pipx'), 'venvs', 'dstack'),
    join(home, '.local', 'pipx', 'venvs', 'dstack'),
  ];
  return [
    ...own.filter((folder) => folder !== undefined),
    ...environments.map((folder) => join(folder, BIN)),
    ...MINORS.flatMap((minor) => userScripts(environment, home, minor)),
  ];
}

/** Of the Python versions that dstack runs on, newest first. */
const MINORS = [14, 13, 12, 11, 10];

/** Where `pip install --user` puts programs; on Linux that is `~/.local/bin`. */
function userScripts(
  environment: DstackSearch['environment'],
  home: string,
  minor: number,
): readonly string[] {
  const data = environment['APPDATA'];
  return [
    join(home, 'Library', 'Python', `3.${minor}`, 'bin'),
    ...(data === undefined ? [] : [join(data, 'Python', `Python3${minor}`, 'Scripts')]),
  ];
}
