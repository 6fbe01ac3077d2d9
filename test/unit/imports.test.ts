import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** What each room may import from the others (design.md, The house). */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  setup: ['contract'],
  azure: ['setup'],
  dstack: ['setup'],
  local: ['setup'],
  projects: ['setup'],
  host: ['setup', 'projects', 'contract'],
  cli: ['contract', 'setup', 'azure', 'dstack', 'local', 'projects'],
  webview: ['contract'],
};

/** Where code goes instead that wants to see what its room may not. */
const ADVICE: Readonly<Record<string, string>> = {
  contract: 'The contract is what page and host say to each other: move the code to setup.',
  setup: 'The core is pure: put a port into setup/ports.ts and implement it outside.',
  azure: 'Whatever two rooms need belongs into setup; extension.ts and cli put rooms together.',
  dstack: 'Whatever two rooms need belongs into setup; extension.ts and cli put rooms together.',
  local: 'Whatever two rooms need belongs into setup; extension.ts and cli put rooms together.',
  projects: 'What the tree shows is pure over ports: put a port into setup/ports.ts.',
  host: 'Let extension.ts hand it in: host knows VS Code, not Azure, dstack or the disk.',
  cli: 'npm run setup is the core without VS Code: what it shares with host belongs into setup.',
  webview: 'The page draws WizardState and sends WizardIntent: logic belongs into setup.',
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const imports = [...sourcesIn('src'), ...sourcesIn('webview')].flatMap(importsOf);

describe('The house', () => {
  it.each(Object.entries(ROOMS))('lets %s import only what it may', (room, allowed) => {
    const wrong = imports.flatMap(({ file, specifier }) => {
      const target = roomOf(resolved(file, specifier));
      const own = roomOf(file) === room && target !== undefined && target !== room;
      return own && !allowed.includes(target)
        ? [`${file} imports ${specifier}. ${ADVICE[room] ?? ''}`]
        : [];
    });
    expect(wrong).toEqual([]);
  });

  it('knows VS Code in host and extension.ts only', () => {
    const wrong = imports
      .filter(({ specifier }) => specifier === 'vscode')
      .filter(({ file }) => roomOf(file) !== 'host' && !isRoot(file))
      .map(({ file }) => `${file} imports vscode: the code that needs it belongs into host.`);
    expect(wrong).toEqual([]);
  });

  it('knows the Azure SDKs in azure only', () => {
    const wrong = imports
      .filter(({ specifier }) => specifier.startsWith('@azure/'))
      .filter(({ file }) => roomOf(file) !== 'azure')
      .map(({ file, specifier }) => `${file} imports ${specifier}: that belongs into src/azure.`);
    expect(wrong).toEqual([]);
  });

  it('lets nothing that ships import a test', () => {
    const wrong = imports
      .filter(({ file, specifier }) => resolved(file, specifier).startsWith('test/'))
      .map(({ file, specifier }) => `${file} imports ${specifier}: nothing imports test.`);
    expect(wrong).toEqual([]);
  });

  it('holds a core that runs anywhere: no Node module, no VS Code', async () => {
    const result = await build({
      entryPoints: ['src/setup', 'src/contract', 'src/projects'].flatMap(sourcesIn),
      bundle: true,
      write: false,
      outdir: 'out/core',
      format: 'esm',
      platform: 'neutral',
      mainFields: ['browser', 'module', 'main'],
      conditions: ['import'],
      // The package's own build for machines without files; esbuild finds it by itself for browsers only.
      alias: { '@vscode/l10n': resolve('node_modules/@vscode/l10n/dist/browser.js') },
      logLevel: 'silent',
    }).catch((error: unknown) => error);
    const advice =
      'The core sees no VS Code, no SDK and no Node module; use a port of setup/ports.ts.';
    expect(result instanceof Error ? `${result.message}\n${advice}` : '').toBe('');
  });

  it('takes time and chance in the core from its ports', () => {
    const forbidden =
      /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|performance\.now)\b/;
    const wrong = sourcesIn('src/setup')
      .filter((file) => forbidden.test(withoutComments(file)))
      .map(
        (file) => `${file} asks the machine for time or chance: take it from Clock or SetupPorts.`,
      );
    expect(wrong).toEqual([]);
  });
});

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

function importsOf(file: string): readonly Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => ({ file, specifier: fileName }));
}

function resolved(file: string, specifier: string): string {
  return specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
}

/** The room of a path of ours; undefined for packages and for what lies at the root of src. */
function roomOf(path: string): string | undefined {
  const [top, room, rest] = relative('.', path).split('/');
  if (top === 'webview') return 'webview';
  return top === 'src' && rest !== undefined ? room : undefined;
}

/** Composition lies directly in src: extension.ts and what it loads late. */
function isRoot(file: string): boolean {
  return dirname(file) === 'src';
}

function withoutComments(file: string): string {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext);
  return ts.createPrinter({ removeComments: true }).printFile(source);
}
