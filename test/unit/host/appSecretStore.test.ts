import { beforeEach, describe, expect, it } from 'vitest';
import { AppSecretStore, TYPED_KEY } from '../../../src/host/appSecretStore.ts';
import { newMachine } from './signInOrder.ts';

const stored = new Map<string, string>();
const storage = {
  get: (key: string) => Promise.resolve(stored.get(key)),
  store: (key: string, value: string) => {
    stored.set(key, value);
    return Promise.resolve();
  },
  delete: (key: string) => {
    stored.delete(key);
    return Promise.resolve();
  },
};
const key = (projectId: string, keyId: string = TYPED_KEY) => ({
  projectId,
  keyId,
  tenantId: 'tenant',
  clientId: `client of ${projectId}`,
  endDateTime: '2027-01-01T00:00:00Z',
});

describe('Client secrets of apps', () => {
  let store: AppSecretStore;

  beforeEach(() => {
    stored.clear();
    store = new AppSecretStore(storage, newMachine());
  });

  it('are held per project and key, and the last one signs in', async () => {
    await store.put(key('one', 'a'), 'first');
    await store.put(key('one', 'b'), 'second');
    expect(await store.has('one', 'a')).toBe(true);
    expect(await store.has('two', 'a')).toBe(false);
    expect(await store.signInOf('one')).toEqual({
      tenantId: 'tenant',
      clientId: 'client of one',
      clientSecret: 'second',
    });
  });

  it('are replaced by one of the same key', async () => {
    await store.put(key('one'), 'wrong');
    await store.put(key('one'), 'right');
    expect((await store.signInOf('one'))?.clientSecret).toBe('right');
    expect([...stored.values()].join()).not.toContain('wrong');
  });

  it('sign the local server in for the project that it was last set up for', async () => {
    expect(await store.localServerSignIn()).toBeUndefined();
    await store.put(key('one'), 'secret');
    await store.useForLocalServer('one');
    expect(await store.localServerSignIn()).toMatchObject({ clientSecret: 'secret' });
  });

  it('leave nothing behind when they are forgotten', async () => {
    await store.put(key('one'), 'secret');
    await store.useForLocalServer('one');
    await store.forget('one');
    expect(stored.size).toBe(0);
    expect(await store.localServerSignIn()).toBeUndefined();
  });

  it('sign each machine’s server in as the app of its own project, though machines share secrets', async () => {
    const other = new AppSecretStore(storage, newMachine());
    await store.put(key('one'), 'secret');
    await store.useForLocalServer('one');
    await other.put(key('two'), 'secret');
    await other.useForLocalServer('two');
    expect(await store.localServerApp()).toEqual({ projectId: 'one', clientId: 'client of one' });
    expect(await other.localServerApp()).toEqual({ projectId: 'two', clientId: 'client of two' });
  });

  it('sign the local server in as the app before, when the last project goes', async () => {
    for (const each of ['one', 'two', 'three']) {
      await store.put(key(each), 'secret');
      await store.useForLocalServer(each);
    }
    await store.useForLocalServer('two');
    await store.forget('two');
    expect(await store.localServerApp()).toMatchObject({ projectId: 'three' });
    await store.leaveLocalServer('three');
    expect(await store.localServerSignIn()).toMatchObject({ clientId: 'client of one' });
    expect(await store.signInOf('three')).toBeDefined();
  });

  it('don’t sign the local server in where this machine does not hold them', async () => {
    await store.put(key('one'), 'secret');
    await store.useForLocalServer('one');
    await store.useForLocalServer('held elsewhere');
    expect(await store.localServerApp()).toMatchObject({ projectId: 'one' });
  });

  it.each(['not json', '{}', '[{"keyId":1}]', 'null'])(
    'count as absent if %s is stored',
    async (text) => {
      await store.put(key('one'), 'secret');
      for (const each of stored.keys()) stored.set(each, text);
      expect(await store.signInOf('one')).toBeUndefined();
      expect(await store.has('one', TYPED_KEY)).toBe(false);
    },
  );
});
