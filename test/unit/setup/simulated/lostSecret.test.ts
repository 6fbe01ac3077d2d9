import { RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { PUBLIC_CLOUD } from '../../../../src/azure/cloud.ts';
import { appSignIn } from '../../../../src/azure/appSignIn.ts';
import { SetupError } from '../../../../src/setup/errors.ts';
import { enterSecret, removeLostSecret, rotateSecret } from '../../../../src/setup/lostSecret.ts';
import { killAt } from './killedNetwork.ts';
import { Lab, newAppSpec, type Machine } from './lab.ts';
import { apps, secretIn, tenantWith, theApp, toGraph, valuesOn } from './registeredApp.ts';

const spec = newAppSpec();
const never = new AbortController().signal;
const MINUTE = 60_000;
/** The third call to Graph that changes something is the one that makes the secret. */
const ADD_PASSWORD = 2;

/** A project whose secret was made, but whose machine is gone before anybody knew its value. */
async function withLostSecret(lab: Lab): Promise<Machine> {
  const killed = lab.machine(
    killAt(
      ADD_PASSWORD,
      'with the answer lost',
      () => {
        killed.dead = true;
      },
      toGraph,
    ).network,
  );
  await killed.setUp(spec).catch(() => undefined);
  expect(theApp(lab).secrets).toHaveLength(1);
  const next = lab.machine();
  expect((await next.setUp(spec)).outcome).toBe('done');
  return next;
}

function idOfSecret(lab: Lab): string {
  return theApp(lab).secrets[0]?.keyId ?? expect.fail('There is no secret.');
}

async function removal(machine: Machine, keyId: string): Promise<SetupError | undefined> {
  const plan = await machine.plan(spec);
  return await removeLostSecret(plan, keyId, machine.ports(), never).then(
    () => undefined,
    (error: unknown) => (error instanceof SetupError ? error : expect.fail(String(error))),
  );
}

describe('a secret that was lost with its run', () => {
  it('is removed once somebody has confirmed it and it is older than Graph’s lag, and made anew', async () => {
    const lab = new Lab();
    const machine = await withLostSecret(lab);
    const keyId = idOfSecret(lab);
    await lab.clock.sleep(20 * MINUTE);
    expect(await removal(machine, keyId)).toBeUndefined();
    expect(theApp(lab).secrets).toEqual([]);
    expect(secretIn(await machine.plan(spec)).action).toBe('create');
    expect((await machine.setUp(spec)).outcome).toBe('done');
    expect(theApp(lab).secrets.map(({ value }) => value)).toEqual(valuesOn(machine));
  });

  it('is not removed while the run that made it may go on', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await machine.setUp(spec);
    const keyId = idOfSecret(lab);
    const other = lab.machine();
    // As if the record had not been written yet.
    const plan = await other.plan(spec);
    const ports = {
      ...other.ports(),
      records: { ...other.ports().records, read: () => Promise.resolve(undefined) },
    };
    await expect(removeLostSecret(plan, keyId, ports, never)).rejects.toMatchObject({
      code: 'secret_not_removable',
    });
    expect(theApp(lab).secrets).toHaveLength(1);
  });

  it('can be entered by whoever has it, after the app has signed in with it', async () => {
    const lab = new Lab();
    const machine = await withLostSecret(lab);
    const value = theApp(lab).secrets[0]?.value ?? '';
    const ports = {
      ...machine.ports(),
      appSignIn: appSignIn({ cloud: PUBLIC_CLOUD, httpClient: lab.client }),
    };
    const plan = await machine.plan(spec);
    const wrong = enterSecret(plan, `${value.slice(0, 3)}wrong`, ports, never);
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(valuesOn(machine)).toEqual([]);
    await enterSecret(plan, value, ports, never);
    expect(valuesOn(machine)).toEqual([value]);
    expect(secretIn(await machine.plan(spec)).secret?.remedies).toEqual([]);
  });
});

describe('a secret that another machine holds', () => {
  it('is never removed, whatever its age, nor one that somebody has made by hand', async () => {
    const lab = new Lab();
    await lab.machine().setUp(spec);
    const app = theApp(lab);
    const [ours] = app.secrets;
    if (ours === undefined) expect.fail('There is no secret.');
    app.secrets.push({
      ...ours,
      keyId: '0f000000-0000-4000-8000-0000000000ff',
      displayName: 'by hand',
    });
    await lab.clock.sleep(24 * 60 * MINUTE);
    for (const { keyId } of app.secrets) {
      expect(await removal(lab.machine(), keyId), keyId).toMatchObject({
        code: 'secret_not_removable',
      });
    }
    expect(theApp(lab).secrets).toHaveLength(2);
  });

  it('is said to be there, and rotating makes one beside it that the record knows', async () => {
    const lab = new Lab();
    const first = lab.machine();
    await first.setUp(spec);
    const second = lab.machine();
    const plan = await second.plan(spec);
    expect(secretIn(plan)).toMatchObject({ action: 'keep' });
    expect(secretIn(plan).reason).toMatch(/is on machine 1, not here: rotate or enter it/);
    const result = await rotateSecret(spec, plan.caller, second.ports(), {
      report: () => undefined,
      signal: never,
    });
    expect([...result.failures.values()]).toEqual([]);
    expect(theApp(lab).secrets.map(({ value }) => value)).toEqual([
      ...valuesOn(first),
      ...valuesOn(second),
    ]);
    const { knownRecord } = await second.plan(spec);
    expect(knownRecord?.record.secrets.map(({ holder }) => holder)).toEqual([
      'machine 1',
      'machine 2',
    ]);
  });
});

/** Ports of a machine whose looks at the app's keys are answered once and never again. */
function withSilentLooks(machine: Machine): Machine['ports'] {
  const ports = machine.ports.bind(machine);
  let looks = 0;
  return () => {
    const { secrets, ...others } = ports();
    if (secrets === undefined) expect.fail('The machine keeps no secrets.');
    const silent = new SetupError({
      code: 'azure_unavailable',
      source: 'azure',
      message: 'Graph says nothing.',
      remedy: 'Wait.',
      azure: { status: 503, code: 'ServiceUnavailable' },
    });
    const list: typeof secrets.appSecrets.list = (...asked) =>
      looks++ === 0 ? secrets.appSecrets.list(...asked) : Promise.reject(silent);
    return { ...others, secrets: { ...secrets, appSecrets: { ...secrets.appSecrets, list } } };
  };
}

/** Lets nobody go on before so many have come. */
function meet(people: number): () => Promise<void> {
  let [come, open] = [0, (): void => undefined];
  const all = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    if (++come === people) open();
    await all;
  };
}

describe('a secret whose answer is late or lost', () => {
  it('is not made twice while Graph has not shown it yet', async () => {
    for (const seed of [11, 12, 13, 14, 15, 16, 17, 18]) {
      const lab = new Lab(seed, 'seeded');
      const killed = lab.machine(
        killAt(
          ADD_PASSWORD,
          'with the answer lost',
          () => {
            killed.dead = true;
          },
          toGraph,
        ).network,
      );
      await killed.setUp(spec).catch(() => undefined);
      const next = lab.machine();
      next.entries.push(...killed.entries);
      await next.setUp(spec);
      expect(theApp(lab).secrets.length, `seed ${seed.toString()}`).toBe(1);
    }
  });

  it('is looked for instead of asked for again when the connection is cut', async () => {
    const lab = new Lab();
    const machine = lab.machine((client) => ({
      sendRequest: async (request) => {
        const response = await client.sendRequest(request);
        if (!request.url.endsWith('/addPassword')) return response;
        throw new RestError('socket hang up', { code: 'ECONNRESET', request });
      },
    }));
    const { failures } = await machine.setUp(spec);
    expect(failures.get('clientSecret')).toMatchObject({ code: 'secret_lost' });
    expect(theApp(lab).secrets).toHaveLength(1);
  });

  it('is not made twice when the app can’t be looked at after that', async () => {
    const lab = new Lab();
    const post = { method: 'POST', path: '/addPassword$', when: 'after', times: 1 } as const;
    lab.simulated.faults.add({ ...post, cut: true });
    const machine = lab.machine();
    machine.ports = withSilentLooks(machine);
    const { failures } = await machine.setUp(spec);
    expect(failures.get('clientSecret')).toMatchObject({ code: 'secret_lost' });
    expect(failures.get('clientSecret')?.message).toMatch(/^Nobody knows whether/);
    expect(theApp(lab).secrets).toHaveLength(1);
    const next = lab.machine();
    next.entries.push(...machine.entries);
    expect((await next.setUp(spec)).outcome).toBe('done');
    expect(theApp(lab).secrets).toHaveLength(1);
  });

  it('is taken back by the later of two runs that make one at the same moment', async () => {
    const lab = new Lab();
    const meeting = meet(2);
    const machines = [1, 2].map(() =>
      lab.machine((client) => ({
        sendRequest: async (request) => {
          if (request.url.endsWith('/addPassword')) await meeting();
          return await client.sendRequest(request);
        },
      })),
    );
    const results = await Promise.all(machines.map((machine) => machine.setUp(spec)));
    expect(results.map(({ failures }) => failures.get('clientSecret')?.code).sort()).toEqual([
      'secret_made_elsewhere',
      undefined,
    ]);
    const [live, ...others] = theApp(lab).secrets;
    expect(others).toEqual([]);
    for (const machine of machines) expect((await machine.setUp(spec)).outcome).toBe('done');
    expect(theApp(lab).secrets).toEqual([live]);
    const { knownRecord } = await lab.machine().plan(spec);
    expect(knownRecord?.record.secrets.map(({ keyId }) => keyId)).toEqual([live?.keyId]);
  });

  it('is kept when the machine died just after its storage had it', async () => {
    const lab = new Lab();
    const killed = lab.machine();
    killed.afterPut = () => {
      killed.dead = true;
      throw new DOMException('The process was killed.', 'AbortError');
    };
    await killed.setUp(spec);
    const next = lab.machine();
    next.entries.push(...killed.entries);
    for (const [key, value] of killed.secrets) next.secrets.set(key, value);
    expect((await next.setUp(spec)).outcome).toBe('done');
    expect(theApp(lab).secrets.map(({ value }) => value)).toEqual(valuesOn(next));
    const { knownRecord } = await next.plan(spec);
    expect(knownRecord?.record.secrets).toMatchObject([{ holder: 'machine 2' }]);
  });

  it('that could not be stored is told without its value', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    machine.afterPut = () => {
      machine.secrets.clear();
      throw new SetupError({
        code: 'disk_full',
        source: 'user',
        message: 'Full.',
        remedy: 'Free some.',
      });
    };
    const error = (await machine.setUp(spec)).failures.get('clientSecret');
    expect(error).toMatchObject({ code: 'secret_not_stored' });
    const value = theApp(lab).secrets[0]?.value ?? expect.fail('No secret was made.');
    expect(JSON.stringify([error, error?.message, machine.entries])).not.toContain(value);
  });
});

describe('what a tenant refuses', () => {
  it('is told as the policy that it is: no secrets', async () => {
    const lab = new Lab(
      7,
      'none',
      tenantWith({ appManagementPolicy: { passwordsForbidden: true } }),
    );
    const { failures } = await lab.machine().setUp(spec);
    expect(failures.get('clientSecret')).toMatchObject({ code: 'secrets_forbidden' });
  });

  it('is told as the field to change: a shorter life is offered, not taken', async () => {
    const lab = new Lab(7, 'none', tenantWith({ appManagementPolicy: { maxPasswordDays: 30 } }));
    const machine = lab.machine();
    const { failures } = await machine.setUp(spec);
    expect(failures.get('clientSecret')).toMatchObject({
      code: 'secret_lifetime_too_long',
      field: 'secretDays',
    });
    expect(theApp(lab).secrets).toEqual([]);
    expect((await machine.setUp(newAppSpec(30))).outcome).toBe('done');
    expect(theApp(lab).secrets).toHaveLength(1);
  });

  it('is told as the right that is missing: registering apps', async () => {
    const lab = new Lab(7, 'none', tenantWith({ allowedToCreateApps: false }));
    const { failures } = await lab.machine().setUp(spec);
    expect(failures.get('application')).toMatchObject({ code: 'directory_not_authorized' });
    expect(apps(lab)).toEqual([]);
  });
});
