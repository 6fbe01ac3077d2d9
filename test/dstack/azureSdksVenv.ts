import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './program.ts';
import { CannotRun, findPython } from './python.ts';

const folder = join(import.meta.dirname, '..', '..', '.cache', 'azure-sdks-venv');
const requirements = join(import.meta.dirname, 'azureSdks.requirements.txt');
const bin = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';

/**
 * The Python of a private virtual environment with Azure's newest clients, made anew when the
 * requirements have changed. It is apart from dstack's: that one holds older clients.
 *
 * @throws CannotRun without Python, or if the packages can't be downloaded
 */
export async function installAzureSdks(say: (line: string) => void): Promise<string> {
  const stamp = join(folder, 'stamp');
  const python = join(folder, bin);
  const wanted = await readFile(requirements, 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return python;
  const base = await findPython(say);
  say("Installing Azure's clients for Python into .cache/azure-sdks-venv ...");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await step('making a virtual environment', base, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await step("installing Azure's clients", python, [...pip, '-r', requirements]);
  await writeFile(stamp, wanted);
  return python;
}

async function step(what: string, program: string, parameters: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(program, parameters, { timeoutMs: 600_000 });
  if (code === 0) return;
  throw new CannotRun(`${what} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}
