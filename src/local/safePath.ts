import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { leadsOutside, notAFile } from './fileErrors.ts';
import { errorCode, type FileSystem } from './fileSystem.ts';

/**
 * Where a file really is, links followed, so that replacing it keeps the link.
 *
 * @param root the folder that it must not leave, by links or otherwise
 * @throws SetupError `link_leads_outside`, `not_a_file`
 */
export async function realFilePath(fs: FileSystem, path: string, root: string): Promise<string> {
  const realRoot = await fs.realpath(root);
  const real = await realPathOf(fs, path);
  const way = relative(realRoot, real);
  if (way === '' || way.startsWith('..') || isAbsolute(way)) throw leadsOutside(path);
  return real;
}

/** Like realpath, for a file that may not exist yet in folders that may not exist yet. */
async function realPathOf(fs: FileSystem, path: string): Promise<string> {
  try {
    const real = await fs.realpath(path);
    if (!(await fs.lstat(real)).isFile()) throw notAFile(path);
    return real;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (await isLink(fs, path)) throw leadsOutside(path);
  return join(await realFolder(fs, dirname(path)), basename(path));
}

async function realFolder(fs: FileSystem, folder: string): Promise<string> {
  try {
    return await fs.realpath(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
  }
  if (await isLink(fs, folder)) throw leadsOutside(folder);
  return join(await realFolder(fs, dirname(folder)), basename(folder));
}

async function isLink(fs: FileSystem, path: string): Promise<boolean> {
  try {
    return (await fs.lstat(path)).isSymbolicLink();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
