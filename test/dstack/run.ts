import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CannotRun } from './python.ts';
import { installDstack } from './venv.ts';

/**
 * The ring against the real dstack server and CLI (`npm run test:dstack`). Where it can't run it says
 * why in one line. `DSTACK_TEST_RESULTS` names a file for vitest's JSON report.
 */
async function main(parameters: readonly string[]): Promise<number> {
  try {
    await installDstack(console.log);
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    console.log(`dstack: skipped: ${error.message}`);
    return 0;
  }
  const results = process.env['DSTACK_TEST_RESULTS'];
  const json = ['--reporter=default', '--reporter=json', `--outputFile.json=${results ?? ''}`];
  const vitest = join(
    dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
    'vitest.mjs',
  );
  const config = join(import.meta.dirname, 'vitest.config.ts');
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--config', config, ...(results === undefined ? [] : json), ...parameters],
    { stdio: 'inherit' },
  );
  const pass = (signal: NodeJS.Signals): unknown => child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGINT', pass);
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

process.exitCode = await main(process.argv.slice(2));
