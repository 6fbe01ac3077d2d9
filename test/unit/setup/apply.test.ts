import { describe, expect, it } from 'vitest';
import { applyPlan, type ApplyOptions, type RunResult } from '../../../src/setup/apply.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import type { SetupEvent } from '../../../src/setup/events.ts';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type { Change } from '../../../src/setup/plan.ts';
import type { ProjectPlan } from '../../../src/setup/planProject.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import type { DesiredResource, ResourceKind } from '../../../src/setup/resource.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { azureError, fakePorts, type FakePorts } from './fakeAzure.ts';
import { fullDisk } from './fullDisk.ts';
import { dev, sampleSpec, SUBSCRIPTION, TENANT } from './sampleSpec.ts';

const never = new AbortController().signal;
const spec = sampleSpec();
const project = projectContext(spec, dev);

function resource(key: string, change: Partial<DesiredResource> = {}): DesiredResource {
  const kind: ResourceKind = change.kind ?? 'virtualNetwork';
  return {
    ...{ key, kind, name: `name of ${key}`, purpose: 'P.', ownership: 'createdByTag' },
    ...{ mode: 'make', dependsOn: [], difference: () => undefined },
    target: () => ({
      ...{ kind, id: `/${key}`, tenantId: TENANT, subscriptionId: SUBSCRIPTION },
      ...{ apiVersion: 'v', body: { wanted: key } },
    }),
    outputs: ({ id }) => ({ id }),
    ...change,
  };
}

const change = (
  of: DesiredResource,
  action: Change['action'] = 'create',
  observed?: ObservedResource,
): Change => ({
  ...{ resource: of, action, reason: 'R.', origin: action === 'adopt' ? 'adopted' : 'created' },
  ...(observed === undefined ? {} : { observed }),
});

const planOf = (...changes: readonly Change[]): ProjectPlan => ({
  ...{ planId: 'plan-1', project, projectId: project.projectId, spec, caller: dev, changes },
});

interface Ran {
  readonly result: RunResult;
  readonly events: readonly SetupEvent[];
  /** What happened, as `code` or `code key`. */
  readonly story: readonly string[];
}

async function run(
  plan: ProjectPlan,
  ports: FakePorts,
  options: Partial<ApplyOptions> = {},
): Promise<Ran> {
  const events: SetupEvent[] = [];
  const report = (event: SetupEvent): void => void events.push(event);
  const result = await applyPlan(plan, ports, { report, signal: never, ...options });
  const story = events.map((event) =>
    'resource' in event ? `${event.code} ${event.resource}` : event.code,
  );
  return { result, events, story };
}

const there = (id: string, provisioningState?: string): ObservedResource => ({
  ...{ id, tags: {}, body: {} },
  ...(provisioningState === undefined ? {} : { provisioningState }),
});

const written = (ports: FakePorts): readonly string[] =>
  ports.journal.entries.map((entry) =>
    'key' in entry ? `${entry.event} ${entry.key}` : entry.event,
  );

/** Azure answers each read of an object with the next of these states, the last for ever. */
function inStates(ports: FakePorts, id: string, states: readonly string[]): void {
  let read = 0;
  ports.resources.before = ({ op }) => {
    if (op !== 'read') return;
    const state = states[Math.min(read++, states.length - 1)];
    ports.resources.objects.set(id, there(id, state));
  };
}

const refused = azureError({ status: 403, code: 'AuthorizationFailed' }, 'Not allowed.');

describe('what a run tells', () => {
  it('is each step with its times, and the journal has it before and after the call', async () => {
    const ports = fakePorts();
    const start = ports.clock.now();
    const account = resource('account', { kind: 'storageAccount' });
    const { result, events } = await run(planOf(change(account)), ports);
    const at = (ms: number): { time: number } => ({ time: start + ms });
    const step = { resource: 'account' };
    expect(events).toEqual([
      { ...at(0), code: 'runStarted', runId: 'run-1', planId: 'plan-1', steps: 1 },
      { ...at(0), ...step, code: 'stepStarted', action: 'create' },
      { ...at(0), ...step, code: 'stepRunning', waitMs: 17_000 },
      { ...at(17_000), ...step, code: 'stepRunning', waitMs: 17_000 },
      {
        ...{ ...at(34_000), ...step, code: 'stepDone', action: 'create' },
        ...{ id: '/account', durationMs: 34_000 },
      },
      { ...at(34_000), code: 'runEnded', outcome: 'done', stillRunning: [] },
    ]);
    const head = { schema: 1, projectId: project.projectId, runId: 'run-1' };
    const target = account.target(new Map());
    expect(ports.journal.entries).toEqual([
      { ...head, ...at(0), event: 'runStarted', spec, planId: 'plan-1' },
      { ...head, ...at(0), event: 'creating', key: 'account', target },
      { ...head, ...at(0), event: 'polling', key: 'account', state: { polls: 2 } },
      {
        ...{ ...head, ...at(34_000), event: 'created', key: 'account', id: '/account' },
        ...{ origin: 'created', outputs: { id: '/account' } },
      },
      { ...head, ...at(34_000), event: 'runEnded', outcome: 'done' },
    ]);
    expect(result).toMatchObject({ outcome: 'done', runId: 'run-1', stillRunning: [] });
  });

  it('of a failed step is why, for how long it was tried, and what it keeps from being done', async () => {
    const ports = fakePorts();
    const start = ports.clock.now();
    let tries = 0;
    ports.resources.before = ({ op }) => {
      if (op !== 'write') return;
      tries += 1;
      throw tries === 1 ? azureError({ status: 503, code: 'Busy' }, 'Busy now.') : refused;
    };
    const essentials: unknown[] = [];
    const [first, second] = [resource('a'), resource('b', { dependsOn: ['a'] })];
    const { result, events } = await run(planOf(change(first), change(second)), ports, {
      onEssentialsDone: (outcomes) => essentials.push(outcomes),
    });
    const [, , retrying, failed, skipped, ended] = events;
    const waitMs = 1_125;
    expect(retrying).toEqual({
      ...{ time: start, code: 'stepRetrying', resource: 'a', reason: 'Busy' },
      ...{ message: 'Busy now.', waitMs, attempt: 1 },
    });
    expect(failed).toEqual({
      ...{ time: start + waitMs, code: 'stepFailed', resource: 'a', durationMs: waitMs },
      ...{ error: 'AuthorizationFailed', message: 'Not allowed.', remedy: 'r' },
    });
    expect(skipped).toMatchObject({ code: 'stepSkipped', resource: 'b', because: 'a' });
    expect(ended).toMatchObject({ code: 'runEnded', outcome: 'failed', stillRunning: [] });
    expect(result.outcome).toBe('failed');
    expect([...result.failures]).toEqual([['a', refused]]);
    expect(essentials).toEqual([]);
    expect(ports.journal.entries.at(-2)).toMatchObject({ event: 'failed', code: refused.code });
    expect(ports.journal.entries.at(-1)).toMatchObject({ event: 'runEnded', outcome: 'failed' });
  });

  it('is the end of all essential steps, once, before an optional one has ended', async () => {
    const ports = fakePorts();
    const late = resource('late', { optional: true, dependsOn: ['a'], kind: 'storageAccount' });
    const seen: (readonly string[])[] = [];
    await run(planOf(change(resource('a')), change(late)), ports, {
      onEssentialsDone: (outcomes) => seen.push([...outcomes.keys()]),
    });
    expect(seen).toEqual([['a']]);
  });

  it('is nothing of a plan with a conflict but its reason', async () => {
    const ports = fakePorts();
    const plan = planOf(change(resource('a')), change(resource('b'), 'conflict'));
    await expect(run(plan, ports)).rejects.toMatchObject({
      ...{ code: 'plan_conflict', source: 'user', message: 'R.', object: 'b' },
      remedy: 'Change what you chose and look at the new plan.',
    });
    expect(ports.journal.entries).toEqual([]);
  });

  it('is that it was cancelled, without calling that a failure', async () => {
    const ports = fakePorts();
    const stop = new AbortController();
    ports.resources.before = ({ op }) => {
      if (op === 'write') stop.abort(cancellation());
      stop.signal.throwIfAborted();
    };
    const plan = planOf(change(resource('a')), change(resource('b', { dependsOn: ['a'] })));
    const { result, story } = await run(plan, ports, { signal: stop.signal });
    expect(story).toEqual(['runStarted', 'stepStarted a', 'stepSkipped b', 'runEnded']);
    expect([result.outcome, result.failures.size]).toEqual(['cancelled', 0]);
    // The call may have reached Azure.
    expect(result.stillRunning).toEqual(['a']);
    expect(written(ports)).toEqual(['runStarted', 'creating a', 'runEnded']);
  });
});

describe('a journal that can’t be written', () => {
  const at = (event: JournalEntry['event'], key: string) => (entry: JournalEntry) =>
    entry.event === event && 'key' in entry && entry.key === key;
  const plan = planOf(
    change(resource('slow', { kind: 'storageAccount' })),
    change(resource('full')),
    change(resource('after slow', { dependsOn: ['slow'] })),
  );

  it('ends the run when what was under way has ended, and sends nothing more', async () => {
    const ports = fakePorts();
    fullDisk(ports, at('creating', 'full'));
    const { result, story } = await run(plan, ports);
    expect(result.outcome).toBe('failed');
    const codes = [...result.failures].map(([key, { code }]) => `${key}: ${code}`);
    expect(codes).toEqual(['slow: disk_full', 'full: disk_full']);
    expect(ports.resources.writes).toEqual(['/slow']);
    expect(story.slice(-2)).toEqual(['stepSkipped after slow', 'runEnded']);
    // Azure has it in hand; only the note of how to ask for it could not be written.
    expect(result.stillRunning).toEqual(['slow']);
  });

  it('for a moment fails one step alone', async () => {
    const ports = fakePorts();
    fullDisk(ports, at('creating', 'full'), true);
    const { result } = await run(plan, ports);
    expect([...result.failures.keys()]).toEqual(['full']);
    expect(ports.resources.writes).toEqual(['/slow', '/after slow']);
    expect(written(ports).slice(-2)).toEqual(['created after slow', 'runEnded']);
  });

  it('at the end changes nothing about what was done, or why it was not', async () => {
    const ports = fakePorts();
    ports.resources.before = () => {
      throw refused;
    };
    fullDisk(ports, at('failed', 'only'));
    const { result, story } = await run(planOf(change(resource('only'))), ports);
    expect(result.failures.get('only')).toBe(refused);
    expect(story.at(-1)).toBe('runEnded');
  });
});

describe('one step', () => {
  const observed = there('/A');

  it.each<[Change['action'], readonly string[], number]>([
    ['keep', ['runStarted', 'runEnded'], 0],
    ['adopt', ['runStarted', 'created a', 'runEnded'], 0],
    ['update', ['runStarted', 'creating a', 'created a', 'runEnded'], 1],
    ['replace', ['runStarted', 'creating a', 'created a', 'runEnded'], 1],
  ])('that is to %s leaves %j in the journal', async (action, journal, writes) => {
    const ports = fakePorts();
    const { result } = await run(planOf(change(resource('a'), action, observed)), ports);
    expect(result.outcome).toBe('done');
    expect(written(ports)).toEqual(journal);
    expect(ports.resources.writes).toHaveLength(writes);
    expect(result.outcomes.get('a')?.id).toBe(writes === 0 ? '/A' : '/a');
    expect(result.outcomes.get('a')?.origin).toBe(action === 'adopt' ? 'adopted' : 'created');
  });

  it.each<[string, Change['action'], boolean, unknown]>([
    ['an update merges', 'update', true, { merged: ['/A', 'a'] }],
    ['an update without a rule for it sends all', 'update', false, { wanted: 'a' }],
    ['a replacement sends all', 'replace', true, { wanted: 'a' }],
  ])('%s', async (_what, action, merges, body) => {
    const ports = fakePorts();
    const updateBody: DesiredResource['updateBody'] = ({ id }, { wanted = '' }) => ({
      merged: [id, wanted],
    });
    const of = resource('a', merges ? { updateBody } : {});
    await run(planOf(change(of, action, observed)), ports);
    expect(ports.resources.calls[0]?.target.body).toEqual(body);
    expect(ports.journal.entries[1]).toMatchObject({ event: 'creating', target: { body } });
  });

  it('of an administrator fails with their sentence while there is something to write', async () => {
    const ports = fakePorts();
    const handedOff = new Map([
      ['a', refused],
      ['b', refused],
      ['c', refused],
    ]);
    const plan = planOf(
      change(resource('a')),
      change(resource('b'), 'keep', observed),
      change(resource('c'), 'adopt', observed),
    );
    const { result } = await run(plan, ports, { handedOff });
    expect([...result.failures]).toEqual([['a', refused]]);
    expect(ports.resources.writes).toEqual([]);
  });

  it('that is not to be tried now is still done where it writes nothing', async () => {
    const ports = fakePorts();
    const plan = planOf(change(resource('a'), 'keep', observed));
    const { result } = await run(plan, ports, { notNow: new Map([['a', refused]]) });
    expect(result.outcome).toBe('done');
  });

  it('that lacks what others should have told fails with what to do', async () => {
    const { result } = await run(
      planOf(change(resource('a', { target: () => undefined }))),
      fakePorts(),
    );
    expect(result.failures.get('a')).toMatchObject({
      ...{ code: 'missing_outputs', source: 'azure', object: 'a' },
      message: 'Azure did not say what name of a needs to know.',
      remedy: 'Continue: the answer is read again.',
    });
  });

  it.each([
    ['is sent again while another operation was in the way', 'AnotherOperationInProgress', 2, 3],
    ['fails with the reason if that stays so', 'AnotherOperationInProgress', 99, undefined],
    ['fails at once for any other reason', 'AllocationFailed', 1, 1],
  ])('whose operation ends in Azure %s', async (_, code, times, sent) => {
    const ports = fakePorts();
    let left = times;
    ports.resources.before = ({ op }) => {
      if (op !== 'poll' || left === 0) return;
      left -= 1;
      throw azureError({ status: 200, code, hasEnded: true }, 'It ended.');
    };
    const started = ports.clock.now();
    const account = resource('a', { kind: 'storageAccount' });
    const { result } = await run(planOf(change(account)), ports);
    const polls = ports.resources.calls.filter(({ op }) => op === 'poll').length;
    if (sent !== undefined) expect(ports.resources.writes).toHaveLength(sent);
    // A poll that has said so is never repeated: the next question is about the next write.
    if (sent !== 3) expect(polls).toBe(ports.resources.writes.length);
    expect(result.outcome).toBe(sent === 3 ? 'done' : 'failed');
    const [message] = [...result.failures.values()].map((error) => error.message);
    expect(message).toBe(sent === 3 ? undefined : 'It ended.');
    expect(result.stillRunning).toEqual([]);
    expect(ports.clock.now() - started).toBeLessThan(7 * 60_000);
  });

  it('whose role exists under another name is adopted under the id that it would have had', async () => {
    const ports = fakePorts();
    ports.resources.before = ({ op }) => {
      if (op === 'write') throw azureError({ status: 409, code: 'RoleAssignmentExists' });
    };
    const { result } = await run(planOf(change(resource('a'))), ports);
    const outcome = { id: '/a', origin: 'adopted', outputs: { id: '/a' } };
    expect(result.outcomes.get('a')).toEqual(outcome);
    expect(ports.journal.entries.at(-2)).toMatchObject({ event: 'created', ...outcome });
    expect(result.stillRunning).toEqual([]);
  });

  it.each<[string, Error, readonly string[]]>([
    ['a refusal', refused, []],
    ['a lost connection', azureError({ status: 0, code: '' }), ['a']],
    ['a lost answer', azureError({ status: 400, code: 'X', outcomeUnknown: true }), ['a']],
    ['a bug', new Error('bug'), ['a']],
  ])('that ends with %s may go on in Azure: %j', async (_with, error, stillRunning) => {
    const ports = fakePorts();
    ports.resources.before = ({ op }) => {
      if (op === 'write') throw error;
    };
    const { result } = await run(planOf(change(resource('a'))), ports);
    expect([result.outcome, result.stillRunning]).toEqual(['failed', stillRunning]);
  });
});

describe('an object that Azure is still making', () => {
  it('is read every two seconds until it is there', async () => {
    const ports = fakePorts();
    const start = ports.clock.now();
    inStates(ports, '/a', ['Updating', 'Succeeded']);
    const { result, story } = await run(
      planOf(change(resource('a'), 'keep', there('/a', 'Creating'))),
      ports,
    );
    expect([result.outcome, result.stillRunning]).toEqual(['done', []]);
    expect(ports.clock.now() - start).toBe(4_000);
    expect(story.filter((each) => each === 'stepRunning a')).toHaveLength(2);
  });

  it('and fails to make says so, and works on nothing any more', async () => {
    const ports = fakePorts();
    inStates(ports, '/a', ['Failed']);
    const plan = planOf(change(resource('a'), 'keep', there('/a', 'Creating')));
    const { result } = await run(plan, ports);
    expect(result.stillRunning).toEqual([]);
    expect(result.failures.get('a')).toMatchObject({
      ...{ code: 'provisioning_failed', source: 'azure', object: 'a' },
      message: 'Azure could not finish name of a.',
      remedy: 'Open it in the portal to see why, then continue.',
    });
  });

  it('for longer than it ever takes is left to Azure, and named', async () => {
    const ports = fakePorts();
    const start = ports.clock.now();
    inStates(ports, '/a', ['Creating']);
    const { result } = await run(
      planOf(change(resource('a', { kind: 'resourceGroup' }), 'keep', there('/a', 'Creating'))),
      ports,
    );
    expect(ports.clock.now() - start).toBe(2 * 60_000);
    expect(result.stillRunning).toEqual(['a']);
    expect(result.failures.get('a')).toMatchObject({
      ...{ code: 'still_running', source: 'azure', object: 'a' },
      message: 'Azure is still working on name of a, longer than it usually takes.',
      remedy: 'Wait a while and continue: the run goes on where it is.',
    });
  });

  it('without a provisioning state is there', async () => {
    const { result } = await run(planOf(change(resource('a'), 'keep', there('/a'))), fakePorts());
    expect(result.outcome).toBe('done');
  });

  it('is a provider once it is registered, whatever its state', async () => {
    const ports = fakePorts();
    let reads = 0;
    const provider = resource('a', {
      kind: 'providerRegistration',
      difference: () => ((reads += 1) < 6 ? 'Not registered yet.' : undefined),
    });
    const { result } = await run(planOf(change(provider)), ports);
    expect(result.outcome).toBe('done');
    expect(ports.resources.calls.filter(({ op }) => op === 'read').length).toBeGreaterThan(0);
  });

  it('whose write answered nothing is read', async () => {
    const ports = fakePorts();
    const { resources } = ports;
    const write = resources.write.bind(resources);
    resources.write = async (target, signal) => {
      await write(target, signal);
      return { status: 'succeeded' };
    };
    const { result } = await run(planOf(change(resource('a'))), ports);
    expect(result.outcomes.get('a')?.id).toBe('/a');
    expect(resources.calls.map(({ op }) => op)).toEqual(['write', 'read']);
  });

  it('is polled every two seconds where Azure names no time', async () => {
    const ports = fakePorts();
    const start = ports.clock.now();
    const { resources } = ports;
    const write = resources.write.bind(resources);
    resources.write = async (target, signal) => {
      const operation = await write(target, signal);
      return operation.status === 'running'
        ? { status: 'running', state: { polls: 1 } }
        : operation;
    };
    await run(planOf(change(resource('a', { kind: 'storageAccount' }))), ports);
    expect(ports.clock.now() - start).toBe(2_000);
  });
});

describe('the graph of steps', () => {
  it('names the first step that is in the way, and skips what depends on skipped ones', async () => {
    const ports = fakePorts();
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && ['/b', '/c'].includes(target.id)) throw refused;
    };
    const { events } = await run(
      planOf(
        change(resource('a')),
        change(resource('b')),
        change(resource('c')),
        change(resource('d', { dependsOn: ['a', 'b', 'c', 'not in the plan'] })),
        change(resource('e', { dependsOn: ['d'] })),
        change(resource('f', { dependsOn: ['not in the plan'] })),
      ),
      ports,
    );
    const skipped = events.flatMap((event) =>
      event.code === 'stepSkipped' ? [[event.resource, event.because]] : [],
    );
    expect(skipped).toEqual([
      ['d', 'b'],
      ['e', 'd'],
    ]);
    expect(ports.resources.writes).toContain('/f');
  });

  it('writes one at a time under one lock, and side by side under several', async () => {
    const ports = fakePorts();
    const start = ports.clock.now();
    const locked = (key: string, lock: string): Change =>
      change(resource(key, { kind: 'storageAccount', lock }));
    await run(planOf(locked('a', 'x'), locked('b', 'x'), locked('c', 'y')), ports);
    expect(ports.clock.now() - start).toBe(2 * 2 * 17_000);
    expect(ports.resources.writes).toEqual(['/a', '/c', '/b']);
  });

  it('does not hold back the next one under a lock when one fails', async () => {
    const ports = fakePorts();
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && target.id === '/a') throw refused;
    };
    const lock = 'x';
    const plan = planOf(change(resource('a', { lock })), change(resource('b', { lock })));
    const { result } = await run(plan, ports);
    expect([...result.outcomes.keys()]).toEqual(['b']);
  });

  it('says that essentials are not done when only some are', async () => {
    const ports = fakePorts();
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && target.id === '/a') throw refused;
    };
    const seen: unknown[] = [];
    await run(planOf(change(resource('a')), change(resource('b'))), ports, {
      onEssentialsDone: (outcomes) => seen.push(outcomes),
    });
    expect(seen).toEqual([]);
  });

  it('says that essentials are done though an optional one failed', async () => {
    const ports = fakePorts();
    ports.resources.before = ({ op, target }) => {
      if (op === 'write' && target.id === '/b') throw refused;
    };
    let isDone = false;
    const optional = resource('b', { optional: true });
    const { result } = await run(planOf(change(resource('a')), change(optional)), ports, {
      onEssentialsDone: () => (isDone = true),
    });
    expect([isDone, result.outcome]).toEqual([true, 'failed']);
    expect(result.failures.get('b')).toBeInstanceOf(SetupError);
  });
});
