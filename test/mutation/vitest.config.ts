import { defineConfig } from 'vitest/config';
import quick from './quick.vitest.config';

/** Those over the simulated Azure that take a second or two for a file. */
const SIMULATED = [
  'badInput',
  'undo',
  'lostSecret',
  'preflight',
  'appRegistration',
  'customRoles',
  'exportTemplate',
];

/** The quick tests, and those over the simulated Azure. */
export default defineConfig({
  test: {
    ...quick.test,
    include: [
      'test/unit/setup/*.test.ts',
      ...SIMULATED.map((name) => `test/unit/setup/simulated/${name}.test.ts`),
    ],
    exclude: ['test/unit/setup/wizardModel.test.ts'],
  },
});
