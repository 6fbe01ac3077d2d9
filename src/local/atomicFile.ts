import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileError, keepsChanging, notText } from './fileErrors.ts';
import { withFileLock } from './fileLock.ts';
import { errorCode, nodeFileSystem, type FileSystem } from './fileSystem.ts';
import { realFilePath } from './safePath.ts';

export interface AtomicFileOptions {
  /** The folder that must not be left, by links either. */
  readonly root: string;
  /** The mode of a new file; an existing one keeps its own. */
  readonly newMode: number;
  readonly fileSystem?: FileSystem;
}

const ATTEMPTS = 50;
const TEMPORARY = '.dstack-azure-';
/** No write takes that long: an older temporary folder was left by a crash. */
const LEFT_BEHIND_MS = 60_000;

/**
 * Reads a file, changes its text and replaces it in one step: whoever reads sees the old content or
 * the new, after a crash too. Concurrent writers of ours wait for each other; if another program
 * wrote in between, the edit is made again on its text.
 *
 * @param edit gets the text, or undefined where there is no file; may run more than once. What it
 * throws leaves the file untouched; undefined or the same text leaves it as it is, null removes it.
 * @returns whether the file was written or removed
 * @throws SetupError `file_not_writable`, `disk_full`, `not_a_file`, `link_leads_outside`,
 * `file_not_text`, `file_keeps_changing`
 */
export async function updateTextFile(
  path: string,
  edit: (text: string | undefined) => string | null | undefined,
  options: AtomicFileOptions,
): Promise<boolean> {
  const fs = options.fileSystem ?? nodeFileSystem;
  try {
    const real = await realFilePath(fs, path, options.root);
    return await withFileLock(real, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const before = await readBytes(fs, real);
        const after = edit(before && decode(path, before));
        if (after === undefined || isSameContent(before, after)) return false;
        const wasDone =
          after === null
            ? await removeFile(fs, real, before)
            : await replaceFile(fs, real, before, after, options.newMode);
        if (wasDone) return true;
        await sleep(attempt);
      }
      throw keepsChanging(path);
    });
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * The text of a file as it is, BOM included; undefined where there is none.
 *
 * @throws SetupError as `updateTextFile`
 */
export async function readTextFile(
  path: string,
  { root, fileSystem: fs = nodeFileSystem }: Omit<AtomicFileOptions, 'newMode'>,
): Promise<string | undefined> {
  try {
    const bytes = await readBytes(fs, await realFilePath(fs, path, root));
    return bytes && decode(path, bytes);
  } catch (error) {
    throw fileError(path, error);
  }
}

async function readBytes(fs: FileSystem, path: string): Promise<Buffer | undefined> {
  try {
    return await fs.readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notText(path);
  }
}

function isSameContent(before: Buffer | undefined, after: string | null): boolean {
  if (after === null || before === undefined) return after === null && before === undefined;
  return before.equals(Buffer.from(after));
}

async function isStill(fs: FileSystem, path: string, before: Buffer | undefined): Promise<boolean> {
  const now = await readBytes(fs, path);
  return before === undefined ? now === undefined : now?.equals(before) === true;
}

async function removeFile(
  fs: FileSystem,
  path: string,
  before: Buffer | undefined,
): Promise<boolean> {
  if (!(await isStill(fs, path, before))) return false;
  await fs.rm(path);
  return true;
}

/** Returns false, and has changed nothing, if the file is no longer what it was. */
async function replaceFile(
  fs: FileSystem,
  path: string,
  before: Buffer | undefined,
  after: string,
  newMode: number,
): Promise<boolean> {
  const folder = dirname(path);
  await fs.mkdir(folder, { recursive: true });
  // A folder of its own, so that what a crash leaves behind still has the name that .gitignore knows.
  const temporary = join(folder, `${TEMPORARY}${randomBytes(6).toString('hex')}`);
  await sweep(fs, folder);
  try {
    await fs.mkdir(temporary, { mode: 0o700 });
    const written = join(temporary, basename(path));
    await writeSynced(fs, written, after, before && (await lookAt(fs, path)), newMode);
    if (!(await isStill(fs, path, before))) return false;
    await renameOver(fs, written, path);
    await syncFolder(fs, folder);
    return true;
  } finally {
    // What can't be removed now is swept away by a later write.
    await fs.rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Removes what crashed writers have left beside the file. */
async function sweep(fs: FileSystem, folder: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    if (!name.startsWith(TEMPORARY)) continue;
    const path = join(folder, name);
    const age = Date.now() - ((await lookAt(fs, path))?.mtimeMs ?? Date.now());
    if (age > LEFT_BEHIND_MS) await fs.rm(path, { recursive: true, force: true });
  }
}

async function lookAt(fs: FileSystem, path: string): Promise<Stats | undefined> {
  try {
    return await fs.lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeSynced(
  fs: FileSystem,
  path: string,
  text: string,
  old: Stats | undefined,
  newMode: number,
): Promise<void> {
  const mode = old ? old.mode & 0o7777 : newMode;
  const handle = await fs.open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    // Only root may give files away; everybody else's files are their own already.
    if (old && process.getuid?.() === 0) await handle.chown(old.uid, old.gid);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Windows refuses to replace a file that somebody (a virus scanner) has open: a few short waits. */
async function renameOver(fs: FileSystem, from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      const isBusy = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !isBusy || attempt === 9) throw error;
      await sleep(20 * (attempt + 1));
    }
  }
}

/** So that the rename itself survives a power cut. Windows can't sync a folder, nor some networks. */
async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}
