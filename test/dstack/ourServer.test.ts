import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { azureBackendOf } from '../../src/dstack/backendConfig.ts';
import { editLocalServerConfig } from '../../src/dstack/localServerConfig.ts';
import { createBindings } from '../../src/host/binding.ts';
import { copyCliCommand } from '../../src/host/cliSnippet.ts';
import { findDstack } from '../../src/local/dstackCommand.ts';
import type { ServerStart } from '../../src/local/serverChild.ts';
import { startServer, type ServerProcess } from '../../src/local/serverProcess.ts';
import type { Simulator } from '../simulators/azure/faces/startSimulator.ts';
import { makeAzureProject, startAzure } from './azureProject.ts';
import { runProgram } from './program.ts';
import { freePort, RealServer, realClock } from './realServer.ts';
import { venv } from './venv.ts';

const clipboard = vi.hoisted(() => ({ text: '' }));
vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  env: {
    clipboard: { writeText: (text: string) => Promise.resolve(void (clipboard.text = text)) },
  },
}));

const TOKEN = 'canary-our-own-token';
const { signal } = new AbortController();
const lines: string[] = [];
let azure: Simulator;
/** Only its home, its environment and its CLI are used: the server is started by the extension. */
let place: RealServer;
let start: ServerStart;
let server: ServerProcess | undefined;

beforeAll(async () => {
  azure = await startAzure();
  place = await RealServer.make(azure);
  const record = await makeAzureProject(azure, 'ours');
  const backend = azureBackendOf(record, { type: 'default' });
  const directory = join(place.home, 'server');
  await mkdir(directory, { recursive: true });
  await writeFile(place.configFile, editLocalServerConfig(undefined, 'ours', backend).text);
  const { tenantId, clientId, clientSecret } = azure.sample;
  start = {
    ...{ command: venv.dstack, directory, host: '127.0.0.1', port: await freePort() },
    ...{ token: TOKEN, credentials: { tenantId, clientId, clientSecret }, clock: realClock },
    onLine: (line) => lines.push(line),
    // What a terminal of ours has set must not reach the server.
    environment: { ...place.environment, DSTACK_SERVER_URL: 'http://elsewhere', DSTACK_TOKEN: 'x' },
    readyMs: 120_000,
  };
  server = await startServer(start, signal);
});

afterAll(async () => {
  await server?.stop();
  await place.remove();
  await azure.close();
});

it('the extension finds the real dstack beside its Python, and that it can be a server', async () => {
  const search = { python: venv.python, environment: {}, home: place.home };
  expect(await findDstack(search)).toMatchObject({ path: venv.dstack, server: 'yes' });
});

it('the server that the extension starts has the project of our config.yml, for our token', async () => {
  const variables = {
    DSTACK_SERVER_URL: `http://127.0.0.1:${start.port}`,
    ...{ DSTACK_PROJECT: 'ours', DSTACK_TOKEN: TOKEN },
  };
  expect((await place.dstack(['fleet'], variables)).code).toBe(0);
  const client = place.client(TOKEN, variables.DSTACK_SERVER_URL);
  expect((await client.project('ours', signal))?.backendTypes).toContain('azure');
  await client.checkAzure(signal);
});

it('the command that "Copy CLI Command" copies makes the project known to the real CLI', async () => {
  const url = `http://127.0.0.1:${start.port}`;
  const at = { projectName: 'ours', serverUrl: url, tenantId: 't', storageAccountId: '/ours' };
  const folder = { uri: { toString: () => 'file:///folder' } } as unknown as vscode.WorkspaceFolder;
  await copyCliCommand(folder, {
    bindings: { ...createBindings({ get: () => undefined, update: async () => {} }), of: () => at },
    secrets: { token: () => Promise.resolve(TOKEN) },
  });
  const env = { ...place.environment, PATH: `${venv.bin}:${place.environment['PATH'] ?? ''}` };
  const added = await runProgram('bash', ['-c', clipboard.text], { env, cwd: place.home });
  expect(added.code, added.stdout + added.stderr).toBe(0);
  const listed = await place.dstack(['project', 'list']);
  expect(listed.stdout).toMatch(new RegExp(`ours\\s+${url}`));
});

it('a second start is refused, because the port has a dstack server', async () => {
  const error = { code: 'local_server_port_has_server' };
  await expect(startServer(start, signal)).rejects.toMatchObject(error);
});

it('what it logs names neither the token nor the client secret', () => {
  expect(lines.join('\n')).toMatch(/The admin token is/);
  expect(lines.join('\n')).not.toContain(TOKEN);
  expect(lines.join('\n')).not.toContain(azure.sample.clientSecret);
});

it('it keeps its database over a stop and a start, and with it the first token', async () => {
  await server?.stop();
  server = await startServer({ ...start, token: 'another-token' }, signal);
  const client = place.client(TOKEN, server.url);
  expect(await client.projectNames(signal)).toContain('ours');
});

it('a configuration that the server refuses is named by the last lines of its log', async () => {
  await server?.stop();
  await writeFile(place.configFile, 'projects:\n- name: ours\n  storage_account: x\n');
  const failure: unknown = await startServer(start, signal).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'local_server_exited' });
  expect(String(failure)).toMatch(/storage_account|validation/i);
});
