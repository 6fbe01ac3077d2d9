/**
 * Mutation testing of `src/setup` with every test of it that is quick enough for thousands of mutants.
 *
 * It takes over what `quick.config.mjs` has found: a mutant that a test of milliseconds killed stays
 * killed (`incremental`), and only what survived meets the slower tests over the simulated Azure.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  mutate: ['src/setup/**/*.ts'],
  ignorePatterns: ['/test/vscode/node_modules', '/.cache', '/dist', '/out', '/media', '/reports'],
  coverageAnalysis: 'perTest',
  // What runs once, when a module is loaded, can't be laid to any test: each such mutant would need
  // all of them. These are tables, and the tests of the tables name their entries one by one.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 20_000,
  timeoutFactor: 3,
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  htmlReporter: { fileName: 'reports/mutation/mutation.html' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 80, break: 80 },
};
