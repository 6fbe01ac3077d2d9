import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { azureBackendOf } from '../../src/dstack/backendConfig.ts';
import { editLocalServerConfig } from '../../src/dstack/localServerConfig.ts';
import type { KeptServerSearch } from '../../src/host/localServer.ts';
import { findKeptServer, startKeptServer } from '../../src/local/keptServer.ts';
import { portUse } from '../../src/local/serverPort.ts';
import { localServerPrograms } from '../../src/localServerPrograms.ts';
import type { Simulator } from '../simulators/azure/faces/startSimulator.ts';
import { makeAzureProject, startAzure } from './azureProject.ts';
import { freePort, RealServer, realClock } from './realServer.ts';
import { venv } from './venv.ts';

const TOKEN = 'canary-kept-token';
const { signal } = new AbortController();
const lines: string[] = [];
let azure: Simulator;
/** Only its home and its environment are used. */
let place: RealServer;
let port: number;
let search: KeptServerSearch;

beforeAll(async () => {
  azure = await startAzure();
  place = await RealServer.make(azure);
  port = await freePort();
  const record = await makeAzureProject(azure, 'kept');
  const backend = azureBackendOf(record, { type: 'default' });
  await mkdir(join(place.home, 'server'), { recursive: true });
  await writeFile(place.configFile, editLocalServerConfig(undefined, 'kept', backend).text);
  search = {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    kept: { record: join(place.home, 'server.json'), log: join(place.home, 'server.log') },
    onLine: (line) => lines.push(line),
  };
});

afterAll(async () => {
  await (await findKeptServer({ ...search, clock: realClock }, search.kept))?.stop();
  await place.remove();
  await azure.close();
});

function settings() {
  const { tenantId, clientId, clientSecret } = azure.sample;
  return {
    ...{ command: venv.dstack, directory: join(place.home, 'server'), host: '127.0.0.1', port },
    ...{ token: TOKEN, credentials: { tenantId, clientId, clientSecret } },
    environment: place.environment,
    readyMs: 120_000,
  };
}

/** Another process starts the server and ends. */
async function startElsewhere(): Promise<number | null> {
  const script = join(import.meta.dirname, 'keepServer.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ start: settings(), files: search.kept }));
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

it('a real server that one process started and left is found by another, by our token', async () => {
  expect(await startElsewhere()).toBe(0);
  const found = await localServerPrograms.findKept(search, signal);
  expect(found).toMatchObject({ isProven: true });
  found?.server.release();
  const client = place.client(TOKEN, search.url);
  expect((await client.project('kept', signal))?.backendTypes).toContain('azure');
});

it('is not taken for ours with another token', async () => {
  const found = await localServerPrograms.findKept({ ...search, token: 'another' }, signal);
  expect(found).toMatchObject({ isProven: false });
  found?.server.release();
});

it('its log on the disk names neither the token nor the client secret', async () => {
  const log = await readFile(search.kept.log, 'utf8');
  expect(log).not.toContain(TOKEN);
  expect(log).not.toMatch(/admin token/);
  expect(log).not.toContain(azure.sample.clientSecret);
});

it('is stopped by the process that found it', async () => {
  const found = await localServerPrograms.findKept(search, signal);
  await found?.server.stop();
  expect(await portUse('127.0.0.1', port)).toBe('free');
  expect(await localServerPrograms.findKept(search, signal)).toBeUndefined();
});

it('a backend that the server refuses is told in its log, which the window gets line by line', async () => {
  const text = await readFile(place.configFile, 'utf8');
  await writeFile(place.configFile, text.replace(/resource_group: .*/, 'resource_group: nobody'));
  const { onLine } = search;
  const start = { ...settings(), clock: realClock, onLine };
  const server = await startKeptServer(start, search.kept, signal);
  await expect.poll(() => lines.join('\n'), { timeout: 30_000 }).toMatch(/group nobody not found/i);
  await server.stop();
});
