import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkServer, register, unregister } from '../../../src/dstack/registration.ts';
import { DstackServerClient } from '../../../src/dstack/serverClient.ts';
import { missingServerNetworks, serverNetworkIds } from '../../../src/dstack/serverNetworks.ts';
import type { Clock } from '../../../src/setup/ports.ts';
import { SimulatedDstack } from '../../simulators/dstack/simulatedDstack.ts';
import { record } from './projectRecords.ts';

const { signal } = new AbortController();
const creds = { type: 'default' } as const;
let server: SimulatedDstack;
let now: number;

const clock: Clock = {
  now: () => now,
  sleep: (ms) => {
    now += ms;
    return Promise.resolve();
  },
};

function request() {
  const client = new DstackServerClient({ url: server.url, token: server.token, fetch, clock });
  return { client, record, creds, clock, signal };
}

beforeEach(async () => {
  server = await new SimulatedDstack().start();
  now = 0;
});
afterEach(() => server.stop());

const invalidSubscription = {
  path: /create_yaml/,
  status: 400,
  body: '{"detail":[{"msg":"Invalid subscription_id","code":"error","fields":["subscription_id"]}]}',
};

describe('registration', () => {
  it('makes the project and its backend, and finds both the next time', async () => {
    expect(await register(request())).toEqual({ project: 'created', backend: 'created' });
    expect(await register(request())).toEqual({ project: 'found', backend: 'unchanged' });
    expect(server.callsOf(/create$|_yaml/)).toBe(2);
  });

  it('updates the backend when the record has changed', async () => {
    await register(request());
    const bare = { ...record, resources: [] };
    expect(await register({ ...request(), record: bare })).toEqual({
      project: 'found',
      backend: 'updated',
    });
    expect(server.projects[0]?.backend).not.toHaveProperty('vm_managed_identity');
  });

  it('goes on where an earlier run broke off, whichever answer was lost', async () => {
    for (const path of [/projects\/create/, /create_yaml/]) {
      server.projects.splice(0);
      server.faults = [{ path, cut: 'after' }];
      await register(request()).catch(() => undefined);
      expect((await register(request())).project).toBe('found');
      expect(server.projects).toHaveLength(1);
      expect(server.projects[0]?.backend).toBeDefined();
    }
  });

  it('counts a backend as made when only its answer was lost', async () => {
    server.faults = [{ path: /create_yaml/, cut: 'after' }];
    expect((await register(request())).backend).toBe('created');
  });

  it('waits while fresh roles spread, and says so', async () => {
    server.faults = Array.from({ length: 5 }, () => invalidSubscription);
    const waits: number[] = [];
    const onWait = (_: unknown, ms: number) => waits.push(ms);
    expect((await register({ ...request(), onWait })).backend).toBe('created');
    expect(waits).toHaveLength(5);
  });

  it('stops waiting after ten minutes', async () => {
    server.faults = Array.from({ length: 100 }, () => invalidSubscription);
    await expect(register(request())).rejects.toMatchObject({
      code: 'server_invalid_subscription_id',
      field: 'subscription',
    });
    expect(now).toBeGreaterThan(9 * 60_000);
    expect(now).toBeLessThanOrEqual(10 * 60_000);
  });

  it('does not wait for credentials that are wrong', async () => {
    const body =
      '{"detail":[{"msg":"Invalid credentials","code":"invalid_credentials","fields":["creds","client_secret"]}]}';
    server.faults = [{ path: /create_yaml/, status: 400, body }];
    await expect(register(request())).rejects.toMatchObject({ code: 'server_invalid_credentials' });
    expect(now).toBe(0);
  });

  it('passes on the warning about a newer server', async () => {
    server.version = '0.22.5';
    expect((await register(request())).warning).toContain('0.22.5');
  });
});

describe('a project of that name on the server', () => {
  const elsewhere = { type: 'azure', subscription_id: 'other', resource_group: 'other' };
  const admin = [{ username: 'admin', role: 'admin' }];

  it.each([
    ['another backend', { name: 'gpu', owner: 'admin', members: admin, backend: elsewhere }],
    ['another owner', { name: 'gpu', owner: 'eve', members: [{ username: 'eve', role: 'admin' }] }],
    ['another case', { name: 'GPU', owner: 'admin', members: admin }],
  ])('with %s is not touched: the name is taken', async (_, project) => {
    server.projects.push(project);
    const before = structuredClone(server.projects);
    for (const act of [checkServer, register]) {
      await expect(act(request())).rejects.toMatchObject({
        code: 'server_project_name_taken',
        field: 'projectName',
      });
    }
    expect(server.projects).toEqual(before);
  });

  it("that the server's file made is not touched: it would drop the backend", async () => {
    server.projects.push({ name: 'gpu', owner: 'admin', members: [] });
    await expect(register(request())).rejects.toMatchObject({
      code: 'server_project_owned_by_file',
    });
    const main = { ...record, spec: { ...record.spec, name: 'main' } };
    await expect(register({ ...request(), record: main })).rejects.toMatchObject({
      code: 'server_project_owned_by_file',
    });
  });

  it('is refused to a user who is not its administrator', async () => {
    server.user = { username: 'eve', role: 'user', canCreateProjects: true };
    server.projects.push({
      ...{ name: 'gpu', owner: 'admin', members: [{ username: 'eve', role: 'user' }] },
    });
    await expect(register(request())).rejects.toMatchObject({ code: 'server_not_project_admin' });
    server.projects[0] = { name: 'gpu', owner: 'admin', members: admin };
    await expect(register(request())).rejects.toMatchObject({ code: 'server_project_name_taken' });
  });

  it('cannot be made by a user who may not, which is known before anything else', async () => {
    server.user = { username: 'eve', role: 'user', canCreateProjects: false };
    await expect(checkServer(request())).rejects.toMatchObject({
      code: 'server_cannot_create_projects',
    });
    expect(server.callsOf(/create/)).toBe(0);
  });
});

describe('unregistration', () => {
  it('removes backend and project, and finds nothing the next time', async () => {
    await register(request());
    expect(await unregister(request())).toBe(true);
    expect(server.projects).toEqual([]);
    expect(await unregister(request())).toBe(false);
  });

  it('stops at active runs and names them', async () => {
    await register(request());
    const [project] = server.projects;
    if (project) project.isBusy = true;
    await expect(unregister(request())).rejects.toMatchObject({
      code: 'server_project_busy',
      message: expect.stringContaining('train-1') as string,
    });
  });
});

describe('the networks that the server makes', () => {
  it('are looked for in Azure, and the missing ones are named', async () => {
    const [first = ''] = serverNetworkIds(record.spec);
    const read = (target: { id: string }) =>
      Promise.resolve(target.id === first ? { id: first, tags: {}, body: {} } : undefined);
    const missing = await missingServerNetworks({ read }, record.spec, signal);
    expect(missing.map((id) => id.split('/').at(-1))).toEqual([
      'dstack-gpu-westeurope-gateway-security-group',
    ]);
  });
});
