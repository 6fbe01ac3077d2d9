import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { azureBackendOf } from '../../src/dstack/backendConfig.ts';
import {
  clearLocalServerProject,
  editLocalServerConfig,
} from '../../src/dstack/localServerConfig.ts';
import { register } from '../../src/dstack/registration.ts';
import type { ProjectRecord } from '../../src/setup/projectRecord.ts';
import type { Simulator } from '../simulators/azure/faces/startSimulator.ts';
import { makeAzureProject, startAzure } from './azureProject.ts';
import { RealServer, realClock } from './realServer.ts';

const { signal } = new AbortController();
const creds = { type: 'default' } as const;
let azure: Simulator;
let server: RealServer;
let record: ProjectRecord;
let written: string;

beforeAll(async () => {
  azure = await startAzure();
  server = await RealServer.make(azure);
  record = await makeAzureProject(azure, 'local');
  written = editLocalServerConfig(undefined, 'local', azureBackendOf(record, creds)).text;
  await mkdir(dirname(server.configFile), { recursive: true });
  await writeFile(server.configFile, written);
  await server.start();
});

afterAll(async () => {
  await server.remove();
  await azure.close();
});

/** Whether the running server has the backend of the record. */
function backendState(): Promise<'absent' | 'same' | 'different'> {
  return server.client().compareBackend('local', azureBackendOf(record, creds), signal);
}

it('a server that starts from our config.yml has the backend in place', async () => {
  expect(await backendState()).toBe('same');
  expect(server.log).not.toMatch(/Failed to \w+ backend/);
});

it('the project of the file is not registered into by the API', async () => {
  const client = server.client();
  await expect(register({ client, record, creds, clock: realClock, signal })).rejects.toMatchObject(
    { code: 'server_project_owned_by_file' },
  );
});

it('a restart keeps the backend, and the server leaves our file as it is', async () => {
  await server.stop();
  await server.start();
  expect(await backendState()).toBe('same');
  expect(await readFile(server.configFile, 'utf8')).toBe(written);
});

it('a second project in the file leaves the first one in place', async () => {
  const other = await makeAzureProject(azure, 'second');
  const backend = azureBackendOf(other, creds);
  const { text } = editLocalServerConfig(written, 'second', backend);
  await server.stop();
  await writeFile(server.configFile, text);
  await server.start();
  expect(await backendState()).toBe('same');
  expect(await server.client().compareBackend('second', backend, signal)).toBe('same');
});

it('a project that was taken out loses its backend at the next start', async () => {
  const text = await readFile(server.configFile, 'utf8');
  await server.stop();
  await writeFile(server.configFile, clearLocalServerProject(text, 'local').text);
  await server.start();
  expect(await backendState()).toBe('absent');
});
