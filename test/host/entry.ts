import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import type MochaClass from 'mocha';
import { testLine, type Results } from './results.ts';

/**
 * What VS Code runs in its extension host for `extensionTestsPath`. Writes the counts to the file
 * `DSTACK_TEST_RESULTS`; a failed test rejects, which makes VS Code's exit code 1.
 */
export async function run(): Promise<void> {
  // Not by `require`: Mocha is ESM since 12.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, color: false, reporter: 'spec' });
  // Everything that VS Code prints goes the same way: marked, so that it can be told apart.
  const base = Mocha.reporters.Base as unknown as { consoleLog: (...args: unknown[]) => void };
  base.consoleLog = (...args) => console.log(testLine(format(...args)));
  const folder = path.join(__dirname, 'tests');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.test.cjs')) mocha.addFile(path.join(folder, name));
  }
  const results = await runMocha(mocha);
  const file = process.env['DSTACK_TEST_RESULTS'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(results));
  if (results.failed > 0) throw new Error(`${results.failed} tests failed.`);
  if (results.passed === 0) throw new Error('No test ran.');
}

function runMocha(mocha: MochaClass): Promise<Results> {
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
  });
}
