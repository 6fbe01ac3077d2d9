import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const target = path.resolve(import.meta.dirname, '..', '..', 'out', 'companion');

/** The extensions that stand beside the product in tests; they are never packed into its VSIX. */
export type Companion = 'auth' | 'driver';

/** Builds the named companions and returns their folders, in the same order. */
export async function buildCompanions(...names: Companion[]): Promise<string[]> {
  return Promise.all(names.map(buildCompanion));
}

async function buildCompanion(name: Companion): Promise<string> {
  const from = path.join(import.meta.dirname, name);
  const to = path.join(target, name);
  await mkdir(to, { recursive: true });
  await copyFile(path.join(from, 'package.json'), path.join(to, 'package.json'));
  await build({
    entryPoints: [path.join(from, 'extension.ts')],
    outfile: path.join(to, 'extension.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'silent',
  });
  return to;
}
