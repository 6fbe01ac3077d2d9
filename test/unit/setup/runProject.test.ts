import { describe, expect, it } from 'vitest';
import type { SetupEvent } from '../../../src/setup/events.ts';
import { isJsonObject } from '../../../src/setup/json.ts';
import { planProject, type ProjectPlan } from '../../../src/setup/planProject.ts';
import { PlanOutdated, runProject } from '../../../src/setup/runProject.ts';
import type { RunResult } from '../../../src/setup/apply.ts';
import { azureError, fakePorts, type FakePorts } from './fakeAzure.ts';
import { KILL_EVERY } from './killEvery.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const plan = (ports: FakePorts, spec = sampleSpec()): Promise<ProjectPlan> =>
  planProject(spec, dev, ports, never);

async function run(
  ports: FakePorts,
  approved: ProjectPlan,
  options: { signal?: AbortSignal; events?: SetupEvent[] } = {},
): Promise<RunResult> {
  return await runProject(approved, ports, {
    report: (event) => options.events?.push(event),
    signal: options.signal ?? never,
  });
}

const actions = (of: ProjectPlan): Record<string, string> =>
  Object.fromEntries(of.changes.map(({ resource, action }) => [resource.key, action]));

describe('creating a project', () => {
  it('makes every object once, each after what it depends on', async () => {
    const ports = fakePorts();
    const result = await run(ports, await plan(ports));
    expect([...result.failures.values()]).toEqual([]);
    expect(result.outcome).toBe('done');
    const writes = ports.resources.writes;
    expect(new Set(writes).size).toBe(writes.length);
    const position = (part: string): number => writes.findIndex((id) => id.includes(part));
    expect(position('/resourceGroups/dstack-vision')).toBeLessThan(position('/storageAccounts/'));
    expect(position('/storageAccounts/')).toBeLessThan(position('/containers/dstack-container'));
    expect(position('userAssignedIdentities')).toBeLessThan(position('roleAssignments'));
    expect(ports.records.writes).toBe(1);
  });

  it('always says the principal’s type, because a fresh identity is unknown to the directory', async () => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    const roles = ports.resources.calls.filter(
      ({ op, target }) => op === 'write' && target.kind === 'roleAssignment',
    );
    const types = roles.map(
      ({ target }) => (target.body['properties'] as { principalType: string }).principalType,
    );
    expect(types.sort()).toEqual(['ServicePrincipal', 'User', 'User']);
  });

  it('grants roles on containers only, never on the account', async () => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    const scopes = ports.resources.writes.filter((id) => id.includes('roleAssignments'));
    expect(scopes).toHaveLength(3);
    for (const scope of scopes) expect(scope).toContain('/containers/');
  });

  it('changes nothing when it is run again, and reads each object at most once for the plan', async () => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    const [writes, records] = [ports.resources.writes.length, ports.records.writes];
    ports.resources.calls.length = 0;
    const again = await plan(ports);
    expect(new Set(Object.values(actions(again)))).toEqual(new Set(['keep']));
    const reads = ports.resources.calls.map(({ target }) => target.id);
    expect(new Set(reads).size).toBe(reads.length);
    await run(ports, again);
    expect(ports.resources.writes).toHaveLength(0);
    expect([writes > 0, ports.records.writes]).toEqual([true, records]);
  });

  it('takes as long as its longest chain, not as the sum of its steps', async () => {
    const ports = fakePorts();
    ports.resources.polls.set('userAssignedIdentity', 2);
    const started = ports.clock.now();
    await run(ports, await plan(ports));
    expect(ports.clock.now() - started).toBe(2 * ports.resources.pollMs);
  });
});

describe('what is in the way', () => {
  it('refuses an account of another project and names it', async () => {
    const ports = fakePorts();
    const spec = sampleSpec({
      resourceGroup: { name: 'data', create: false },
      storageAccount: { name: 'theirs', create: false },
    });
    const group = `/subscriptions/${spec.subscriptionId}/resourceGroups/data`;
    ports.resources.put(group, { location: 'westeurope' });
    ports.resources.put(`${group}/providers/Microsoft.Storage/storageAccounts/theirs`, {
      location: 'westeurope',
      kind: 'StorageV2',
      tags: { 'dstack-project': 'speech' },
    });
    const made = await plan(ports, spec);
    const account = made.changes.find(({ resource }) => resource.key === 'storageAccount');
    expect(account?.action).toBe('conflict');
    expect(account?.reason).toContain('speech');
    await expect(run(ports, made)).rejects.toMatchObject({ code: 'plan_conflict' });
    expect(ports.resources.writes).toEqual([]);
  });

  it('adopts an account that was chosen: merges the tag and sends no PUT for it', async () => {
    const ports = fakePorts();
    const spec = sampleSpec({
      resourceGroup: { name: 'data', create: false },
      storageAccount: { name: 'ours', create: false },
    });
    const group = `/subscriptions/${spec.subscriptionId}/resourceGroups/data`;
    const account = `${group}/providers/Microsoft.Storage/storageAccounts/ours`;
    ports.resources.put(group, { location: 'northeurope', tags: { team: 'x' } });
    ports.resources.put(account, {
      location: 'westeurope',
      kind: 'StorageV2',
      tags: { cost: '42' },
      properties: { primaryEndpoints: { blob: 'https://ours.blob.core.windows.net/' } },
    });
    const result = await run(ports, await plan(ports, spec));
    expect(result.outcome).toBe('done');
    const kinds = ports.resources.calls
      .filter(({ op, target }) => op === 'write' && [group, account].includes(target.id))
      .map(({ target }) => target.kind);
    expect(kinds).toEqual(['tags', 'tags']);
    expect(ports.resources.objects.get(account.toLowerCase())?.tags).toEqual({
      cost: '42',
      'dstack-project': 'vision',
    });
    expect(actions(await plan(ports, spec))['storageAccount']).toBe('keep');
  });

  it.each([
    ['one answer is lost', { status: 0, code: 'ECONNRESET' }, 1],
    ['the service fails once', { status: 503, code: 'ServerBusy' }, 1],
    ['a fresh data role flaps', { status: 403, code: 'AuthorizationPermissionMismatch' }, 1],
    ['it stays away for the whole plan', { status: 503, code: 'ServerBusy' }, 8],
  ])('does not take its own containers for foreign ones when %s', async (_, failure, times) => {
    const first = fakePorts();
    await run(first, await plan(first));
    // Another machine: without a journal only the record knows whose they are.
    const ports = { ...fakePorts(), resources: first.resources, records: first.records };
    const approved = await plan(ports, sampleSpec({ gateways: true }));
    let left = times;
    ports.records.before = (op) => {
      if (op !== 'read' || left === 0) return;
      left -= 1;
      throw azureError(failure);
    };
    const result = await run(ports, approved);
    expect(left).toBe(0);
    expect(result.outcome).toBe('done');
    const [{ record } = expect.fail('There is no record.')] = [...ports.records.blobs.values()];
    const containers = record.resources.filter(({ kind }) => kind === 'blobContainer');
    expect(containers.map(({ origin }) => origin)).toEqual(['created', 'created']);
    expect(record.spec.gateways).toBe(true);
  });

  it('stops before the first write when somebody has made the group in the meantime', async () => {
    const ports = fakePorts();
    const approved = await plan(ports);
    ports.resources.put(
      `/subscriptions/${approved.spec.subscriptionId}/resourceGroups/dstack-vision`,
      {
        location: 'westeurope',
      },
    );
    const refused = await run(ports, approved).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PlanOutdated);
    expect(ports.resources.writes).toEqual([]);
  });
});

describe('when Azure fails', () => {
  it('waits exactly as long as Retry-After says, and not a call earlier', async () => {
    const ports = fakePorts();
    let failed = 0;
    let again = 0;
    ports.resources.before = ({ op, target }) => {
      if (op !== 'write' || target.kind !== 'userAssignedIdentity') return;
      if (failed === 0) {
        failed = ports.clock.now();
        throw azureError({ status: 429, code: 'TooManyRequests', retryAfterMs: 42_000 });
      }
      again = ports.clock.now();
    };
    expect((await run(ports, await plan(ports))).outcome).toBe('done');
    expect(again - failed).toBeGreaterThanOrEqual(42_000);
  });

  it('retries a role for a fresh identity until the directory knows it', async () => {
    const ports = fakePorts();
    const knownAt = ports.clock.now() + 300_000;
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && target.kind === 'roleAssignment' && ports.clock.now() < knownAt) {
        throw azureError({ status: 400, code: 'PrincipalNotFound' });
      }
    };
    expect((await run(ports, await plan(ports))).outcome).toBe('done');
  });

  it('takes a role that is assigned already under another name as adopted', async () => {
    const ports = fakePorts();
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && target.kind === 'roleAssignment') {
        throw azureError({ status: 409, code: 'RoleAssignmentExists' });
      }
    };
    const result = await run(ports, await plan(ports));
    expect(result.outcome).toBe('done');
    expect(result.outcomes.get('role/runner/dstack-container')?.origin).toBe('adopted');
  });

  it('finds a role that somebody assigned under another name, keeps it theirs, and then rests', async () => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    const ours = ports.resources.writes.find((id) => id.includes('/roleAssignments/')) ?? '';
    const properties = ports.resources.objects.get(ours.toLowerCase())?.body['properties'];
    const theirs = `${ours.slice(0, ours.lastIndexOf('/'))}/5e4f0000-0000-4000-8000-000000000005`;
    ports.resources.objects.delete(ours.toLowerCase());
    ports.resources.put(theirs, {
      properties: { ...(isJsonObject(properties) ? properties : {}), description: 'By hand' },
    });

    const found = (await plan(ports)).changes.filter(({ action }) => action === 'adopt');
    expect(found.map(({ reason, observed }) => [reason, observed?.id])).toEqual([
      ['Exists already; used as it is.', theirs],
    ]);
    const result = await run(ports, await plan(ports));
    expect(result.outcomes.get(found[0]?.resource.key ?? '')).toMatchObject({
      ...{ id: theirs, origin: 'adopted' },
    });
    ports.resources.calls.length = 0;
    const again = await plan(ports);
    expect(again.changes.filter(({ action }) => action !== 'keep')).toEqual([]);
    expect((await run(ports, again)).outcome).toBe('done');
    expect(ports.resources.writes).toEqual([]);
  });

  it('lets the other branches finish, then retries the failed step alone', async () => {
    const ports = fakePorts();
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && target.kind === 'userAssignedIdentity') {
        throw azureError({ status: 403, code: 'AuthorizationFailed' });
      }
    };
    const approved = await plan(ports);
    const first = await run(ports, approved);
    expect(first.outcome).toBe('failed');
    expect([...first.failures.keys()]).toEqual(['identity']);
    expect(first.outcomes.has('container/dstack-azure')).toBe(true);
    ports.resources.before = () => undefined;
    ports.resources.calls.length = 0;
    expect((await run(ports, approved)).outcome).toBe('done');
    expect(ports.resources.writes.map((id) => id.split('/').at(-2)).sort()).toEqual([
      'roleAssignments',
      'userAssignedIdentities',
    ]);
  });

  it('waits for the data role without holding up the rest', async () => {
    const ports = fakePorts();
    const spreadAt = ports.clock.now() + 400_000;
    ports.records.before = () => {
      if (ports.clock.now() < spreadAt) {
        throw azureError({ status: 403, code: 'AuthorizationPermissionMismatch' });
      }
    };
    let essentialsAt = Infinity;
    const result = await runProject(await plan(ports), ports, {
      report: () => undefined,
      signal: never,
      onEssentialsDone: () => (essentialsAt = ports.clock.now()),
    });
    expect(result.outcome).toBe('done');
    expect(essentialsAt).toBeLessThan(spreadAt);
    expect(ports.records.writes).toBe(1);
  });
});

describe('stopping and going on', () => {
  it('stops at once when cancelled, names what Azure still works on, and finishes when continued', async () => {
    const ports = fakePorts();
    const approved = await plan(ports);
    const stop = new AbortController();
    ports.resources.after = ({ op, target }) => {
      if (op === 'write' && target.kind === 'storageAccount') setImmediate(() => stop.abort());
    };
    const cancelled = await run(ports, approved, { signal: stop.signal });
    expect(cancelled.outcome).toBe('cancelled');
    expect(cancelled.stillRunning).toEqual(['storageAccount']);
    ports.resources.after = () => undefined;
    expect((await run(ports, approved)).outcome).toBe('done');
  });

  it('converges after being killed before or after any write, with nothing made twice', async () => {
    const whole = fakePorts();
    await run(whole, await plan(whole));
    const total = whole.resources.writes.length;
    const wanted = [...whole.resources.objects.keys()].sort();
    let cases = 0;
    for (const when of ['before', 'after'] as const) {
      for (let nth = 0; nth < total; nth += KILL_EVERY) {
        for (const machine of ['same', 'another'] as const) {
          cases += 1;
          const ports = fakePorts();
          const approved = await plan(ports);
          let writes = 0;
          const kill = ({ op }: { op: string }): void => {
            if (op === 'write' && writes++ >= nth)
              throw azureError({ status: 400, code: 'Killed' });
          };
          ports.resources[when] = kill;
          await run(ports, approved);
          ports.resources[when] = () => undefined;
          const next =
            machine === 'same'
              ? ports
              : { ...fakePorts(), resources: ports.resources, records: ports.records };
          const resumed = await run(next, await plan(next));
          expect(resumed.outcome, `${when} write ${nth.toString()}, ${machine} machine`).toBe(
            'done',
          );
          expect([...ports.resources.objects.keys()].sort()).toEqual(wanted);
        }
      }
    }
    console.log(`kill anywhere, core alone: ${cases.toString()} cases`);
    expect(cases).toBe(Math.ceil(total / KILL_EVERY) * 4);
  });
});

describe('a retry of one step', () => {
  it('leaves another failed step unwritten, and fails with what it failed with before', async () => {
    const ports = fakePorts();
    const approved = await plan(ports);
    const before = azureError({ status: 409, code: 'Quota' });
    const notNow = new Map([['identity', before]]);
    const options = { report: () => undefined, signal: never, notNow };
    const result = await runProject(approved, ports, options);
    expect(result.outcome).toBe('failed');
    expect([...result.failures]).toEqual([['identity', before]]);
    expect(ports.resources.writes.some((id) => id.includes('userAssignedIdentities'))).toBe(false);
    expect(ports.resources.writes.some((id) => id.includes('/storageAccounts/'))).toBe(true);
  });
});
