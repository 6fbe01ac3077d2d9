import { describe, expect, it } from 'vitest';
import { idKey, isWithin } from '../../../simulators/azure/core/arm/armId.ts';
import type { SetupEvent } from '../../../../src/setup/events.ts';
import { fullSpec, Lab } from './lab.ts';

const spec = fullSpec();
/** What every answer takes, so that a cancellation meets calls that are under way. */
const ROUND_TRIP_MS = 400;

function slowLab(): Lab {
  const lab = new Lab();
  lab.simulated.faults.add({ path: '.', when: 'after', delayMs: ROUND_TRIP_MS });
  return lab;
}

/** Ids of what exists of ours, roles aside: their ids are drawn from principals. */
const existing = (lab: Lab): readonly string[] =>
  lab.objects().filter((id) => id.startsWith('/') && !id.includes(' gives '));

describe('a run that is cancelled at any moment', () => {
  it('ends within a second, says all that is live and all that is under way, and can be finished', async () => {
    const whole = slowLab();
    const events: SetupEvent[] = [];
    const finished = await whole.machine().setUp(spec, { report: (event) => events.push(event) });
    expect(finished.outcome).toBe('done');
    const [start = 0, ...times] = events.map(({ time }) => time);
    const lastsMs = (times.at(-1) ?? start) - start;
    let [cases, withCallsUnderWay] = [0, 0];
    for (let afterMs = 100; afterMs < lastsMs; afterMs += 5_100) {
      const label = `cancelled after ${afterMs.toString()} ms`;
      const lab = slowLab();
      const machine = lab.machine();
      const plan = await machine.plan(spec);
      const stop = new AbortController();
      let cancelledAt = 0;
      const report = ({ code }: SetupEvent): void => {
        if (code !== 'runStarted') return;
        void lab.clock.sleep(afterMs).then(() => {
          cancelledAt = lab.clock.now();
          stop.abort();
        });
      };
      const result = await machine.run(plan, { report, signal: stop.signal });
      expect(lab.clock.now() - cancelledAt, label).toBeLessThanOrEqual(1_000);
      expect(result.outcome, label).toBe('cancelled');
      expect([...result.failures.values()], label).toEqual([]);
      const live = [...result.outcomes.values()].map(({ id }) => idKey(id));
      const underWay = plan.changes
        .filter(({ resource: { key } }) => result.stillRunning.includes(key))
        .flatMap(({ resource }) => resource.target(new Map())?.id ?? []);
      const unsaid = existing(lab)
        .filter((id) => !live.some((each) => isWithin(id, each)))
        .filter((id) => !underWay.some((each) => isWithin(id, each)));
      expect(unsaid, label).toEqual([]);
      withCallsUnderWay += result.stillRunning.length > 0 ? 1 : 0;
      lab.simulated.faults.clear();
      const then = await machine.setUp(spec);
      expect(
        [...then.failures.values()].map(({ message }) => message),
        label,
      ).toEqual([]);
      expect(lab.objects(), label).toEqual(whole.objects());
      cases += 1;
    }
    console.log(
      `cancelled at ${cases.toString()} moments, ${withCallsUnderWay.toString()} with something under way`,
    );
    expect(cases).toBeGreaterThan(10);
    expect(withCallsUnderWay).toBeGreaterThan(cases / 2);
  }, 120_000);
});

describe('a step that takes longer than its kind ever takes', () => {
  it.each([
    ['storageAccount', 'asyncoperations', 5],
    ['networkSecurityGroup', 'Microsoft.Network/locations/[^/]+/operations', 5],
  ])(
    '%s is said to be still running in Azure after its budget, and the run goes on from there',
    async (key, path, minutes) => {
      const lab = new Lab();
      const machine = lab.machine();
      const body = { status: 'InProgress' };
      const status = key === 'storageAccount' ? 202 : 200;
      lab.simulated.faults.add({
        method: 'GET',
        path,
        when: 'before',
        status,
        body,
        headers: { 'Retry-After': '17' },
      });
      const events: SetupEvent[] = [];
      const result = await machine.setUp(spec, { report: (event) => events.push(event) });
      expect(result.outcome).toBe('failed');
      const error = result.failures.get(key);
      expect(error?.code).toBe('still_running');
      expect(error?.message).toMatch(
        /^Azure is still working on .*, longer than it usually takes\.$/,
      );
      expect(error?.remedy).toBe('Wait a while and continue: the run goes on where it is.');
      expect(result.stillRunning).toContain(key);
      const ended = events.find((event) => event.code === 'stepFailed' && event.resource === key);
      const ms = ended?.code === 'stepFailed' ? ended.durationMs : 0;
      expect(ms).toBeGreaterThan((minutes - 1) * 60_000);
      expect(ms).toBeLessThanOrEqual(minutes * 60_000 + 5_000);
      lab.simulated.faults.clear();
      expect((await machine.setUp(spec)).outcome).toBe('done');
    },
  );
});
