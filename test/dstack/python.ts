import { existsSync } from 'node:fs';
import { runProgram } from './program.ts';

/** Nothing of this ring can run here, for this reason: one sentence. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/**
 * A Python of version 3.10 or later that can make virtual environments: the one that
 * `DSTACK_AZURE_PYTHON` names, else one on the PATH, else Debian's by apt when root.
 *
 * @throws CannotRun
 */
export async function findPython(say: (line: string) => void): Promise<string> {
  const named = process.env['DSTACK_AZURE_PYTHON'];
  const found = await firstUsable(named === undefined ? NAMES : [named]);
  if (found !== undefined) return found;
  if (named === undefined && (await installByApt(say))) {
    const installed = await firstUsable(['/usr/bin/python3']);
    if (installed !== undefined) return installed;
  }
  throw new CannotRun(
    'no Python 3.10 or later with venv was found (name one with DSTACK_AZURE_PYTHON).',
  );
}

async function firstUsable(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    if (await isUsable(name)) return name;
  }
  return undefined;
}

async function isUsable(name: string): Promise<boolean> {
  const program = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  try {
    return (await runProgram(name, ['-c', program])).code === 0;
  } catch {
    return false;
  }
}

async function installByApt(say: (line: string) => void): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  say('Installing Python (apt-get install python3-venv) ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runProgram('apt-get', ['update', '-qq'], { env });
  if (update.code !== 0) return false;
  const parameters = ['install', '-y', '-qq', '--no-install-recommends', 'python3-venv'];
  return (await runProgram('apt-get', parameters, { env, timeoutMs: 600_000 })).code === 0;
}
