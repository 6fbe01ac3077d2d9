import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Shortest first, the other way round than Vitest: a mutant needs only the first test that fails. */
class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).reverse();
  }
}

/** The tests of `src/setup` that take milliseconds: every mutant runs those that reach it. */
export default defineConfig({
  test: {
    include: ['test/unit/setup/*.test.ts'],
    // Thousands of draws are right for `npm test`, and too long for each of thousands of mutants; and
    // the plan's view is tested over the simulated Azure, whose modules take a second to load.
    exclude: ['test/unit/setup/wizardModel.test.ts', 'test/unit/setup/planView.test.ts'],
    env: { KILL_EVERY: '40' },
    setupFiles: ['test/unit/knownTexts.ts'],
    testTimeout: 20_000,
    // One load of the modules per mutant instead of one per file: half the time.
    isolate: false,
    sequence: { sequencer: ShortestFirst },
  },
});
