import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './program.ts';
import { CannotRun, findPython } from './python.ts';

const here = import.meta.dirname;
const folder = join(here, '..', '..', '.cache', 'dstack-venv');
const requirements = join(here, 'requirements.txt');
const constraints = join(here, 'constraints.txt');

/** The private virtual environment with the pinned dstack. */
export const venv = {
  bin: join(folder, process.platform === 'win32' ? 'Scripts' : 'bin'),
  python: join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'),
  dstack: join(folder, process.platform === 'win32' ? 'Scripts/dstack.exe' : 'bin/dstack'),
};

/**
 * Makes the virtual environment, unless it is there with exactly these requirements.
 *
 * @throws CannotRun without Python, or if the packages can't be downloaded
 */
export async function installDstack(say: (line: string) => void): Promise<void> {
  const stamp = join(folder, 'stamp');
  const wanted = await fingerprint();
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  const python = await findPython(say);
  say('Installing the pinned dstack into .cache/dstack-venv ...');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await step('making a virtual environment', python, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  // Some of the pinned packages have left 3.10 behind; there pip chooses older ones.
  const isOld = (await runProgram(venv.python, ['-c', OLD_PYTHON])).code !== 0;
  const pins = isOld ? [] : ['-c', constraints];
  await step('installing dstack', venv.python, [...pip, '-r', requirements, ...pins]);
  await writeFile(stamp, wanted);
}

const OLD_PYTHON = 'import sys; sys.exit(sys.version_info < (3, 11))';

async function fingerprint(): Promise<string> {
  const texts = await Promise.all([requirements, constraints].map((file) => readFile(file)));
  return createHash('sha256').update(Buffer.concat(texts)).digest('hex');
}

async function step(what: string, program: string, parameters: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(program, parameters, { timeoutMs: 900_000 });
  if (code === 0) return;
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  throw new CannotRun(`${what} failed: ${reason}`);
}
