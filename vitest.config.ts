import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/simulators/**/*.test.ts'],
    setupFiles: ['test/unit/knownTexts.ts', 'test/simulators/azure/failOnUnsupported.ts'],
    testTimeout: 20_000,
  },
});
