import type { FileHandle } from 'node:fs/promises';
import { nodeFileSystem, type FileSystem } from '../../../src/local/fileSystem.ts';

/** How a process ends in the tests: from the n-th file operation on, nothing happens any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

type Operation = (...parameters: unknown[]) => Promise<unknown>;

/**
 * The real file system, until operation number `at` (from 0). A write that is hit puts half of its
 * bytes on the disk. `error` fails that one operation instead, and the process lives on.
 */
export function crashingFileSystem(at: number, error?: Error) {
  let count = 0;
  const run = async (name: string, operation: Operation, args: unknown[]): Promise<unknown> => {
    const number = count++;
    const isHit = error ? number === at : number >= at;
    if (isHit && number === at && (name === 'writeFile' || name === 'appendFile')) {
      const text = String(args[0]);
      await operation(text.slice(0, text.length / 2), ...args.slice(1));
    }
    if (isHit) throw error ?? new Crash(`crash at operation ${number} (${name})`);
    const result = await operation(...args);
    return name === 'open' ? wrapped(result as FileHandle, run) : result;
  };
  return {
    fileSystem: wrapped(nodeFileSystem, run),
    /** How many operations were begun. */
    operations: (): number => count,
  };
}

function wrapped<T extends FileSystem | FileHandle>(
  target: T,
  run: (name: string, operation: Operation, args: unknown[]) => Promise<unknown>,
): T {
  return new Proxy(target, {
    get: (object, name) => {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== 'function') return value;
      const operation = value.bind(object) as Operation;
      // Files are closed by the operating system when a process dies.
      if (name === 'close') return operation;
      return (...args: unknown[]) => run(String(name), operation, args);
    },
  });
}
