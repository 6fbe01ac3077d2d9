import { existsSync } from 'node:fs';
import path from 'node:path';
import { runNpm } from './command.ts';

/** Of the repository. */
export const root = path.resolve(import.meta.dirname, '..', '..');

export const productId = 'dstack-azure.dstack-azure';

/**
 * Path of the extension's VSIX, as a user would get it: the one that `DSTACK_TEST_VSIX` names, so that
 * rings which run after one another pack only once, else freshly packed.
 */
export async function packedProduct(): Promise<string> {
  const named = process.env['DSTACK_TEST_VSIX'];
  if (named !== undefined && existsSync(named)) return named;
  await runNpm(['run', 'package'], { cwd: root, failure: 'The extension could not be packed.' });
  return path.join(root, 'out', 'dstack-azure.vsix');
}
