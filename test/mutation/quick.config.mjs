import whole from './stryker.config.mjs';

/** The first pass: only tests that take milliseconds. What survives is for `stryker.config.mjs`. */
export default {
  ...whole,
  vitest: { ...whole.vitest, configFile: 'test/mutation/quick.vitest.config.ts' },
  thresholds: { ...whole.thresholds, break: null },
};
