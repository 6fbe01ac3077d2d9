import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulators/azure/faces/startSimulator.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';

interface Ended {
  readonly code: number;
  readonly events: readonly Record<string, unknown>[];
  /** Everything that it printed. */
  readonly text: string;
}

describe('npm run setup', () => {
  let simulator: Simulator;
  let place: string;

  beforeAll(async () => {
    simulator = await startSimulator({ world: 'single', timeScale: 200, lag: 'none' });
    place = await mkdtemp(join(tmpdir(), 'dstack-cli-'));
    const { endpoints, suffixes, proxyUrl, caFile, sample } = simulator;
    const auth = { kind: 'clientSecret', tenantId: sample.tenantId, clientId: sample.clientId };
    const cloud = { endpoints, suffixes, proxyUrl, caFile, sample, auth };
    await writeFile(join(place, 'cloud.json'), JSON.stringify(cloud));
  }, 60_000);
  afterAll(async () => {
    await simulator.close();
    await rm(place, { recursive: true, force: true });
  });

  async function setup(
    credentials: ReturnType<typeof sampleSpec>['credentials'],
    options: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const { tenantId, subscriptionId } = simulator.sample;
    const spec = sampleSpec({ tenantId, subscriptionId, credentials, server: { kind: 'none' } });
    await writeFile(join(place, 'spec.json'), JSON.stringify(spec));
    const files = ['--spec', join(place, 'spec.json'), '--cloud', join(place, 'cloud.json')];
    const state = ['--state-dir', join(place, 'state')];
    const program = new URL('../../../src/cli/main.ts', import.meta.url).pathname;
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        ['--import', 'tsx', program, ...files, ...state, ...options],
        { env: { PATH: process.env['PATH'], ...environment } },
        (error, stdout, stderr) => {
          const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
          const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
          const code = typeof error?.code === 'number' ? error.code : 0;
          resolve({ code, events, text: stdout + stderr });
        },
      );
    });
  }

  const changingCalls = (): number => simulator.simulated.requests.stateChangingCalls();

  it('signs in as an existing app before it writes anything, and says what is wrong', async () => {
    const { clientId } = simulator.sample;
    const before = changingCalls();
    const canary = 'canary~Value.that-opens-nothing';
    const ended = await setup({ kind: 'existingApp', clientId }, [], {
      AZURE_CLIENT_SECRET: canary,
    });
    expect(ended.code).toBe(1);
    expect(ended.events).toMatchObject([
      { code: 'error', error: 'invalid_credentials', field: 'clientSecret' },
    ]);
    expect(ended.text).not.toContain(canary);
    expect(changingCalls()).toBe(before);
  }, 60_000);

  it('asks for a file before it makes an app with a secret', async () => {
    const before = changingCalls();
    const ended = await setup({ kind: 'newApp' }, []);
    expect(ended.code).toBe(2);
    expect(ended.text).toContain('--secrets-out');
    expect(changingCalls()).toBe(before);
  }, 60_000);

  it('gives the secret of a new app to that file alone, for its owner alone, and once', async () => {
    const file = join(place, 'secrets.json');
    const first = await setup({ kind: 'newApp' }, ['--secrets-out', file]);
    expect(first.events.filter(({ code }) => code === 'stepFailed' || code === 'error')).toEqual(
      [],
    );
    expect(first.code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { secrets } = JSON.parse(await readFile(file, 'utf8')) as {
      secrets: { clientSecret: string; keyId: string }[];
    };
    const tenant = simulator.simulated.state.directory.tenant(simulator.sample.tenantId);
    const made = [...(tenant?.applications.values() ?? [])]
      .filter(({ displayName }) => displayName === 'dstack vision')
      .flatMap((app) => app.secrets);
    expect(secrets.map(({ clientSecret }) => clientSecret)).toEqual(made.map(({ value }) => value));
    expect(secrets).toHaveLength(1);
    const before = changingCalls();
    const again = await setup({ kind: 'newApp' }, ['--secrets-out', file]);
    expect(again.code).toBe(0);
    expect(changingCalls()).toBe(before);
    const value = secrets[0]?.clientSecret ?? '';
    expect(first.text + again.text).not.toContain(value);
    for (const entry of await readdir(join(place, 'state'), { recursive: true })) {
      const path = join(place, 'state', entry);
      if ((await stat(path)).isFile()) expect(await readFile(path, 'utf8')).not.toContain(value);
    }
    const undone = await setup({ kind: 'newApp' }, ['--undo', '--secrets-out', file]);
    expect(undone.code, undone.text).toBe(0);
    expect(undone.text).toContain('Can be restored for 30 days');
    expect(await readFile(file, 'utf8')).not.toContain(value);
  }, 240_000);
});
