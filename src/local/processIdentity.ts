import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * What tells a process from another one that gets the same number later: when it was started.
 * Undefined if there is no such process any more, or if this machine can't tell.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? ofProcFiles(pid) : ofPs(pid);
}

/** By /proc, because a small container has no `ps`. Ticks count from the start of the machine. */
async function ofProcFiles(pid: number): Promise<string | undefined> {
  try {
    const [status, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name of the program, in brackets, may hold anything; state and start time come after it.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    const isGone = startTicks === undefined || (state === 'Z' && !(await hasThreads(pid)));
    return isGone ? undefined : `${boot.trim()}/${startTicks}`;
  } catch {
    return undefined;
  }
}

/** The first thread of a process can have ended while others still hold its port. */
async function hasThreads(pid: number): Promise<boolean> {
  return (await readdir(`/proc/${pid}/task`)).length > 1;
}

async function ofPs(pid: number): Promise<string | undefined> {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env,
    });
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
