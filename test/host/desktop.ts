import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { buildCompanions } from '../companion/build.ts';
import { startSimulator } from '../simulators/azure/faces/startSimulator.ts';
import { worldNamed } from '../simulators/azure/core/worlds.ts';
import { runNpm } from '../vscode/command.ts';
import { root } from '../vscode/product.ts';
import { calmSettings } from '../vscode/server.ts';
import { simulatedAzureEnv } from '../vscode/stage.ts';
import { bundleHostTests } from './bundle.ts';
import { countsOf, type Results } from './results.ts';
import { withUnknownRequests } from './unknownRequests.ts';

const updateServer = 'https://update.code.visualstudio.com/api/releases/stable';

/** Where a desktop VS Code comes from, or the reason why there is none. */
async function findDesktop(): Promise<{ executable: string } | { reason: string }> {
  if (process.platform === 'linux' && process.env['DISPLAY'] === undefined) {
    return { reason: 'no display; start it under xvfb-run' };
  }
  const named = process.env['DSTACK_AZURE_VSCODE'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return { executable: named };
    return { reason: `DSTACK_AZURE_VSCODE names ${named}, which does not exist` };
  }
  const reachable = await fetch(updateServer, { signal: AbortSignal.timeout(10_000) }).then(
    (response) => response.ok,
    () => false,
  );
  if (!reachable) {
    return {
      reason: 'VS Code cannot be downloaded here, and DSTACK_AZURE_VSCODE names no executable',
    };
  }
  return {
    executable: await downloadAndUnzipVSCode({ cachePath: path.join(root, '.vscode-test') }),
  };
}

/** The host ring in a desktop VS Code: the same tests, except those that need a modal's answer. */
async function main(): Promise<number> {
  const started = Date.now();
  const desktop = await findDesktop();
  if ('reason' in desktop) {
    console.log(`desktop: skipped: ${desktop.reason}.`);
    return 0;
  }
  await runNpm(['run', 'build'], { cwd: root, failure: 'The extension could not be built.' });
  const place = await mkdtemp(path.join(os.tmpdir(), 'dstack-desktop-'));
  try {
    const results = await runDesktop(desktop.executable, place);
    console.log(`desktop: ${countsOf(results)} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return results.failed > 0 ? 1 : 0;
  } finally {
    await rm(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function runDesktop(executable: string, place: string): Promise<Results> {
  const resultsFile = process.env['DSTACK_TEST_RESULTS'] ?? path.join(place, 'results.json');
  const userData = path.join(place, 'user');
  const workspace = path.join(place, 'my-project');
  await mkdir(workspace);
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await writeFile(path.join(userData, 'User', 'settings.json'), JSON.stringify(calmSettings));
  const world = worldNamed('single');
  const simulator = await startSimulator({ world, lag: 'none', timeScale: 20 });
  try {
    const failure = await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: [root, ...(await buildCompanions('auth', 'driver'))],
      // VS Code refuses modals in test mode, and here nothing can trust the extension beforehand.
      extensionTestsPath: await bundleHostTests('.signIn.test.ts'),
      launchArgs: [
        ...['--user-data-dir', userData, '--extensions-dir', path.join(place, 'extensions')],
        ...[
          '--disable-workspace-trust',
          '--disable-gpu',
          '--no-sandbox',
          '--skip-welcome',
          workspace,
        ],
      ],
      extensionTestsEnv: {
        ...simulatedAzureEnv(simulator, world),
        DSTACK_TEST_RESULTS: resultsFile,
      },
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const text = await readFile(resultsFile, 'utf8').catch(() => undefined);
    if (text !== undefined) return withUnknownRequests(JSON.parse(text) as Results);
    console.log(`VS Code ended without running the tests: ${String(failure)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await simulator.close();
  }
}

process.exitCode = await main();
