import { beforeEach, describe, expect, it } from 'vitest';
import type { SetupError } from '../../../src/setup/errors.ts';
import { planProject } from '../../../src/setup/planProject.ts';
import { REGISTRATION } from '../../../src/setup/recordRegistration.ts';
import { registerRun } from '../../../src/setup/registerRun.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import type { ProjectServer, RegisterOptions } from '../../../src/setup/projectServer.ts';
import { fakePorts, type FakePorts } from './fakeAzure.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const { signal } = new AbortController();
const spec = sampleSpec({ server: { kind: 'remote', url: 'https://dstack.example.com' } });
const signIn = { kind: 'default' } as const;
let ports: FakePorts;

/** A server that takes every project, and makes its networks at the given attempt. */
class FakeServer implements Pick<ProjectServer, 'register'> {
  readonly calls: (RegisterOptions & { readonly kinds: readonly string[] })[] = [];
  readonly #networksAt: number;

  constructor(networksAt = 1) {
    this.#networksAt = networksAt;
  }

  register(...[{ resources }, , , options]: Parameters<ProjectServer['register']>) {
    this.calls.push({ ...options, kinds: resources.map(({ kind }) => kind) });
    const missingNetworks = this.calls.length >= this.#networksAt ? [] : ['/a/the-security-group'];
    return Promise.resolve({ project: 'created', backend: 'created', missingNetworks } as const);
  }
}

async function run(of = spec) {
  const plan = await planProject(of, dev, ports, signal);
  return runProject(plan, ports, { report: () => undefined, signal });
}

function pending() {
  return [...ports.records.blobs.values()][0]?.record.pending;
}

beforeEach(() => {
  ports = fakePorts();
});

describe('the registration of a run', () => {
  it('is pending in the record from the first write on, and no longer once it is done', async () => {
    const result = await run();
    expect(pending()).toEqual([REGISTRATION]);
    const server = new FakeServer();
    await registerRun(result, { server, signIn }, ports, signal);
    expect(pending()).toEqual([]);
    expect(server.calls[0]?.kinds).toContain('virtualNetwork');
  });

  it('stays pending over further runs, and its record is not written again for that', async () => {
    await run();
    const second = await run();
    expect(second.plan.changes.filter(({ action }) => action !== 'keep')).toEqual([]);
    expect(pending()).toEqual([REGISTRATION]);
  });

  it('stays done over further runs, until the project moves to another server', async () => {
    const server = new FakeServer();
    await registerRun(await run(), { server, signIn }, ports, signal);
    await run();
    expect(pending()).toEqual([]);
    await run({ ...spec, server: { kind: 'remote', url: 'https://other.example.com' } });
    expect(pending()).toEqual([REGISTRATION]);
  });

  it('asks the server to make its networks again while they are not in Azure', async () => {
    const server = new FakeServer(3);
    const waits: string[] = [];
    const onWait = ({ message }: SetupError) => waits.push(message);
    await registerRun(await run(), { server, signIn, onWait }, ports, signal);
    expect(server.calls.map(({ again }) => again === true)).toEqual([false, true, true]);
    expect(waits[0]).toContain('the-security-group');
  });

  it('gives up on them after ten minutes, names them, and stays pending', async () => {
    const server = new FakeServer(Infinity);
    const before = ports.clock.now();
    const act = registerRun(await run(), { server, signIn }, ports, signal);
    await expect(act).rejects.toMatchObject({
      code: 'server_networks_missing',
      message: expect.stringContaining('the-security-group') as string,
    });
    expect(ports.clock.now() - before).toBeGreaterThan(9 * 60_000);
    expect(pending()).toEqual([REGISTRATION]);
  });
});
