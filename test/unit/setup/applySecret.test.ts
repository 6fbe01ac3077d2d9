import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/setup/apply.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import type { SetupEvent } from '../../../src/setup/events.ts';
import { planProject, type ProjectPlan } from '../../../src/setup/planProject.ts';
import { rotateSecret } from '../../../src/setup/lostSecret.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import type { AppKey } from '../../../src/setup/secretPorts.ts';
import { azureError, fakePorts } from './fakeAzure.ts';
import { anotherMachine, fakeSecretPorts, type FakeSecretPorts } from './fakeSecrets.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const options = { report: () => undefined, signal: never };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const spec = sampleSpec({ credentials: { kind: 'newApp' } });
const OBJECT = 'app-object';

const plan = (ports: FakeSecretPorts, of = spec): Promise<ProjectPlan> =>
  planProject(of, dev, ports, never);
const setUp = async (ports: FakeSecretPorts, of = spec): Promise<RunResult> =>
  await runProject(await plan(ports, of), ports, options);
const ofSecret = ({ failures }: RunResult): SetupError | undefined => failures.get('clientSecret');
const secretIn = (of: ProjectPlan): readonly [string, string] => {
  const change = of.changes.find(({ resource }) => resource.key === 'clientSecret');
  return [change?.action ?? '', change?.reason ?? ''];
};
const ops = ({ secrets }: FakeSecretPorts): readonly string[] =>
  secrets.appSecrets.calls.map(({ op }) => op);
const lostAnswer = (): SetupError =>
  azureError({ status: 0, code: 'ECONNRESET', outcomeUnknown: true });

/** A project that is whole but for its secret, whose making has failed plainly. */
async function withoutSecret(): Promise<FakeSecretPorts> {
  const ports = fakeSecretPorts();
  ports.secrets.appSecrets.before = (op) => {
    if (op === 'add') throw azureError({ status: 403, code: 'Authorization_RequestDenied' });
  };
  expect([...(await setUp(ports)).failures.keys()]).toEqual(['clientSecret']);
  ports.secrets.appSecrets.before = () => undefined;
  ports.secrets.appSecrets.calls.length = 0;
  return ports;
}

describe('the secret of a new app', () => {
  it('is made once, held here, and known to journal and record without its value', async () => {
    const ports = fakeSecretPorts();
    const started = ports.clock.now();
    const result = await setUp(ports);
    expect(result.outcome).toBe('done');
    const { appSecrets, holder } = ports.secrets;
    const [key] = appSecrets.keys;
    expect(appSecrets.keys).toHaveLength(1);
    expect(key?.displayName).toBe(`dstack-azure ${result.runId}`);
    expect(Date.parse(key?.endDateTime ?? '') - started).toBe(90 * DAY);
    expect(new Set(appSecrets.calls.map(({ objectId }) => objectId))).toEqual(new Set([OBJECT]));
    const { endDateTime } = key ?? expect.fail('There is no secret.');
    const { projectId } = result.plan;
    expect([...holder.held.values()]).toEqual([
      {
        key: {
          ...{ projectId, keyId: 'key-1', tenantId: spec.tenantId },
          ...{ clientId: 'app-client', endDateTime },
        },
        value: 'abc~key-1',
      },
    ]);
    const said = { keyId: 'key-1', endDateTime, holder: 'laptop', runId: result.runId };
    expect(result.outcomes.get('clientSecret')).toEqual({
      id: "/applications(appId='app-client')/passwords/key-1",
      origin: 'created',
      outputs: said,
    });
    expect([...ports.records.blobs.values()][0]?.record.secrets).toEqual([said]);
    const written = ports.journal.entries.filter(
      (entry) => 'key' in entry && entry.key === 'clientSecret',
    );
    expect(written).toMatchObject([
      {
        event: 'creating',
        target: {
          id: "/applications(appId='app-client')/addPassword",
          body: { passwordCredential: { displayName: key?.displayName, endDateTime } },
        },
      },
      { event: 'created', outputs: said },
    ]);
    expect(JSON.stringify([ports.journal.entries, [...ports.records.blobs]])).not.toContain('abc~');
  });

  it('lives as long as was chosen, and is kept by the next run', async () => {
    const ports = fakeSecretPorts();
    const started = ports.clock.now();
    const short = sampleSpec({ credentials: { kind: 'newApp', secretDays: 7 } });
    await setUp(ports, short);
    const { keys } = ports.secrets.appSecrets;
    expect(Date.parse(keys[0]?.endDateTime ?? '') - started).toBe(7 * DAY);
    expect(secretIn(await plan(ports, short))).toEqual(['keep', 'Valid until 2026-01-08.']);
    const again = await setUp(ports, short);
    expect([again.outcome, keys.length]).toEqual(['done', 1]);
    expect(again.outcomes.get('clientSecret')?.id).toBe(
      "/applications(appId='app-client')/passwords/key-1",
    );
  });

  it('is not asked for again by a machine that does not hold it', async () => {
    const ports = fakeSecretPorts();
    await setUp(ports);
    const other = anotherMachine(ports);
    expect(secretIn(await plan(other))).toEqual([
      'keep',
      'The secret (valid until 2026-04-01) is on laptop, not here: rotate or enter it.',
    ]);
    const result = await setUp(other);
    expect([result.outcome, ports.secrets.appSecrets.keys.length]).toEqual(['done', 1]);
    expect(result.outcomes.get('clientSecret')).toEqual({
      ...{ id: "/applications(appId='app-client')/passwords", origin: 'created', outputs: {} },
    });
  });

  it('is rotated beside one that is held elsewhere, which stays', async () => {
    const ports = fakeSecretPorts();
    await setUp(ports);
    const other = anotherMachine(ports);
    await ports.clock.sleep(MINUTE);
    expect((await rotateSecret(spec, dev, other, options)).outcome).toBe('done');
    expect(ports.secrets.appSecrets.keys).toHaveLength(2);
    expect([...other.secrets.holder.held.keys()]).toEqual(['key-2']);
    const [{ record } = expect.fail('No record.')] = ports.records.blobs.values();
    expect(record.secrets.map(({ keyId }) => keyId)).toEqual(['key-1', 'key-2']);
  });

  it('has no place where nothing keeps secrets', async () => {
    const ports = fakePorts();
    const change = (await planProject(spec, dev, ports, never)).changes.find(
      ({ resource }) => resource.key === 'clientSecret',
    );
    const reason = 'There is no place here to keep the app’s secret.';
    expect(change).toMatchObject({ action: 'conflict', reason });
  });

  it('is forgotten with its app: the new app gets its own', async () => {
    const ports = fakeSecretPorts();
    await setUp(ports);
    for (const id of ports.resources.objects.keys()) {
      if (id.startsWith('/applications(')) ports.resources.objects.delete(id);
    }
    ports.secrets.appSecrets.keys.length = 0;
    expect(secretIn(await plan(ports))).toEqual(['create', 'Does not exist yet.']);
  });
});

/** A run of an approved plan during which somebody else makes a secret just before a call. */
async function runBeside(
  ports: FakeSecretPorts,
  op: 'list' | 'add',
  change: Partial<AppKey>,
): Promise<RunResult> {
  const approved = await plan(ports);
  let isFirst = true;
  ports.secrets.appSecrets.before = (called) => {
    if (called !== op || !isFirst) return;
    isFirst = false;
    ports.secrets.appSecrets.make(change);
  };
  return await runProject(approved, ports, options);
}

const another = 'dstack-azure run-elsewhere';
const LOST = 'The app has got a secret from another run, and its value is not on this machine.';

describe('a secret that has come up since the plan', () => {
  it.each<[string, Partial<AppKey>, string | undefined]>([
    ['somebody else’s is none of ours', { displayName: 'CI' }, undefined],
    ['one without a name is none of ours', {}, undefined],
    ['one that has ended is of no use', { displayName: another, endDateTime: '2025' }, undefined],
    ['another run’s may be in use', { displayName: another }, 'secret_lost'],
  ])('%s: the run ends with %s', async (_what, change, code) => {
    const ports = await withoutSecret();
    const result = await runBeside(ports, 'list', change);
    expect(ofSecret(result)?.code).toBe(code);
    expect(ops(ports).includes('add')).toBe(code === undefined);
    if (code !== undefined) {
      expect(ofSecret(result)).toMatchObject({
        ...{ source: 'azure', message: LOST, object: 'clientSecret' },
        remedy: 'Look at the new plan: rotate the secret, or enter it if somebody has it.',
      });
    }
  });

  it('on an app of another machine is waited for, whose run may have ended a moment ago', async () => {
    const ports = anotherMachine(await withoutSecret());
    const { appSecrets } = ports.secrets;
    const approved = await plan(ports);
    const theirs = 'dstack-azure run-1';
    // Not in the app's JSON yet either.
    appSecrets.show = () => undefined;
    appSecrets.make({ displayName: theirs });
    const started = ports.clock.now();
    const list = appSecrets.list.bind(appSecrets);
    appSecrets.list = async (ref) => {
      const keys = await list(ref);
      return ports.clock.now() < started + MINUTE ? [] : keys;
    };
    const result = await runProject(approved, ports, options);
    expect(ofSecret(result)?.code).toBe('secret_lost');
    expect(appSecrets.keys.map(({ displayName }) => displayName)).toEqual([theirs]);
  });

  it('is ours to use if this machine holds it', async () => {
    const ports = await withoutSecret();
    const { projectId } = await plan(ports);
    const { tenantId } = spec;
    const held = { projectId, keyId: 'key-1', tenantId, clientId: 'c', endDateTime: 'e' };
    await ports.secrets.holder.put(held, 'v');
    expect((await runBeside(ports, 'list', { displayName: another })).outcome).toBe('done');
  });

  it.each<[string, Partial<AppKey>, boolean]>([
    ['an earlier one of another run', { startDateTime: '2025-12-31T23:59:59Z' }, true],
    ['one of the same moment that comes first by id', { keyId: 'a' }, true],
    ['one of the same moment that comes later by id', { keyId: 'z' }, false],
    ['a later one', { keyId: 'a', startDateTime: '2027-01-01T00:00:00Z' }, false],
    ['an earlier one of somebody else', { keyId: 'a', displayName: 'CI' }, false],
  ])('while ours is made: to %s ours yields: %s', async (_what, change, yields) => {
    const ports = await withoutSecret();
    const result = await runBeside(ports, 'add', { displayName: another, ...change });
    const { keys } = ports.secrets.appSecrets;
    expect(keys.length).toBe(yields ? 1 : 2);
    expect(ofSecret(result)?.code).toBe(yields ? 'secret_made_elsewhere' : undefined);
    if (yields) {
      expect(keys[0]?.keyId).not.toBe('key-2');
      expect(ofSecret(result)).toMatchObject({
        ...{ source: 'azure', object: 'clientSecret' },
        message: 'Another run has made the app’s secret at the same moment.',
        remedy: 'Continue: that one is kept; rotate it if you need one here.',
      });
    }
  });

  it.each([
    ['taken back once the directory shows it', 60_000, 'secret_made_elsewhere', 1],
    ['kept, with its holder, if that never does', Infinity, undefined, 2],
  ])('and is earlier: ours is %s', async (_what, seenAfterMs, code, left) => {
    const ports = await withoutSecret();
    const { appSecrets } = ports.secrets;
    const started = ports.clock.now();
    const list = appSecrets.list.bind(appSecrets);
    appSecrets.list = async (ref) => {
      const keys = await list(ref);
      return ports.clock.now() >= started + seenAfterMs
        ? keys
        : keys.filter(({ displayName }) => displayName === another);
    };
    const result = await runBeside(ports, 'add', {
      ...{ displayName: another, startDateTime: '2025-12-31T23:59:59Z' },
    });
    expect(ofSecret(result)?.code).toBe(code);
    expect(appSecrets.keys).toHaveLength(left);
    expect(ops(ports).includes('remove')).toBe(left === 1);
    const waited = ports.clock.now() - started;
    expect(waited).toBeGreaterThanOrEqual(Math.min(seenAfterMs, 2 * MINUTE));
    expect(waited).toBeLessThan(3 * MINUTE);
  });

  it('and was there before does not make ours yield', async () => {
    const ports = await withoutSecret();
    ports.secrets.appSecrets.make({ displayName: another, endDateTime: '2025-01-01T00:00:00Z' });
    expect((await setUp(ports)).outcome).toBe('done');
    expect(ports.secrets.appSecrets.keys).toHaveLength(2);
  });

  it('stays beside ours where the app can’t be read any more', async () => {
    const ports = await withoutSecret();
    let isMade = false;
    ports.secrets.appSecrets.after = () => (isMade = true);
    ports.secrets.appSecrets.before = (op) => {
      if (op === 'list' && isMade) throw azureError({ status: 403, code: 'Denied' });
    };
    expect((await setUp(ports)).outcome).toBe('done');
    expect(ports.secrets.holder.held.size).toBe(1);
  });
});

describe('a secret whose making goes wrong', () => {
  it('is looked for two minutes after a lost answer, and never asked for twice', async () => {
    const ports = await withoutSecret();
    ports.secrets.appSecrets.after = () => {
      throw lostAnswer();
    };
    const started = ports.clock.now();
    const result = await setUp(ports);
    expect(ofSecret(result)).toMatchObject({ code: 'secret_lost', message: LOST });
    expect(ops(ports)).toEqual(['list', 'add', 'list']);
    expect(ports.clock.now() - started).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(result.stillRunning).toEqual(['clientSecret']);
    expect(ports.secrets.holder.held.size).toBe(0);
  });

  it('is asked for again once the app shows that the lost call made none', async () => {
    const ports = await withoutSecret();
    ports.secrets.appSecrets.make({ displayName: 'CI' });
    let tries = 0;
    ports.secrets.appSecrets.before = (op) => {
      if (op === 'add' && (tries += 1) === 1) throw lostAnswer();
    };
    const result = await setUp(ports);
    expect([result.outcome, tries, result.stillRunning]).toEqual(['done', 2, []]);
    expect(ports.secrets.appSecrets.keys).toHaveLength(2);
  });

  it('is not asked for again while nobody can tell whether there is one', async () => {
    const ports = await withoutSecret();
    let isLost = false;
    ports.secrets.appSecrets.before = (op) => {
      if (op === 'list' && isLost) throw azureError({ status: 403, code: 'Denied' }, 'No access.');
      if (op !== 'add') return;
      isLost = true;
      throw lostAnswer();
    };
    expect(ofSecret(await setUp(ports))).toMatchObject({
      ...{ code: 'secret_lost', source: 'azure', object: 'clientSecret' },
      message: 'Nobody knows whether the app has got a secret: No access.',
      remedy: 'Continue: the app is looked at again before one is made.',
      cause: { message: 'No access.' },
    });
    expect(ops(ports).filter((op) => op === 'add')).toHaveLength(1);
  });

  it('is waited for by the next run until Graph would show it, and then found', async () => {
    const ports = await withoutSecret();
    ports.secrets.appSecrets.after = () => {
      throw azureError({ status: 0, code: 'ECONNRESET', outcomeUnknown: true });
    };
    const approved = await plan(ports);
    await runProject(approved, ports, options);
    ports.secrets.appSecrets.keys.length = 0;
    ports.secrets.appSecrets.show();
    ports.secrets.appSecrets.after = () => undefined;
    const asked = ports.journal.entries.findLast(({ event }) => event === 'creating');
    const waits: number[] = [];
    const report = (event: SetupEvent): void => {
      if (event.code === 'stepRunning' && event.resource === 'clientSecret') {
        waits.push(event.time + event.waitMs);
      }
    };
    // A machine whose clock is behind what the journal says has to wait the rest of the time.
    const entries = ports.journal.entries.map((entry) =>
      entry === asked ? { ...entry, time: ports.clock.now() - MINUTE } : entry,
    );
    ports.journal.entries.splice(0, entries.length, ...entries);
    const until = ports.clock.now() + MINUTE;
    const result = await runProject(await plan(ports), ports, { report, signal: never });
    expect(result.outcome).toBe('done');
    expect(waits).toEqual([until]);
    waits.length = 0;
    expect((await runProject(await plan(ports), ports, { report, signal: never })).outcome).toBe(
      'done',
    );
    expect(waits).toEqual([]);
  });

  it('is told with the holder’s own words when it can’t be stored', async () => {
    const ports = await withoutSecret();
    ports.secrets.holder.before = () => {
      const details = { code: 'locked', source: 'user', remedy: 'Unlock the keyring.' } as const;
      throw new SetupError({ ...details, message: 'The keyring is locked.' });
    };
    expect(ofSecret(await setUp(ports))).toMatchObject({
      ...{ code: 'secret_not_stored', source: 'user', object: 'clientSecret' },
      message: 'The new secret could not be stored, so its value is lost: The keyring is locked.',
      remedy: 'Unlock the keyring. Then rotate the secret.',
    });
  });

  it.each(['list', 'add', 'store'] as const)('ends as cancelled in %s', async (where) => {
    const ports = await withoutSecret();
    const stop = (): never => {
      throw cancellation();
    };
    ports.secrets.appSecrets.before = (op) => op === where && stop();
    if (where === 'store') ports.secrets.holder.before = stop;
    const result = await setUp(ports);
    expect([result.outcome, [...result.failures]]).toEqual(['cancelled', []]);
  });
});
