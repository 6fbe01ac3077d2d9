import { describe, expect, it } from 'vitest';
import { everythingSpec, objectsIn, orphansIn } from './everything.ts';
import { killCases, killedIn, undisturbed, type KillCase } from './killing.ts';
import { fullSpec, Lab, type Machine } from './lab.ts';
import { apps, secretIn, theApp, valuesOn } from './registeredApp.ts';

const spec = everythingSpec();
/** What carries no tag: only journal or record prove that it is ours (design.md, Where a project lives). */
const UNTAGGED = ['blobContainer', 'workspaceTable'];

/**
 * One secret, and it works here; or its value went with the machine: then it is told, with what can
 * be done, and it is still there.
 * @returns whether it was lost
 */
async function secretWasLost(
  lab: Lab,
  machine: Machine,
  wasMade: boolean,
  label: string,
): Promise<boolean> {
  expect(theApp(lab).secrets, label).toHaveLength(1);
  const [secret] = theApp(lab).secrets;
  if (secret !== undefined && valuesOn(machine).includes(secret.value)) return false;
  expect(wasMade, label).toBe(true);
  expect(valuesOn(machine), label).toEqual([]);
  const change = secretIn(await machine.plan(spec));
  expect(change.secret?.remedies, label).toEqual(['rotate', 'enter']);
  expect(change.reason, label).toMatch(/that this machine does not hold|is on .*, not here/);
  return true;
}

/** Only what carries no tag may have lost its origin, and only with the machine that made it. */
async function expectOrigins(machine: Machine, { goesOn, label }: KillCase): Promise<void> {
  const { knownRecord } = await machine.plan(spec);
  const adopted = (knownRecord?.record.resources ?? [])
    .filter(({ origin }) => origin === 'adopted')
    .map(({ kind }) => kind);
  const mayBe = goesOn === 'the same machine' ? [] : UNTAGGED;
  expect(
    adopted.filter((kind) => !mayBe.includes(kind)),
    label,
  ).toEqual([]);
}

describe('a set-up that is killed anywhere', () => {
  it('converges on the same machine and on another, with nothing twice and nothing left over', async () => {
    const { objects, calls } = await undisturbed(spec);
    expect(calls).toBeGreaterThan(30);
    let [cases, lost] = [0, 0];
    for (const kill of killCases(calls)) {
      const { label } = kill;
      const lab = new Lab();
      const next = await killedIn(lab, kill, (machine) => machine.setUp(spec));
      const wasMade = apps(lab).some(({ secrets }) => secrets.length > 0);
      const result = await next.setUp(spec);
      const failures = [...result.failures.values()].map(({ code, message }) => [code, message]);
      expect(failures, label).toEqual([]);
      expect(result.outcome, label).toBe('done');
      expect(objectsIn(lab), label).toEqual(objects);
      expect(orphansIn(lab), label).toEqual([]);
      expect(lab.simulated.requests.unsupported(), label).toEqual([]);
      await expectOrigins(next, kill);
      if (await secretWasLost(lab, next, wasMade, label)) lost += 1;
      cases += 1;
    }
    console.log(
      `kill anywhere: ${cases.toString()} cases (${calls.toString()} changing calls), ${lost.toString()} with a secret that was lost, and said to be`,
    );
    expect(cases).toBe(calls * 6);
    expect(lost).toBeGreaterThan(0);
  }, 600_000);
});

describe('an unchanged project', () => {
  it('is planned with at most one read per object and run without a changing call', async () => {
    const lab = new Lab();
    await lab.machine().setUp(fullSpec());
    const before = lab.simulated.requests.stateChangingCalls();
    const again = lab.machine();
    const plan = await again.plan(fullSpec());
    expect(plan.changes.filter(({ action }) => action !== 'keep' && action !== 'adopt')).toEqual(
      [],
    );
    expect((await again.setUp(fullSpec())).outcome).toBe('done');
    expect(lab.simulated.requests.stateChangingCalls()).toBe(before);
  });
});
