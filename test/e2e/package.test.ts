import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runQuietly } from '../vscode/command.ts';
import { packedProduct, root } from '../vscode/product.ts';

/** What may ship, as `.vscodeignore` says it; the first two are the packager's own. */
const ships = [
  /^extension\.vsixmanifest$/,
  /^\[Content_Types\]\.xml$/,
  /^extension\/(package(\.nls)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/i,
  /^extension\/dist\/(extension\.js|page\.js|page\.css|undo\.js)$/,
  /^extension\/dist\/chunks\/[\w.-]+\.js$/,
  /^extension\/l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
  /^extension\/media\/[\w.-]+\.(svg|png)$/,
];

describe('The VSIX that a user installs', () => {
  it('holds what ships and nothing else', async () => {
    const names = entriesOf(await readFile(await packedProduct()));
    expect(names.filter((name) => !ships.some((pattern) => pattern.test(name)))).toEqual([]);
    for (const pattern of ships) {
      expect(
        names.some((name) => pattern.test(name)),
        String(pattern),
      ).toBe(true);
    }
  });

  it('is packed without a warning', async () => {
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    // As the script packs it, without bundling again.
    const [, given] = (manifest.scripts['package'] ?? '').split('vsce package ');
    const [flags = ''] = given?.split(' --out') ?? [];
    expect(flags).toContain('--no-dependencies');
    const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
    const place = await mkdtemp(path.join(os.tmpdir(), 'dstack-vsix-'));
    try {
      const out = ['--out', path.join(place, 'dstack-azure.vsix')];
      const output = await runQuietly(
        process.execPath,
        [vsce, 'package', ...flags.split(' '), ...out],
        { cwd: root, failure: 'The extension could not be packed.' },
      );
      expect(output).toContain('Packaged');
      expect(output).not.toMatch(/warning/i);
    } finally {
      await rm(place, { recursive: true });
    }
  });
});

/** The names in a ZIP file, from its central directory (APPNOTE 4.3.12 and 4.3.16). */
function entriesOf(zip: Buffer): readonly string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const start = at + 46;
    names.push(zip.toString('utf8', start, start + (name ?? 0)));
    at = start + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return names;
}
