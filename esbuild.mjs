// Builds what ships: the extension (ESM, with Azure and the wizard in chunks that load when they are
// needed) and the wizard page (one script, one style sheet).
//   --production   minified, without source maps
//   --watch        builds again at every change
//   --into=FOLDER  somewhere else than `dist`, with the metafiles beside it
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, context } from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const into = process.argv.find((argument) => argument.startsWith('--into='))?.slice(7);
const outdir = into ?? 'dist';

/** Some dependencies are CommonJS inside and call `require`, which an ESM bundle has not got. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/**
 * zod brings its messages in fifty languages, reachable through its namespace and so never shaken
 * off: a quarter of a megabyte that nobody reads, as what we show of its findings is our own.
 * @type {import('esbuild').Plugin}
 */
const withoutZodLocales = {
  name: 'without-zod-locales',
  setup(build) {
    build.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  outdir,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const extension = {
  ...shared,
  entryPoints: { extension: 'src/extension.ts' },
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  mainFields: ['module', 'main'],
  external: ['vscode'],
  banner: { js: REQUIRE_BANNER },
  plugins: [withoutZodLocales],
};

/** @type {import('esbuild').BuildOptions} */
const page = {
  ...shared,
  entryPoints: [
    { in: 'webview/main.ts', out: 'page' },
    { in: 'webview/undo/main.ts', out: 'undo' },
    { in: 'webview/page.css', out: 'page' },
  ],
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
};

// Chunks carry a hash in their name: those of an older build would ship too.
await rm(outdir, { recursive: true, force: true });

if (watch) {
  // The words that the problem matcher of .vscode/tasks.json waits for.
  const announce = {
    name: 'announce',
    setup(build) {
      build.onStart(() => void process.stdout.write('[watch] build started\n'));
      build.onEnd(() => void process.stdout.write('[watch] build finished\n'));
    },
  };
  for (const options of [extension, page]) {
    const watched = await context({
      ...options,
      plugins: [...(options.plugins ?? []), announce],
    });
    await watched.watch();
  }
} else {
  const [extensionResult, pageResult] = await Promise.all([build(extension), build(page)]);
  // Which file went into which chunk, for a look at weights: esbuild.github.io/analyze.
  const meta = into ?? 'out';
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, 'meta.json'), JSON.stringify(extensionResult.metafile));
  await writeFile(join(meta, 'meta.page.json'), JSON.stringify(pageResult.metafile));
}
