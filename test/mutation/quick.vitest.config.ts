import { defineConfig } from 'vitest/config';

/** The tests of `src/setup` that take milliseconds: every mutant runs those that reach it. */
export default defineConfig({
  test: {
    include: ['test/unit/setup/*.test.ts'],
    // Thousands of draws are right for `npm test`, and too long for each of thousands of mutants.
    exclude: ['test/unit/setup/wizardModel.test.ts'],
    env: { KILL_EVERY: '40' },
    setupFiles: ['test/unit/knownTexts.ts'],
    testTimeout: 20_000,
    // One load of the modules per mutant instead of one per file: half the time.
    isolate: false,
  },
});
