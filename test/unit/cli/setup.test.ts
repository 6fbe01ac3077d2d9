import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoggedRequest } from '../../simulators/azure/core/requestLog.ts';
import {
  sampleSpecText,
  setup,
  setupSignalledAt,
  startSimulatorProcess,
  type SimulatorProcess,
} from './commands.ts';

interface Requests {
  readonly stateChangingCalls: number;
  readonly entries: readonly LoggedRequest[];
  readonly unsupported: readonly string[];
  readonly refusedHosts: readonly string[];
}

let folder: string;
let cloud: string;
let simulator: SimulatorProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dstack-azure-setup-'));
  simulator = await startSimulatorProcess('--time-scale', '200', '--lag', 'none');
  cloud = await file('cloud.json', simulator.line);
  await mkdir(join(folder, 'workspace'));
}, 60_000);

afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function specFile(change: object = {}): Promise<string> {
  const spec = { ...(JSON.parse(await sampleSpecText()) as object), ...change };
  return await file('spec.json', JSON.stringify(spec));
}

/** `npm run setup`, with a home, a state folder and no variable of this machine's own. */
async function run(spec: string, ...more: readonly string[]) {
  const parameters = ['--spec', spec, '--cloud', cloud, '--state-dir', join(folder, 'state')];
  return await setup([...parameters, ...more], { HOME: folder, USERPROFILE: folder });
}

async function requests(): Promise<Requests> {
  const response = await fetch(new URL('/requests', simulator.controlUrl));
  return (await response.json()) as Requests;
}

async function forgetRequests(): Promise<void> {
  await fetch(new URL('/requests', simulator.controlUrl), { method: 'DELETE' });
}

describe('npm run setup against npm run simulator', { timeout: 60_000 }, () => {
  it('only shows the plan with --plan: nothing is changed, no journal is written', async () => {
    const { code, events, stderr } = await run(await specFile(), '--plan');
    expect(code, stderr).toBe(0);
    expect(events.map((event) => event.code)).toEqual(['plan', 'preflight']);
    expect((await requests()).stateChangingCalls).toBe(0);
    expect(await readdir(folder)).not.toContain('state');
  });

  it('makes the project, its record and the files of the folder, and exits with 0', async () => {
    const spec = await specFile({ workspace: join(folder, 'workspace') });
    const { code, events, stdout, stderr } = await run(spec);
    expect(code, stderr).toBe(0);
    const { sample } = JSON.parse(simulator.line) as { sample: { clientSecret: string } };
    expect(stdout + stderr).not.toContain(sample.clientSecret);
    expect(events.at(-2)).toMatchObject({ code: 'runEnded', outcome: 'done' });
    expect(events.at(-1)).toMatchObject({ code: 'filesWritten' });
    const { stateChangingCalls, entries, unsupported, refusedHosts } = await requests();
    expect(stateChangingCalls).toBeGreaterThan(10);
    // The record counts too, or a second run that writes it again would pass for one that does not.
    const blobs = entries.filter(({ host, mutating }) => mutating && host.includes('.blob.'));
    expect(blobs.map(({ path }) => path)).toContainEqual(
      expect.stringContaining('projects/vision.json'),
    );
    expect({ unsupported, refusedHosts }).toEqual({ unsupported: [], refusedHosts: [] });
    expect(await readdir(join(folder, 'state'))).toHaveLength(1);
    const profiles = await readFile(join(folder, 'workspace', '.dstack', 'profiles.yml'), 'utf8');
    expect(profiles).toContain('regions: [westeurope]');
  });

  it('changes nothing in Azure when it is run again', async () => {
    await forgetRequests();
    const { code, events, stderr } = await run(
      await specFile({ workspace: join(folder, 'workspace') }),
    );
    expect(code, stderr).toBe(0);
    const { stateChangingCalls, entries } = await requests();
    expect(stateChangingCalls).toBe(0);
    expect(entries.length).toBeGreaterThan(10);
    const steps = events.filter((event) => event.code === 'stepDone');
    expect(new Set(steps.map((event) => event['action']))).toEqual(new Set(['keep']));
  });

  it('does so on another machine as well, which has no journal of the first run', async () => {
    await forgetRequests();
    const elsewhere = join(folder, 'another-state');
    const { code, stderr } = await run(await specFile(), '--state-dir', elsewhere);
    expect(code, stderr).toBe(0);
    expect((await requests()).stateChangingCalls).toBe(0);
  });

  it('hands no Ctrl+C on to the process that works: the terminal tells both, and twice would kill', async () => {
    const parameters = ['--spec', await specFile(), '--cloud', cloud];
    const interrupted = (signal: NodeJS.Signals) =>
      setupSignalledAt('plan', signal, [...parameters, '--state-dir', join(folder, 'state')], {
        HOME: folder,
        USERPROFILE: folder,
      });
    const { code, stderr } = await interrupted('SIGINT');
    expect(code, stderr).toBe(0);
    const stopped = await interrupted('SIGTERM');
    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.events.filter((event) => event.code === 'error')).toEqual([]);
  });

  it('exits with 2 for a wrong spec and names the field', async () => {
    const { code, stdout, stderr } = await run(await specFile({ name: 'no spaces please' }));
    expect(code).toBe(2);
    expect(stderr).toContain('is wrong at "name":');
    expect(stdout).toBe('');
  });

  it('undoes nothing while a key is ticked that nothing asks about, and exits with 2', async () => {
    await forgetRequests();
    const { code, events, stderr } = await run(await specFile(), '--undo', '--tick', 'keyVault');
    expect(code).toBe(2);
    expect(stderr).toContain('Nothing to tick: keyVault');
    expect(events.map((event) => event.code)).toEqual(['undoPlan']);
    expect((await requests()).stateChangingCalls).toBe(0);
  });

  it('undoes the project to the last object, says so in a receipt, and cleans the folder', async () => {
    const spec = await specFile({ workspace: join(folder, 'workspace') });
    const { code, events, stderr } = await run(spec, '--undo');
    expect(code, stderr).toBe(0);
    const receipt = events.find((event) => event.code === 'receipt');
    expect(receipt).toMatchObject({ outcome: 'done', kept: [], failed: [], left: [] });
    const gone = receipt?.['gone'] as readonly { readonly kind: string }[];
    expect(gone.map(({ kind }) => kind)).toContain('resourceGroup');
    expect(events.at(-1)).toMatchObject({ code: 'filesWritten' });
    expect(await readdir(join(folder, 'workspace'))).not.toContain('.dstack');
    expect((await requests()).unsupported).toEqual([]);
    const again = await run(spec, '--undo');
    expect(again.code, again.stderr).toBe(0);
    const second = again.events.find((event) => event.code === 'receipt');
    expect(second).toMatchObject({ outcome: 'done', gone: [], kept: [] });
  });

  it('leaves a running simulator alone when a second one wants its port', async () => {
    const { port } = new URL((JSON.parse(simulator.line) as { proxyUrl: string }).proxyUrl);
    const second = startSimulatorProcess('--port', port);
    await expect(second).rejects.toThrow(`Port ${port} is taken`);
    expect((await requests()).unsupported).toEqual([]);
  });

  it('says what failed, and exits with 1, when the simulator is gone', async () => {
    await simulator.stop();
    const { code, events } = await run(await specFile(), '--plan');
    expect(code).toBe(1);
    expect(events).toMatchObject([
      { code: 'error', message: expect.stringMatching(/\w/) as string },
    ]);
  });
});
