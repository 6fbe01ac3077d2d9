import { defineConfig } from 'vitest/config';

/** Against the real dstack: a server takes seconds to start, so few of them, one after another. */
export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: [`${import.meta.dirname}/globalSetup.ts`],
    fileParallelism: false,
    maxWorkers: 1,
    setupFiles: [`${import.meta.dirname}/../simulators/azure/failOnUnsupported.ts`],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
