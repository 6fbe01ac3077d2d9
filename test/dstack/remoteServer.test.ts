import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editCliConfig } from '../../src/dstack/cliConfig.ts';
import { offerParameters, offersFailure, parseOffers } from '../../src/dstack/gpuOffers.ts';
import { connectServer } from '../../src/dstack/projectServer.ts';
import { checkServer, register, unregister } from '../../src/dstack/registration.ts';
import { starterFile } from '../../src/dstack/starterFiles.ts';
import { serverNetworkIds } from '../../src/dstack/serverNetworks.ts';
import type { ProjectRecord } from '../../src/setup/projectRecord.ts';
import type { Simulator } from '../simulators/azure/faces/startSimulator.ts';
import { existsInAzure, makeAzureProject, startAzure } from './azureProject.ts';
import { RealServer, realClock } from './realServer.ts';

const { signal } = new AbortController();
let azure: Simulator;
let server: RealServer;
let record: ProjectRecord;
let workspace: string;

beforeAll(async () => {
  azure = await startAzure();
  server = await RealServer.make(azure);
  await server.start();
  record = await makeAzureProject(azure, 'gpu', server);
  workspace = await mkdtemp(join(tmpdir(), 'dstack-azure-workspace-'));
});

afterAll(async () => {
  await server.remove();
  await azure.close();
  await rm(workspace, { recursive: true, force: true });
});

function request(client = server.client()) {
  const { clientId, clientSecret } = azure.sample;
  const creds = { type: 'client', client_id: clientId, client_secret: clientSecret } as const;
  return { client, record, creds, clock: realClock, signal };
}

/** A call past our client, to see what the server really stores. */
async function raw(path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

describe('npm run setup', () => {
  it('left a record in the project’s own account that names all that it made', () => {
    expect(record.spec).toMatchObject({
      ...{ name: 'gpu', server: { kind: 'remote', url: server.url } },
      credentials: { kind: 'existingApp', clientId: azure.sample.clientId },
    });
    expect(record.pending).toEqual([]);
    const made = record.resources.filter(({ origin }) => origin === 'created');
    expect(made.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['userAssignedIdentity', 'virtualNetwork', 'roleDefinition']),
    );
    const objects = made.filter(({ kind }) => /^(user|virtual|network)/.test(kind));
    expect(objects.filter(({ id }) => !existsInAzure(azure, id))).toEqual([]);
  });

  it('asked the simulated Azure for nothing that it does not know', () => {
    expect(azure.simulated.requests.unsupported()).toEqual([]);
  });
});

describe('a real server', () => {
  it('is known: version, user, Azure', async () => {
    const client = server.client();
    await client.health(signal);
    expect(await client.compatibility(signal)).toEqual({ version: '0.21.5', apiVersion: '0.21.5' });
    expect(await client.whoAmI(signal)).toEqual({
      ...{ username: 'admin', isGlobalAdmin: true, canCreateProjects: true },
    });
    await client.checkAzure(signal);
  });

  it('refuses a wrong token in a sentence of its own', async () => {
    const act = checkServer(request(server.client('wrong')));
    await expect(act).rejects.toMatchObject({ code: 'server_token_invalid' });
  });

  it('refuses wrong credentials on the field, and does not give the secret back', async () => {
    const creds = { ...request().creds, client_secret: 'canary-wrong-secret' };
    const error: unknown = await register({ ...request(), creds }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'server_invalid_credentials', field: 'clientSecret' });
    expect(String(error) + JSON.stringify(error)).not.toContain('canary');
  });

  it('refuses a subscription that the app does not see, after we waited for its roles', async () => {
    const subscriptionId = '99999999-9999-4999-8999-999999999999';
    const spec = { ...record.spec, name: 'unseen', subscriptionId };
    let waits = 0;
    const clock = { now: () => waits * 300_000, sleep: () => Promise.resolve(void (waits += 1)) };
    const act = register({ ...request(), record: { ...record, spec }, clock });
    await expect(act).rejects.toMatchObject({ code: 'server_invalid_subscription_id' });
    expect(waits).toBeGreaterThan(0);
    await server.client().deleteProject('unseen', signal);
  });

  it('has the project and exactly the mapped fields after npm run setup', async () => {
    const stored = (await raw('/api/project/gpu/backends/azure/config_info')) as object;
    const set = Object.entries(stored).filter(([, value]) => value !== null);
    const { tenantId, subscriptionId, clientId, clientSecret } = azure.sample;
    expect(Object.fromEntries(set)).toEqual({
      type: 'azure',
      tenant_id: tenantId,
      subscription_id: subscriptionId,
      resource_group: 'dstack-gpu',
      regions: ['westeurope'],
      subnet_ids: { westeurope: 'dstack-gpu/dstackgpu-default-network/dstackgpu-default-subnet' },
      vm_managed_identity: 'dstack-gpu/dstackgpu-runner-identity',
      creds: {
        ...{ type: 'client', client_id: clientId, client_secret: clientSecret },
        tenant_id: tenantId,
      },
    });
  });

  it('made the networks in Azure that we look for by name', () => {
    const ids = serverNetworkIds(record.spec);
    expect(ids.map((id) => existsInAzure(azure, id))).toEqual([true, true]);
  });

  it('finds everything as it is when it is registered again', async () => {
    expect(await register(request())).toEqual({ project: 'found', backend: 'unchanged' });
  });

  it('updates the backend when the record has changed', async () => {
    const changed = {
      ...record,
      resources: record.resources.filter(({ kind }) => kind !== 'userAssignedIdentity'),
    };
    expect((await register({ ...request(), record: changed })).backend).toBe('updated');
    expect((await register(request())).backend).toBe('updated');
  });

  it('keeps its own project, and those of others, from us', async () => {
    const named = (name: string) => ({ ...record, spec: { ...record.spec, name } });
    await expect(register({ ...request(), record: named('main') })).rejects.toMatchObject({
      code: 'server_project_owned_by_file',
    });
    await expect(register({ ...request(), record: named('GPU') })).rejects.toMatchObject({
      code: 'server_project_name_taken',
    });
    const elsewhere = { ...record.spec, resourceGroup: { name: 'other', create: true } };
    await expect(
      register({ ...request(), record: { ...record, spec: elsewhere } }),
    ).rejects.toMatchObject({ code: 'server_project_name_taken' });
  });

  it('tells a user without rights apart from an administrator', async () => {
    await raw('/api/users/create', { username: 'eve', global_role: 'user' });
    const eve = (await raw('/api/users/refresh_token', { username: 'eve' })) as {
      creds: { token: string };
    };
    const client = server.client(eve.creds.token);
    await expect(register(request(client))).rejects.toMatchObject({
      code: 'server_project_name_taken',
    });
    const eves = [{ username: 'eve', role: 'user' }];
    await server.client().addMembers('gpu', eves, signal);
    await expect(register(request(client))).rejects.toMatchObject({
      code: 'server_not_project_admin',
    });
  });
});

describe('the real CLI', () => {
  const variables = () => ({
    DSTACK_SERVER_URL: server.url,
    DSTACK_PROJECT: 'gpu',
    DSTACK_TOKEN: server.token,
  });

  it.each([
    [['ps'], /NAME/],
    [['fleet'], /NAME/],
  ])('answers %j in the workspace with only the three variables', async (parameters, expected) => {
    const { code, stdout } = await server.dstack(parameters, variables(), workspace);
    expect(stdout).toMatch(expected);
    expect(code).toBe(0);
  });

  it('shows the GPU offers of the location with only the three variables', async () => {
    const asked = await server.dstack(offerParameters('westeurope'), variables(), workspace);
    expect(asked.code, asked.stderr).toBe(0);
    // Neither the size without a GPU nor the one of another location.
    expect(parseOffers(asked.stdout)).toEqual([
      {
        ...{ size: 'Standard_NC4as_T4_v3', gpu: 'T4', gpuCount: 1, gpuMemoryGb: 16 },
        ...{ vcpus: 4, memoryGb: 28, pricePerHour: 0.605, isSpot: false, availability: 'open' },
      },
    ]);
  });

  it('shows none where the location has none', async () => {
    const asked = await server.dstack(offerParameters('uksouth'), variables(), workspace);
    expect(parseOffers(asked.stdout)).toEqual([]);
  });

  it.each([
    ['a wrong token', { DSTACK_TOKEN: 'canary-wrong' }, 'server_token_invalid'],
    ['a project that the server lacks', { DSTACK_PROJECT: 'nobody' }, 'server_project_unknown'],
    ['a server that is down', { DSTACK_SERVER_URL: 'http://127.0.0.1:9' }, 'server_unreachable'],
  ])('is understood when it fails for %s', async (_, changed, code) => {
    const given = { ...variables(), ...changed };
    const env = { ...given, COLUMNS: '1000' };
    const asked = await server.dstack(offerParameters('westeurope'), env, workspace);
    expect(asked.code).not.toBe(0);
    const { DSTACK_SERVER_URL: url, DSTACK_PROJECT: project, DSTACK_TOKEN: token } = given;
    const question = { url, project, token };
    const said = `${asked.stdout}\n${asked.stderr}`;
    expect(offersFailure(said, question), said).toMatchObject({ code });
  });

  it('makes the first fleet, and finds a machine with a GPU for the first task', async () => {
    for (const kind of ['fleet', 'helloGpu'] as const) {
      const { path, text } = starterFile(kind, 'westeurope');
      await writeFile(join(workspace, path), text);
    }
    const apply = ['apply', '-y', '-d', '-f', 'fleet.dstack.yml'];
    const made = await server.dstack(apply, variables(), workspace);
    expect(made.code, made.stdout + made.stderr).toBe(0);
    expect((await server.dstack(['fleet'], variables(), workspace)).stdout).toContain(
      'azure-fleet',
    );
    // Nobody answers its question, so it ends after the plan.
    const plan = await server.dstack(
      ['apply', '-f', 'hello-gpu.dstack.yml'],
      variables(),
      workspace,
    );
    expect(plan.stdout, plan.stderr).toContain('Standard_NC4as_T4_v3');
    const remove = ['fleet', 'delete', '-y', 'azure-fleet'];
    expect((await server.dstack(remove, variables(), workspace)).code).toBe(0);
    // The server ends a fleet in the background, and keeps a project as long as it has one.
    const fleets = async () => (await server.dstack(['fleet'], variables(), workspace)).stdout;
    await expect.poll(fleets, { timeout: 90_000, interval: 500 }).not.toContain('azure-fleet');
  }, 240_000);

  it('refuses a token that is not ours, so the answers above were not by chance', async () => {
    const wrong = { ...variables(), DSTACK_TOKEN: 'wrong' };
    expect((await server.dstack(['ps'], wrong, workspace)).code).not.toBe(0);
  });

  it('lists the project from the home file that we edited, and keeps the other one', async () => {
    const other = '# mine\nprojects:\n- name: other\n  url: http://127.0.0.1:9\n  token: t\n';
    const entry = { name: 'gpu', url: server.url, token: server.token, default: true };
    await mkdir(join(server.home, '.dstack'), { recursive: true });
    const file = join(server.home, '.dstack', 'config.yml');
    await writeFile(file, editCliConfig(other, entry).text);
    const { code, stdout } = await server.dstack(['project', 'list']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`gpu\\s+${server.url}\\s+✓`));
    expect(stdout).toMatch(/other\s+http:\/\/127\.0\.0\.1:9/);
    expect((await server.dstack(['ps'])).code).toBe(0);
  });
});

describe('an undo', () => {
  it('hears from the server that nothing uses the project', async () => {
    const { url, token } = server;
    const resources = { read: () => Promise.resolve(undefined) };
    const there = connectServer({ url, token, clock: realClock, resources });
    expect(await there.forUndo(record.spec).running(signal)).toEqual([]);
  });
});

describe('after deletion', () => {
  it('the project is gone from the server, its networks stay in Azure', async () => {
    expect(await unregister(request())).toBe(true);
    expect(await server.client().projectNames(signal)).toEqual(['main']);
    expect(await unregister(request())).toBe(false);
    const [id = ''] = serverNetworkIds(record.spec);
    expect(existsInAzure(azure, id)).toBe(true);
  });

  it('nothing else than Azure and the catalog was called', () => {
    // Release builds of the CLI ask for updates once a day (dstack-facts C); the proxy refuses.
    const strangers = azure.refused.filter((host) => host !== 'get.dstack.ai:443');
    expect(strangers).toEqual([]);
  });
});
