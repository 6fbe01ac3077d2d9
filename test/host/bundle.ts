import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { root } from '../vscode/product.ts';

const target = path.join(root, 'out', 'host');

/**
 * Builds the host ring for VS Code's extension host and returns the path for `extensionTestsPath`.
 * `without` leaves out files by the end of their name.
 */
export async function bundleHostTests(without?: string): Promise<string> {
  const names = (await readdir(import.meta.dirname)).filter(
    (name) => name.endsWith('.test.ts') && (without === undefined || !name.endsWith(without)),
  );
  if (names.length === 0) throw new Error('There is no test in test/host.');
  await rm(target, { recursive: true, force: true });
  const shared: BuildOptions = {
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // Mocha from the packages, found from `out/` upwards: bundled it would lose its reporters.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'silent',
  };
  const tests = names.map((name) => path.join(import.meta.dirname, name));
  await build({ ...shared, entryPoints: tests, outdir: path.join(target, 'tests') });
  const entry = path.join(import.meta.dirname, 'entry.ts');
  await build({ ...shared, entryPoints: { index: entry }, outdir: target });
  return path.join(target, 'index.cjs');
}
