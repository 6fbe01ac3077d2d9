import { runDrawn } from './drawn.ts';

/** `npm run test:two-runs -- --runs N [--seed N]`: two people at one project, in as many orders. */
runDrawn('test/unit/setup/simulated/twoRuns.test.ts', 'TWO_RUNS', '1000');
