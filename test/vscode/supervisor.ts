/**
 * Runs one program as the head of its own process group and makes sure that nothing of it survives:
 * not when asked to stop, and not when the process that started us is killed (our standard input,
 * a pipe held by that process, then ends). VS Code's server needs it: its extension hosts and
 * terminals outlive it by seconds, or for good when it is killed.
 *
 * Arguments: JSON {program, args, mark, remove}; `mark` is a value that every descendant carries in
 * its environment, `remove` folders to delete at the end.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

interface Task {
  readonly program: string;
  readonly args: readonly string[];
  readonly mark: string;
  readonly remove: readonly string[];
}

const politeMs = 5_000;
const pollMs = 50;

const task = JSON.parse(process.argv[2] ?? '') as Task;
const child = spawn(task.program, task.args, {
  detached: process.platform !== 'win32',
  stdio: ['ignore', 'inherit', 'inherit'],
});
let exitCode: number | undefined;
let stopping = false;

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  exitCode = 127;
  void stop();
});
child.on('exit', (code) => {
  exitCode = code ?? 1;
  void stop();
});
process.stdin.on('error', () => void stop());
process.stdin.on('end', () => void stop());
process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void stop());

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  signalAll('SIGTERM');
  const patience = Date.now() + politeMs;
  while (remaining().length > 0 && Date.now() < patience) await pause();
  while (remaining().length > 0 && Date.now() < patience + politeMs) {
    signalAll('SIGKILL');
    await pause();
  }
  for (const folder of task.remove) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
  process.exit(exitCode ?? 0);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollMs));
}

function signalAll(signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of remaining()) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone since we looked.
    }
  }
}

/** Process ids (negative: a whole group) that still belong to the program. */
function remaining(): number[] {
  if (child.pid === undefined) return [];
  if (process.platform === 'win32') return exitCode === undefined ? [child.pid] : [];
  const group = groupAlive(child.pid) ? [-child.pid] : [];
  return process.platform === 'linux' ? [...group, ...marked()] : group;
}

function groupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** Descendants in other groups, as terminals are: found by the mark in their environment. */
function marked(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(task.mark);
      } catch {
        return false; // Not ours to read, or gone.
      }
    })
    .map(Number);
}
