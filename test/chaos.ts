import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** `npm run test:chaos -- --runs N [--seed N]`: the chaos of the unit ring, as long as you like. */
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', 'test/unit/setup/simulated/chaos.test.ts', '--testTimeout=36000000'],
  {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      CHAOS_RUNS: values.runs,
      ...(values.seed === undefined ? {} : { SEED: values.seed }),
    },
  },
);
process.exitCode = status ?? 1;
