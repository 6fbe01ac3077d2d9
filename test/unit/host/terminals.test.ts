import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/host/binding.ts';
import { createSecrets, secretKeyOf } from '../../../src/host/secrets.ts';
import { applyTo, type Variables } from '../../../src/host/terminals.ts';

const alpha: Binding = {
  projectName: 'alpha',
  serverUrl: 'http://127.0.0.1:3000',
  tenantId: 'contoso',
  storageAccountId: '/subscriptions/s/alpha',
};

function variables(): Variables & { readonly set: Map<string, string> } {
  const set = new Map<string, string>();
  return {
    set,
    replace: (name, value) => void set.set(name, value),
    delete: (name) => void set.delete(name),
  };
}

function secretStorage(): Parameters<typeof createSecrets>[0] & {
  readonly map: Map<string, string>;
} {
  const map = new Map<string, string>();
  return {
    map,
    get: (key) => Promise.resolve(map.get(key)),
    store: (key, value) => Promise.resolve(void map.set(key, value)),
    delete: (key) => Promise.resolve(void map.delete(key)),
  };
}

describe('The terminals of a folder', () => {
  const known = { token: () => Promise.resolve('t0ken') };
  const unknown = { token: () => Promise.resolve(undefined) };

  it('get server, project and token of the binding', async () => {
    const env = variables();
    await applyTo(env, alpha, known);
    expect(Object.fromEntries(env.set)).toEqual({
      DSTACK_SERVER_URL: 'http://127.0.0.1:3000',
      DSTACK_PROJECT: 'alpha',
      DSTACK_TOKEN: 't0ken',
    });
  });

  it('lose all three when the binding goes', async () => {
    const env = variables();
    await applyTo(env, alpha, known);
    await applyTo(env, undefined, known);
    expect(env.set.size).toBe(0);
  });

  it('get none of them without a token: the CLI would refuse a server without one', async () => {
    const env = variables();
    await applyTo(env, alpha, known);
    await applyTo(env, alpha, unknown);
    expect(env.set.size).toBe(0);
  });

  it('follow a change of project', async () => {
    const env = variables();
    await applyTo(env, alpha, known);
    await applyTo(env, { ...alpha, projectName: 'beta' }, known);
    expect(env.set.get('DSTACK_PROJECT')).toBe('beta');
  });
});

describe('The tokens', () => {
  const at = { serverUrl: 'http://127.0.0.1:3000', projectName: 'alpha' };

  it('are made once, then kept', async () => {
    const secrets = createSecrets(secretStorage());
    let made = 0;
    const make = () => `token-${(made += 1).toString()}`;
    expect(await secrets.tokenOrNew(at, make)).toBe('token-1');
    expect(await secrets.tokenOrNew(at, make)).toBe('token-1');
  });

  it('are kept by server and project, whose name has no case', async () => {
    const secrets = createSecrets(secretStorage());
    await secrets.setToken(at, 'one');
    await secrets.setToken({ ...at, serverUrl: 'https://other.example' }, 'two');
    expect(await secrets.token({ ...at, projectName: 'ALPHA' })).toBe('one');
    expect(await secrets.token({ ...at, projectName: 'beta' })).toBeUndefined();
  });

  it('are gone after they were removed', async () => {
    const storage = secretStorage();
    const secrets = createSecrets(storage);
    await secrets.setToken(at, 'one');
    expect(storage.map.get(secretKeyOf(at))).toBe('one');
    await secrets.removeToken(at);
    expect(storage.map.size).toBe(0);
  });
});
