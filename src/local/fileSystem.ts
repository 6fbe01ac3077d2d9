import * as fs from 'node:fs/promises';

/** The file operations that this product uses, so that tests can let each of them fail. */
export type FileSystem = Pick<
  typeof fs,
  | 'open'
  | 'readFile'
  | 'rename'
  | 'mkdir'
  | 'rmdir'
  | 'rm'
  | 'lstat'
  | 'realpath'
  | 'access'
  | 'readdir'
>;

/** The real one. */
export const nodeFileSystem: FileSystem = fs;

/** Node's code of a failed file operation, e.g. `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
