import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { countsOf, type Results } from './host/results.ts';
import { root } from './vscode/product.ts';

export interface Ring {
  readonly name: string;
  /** For Node, in the root of the repository. */
  readonly args: readonly string[];
  readonly needsVSCode?: boolean;
}

export interface RingReport extends Results {
  /** The ring's line, without its name. */
  readonly summary: string;
  /** This machine can't run the ring; counts as one skipped. */
  readonly skippedWhole: boolean;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/**
 * Runs one ring as a child process, shows what it prints, and says how it went. A ring that is
 * vitest's is asked for its JSON report; others write {@link Results} to the file that the variable
 * `DSTACK_TEST_RESULTS` names, or print a summary that can be read.
 */
export async function runRing(ring: Ring, resultsFile: string): Promise<RingReport> {
  const started = Date.now();
  console.log(`--- ${ring.name}`);
  const { code, output } = await runChild(ring, resultsFile);
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const reason = skipReason(ring, output);
  if (code === 0 && reason !== undefined) {
    return { summary: `skipped: ${reason}`, skippedWhole: true, passed: 0, failed: 0, skipped: 1 };
  }
  const counted = (await fromFile(resultsFile)) ?? fromOutput(output) ?? nothing;
  // A ring that ends badly without a failed test has failed all the same: one.
  const failed = code !== 0 && counted.failed === 0 ? 1 : counted.failed;
  const results = { ...counted, failed };
  return { ...results, summary: `${countsOf(results)} (${seconds})`, skippedWhole: false };
}

const nothing: Results = { passed: 0, failed: 0, skipped: 0 };

function runChild(ring: Ring, resultsFile: string): Promise<{ code: number; output: string }> {
  const json = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`];
  const isVitest = ring.args.some((arg) => arg.endsWith('vitest.mjs'));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...ring.args, ...(isVitest ? json : [])], {
      cwd: root,
      env: { ...process.env, DSTACK_TEST_RESULTS: resultsFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      createInterface({ input: from }).on('line', (line) => {
        lines.push(stripVTControlCharacters(line));
        // The ring's own summary, for those who start it alone: ours follows.
        if (!line.startsWith(`${ring.name}: `)) to.write(`${line}\n`);
      });
    }
    const pass = (signal: NodeJS.Signals): unknown => child.kill(signal);
    process.on('SIGTERM', pass);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGTERM', pass);
      resolve({ code: code ?? 1, output: lines.join('\n') });
    });
  });
}

/** A ring that can't run here says so in one line: `<name>: skipped: <reason>`. */
function skipReason({ name }: Ring, output: string): string | undefined {
  return new RegExp(`^${name}: skipped:? (.+)$`, 'm').exec(output)?.[1];
}

async function fromFile(file: string): Promise<Results | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const report = JSON.parse(text) as Results | VitestReport;
  return 'numPassedTests' in report ? fromVitest(report) : report;
}

function fromVitest(report: VitestReport): Results {
  const broken = (report.testResults ?? []).filter(
    // A file that couldn't be loaded has no test to count.
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/** Vitest's own last lines: ` Tests  1 failed | 12 passed | 2 skipped (15)`. */
function fromOutput(output: string): Results | undefined {
  const line = /^\s*Tests\s+(.+)$/m.exec(output)?.[1];
  if (line === undefined) return undefined;
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped') + count('todo'),
  };
}
