import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { takeUnexpected } from '../core/requestLog.ts';
import { Bench } from './core.harness.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const UNKNOWN = '/subscriptions/x/providers/Microsoft.Maps/accounts?api-version=2023-06-01';

it('what is not simulated waits for the ring that asked for it, even when the log is cleared', async () => {
  const bench = new Bench();
  const heard: string[] = [];
  bench.azure.requests.onUnsupported((operation) => heard.push(operation));
  await bench.ask('GET', UNKNOWN);
  bench.azure.requests.clear();
  expect(bench.azure.requests.unsupported()).toEqual(heard);
  expect(takeUnexpected()).toEqual([
    'GET management.azure.com/subscriptions/x/providers/Microsoft.Maps/accounts',
  ]);
  expect(takeUnexpected()).toEqual([]);
});

it('a test that asks on purpose says so, for its own simulated Azure only', async () => {
  const [mine, another] = [new Bench(), new Bench()];
  await mine.ask('GET', UNKNOWN);
  await another.ask('DELETE', UNKNOWN);
  expect(mine.azure.requests.takeUnsupported()).toHaveLength(1);
  expect(mine.azure.requests.unsupported()).toEqual([]);
  expect(takeUnexpected()).toEqual([expect.stringContaining('DELETE')]);
});

it.each(['vitest.config.ts', 'test/dstack/vitest.config.ts', 'test/e2e/vitest.config.ts'])(
  'the ring of %s fails when something is asked that is not simulated',
  (config) => {
    expect(readFileSync(resolve(ROOT, config), 'utf8')).toContain(
      'simulators/azure/failOnUnsupported.ts',
    );
  },
);
