import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, nodeFileSystem as fs } from './fileSystem.ts';

/** Nobody holds a lock for longer than some file operations take; an older one was left by a crash. */
const STALE_MS = 10_000;
const RETRY_MS = 5;

const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `action` while no other window or process of ours changes the file. Other programs (the dstack
 * CLI) know nothing of the lock: who writes compares before replacing, too.
 *
 * The lock is a file in the temporary folder of the user, never beside the file: a crash must leave
 * nothing in a workspace.
 */
export async function withFileLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve();
  const turn = before.then(() => holding(path, action));
  const settled = turn.catch(() => undefined);
  queues.set(path, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(path) === settled) queues.delete(path);
  }
}

async function holding<T>(path: string, action: () => Promise<T>): Promise<T> {
  const lock = await lockPath(path);
  const mark = randomUUID();
  while (!(await take(lock, mark))) {
    await removeIfStale(lock);
    await sleep(RETRY_MS + Math.random() * RETRY_MS);
  }
  try {
    return await action();
  } finally {
    // A computer that slept may have lost its lock to somebody else.
    if ((await textOf(lock)) === mark) await fs.rm(lock, { force: true });
  }
}

async function lockPath(path: string): Promise<string> {
  const folder = join(tmpdir(), `dstack-azure-${process.getuid?.() ?? 'locks'}`);
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.lock`);
}

async function take(lock: string, mark: string): Promise<boolean> {
  try {
    const handle = await fs.open(lock, 'wx', 0o600);
    try {
      await handle.writeFile(mark);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    // Windows answers EPERM while another process is deleting the file.
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'EPERM') return false;
    throw error;
  }
}

/** Moves a stale lock aside under a name of its own, so that of two who see it only one removes it. */
async function removeIfStale(lock: string): Promise<void> {
  try {
    const seen = await fs.lstat(lock);
    if (Date.now() - seen.mtimeMs < STALE_MS) return;
    const aside = `${lock}.${randomUUID()}`;
    await fs.rename(lock, aside);
    await fs.rm(aside, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await fs.readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
