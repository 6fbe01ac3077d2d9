import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/azure/azure.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { SimulatedDstack } from '../../simulators/dstack/simulatedDstack.ts';
import { sampleSpecText, setup, startSimulatorProcess, type SimulatorProcess } from './commands.ts';
import { azureBehind, makeServerNetworks, recordedPending } from './serverInAzure.ts';

let folder: string;
let azure: SimulatorProcess;
let inAzure: Azure;
let spec: ProjectSpec;
let server: SimulatedDstack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dstack-azure-remote-'));
  [azure, server] = await Promise.all([
    startSimulatorProcess('--time-scale', '200', '--lag', 'none'),
    new SimulatedDstack().start(),
  ]);
  await writeFile(join(folder, 'cloud.json'), azure.line);
  inAzure = await azureBehind(azure.line);
  const sample = JSON.parse(await sampleSpecText()) as ProjectSpec;
  spec = { ...sample, server: { kind: 'remote', url: server.url } };
  server.onBackend = () => makeServerNetworks(inAzure, spec);
}, 60_000);

afterAll(async () => {
  await Promise.all([azure.stop(), server.stop()]);
  await rm(folder, { recursive: true, force: true });
});

async function run(
  env: NodeJS.ProcessEnv,
  change: Partial<ProjectSpec> = {},
  ...more: readonly string[]
) {
  await writeFile(join(folder, 'spec.json'), JSON.stringify({ ...spec, ...change }));
  const files = ['--spec', join(folder, 'spec.json'), '--cloud', join(folder, 'cloud.json')];
  const state = ['--state-dir', join(folder, 'state')];
  return await setup([...files, ...state, ...more], { HOME: folder, USERPROFILE: folder, ...env });
}

const withToken = (): NodeJS.ProcessEnv => ({ DSTACK_TOKEN: server.token });

async function changesInAzure(): Promise<number> {
  const response = await fetch(new URL('/requests', azure.controlUrl));
  return ((await response.json()) as { stateChangingCalls: number }).stateChangingCalls;
}

describe('npm run setup with a remote dstack server', { timeout: 60_000 }, () => {
  it('asks for the token before it asks Azure for anything to be made', async () => {
    const { code, stderr } = await run({ DSTACK_TOKEN: '' });
    expect([code, stderr.trim()]).toEqual([2, 'DSTACK_TOKEN is not set.']);
  });

  it.each([
    ['a token that it does not know', 'server_token_invalid', { DSTACK_TOKEN: 'canary-other' }],
    ['a version that is too old', 'server_too_old', {}],
  ])('is refused with %s, and nothing is written to Azure', async (_, error, env) => {
    const { version } = server;
    if (error === 'server_too_old') server.version = '0.20.25';
    const { code, events, stdout, stderr } = await run({ ...withToken(), ...env });
    server.version = version;
    expect(code).toBe(1);
    expect(events.at(-1)).toMatchObject({ code: 'error', error });
    expect(await changesInAzure()).toBe(0);
    expect(stdout + stderr).not.toContain('canary');
  });

  it('keeps what was made in Azure when the server fails, and registers with the next run', async () => {
    server.faults = [{ path: /create_yaml/, status: 500, body: 'Internal Server Error' }];
    const first = await run(withToken());
    expect(first.code).toBe(1);
    expect(first.events.find(({ code }) => code === 'runEnded')).toMatchObject({ outcome: 'done' });
    expect(first.events.at(-1)).toMatchObject({ code: 'error', error: 'server_failed' });
    expect(await recordedPending(inAzure, spec)).toEqual(['registration']);
    const made = await changesInAzure();

    const second = await run(withToken());
    expect(second.code, second.stderr).toBe(0);
    expect(second.events.at(-1)).toMatchObject({
      ...{ code: 'serverRegistered', project: 'found', backend: 'created' },
    });
    // The server's two security groups, and the record that is told so.
    expect(await changesInAzure()).toBe(made + 3);
    expect(await recordedPending(inAzure, spec)).toEqual([]);
    expect(server.projects[0]?.backend).toMatchObject({
      type: 'azure',
      regions: ['westeurope'],
      resource_group: 'dstack-vision',
    });
    expect(first.stdout + second.stdout).not.toContain('canary');
  });

  it('asks nobody about a CLI configuration that is not its own: it stops before Azure, and names the flag', async () => {
    const workspace = join(folder, 'workspace');
    const file = join(workspace, '.dstack', 'config.yml');
    const theirs =
      'projects:\n- name: vision\n  url: https://other.example\n  token: canary-theirs\n';
    await mkdir(join(workspace, '.dstack'), { recursive: true });
    await writeFile(file, theirs);
    const made = await changesInAzure();
    const refused = async (...flags: readonly string[]) => {
      const { code, events, stdout } = await run(withToken(), { workspace }, ...flags);
      expect(code).toBe(1);
      expect(stdout).not.toContain('canary');
      expect([await readFile(file, 'utf8'), await changesInAzure()]).toEqual([theirs, made]);
      return events.at(-1);
    };
    expect(await refused()).toMatchObject({
      error: 'config_not_ours',
      remedy: expect.stringContaining('--add-to-config') as string,
    });
    expect(await refused('--add-to-config')).toMatchObject({
      error: 'cli_project_name_clash',
      remedy: expect.stringContaining('--replace-entry') as string,
    });
    const flags = ['--add-to-config', '--replace-entry'];
    const { code, stderr } = await run(withToken(), { workspace }, ...flags);
    expect(code, stderr).toBe(0);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(`url: ${server.url}`);
    expect(text).not.toContain('other.example');
    // Our own entry needs no flag.
    expect((await run(withToken(), { workspace })).code).toBe(0);
  });

  it('has nothing to do when all is there, and says so', async () => {
    const { code, events } = await run(withToken());
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ project: 'found', backend: 'unchanged' });
  });

  it('undoes nothing while the server has runs or fleets, and names them', async () => {
    const [project] = server.projects;
    if (project === undefined) throw new Error('There is no project to undo.');
    project.isBusy = true;
    project.fleets = [
      { name: 'gpus', status: 'active' },
      { name: 'old', status: 'terminated' },
    ];
    const before = await changesInAzure();
    const { stdout } = await run(withToken(), {}, '--undo');
    expect(stdout).toContain('gpus, train-1');
    expect(stdout).not.toContain('old, ');
    expect(await changesInAzure()).toBe(before);
    project.isBusy = false;
    project.fleets = [];
  });

  it('lets the server forget the project before anything goes in Azure', async () => {
    const { code, events, stderr } = await run(withToken(), {}, '--undo');
    expect(code, stderr).toBe(0);
    expect(server.projects).toEqual([]);
    const removed = events.filter((event) => event.code === 'removeDone');
    expect(removed.length).toBeGreaterThan(5);
    expect(removed[0]).toMatchObject({ resource: 'server', id: server.url });
  });

  it('cannot take a project back whose server is gone, unless it is told to do without it', async () => {
    expect((await run(withToken())).code).toBe(0);
    const before = await changesInAzure();
    const gone = { server: { kind: 'remote', url: 'http://127.0.0.1:9' } } as const;
    const refused = await run(withToken(), gone, '--undo');
    expect(refused.code).toBe(1);
    expect(refused.events.at(-1)).toMatchObject({ code: 'error', error: 'server_unreachable' });
    expect(await changesInAzure()).toBe(before);

    const { code, events, stderr } = await run({}, gone, '--undo', '--without-server');
    expect(code, stderr).toBe(0);
    const receipt = events.find((event) => event.code === 'receipt');
    expect(receipt).toMatchObject({ outcome: 'done', failed: [], left: [] });
    for (const told of [events.find((event) => event.code === 'undoPlan'), receipt]) {
      expect(told?.['leftOnServer']).toContain('http://127.0.0.1:9 is not told: it keeps');
    }
    // The project of this server is as it was: nobody asked it anything.
    expect(server.projects.map(({ name }) => name)).toEqual(['vision']);
  });
});
