import { describe, expect, it } from 'vitest';
import { cancellation } from '../../../src/setup/errors.ts';
import { enterSecret, removeLostSecret, rotateSecret } from '../../../src/setup/lostSecret.ts';
import { planProject, type ProjectPlan } from '../../../src/setup/planProject.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import type { AppKey } from '../../../src/setup/secretPorts.ts';
import { azureError } from './fakeAzure.ts';
import { anotherMachine, fakeSecretPorts, type FakeSecretPorts } from './fakeSecrets.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const options = { report: () => undefined, signal: never };
const MINUTE = 60_000;
const spec = sampleSpec({ credentials: { kind: 'newApp' } });
const plan = (ports: FakeSecretPorts): Promise<ProjectPlan> => planProject(spec, dev, ports, never);

/** A whole project, whose app has one secret more: `key-2`. */
async function withSecond(change: Partial<AppKey>): Promise<FakeSecretPorts> {
  const ports = fakeSecretPorts();
  expect((await runProject(await plan(ports), ports, options)).outcome).toBe('done');
  ports.secrets.appSecrets.make({ displayName: 'dstack-azure run-9', ...change });
  return ports;
}

const ids = ({ secrets }: FakeSecretPorts): readonly string[] =>
  secrets.appSecrets.keys.map(({ keyId }) => keyId);

async function removal(ports: FakeSecretPorts, keyId = 'key-2'): Promise<unknown> {
  return await removeLostSecret(await plan(ports), keyId, ports, never).catch(
    (thrown: unknown) => thrown,
  );
}

describe('removing a secret that a person has confirmed', () => {
  it.each<[string, Partial<AppKey>, number, string | undefined]>([
    ['old enough', {}, 10 * MINUTE, undefined],
    [
      'too new',
      {},
      10 * MINUTE - 1,
      'The secret is not removed: It is too new: the run that made it may go on.',
    ],
    [
      'of an unknown age',
      { startDateTime: '' },
      10 * MINUTE,
      'The secret is not removed: It is too new: the run that made it may go on.',
    ],
    [
      'of somebody else',
      { displayName: 'CI' },
      10 * MINUTE,
      'The secret is not removed: No run of ours made it.',
    ],
  ])('which is %s', async (_what, change, ageMs, message) => {
    const ports = await withSecond(change);
    await ports.clock.sleep(ageMs);
    const refused = await removal(ports);
    expect(ids(ports)).toEqual(message === undefined ? ['key-1'] : ['key-1', 'key-2']);
    if (message === undefined) expect(refused).toBeUndefined();
    else {
      expect(refused).toMatchObject({
        ...{ code: 'secret_not_removable', source: 'user', object: 'clientSecret', message },
        remedy: 'Rotate it, or remove it in the Azure portal if nobody uses it.',
      });
    }
  });

  it('is refused for one that somebody holds, by the record or here', async () => {
    const ports = await withSecond({});
    await ports.clock.sleep(10 * MINUTE);
    expect(await removal(ports, 'key-1')).toMatchObject({
      message: 'The secret is not removed: laptop holds it.',
    });
    const { projectId } = await plan(ports);
    const { tenantId } = spec;
    const held = { projectId, keyId: 'key-2', tenantId, clientId: 'c', endDateTime: 'e' };
    await ports.secrets.holder.put(held, 'v');
    expect(await removal(ports)).toMatchObject({
      message: 'The secret is not removed: This machine holds it.',
    });
    expect(ids(ports)).toEqual(['key-1', 'key-2']);
  });

  it('does nothing if it is gone already', async () => {
    const ports = await withSecond({});
    ports.secrets.appSecrets.calls.length = 0;
    expect(await removal(ports, 'key-9')).toBeUndefined();
    expect(ports.secrets.appSecrets.calls.map(({ op }) => op)).toEqual(['list']);
  });

  it('takes a record that can’t be found or read as no proof', async () => {
    const ports = await withSecond({});
    await ports.clock.sleep(10 * MINUTE);
    ports.records.before = () => {
      throw azureError({ status: 403, code: 'Denied' });
    };
    expect(await removal(ports)).toMatchObject({ code: 'Denied' });
    const account = [...ports.resources.objects.values()].find(({ id }) =>
      id.endsWith('/storageAccounts/dstackvision1a2b3c4d'),
    );
    if (account === undefined) expect.fail('There is no account.');
    ports.resources.put(account.id, { ...account.body, properties: {} });
    expect(await removal(ports)).toMatchObject({
      message: 'The secret is not removed: The record can’t be read.',
    });
    expect(ids(ports)).toHaveLength(2);
    ports.resources.objects.delete(account.id.toLowerCase());
    expect(await removal(ports)).toBeUndefined();
  });

  it('goes on after a fault that passes', async () => {
    const ports = await withSecond({});
    await ports.clock.sleep(10 * MINUTE);
    const approved = await plan(ports);
    const faults = new Set(['list', 'remove']);
    ports.secrets.appSecrets.before = (op) => {
      if (faults.delete(op)) throw azureError({ status: 503, code: 'Busy' });
    };
    await removeLostSecret(approved, 'key-2', ports, never);
    expect(ids(ports)).toEqual(['key-1']);
  });

  it('needs an app', async () => {
    const ports = fakeSecretPorts();
    expect(await removal(ports)).toMatchObject({
      ...{ code: 'no_app', source: 'user', object: 'application' },
      message: 'The project has no app registration of its own yet.',
      remedy: 'Set the project up first.',
    });
  });
});

describe('entering a secret that somebody has', () => {
  const enter = async (ports: FakeSecretPorts, value: string, fail?: Error): Promise<unknown> => {
    const signedInAs: unknown[] = [];
    const signIn = (as: unknown): Promise<never> => {
      signedInAs.push(as);
      const app = { principalId: 'p', tenants: [], subscriptions: [] };
      return (fail === undefined ? Promise.resolve(app) : Promise.reject(fail)) as Promise<never>;
    };
    const found = await enterSecret(
      await plan(ports),
      value,
      { ...ports, appSignIn: { signIn } },
      never,
    ).catch((thrown: unknown) => thrown);
    const { tenantId } = spec;
    expect(signedInAs).toEqual([{ tenantId, clientId: 'app-client', clientSecret: value }]);
    return found;
  };

  it('keeps it for the key that begins like it, ours before somebody else’s', async () => {
    const ports = fakeSecretPorts();
    await runProject(await plan(ports), ports, options);
    const { appSecrets } = ports.secrets;
    appSecrets.keys.unshift({ ...appSecrets.make({ hint: 'abc' }), keyId: 'theirs' });
    appSecrets.keys.pop();
    const other = anotherMachine(ports);
    expect(await enter(other, 'abc~value')).toMatchObject({ keyId: 'key-1' });
    const { projectId } = await plan(other);
    expect([...other.secrets.holder.held.values()]).toEqual([
      {
        key: {
          ...{ projectId, keyId: 'key-1', tenantId: spec.tenantId, clientId: 'app-client' },
          endDateTime: '2026-04-01T00:00:00.000Z',
        },
        value: 'abc~value',
      },
    ]);
  });

  it('takes the only one that begins like it, whoever made it', async () => {
    const ports = await withSecond({ displayName: 'CI', hint: 'xyz' });
    expect(await enter(ports, 'xyz~value')).toMatchObject({ keyId: 'key-2' });
  });

  it.each<[string, Partial<AppKey>]>([
    ['begins otherwise', { hint: 'xyy' }],
    ['has ended', { hint: 'xyz', endDateTime: '2026-01-01T00:00:00Z' }],
  ])('refuses it if the only key %s', async (_what, change) => {
    const ports = await withSecond(change);
    expect(await enter(ports, 'xyz~value')).toMatchObject({
      ...{ code: 'secret_not_of_this_app', source: 'user' },
      ...{ object: 'clientSecret', field: 'clientSecret' },
      message: 'The app shows no secret that begins like this one.',
      remedy: 'A new secret is seen after some minutes: wait and try again.',
    });
    expect(ports.secrets.holder.held.size).toBe(1);
  });

  it('refuses a key that shows no beginning', async () => {
    const ports = await withSecond({});
    ports.secrets.appSecrets.keys.splice(0, 2, {
      ...{ keyId: 'k', displayName: 'dstack-azure r' },
      ...{ startDateTime: '', endDateTime: '2027-01-01T00:00:00Z' },
    });
    expect(await enter(ports, 'abc~value')).toMatchObject({ code: 'secret_not_of_this_app' });
  });

  it('keeps nothing if the app can’t sign in with it', async () => {
    const ports = await withSecond({});
    expect(await enter(ports, 'abc~value', cancellation())).toMatchObject({ name: 'AbortError' });
    expect(ports.secrets.holder.held.size).toBe(1);
  });
});

describe('rotating a secret', () => {
  it('shows its reason for secret and record, and changes nothing else', async () => {
    const ports = await withSecond({});
    await ports.clock.sleep(MINUTE);
    const { plan: run } = await rotateSecret(spec, dev, ports, options);
    const written = run.changes.filter(({ action }) => action !== 'keep');
    const reason = 'A new one is made; the one before stays until it ends.';
    expect(written.map(({ resource, ...change }) => [resource.key, change])).toMatchObject([
      ['clientSecret', { action: 'replace', reason }],
      ['projectRecord', { action: 'update', reason }],
    ]);
  });
});
