import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const metafile = z.object({
  outputs: z.record(
    z.string(),
    z.object({
      bytes: z.number(),
      inputs: z.record(z.string(), z.unknown()),
      imports: z.array(z.object({ path: z.string(), kind: z.string() })),
    }),
  ),
});
type Outputs = z.infer<typeof metafile>['outputs'];

describe('The bundle of the extension', () => {
  let place = '';
  let outputs: Outputs = {};
  let entry = '';

  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'dstack-bundle-'));
    await promisify(execFile)(process.execPath, ['esbuild.mjs', `--into=${place}`]);
    outputs = metafile.parse(JSON.parse(await readFile(join(place, 'meta.json'), 'utf8'))).outputs;
    entry = relative('.', join(place, 'extension.js'));
  }, 60_000);

  afterAll(() => rm(place, { recursive: true, force: true }));

  it('has the Azure SDKs in chunks, none of which the start reaches', () => {
    const all = packagesIn(Object.keys(outputs), outputs);
    expect(all).toContain('@azure/arm-storage');
    const atStart = packagesIn(reachedFrom(entry, outputs), outputs);
    expect(atStart.filter((name) => name.startsWith('@azure/'))).toEqual([]);
  });

  it('starts with nothing of other people but the texts', () => {
    expect(packagesIn(reachedFrom(entry, outputs), outputs)).toEqual(['@vscode/l10n']);
  });

  it('has the sign-in libraries in chunks that only an app or Azure CLI needs', () => {
    const isSignIn = (name: string) => /msal|azureauth|@azure\/identity/.test(name);
    expect(packagesIn(Object.keys(outputs), outputs).filter(isSignIn)).toContain('@azure/identity');
    // What loads with the first listing of Azure, by VS Code's own session, is without them.
    const starts = Object.keys(outputs).filter((file) =>
      packagesIn([file], outputs).includes('@azure/arm-storage'),
    );
    const listing = starts.flatMap((file) => reachedFrom(file, outputs));
    expect(packagesIn([entry, ...listing], outputs).filter(isSignIn)).toEqual([]);
  });

  it('leaves VS Code itself outside', () => {
    const outside = Object.values(outputs).flatMap(({ imports }) => imports);
    expect(outside.filter(({ path }) => path === 'vscode').length).toBeGreaterThan(0);
  });
});

/** The outputs that load with one, without those that load later by `import()`. */
function reachedFrom(entry: string, outputs: Outputs): readonly string[] {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    const { imports } = outputs[next] ?? { imports: [] };
    const local = imports.filter(
      ({ kind, path }) => kind === 'import-statement' && path in outputs,
    );
    waiting.push(...local.map(({ path }) => path));
  }
  return [...reached];
}

/** The packages whose code is in some outputs. */
function packagesIn(files: readonly string[], outputs: Outputs): readonly string[] {
  const names = files.flatMap((file) =>
    Object.keys(outputs[file]?.inputs ?? {}).flatMap(
      (input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
    ),
  );
  return [...new Set(names)].sort();
}
