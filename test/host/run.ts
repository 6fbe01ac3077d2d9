import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildCompanions } from '../companion/build.ts';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import { installVSCodeServer } from '../vscode/install.ts';
import { startStage } from '../vscode/stage.ts';
import { bundleHostTests } from './bundle.ts';
import { countsOf, type Results } from './results.ts';
import { runInTestMode } from './testMode.ts';
import { withUnknownRequests } from './unknownRequests.ts';

/** The host ring: inside the extension host of VS Code's server, against the simulated Azure. */
async function main(): Promise<number> {
  const started = Date.now();
  await installVSCodeServer(console.log);
  const tests = await bundleHostTests();
  const [developed = ''] = await buildCompanions('driver');
  const place = await mkdtemp(path.join(os.tmpdir(), 'dstack-host-'));
  const resultsFile = process.env['DSTACK_TEST_RESULTS'] ?? path.join(place, 'results.json');
  const stage = await startStage({
    signedIn: [SINGLE.username],
    vscode: { testMode: true, env: { DSTACK_TEST_RESULTS: resultsFile } },
  });
  try {
    const code = await runInTestMode(stage.vscode, { tests, developed, print: console.log });
    const results = withUnknownRequests(await readResults(resultsFile, code));
    console.log(`host: ${countsOf(results)} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return results.failed > 0 ? 1 : code;
  } finally {
    await stage.stop();
    await rm(place, { recursive: true, force: true });
  }
}

async function readResults(file: string, code: number): Promise<Results> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // VS Code ended before Mocha did: a suite that couldn't be loaded is a failure, not nothing.
  if (text === undefined) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  return JSON.parse(text) as Results;
}

process.exitCode = await main();
