import { defineConfig } from 'vitest/config';

/** A person's clicks in a real VS Code: one window after another, as there are few cores. */
export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: [`${import.meta.dirname}/globalSetup.ts`],
    fileParallelism: false,
    maxWorkers: 1,
    setupFiles: [`${import.meta.dirname}/../simulators/azure/failOnUnsupported.ts`],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    sequence: { concurrent: false },
  },
});
