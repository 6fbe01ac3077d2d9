import { describe, expect, it } from 'vitest';
import { killAt, MOMENTS } from './killedNetwork.ts';
import { fullSpec, Lab } from './lab.ts';

const spec = fullSpec();

/** An undisturbed run: what there should be, and how many calls change something. */
async function undisturbed(): Promise<{ objects: readonly string[]; calls: number }> {
  const lab = new Lab();
  const counter = killAt(Infinity, 'before sending', () => undefined);
  const result = await lab.machine(counter.network).setUp(spec);
  expect([...result.failures.values()].map(({ message }) => message)).toEqual([]);
  expect(result.outcome).toBe('done');
  return { objects: lab.objects(), calls: counter.calls() };
}

describe('a set-up that is killed anywhere', () => {
  it('converges on the same machine and on another, with nothing twice and nothing left over', async () => {
    const { objects, calls } = await undisturbed();
    expect(calls).toBeGreaterThan(20);
    let cases = 0;
    for (let nth = 0; nth < calls; nth++) {
      for (const moment of MOMENTS) {
        for (const resumedOn of ['the same machine', 'another machine'] as const) {
          const label = `killed ${moment} of call ${nth.toString()}, resumed on ${resumedOn}`;
          const lab = new Lab();
          const killed = lab.machine(
            killAt(nth, moment, () => {
              killed.dead = true;
            }).network,
          );
          await killed.setUp(spec).catch(() => undefined);
          expect(killed.dead, label).toBe(true);
          const next = lab.machine();
          if (resumedOn === 'the same machine') next.entries.push(...killed.entries);
          const result = await next.setUp(spec);
          const failures = [...result.failures.values()].map(({ code, message }) => [
            code,
            message,
          ]);
          expect(failures, label).toEqual([]);
          expect(result.outcome, label).toBe('done');
          expect(lab.objects(), label).toEqual(objects);
          expect(lab.simulated.requests.unsupported(), label).toEqual([]);
          cases += 1;
        }
      }
    }
    console.log(`kill anywhere: ${cases.toString()} cases (${calls.toString()} changing calls)`);
  }, 300_000);
});

describe('an unchanged project', () => {
  it('is planned with at most one read per object and run without a changing call', async () => {
    const lab = new Lab();
    await lab.machine().setUp(spec);
    const before = lab.simulated.requests.stateChangingCalls();
    const again = lab.machine();
    const plan = await again.plan(spec);
    expect(plan.changes.filter(({ action }) => action !== 'keep' && action !== 'adopt')).toEqual(
      [],
    );
    expect((await again.setUp(spec)).outcome).toBe('done');
    expect(lab.simulated.requests.stateChangingCalls()).toBe(before);
  });
});
