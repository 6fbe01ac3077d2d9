import { runDrawn } from './drawn.ts';

/** `npm run test:chaos -- --runs N [--seed N]`: the chaos of the unit ring, as long as you like. */
runDrawn('test/unit/setup/simulated/chaos.test.ts', 'CHAOS_RUNS', '10000');
