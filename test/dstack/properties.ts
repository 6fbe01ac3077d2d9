import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The property tests of the CLI config with 10,000 files each (`npm run test:properties`). */
const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
const child = spawn(
  process.execPath,
  [join(vitest, 'vitest.mjs'), 'run', 'test/unit/dstack/cliConfig.property.test.ts'],
  { stdio: 'inherit', env: { PROPERTY_RUNS: '10000', ...process.env } },
);
child.on('close', (code) => (process.exitCode = code ?? 1));
