import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { errorCode } from './fileSystem.ts';

/** What this machine says of a process number. */
export type ProcessSeen =
  /** When it was started tells the process from another one that gets its number later. */
  | { readonly state: 'runs'; readonly identity: string }
  | { readonly state: 'gone' }
  /** The machine did not say. */
  | { readonly state: 'unknown' };

/** Whether there is a process of this number, and which one. Never rejects. */
export async function processSeen(pid: number): Promise<ProcessSeen> {
  try {
    return process.platform === 'linux' ? await seenInProc(pid) : await seenByPs(pid);
  } catch (error) {
    const isGone = ['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '');
    return { state: isGone ? 'gone' : 'unknown' };
  }
}

/** By /proc, because a small container has no `ps`. Ticks count from the start of the machine. */
async function seenInProc(pid: number): Promise<ProcessSeen> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in brackets, may hold anything; state and start time come after it.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  const isGone = startTicks === undefined || (state === 'Z' && !(await hasThreads(pid)));
  if (isGone) return { state: 'gone' };
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
  if (boot === undefined) return { state: 'unknown' };
  return { state: 'runs', identity: `${boot.trim()}/${startTicks}` };
}

/** The first thread of a process can have ended while others still hold its port. */
async function hasThreads(pid: number): Promise<boolean> {
  return (await readdir(`/proc/${pid}/task`)).length > 1;
}

/** By `ps`, which ends with 1 and no word where there is no such process. */
export function seenByPs(pid: number): Promise<ProcessSeen> {
  // It tells the time of this machine's zone, and a laptop travels.
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], { env }, (error, stdout) => {
      const identity = stdout.trim();
      if (error !== null) resolve({ state: error.code === 1 ? 'gone' : 'unknown' });
      else resolve(identity === '' ? { state: 'gone' } : { state: 'runs', identity });
    });
  });
}
