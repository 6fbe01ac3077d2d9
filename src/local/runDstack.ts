import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { cancellation } from '../setup/errors.ts';

export interface DstackOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longer than a server needs for all sizes of a location, twice. */
const LONGEST_MS = 120_000;
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Runs the dstack CLI to its end, with these variables beside those of VS Code.
 * @throws an AbortError when the signal fires: the program is ended then
 */
export function runDstack(
  command: string,
  parameters: readonly string[],
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<DstackOutput> {
  const options = {
    // Wide, so that it does not break its sentences.
    env: { ...process.env, COLUMNS: '1000', ...variables },
    ...{ cwd: dirname(command), windowsHide: true },
    ...{ timeout: LONGEST_MS, maxBuffer: MOST_BYTES, signal },
  };
  return new Promise((resolve, reject) => {
    execFile(command, parameters, options, (error, stdout, stderr) => {
      if (signal.aborted) reject(cancellation());
      else resolve({ code: error === null ? 0 : codeOf(error), stdout, stderr });
    });
  });
}

/** A program that was killed, or never started, has no code of its own. */
function codeOf({ code }: { readonly code?: unknown }): number {
  return typeof code === 'number' ? code : -1;
}
