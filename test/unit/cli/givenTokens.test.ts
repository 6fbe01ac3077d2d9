import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_CLOUD, scopeOf } from '../../../src/azure/cloud.ts';
import type { Audience } from '../../../src/setup/ports.ts';
import { SINGLE } from '../../simulators/azure/core/worlds/single.ts';
import { sampleSpecText, setup, startSimulatorProcess, type SimulatorProcess } from './commands.ts';

const { tenantId, username } = SINGLE;
let folder: string;
let simulator: SimulatorProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dstack-azure-tokens-'));
  simulator = await startSimulatorProcess('--time-scale', '200', '--lag', 'none');
  const cloud = { ...(JSON.parse(simulator.line) as object), sample: undefined };
  await writeFile(
    join(folder, 'cloud.json'),
    JSON.stringify({ ...cloud, auth: { kind: 'token', tenantId } }),
  );
  await mkdir(join(folder, 'workspace'));
  const spec = JSON.parse(await sampleSpecText()) as object;
  const workspace = join(folder, 'workspace');
  const withDefault = { ...spec, credentials: { kind: 'default' }, workspace };
  await writeFile(join(folder, 'spec.json'), JSON.stringify(withDefault));
}, 60_000);

afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function tokenFor(audience: Audience): Promise<string> {
  const response = await fetch(new URL('/sign-in-token', simulator.controlUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tenantId, username, audience: scopeOf(PUBLIC_CLOUD, audience) }),
  });
  return ((await response.json()) as { token: string }).token;
}

async function run(env: Readonly<Record<string, string>>) {
  const at = (name: string): string => join(folder, name);
  const files = [
    '--spec',
    at('spec.json'),
    '--cloud',
    at('cloud.json'),
    '--state-dir',
    at('state'),
  ];
  return await setup(files, { HOME: folder, USERPROFILE: folder, ...env });
}

describe('npm run setup with tokens from somebody else', { timeout: 60_000 }, () => {
  it('sets up all but the record with one for ARM alone, says why, and exits with 1', async () => {
    const { code, events, stderr } = await run({
      AZURE_ACCESS_TOKEN: await tokenFor('management'),
    });
    expect(code, stderr).toBe(1);
    expect(events.filter((event) => event.code === 'stepFailed')).toMatchObject([
      { resource: 'projectRecord', error: 'no_token', message: 'There is no token for storage.' },
    ]);
    expect(events.at(-1)).toMatchObject({ code: 'filesWritten' });
    const profiles = await readFile(join(folder, 'workspace', '.dstack', 'profiles.yml'), 'utf8');
    expect(profiles).toContain('backends: [azure]');
  });

  it('writes the record too once there is one for blobs, and is done', async () => {
    const { code, events, stderr } = await run({
      AZURE_ACCESS_TOKEN: await tokenFor('management'),
      AZURE_STORAGE_ACCESS_TOKEN: await tokenFor('storage'),
    });
    expect(code, stderr).toBe(0);
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'stepDone', resource: 'projectRecord' }),
    );
  });
});
