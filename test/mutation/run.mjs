/**
 * `npm run test:mutation [-- --mutate src/setup/plan.ts]`: the quick tests against all mutants, then
 * all tests against what the quick ones left alive. Ends as the second pass ends.
 */
import { spawnSync } from 'node:child_process';

for (const config of ['quick.config.mjs', 'stryker.config.mjs']) {
  const { status } = spawnSync(
    'stryker',
    ['run', `test/mutation/${config}`, ...process.argv.slice(2)],
    { stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
