import { describe, expect, it } from 'vitest';
import { everythingSpec, objectsIn, orphansIn } from './everything.ts';
import { killCases, killedIn, undisturbed } from './killing.ts';
import { killAt } from './killedNetwork.ts';
import { Lab, type Machine } from './lab.ts';
import { EVERYTHING, troubles, undo } from './undoing.ts';

const spec = everythingSpec();

async function expectNothing(lab: Lab, machine: Machine, label: string): Promise<void> {
  const { receipt } = await undo(machine, spec, EVERYTHING);
  expect(troubles(receipt), label).toEqual([]);
  expect(objectsIn(lab), label).toEqual([]);
  expect(orphansIn(lab), label).toEqual([]);
  expect(lab.simulated.requests.unsupported(), label).toEqual([]);
}

describe('undo after a set-up that was killed anywhere', () => {
  it('leaves nothing of ours, on the same machine and on another', async () => {
    const { calls } = await undisturbed(spec);
    let cases = 0;
    for (const kill of killCases(calls)) {
      const lab = new Lab();
      const next = await killedIn(lab, kill, (machine) => machine.setUp(spec));
      await expectNothing(lab, next, kill.label);
      cases += 1;
    }
    console.log(`undo after a kill: ${cases.toString()} cases (${calls.toString()} calls)`);
    expect(cases).toBe(calls * 6);
  }, 600_000);
});

describe('an undo that is killed anywhere', () => {
  it('is finished by the next one, on the same machine and on another', async () => {
    const counting = new Lab();
    const counter = killAt(Infinity, 'before sending', () => undefined);
    await counting.machine().setUp(spec);
    await undo(counting.machine(counter.network), spec, EVERYTHING);
    const calls = counter.calls();
    let cases = 0;
    for (const kill of killCases(calls)) {
      const lab = new Lab();
      const first = lab.machine();
      await first.setUp(spec);
      const next = await killedIn(lab, kill, (machine) => undo(machine, spec, EVERYTHING), first);
      await expectNothing(lab, next, kill.label);
      cases += 1;
    }
    console.log(`undo killed anywhere: ${cases.toString()} cases (${calls.toString()} calls)`);
    expect(cases).toBe(calls * 6);
  }, 600_000);
});
