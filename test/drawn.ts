import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * Runs a test file of the unit ring with more draws than `npm test` can afford: `--runs N`, from
 * a seed of chance, or `--seed N` to replay. The file prints the seed it began with.
 * @param variable the environment variable by which the file takes the number of runs
 */
export function runDrawn(file: string, variable: string, runs: string): void {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: runs },
      seed: { type: 'string', default: (Date.now() % 1_000_000_000).toString() },
    },
  });
  const { status } = spawnSync('npx', ['vitest', 'run', file, '--testTimeout=36000000'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, [variable]: values.runs, SEED: values.seed },
  });
  process.exitCode = status ?? 1;
}
