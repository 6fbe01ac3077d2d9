import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { countsOf, type Results } from './host/results.ts';
import { runRing, type Ring, type RingReport } from './ring.ts';
import { findBrowser } from './vscode/browser.ts';
import { installVSCodeServer } from './vscode/install.ts';
import { packedProduct, root } from './vscode/product.ts';

const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const program = (file: string): string[] => ['--import', import.meta.resolve('tsx'), file];

/** In order: what fails first is what is nearest to the cause. */
const rings: readonly Ring[] = [
  { name: 'unit', args: [vitest, 'run'] },
  { name: 'host', args: program('test/host/run.ts'), needsVSCode: true },
  {
    name: 'e2e',
    args: [vitest, 'run', '--config', 'test/e2e/vitest.config.ts'],
    needsVSCode: true,
  },
  { name: 'dstack', args: program('test/dstack/run.ts') },
  { name: 'desktop', args: program('test/host/desktop.ts') },
];

/**
 * All rings that this machine can run, or those that are named as arguments. Installs what is missing.
 * In CI a skipped ring is a failure, except the desktop's.
 */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !rings.some((ring) => ring.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such ring: ${unknown.join(', ')}. There are ${rings.map(nameOf).join(', ')}.`,
    );
    return 1;
  }
  const wanted = rings.filter((ring) => names.length === 0 || names.includes(ring.name));
  const place = await mkdtemp(path.join(os.tmpdir(), 'dstack-test-'));
  try {
    const reports: RingReport[] = [];
    let prepared: Promise<void> | undefined;
    for (const ring of wanted) {
      const report = await oneRing(ring, place, () => (prepared ??= prepare()));
      console.log(`${ring.name}: ${report.summary}`);
      reports.push(report);
    }
    return conclude(wanted, reports);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function oneRing(ring: Ring, place: string, ready: () => Promise<void>): Promise<RingReport> {
  const file = ring.args.find((arg) => arg.startsWith('test/'));
  if (file !== undefined && !existsSync(path.join(root, file))) {
    return {
      summary: 'skipped: not in this repository.',
      skippedWhole: true,
      passed: 0,
      failed: 0,
      skipped: 1,
    };
  }
  try {
    if (ring.needsVSCode === true) await ready();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { summary: `failed: ${reason}`, skippedWhole: false, passed: 0, failed: 1, skipped: 0 };
  }
  return runRing(ring, path.join(place, `${ring.name}.json`));
}

/** What host and e2e share: VS Code's server, a browser, the packed extension. */
async function prepare(): Promise<void> {
  await installVSCodeServer(console.log);
  process.env['DSTACK_AZURE_BROWSER'] = await findBrowser(console.log);
  process.env['DSTACK_TEST_VSIX'] = await packedProduct();
}

function conclude(wanted: readonly Ring[], reports: readonly RingReport[]): number {
  const sum: Results = reports.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
  const missing = wanted.filter((ring, index) => {
    return ring.name !== 'desktop' && reports[index]?.skippedWhole === true;
  });
  const inCI = process.env['CI'] === 'true' || process.env['CI'] === '1';
  if (inCI && missing.length > 0) {
    console.log(`In CI every ring must run; skipped: ${missing.map(nameOf).join(', ')}.`);
  }
  console.log(countsOf(sum));
  return sum.failed > 0 || sum.passed === 0 || (inCI && missing.length > 0) ? 1 : 0;
}

function nameOf({ name }: Ring): string {
  return name;
}

process.exitCode = await main(process.argv.slice(2));
