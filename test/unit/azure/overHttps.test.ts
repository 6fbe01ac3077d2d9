import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulators/azure/faces/startSimulator.ts';

const timeScale = 50;

describe('a set-up as an app, over real sockets through a proxy', () => {
  let simulator: Simulator;
  let saw: Record<string, unknown>;

  beforeAll(async () => {
    simulator = await startSimulator({ world: 'single', timeScale, lag: 'none' });
    const { sample, proxyUrl, caFile } = simulator;
    const program = new URL('httpsSession.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', program, JSON.stringify({ sample, proxyUrl, timeScale })],
      // No HTTPS_PROXY: the proxy is the one that the cloud names.
      { env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: caFile } },
    );
    saw = JSON.parse(stdout) as typeof saw;
  }, 60_000);
  afterAll(() => simulator.close());

  it('makes everything', () => {
    expect(saw).toMatchObject({ outcome: 'done', failures: [], caller: 'ServicePrincipal' });
  });

  it('writes the record and reads it back; a stale version of it loses', () => {
    expect(saw).toMatchObject({ record: 'vision', lostRace: 'record_changed' });
  });

  it('is told that a secret is wrong', () => {
    expect(saw['refused']).toBe('invalid_credentials');
  });

  it('reaches for no other host', () => {
    expect(simulator.refused).toEqual([]);
  });
});
