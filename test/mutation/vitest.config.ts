import { defineConfig, mergeConfig } from 'vitest/config';
import quick from './quick.vitest.config';

/** The quick tests, and those over the simulated Azure that take a second or two for a file. */
export default mergeConfig(
  quick,
  defineConfig({
    test: {
      include: [
        'badInput',
        'undo',
        'lostSecret',
        'preflight',
        'appRegistration',
        'customRoles',
        'exportTemplate',
      ].map((name) => `test/unit/setup/simulated/${name}.test.ts`),
    },
  }),
);
