import { describe, expect, it } from 'vitest';
import { listAt, objectAt, textAt, type Json } from '../core/json.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { worldNamed } from '../core/worlds.ts';
import { Bench, codeOf, type Answer } from './core.harness.ts';

const GRAPH = 'https://graph.microsoft.com';
const ALL = ['Application.ReadWrite.All'];

function asker(bench: Bench, scopes: readonly string[] = ALL) {
  return (
    method: string,
    path: string,
    body?: Json,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    bench.ask(method, `${GRAPH}/v1.0${path}`, {
      token: bench.azure.issueUserToken({
        tenantId: SINGLE.tenantId,
        username: SINGLE.username,
        audience: GRAPH,
        scopes,
      }),
      headers,
      ...(body === undefined ? {} : { body }),
    });
}
const UPSERT = { prefer: 'create-if-missing' };
const NAMED = "/applications(uniqueName='dstack-azure-1')";

describe('an application', () => {
  it('is created by its unique name once: 201, then 204 without a body, then found', async () => {
    const graph = asker(new Bench());
    const body = { displayName: 'dstack', signInAudience: 'AzureADMyOrg' };
    const first = await graph('PATCH', NAMED, body, UPSERT);
    expect([first.status, textAt(first.json, 'uniqueName')]).toEqual([201, 'dstack-azure-1']);
    const second = await graph('PATCH', NAMED, body, UPSERT);
    expect([second.status, second.text]).toEqual([204, '']);
    expect(textAt((await graph('GET', NAMED)).json, 'id')).toBe(textAt(first.json, 'id'));
    expect(
      listAt(
        (await graph('GET', '/applications?$filter=uniqueName%20eq%20%27dstack-azure-1%27')).json,
        'value',
      ),
    ).toHaveLength(1);
  });

  it('is not created by an update without the preference, nor where the tenant lacks it', async () => {
    const graph = asker(new Bench());
    expect(codeOf(await graph('PATCH', NAMED, { displayName: 'x' }))).toBe(
      'Request_ResourceNotFound',
    );
    const world = worldNamed('strict-directory');
    const users = world.users.map((user) => ({ ...user, applicationAdministrator: true }));
    const strict = asker(new Bench({ ...world, users }));
    expect((await strict('PATCH', NAMED, { displayName: 'x' }, UPSERT)).status).toBe(400);
  });

  it('is sign-in-able by a new secret through a new service principal, until the secret is removed', async () => {
    const bench = new Bench();
    const graph = asker(bench);
    const app = await graph('PATCH', NAMED, { displayName: 'dstack' }, UPSERT);
    const appId = textAt(app.json, 'appId') ?? '';
    const principal = await graph('POST', '/servicePrincipals', { appId });
    expect(principal.status).toBe(201);
    expect((await graph('POST', '/servicePrincipals', { appId })).status).toBe(409);
    const id = textAt(app.json, 'id') ?? '';
    const added = await graph('POST', `/applications/${id}/addPassword`, {
      passwordCredential: { displayName: 'run' },
    });
    const secret = textAt(added.json, 'secretText') ?? '';
    expect((await bench.appToken(undefined, secret, appId)).status).toBe(200);
    const shown = await graph('GET', `/applications/${id}`);
    expect(shown.text).not.toContain(secret);
    expect(listAt(shown.json, 'passwordCredentials')).toHaveLength(1);
    const removed = await graph('POST', `/applications/${id}/removePassword`, {
      keyId: textAt(added.json, 'keyId') ?? '',
    });
    expect(removed.status).toBe(204);
    expect((await bench.appToken(undefined, secret, appId)).status).toBe(401);
  });

  it('takes its service principal with it and lies in the directory’s bin', async () => {
    const bench = new Bench();
    const graph = asker(bench);
    const app = await graph('PATCH', NAMED, { displayName: 'dstack' }, UPSERT);
    await graph('POST', '/servicePrincipals', { appId: textAt(app.json, 'appId') ?? '' });
    expect((await graph('DELETE', `/applications/${textAt(app.json, 'id') ?? ''}`)).status).toBe(
      204,
    );
    const principals = await graph(
      'GET',
      `/servicePrincipals?$filter=appId eq '${textAt(app.json, 'appId') ?? ''}'`,
    );
    expect(listAt(principals.json, 'value')).toEqual([]);
    const bin = await graph('GET', '/directory/deletedItems/microsoft.graph.application');
    expect(listAt(bin.json, 'value')).toHaveLength(1);
  });
});

describe('a service principal', () => {
  it('of a new app is refused at first, in words for a lag or like a missing right', async () => {
    const refusals = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const bench = new Bench(worldNamed('single'), { lag: 'seeded', seed });
      const graph = asker(bench);
      const app = await graph('PATCH', NAMED, { displayName: 'dstack' }, UPSERT);
      const appId = textAt(app.json, 'appId') ?? '';
      const refused = await graph('POST', '/servicePrincipals', { appId });
      if (refused.status === 201) continue;
      const words = refused.text.includes('backing application') ? 'backing' : 'no reference';
      refusals.add(`${refused.status.toString()} ${codeOf(refused)}, ${words}`);
    }
    expect([...refusals].sort()).toEqual([
      '400 Request_BadRequest, no reference',
      '403 Authorization_RequestDenied, backing',
    ]);
  });
});

describe('rights in the directory', () => {
  it('VS Code’s own token is good for /me and for nothing about applications', async () => {
    const bench = new Bench();
    const graph = asker(bench, ['User.Read']);
    expect(objectAt({ me: (await graph('GET', '/me')).json ?? null }, 'me')['id']).toBe(
      SINGLE.userId,
    );
    const refused = await graph('POST', '/applications', { displayName: 'x' });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'Authorization_RequestDenied']);
  });

  it('people whose tenant forbids it cannot register, administrators can', async () => {
    const world = {
      ...worldNamed('single'),
      tenants: [{ tenantId: SINGLE.tenantId, allowedToCreateApps: false }],
    };
    expect(
      (await asker(new Bench(world))('POST', '/applications', { displayName: 'x' })).status,
    ).toBe(403);
    const users = world.users.map((user) => ({ ...user, applicationAdministrator: true }));
    expect(
      (await asker(new Bench({ ...world, users }))('POST', '/applications', { displayName: 'x' }))
        .status,
    ).toBe(201);
  });

  it('only owners and administrators change an application', async () => {
    const bench = new Bench();
    const refused = await asker(bench)(
      'POST',
      '/applications/0f000000-0000-4000-8000-000000000001/addPassword',
      {},
    );
    expect(refused.status).toBe(403);
  });

  it('an ARM token is none of Graph’s', async () => {
    const bench = new Bench();
    const answer = await bench.ask('GET', `${GRAPH}/v1.0/me`);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'InvalidAuthenticationToken']);
  });
});

describe('the tenant’s policy for secrets', () => {
  const worldWith = (policy: object) => ({
    ...worldNamed('single'),
    tenants: [{ tenantId: SINGLE.tenantId, appManagementPolicy: policy }],
  });
  const add = async (policy: object, days: number): Promise<Answer> => {
    const bench = new Bench(worldWith(policy));
    const graph = asker(bench);
    const app = await graph('POST', '/applications', { displayName: 'x' });
    const endDateTime = new Date(bench.now + days * 24 * 3600 * 1000).toISOString();
    return graph('POST', `/applications/${textAt(app.json, 'id') ?? ''}/addPassword`, {
      passwordCredential: { endDateTime },
    });
  };

  it('can forbid them', async () => {
    expect(codeOf(await add({ passwordsForbidden: true }, 90))).toBe(
      'CredentialTypeNotAllowedAsPerAppPolicy',
    );
  });

  it('can limit their life', async () => {
    expect(codeOf(await add({ maxPasswordDays: 30 }, 90))).toBe(
      'CredentialInvalidLifetimeAsPerAppPolicy',
    );
    expect((await add({ maxPasswordDays: 30 }, 29)).status).toBe(200);
  });
});

it('an expired secret has its own code', async () => {
  const answer = await new Bench('expired-secret').appToken();
  expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('AADSTS7000222')]);
});
