import path from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { findBrowser } from './browser.ts';
import { checkDrive } from './checkDrive.ts';
import { installVSCodeServer } from './install.ts';
import { startStage, type Stage } from './stage.ts';

const usage = 'npm start -- [--check] [--port N] [--world NAME]';

/**
 * The try-out: VS Code in the browser with the extension, against the simulated Azure. With
 * `--check` it drives one project by itself instead and exits 0 or 1.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      port: { type: 'string' },
      world: { type: 'string', default: 'single' },
    },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port takes a number from 1 to 65535.\n${usage}`);
  }
  await installVSCodeServer(console.log);
  if (values.check) await findBrowser(console.log);
  console.log('Building the extension and starting VS Code ...');
  const stage = await startStage({
    world: values.world,
    sample: path.join(import.meta.dirname, 'sample'),
    // A person watches the lags of the real Azure, in short; the check has seen them in other rings.
    lag: values.check ? 'none' : 'seeded',
    ...(port === undefined ? {} : { vscode: { port } }),
  });
  try {
    if (values.check) await check(stage);
    else await showAround(stage);
    return 0;
  } finally {
    await stage.stop();
  }
}

async function check(stage: Stage): Promise<void> {
  const started = Date.now();
  await checkDrive(stage, (line) => console.log(`  ${line}`));
  console.log(`From click to CLI config in ${((Date.now() - started) / 1000).toFixed(1)} s: OK`);
}

async function showAround({ vscode, workspace }: Stage): Promise<void> {
  console.log(`
  Open   ${vscode.url}

  1. Click the icon "dstack for Azure" in the bar at the left, then "Create Azure Project".
  2. Sign in (press Allow: the account is one of the simulated Azure), choose a location, give a name.
  3. Read the plan, press Create, and watch. Azure's minutes pass in seconds here.
  4. See the project in the tree, and .dstack/ in the folder ${workspace}

  Nothing of this reaches the real Azure. Ctrl+C stops everything and removes the folder.
`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  console.log('Stopping ...');
}

try {
  process.exitCode = await main();
} catch (error) {
  // Playwright's messages are coloured, whoever reads them.
  console.error(stripVTControlCharacters(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
