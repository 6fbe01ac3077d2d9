import { describe, expect, it } from 'vitest';
import type { SetupEvent } from '../../../../src/setup/events.ts';
import { projectContext } from '../../../../src/setup/resources/projectContext.ts';
import { dev } from '../sampleSpec.ts';
import { killAt, MOMENTS } from './killedNetwork.ts';
import { Lab, newAppSpec } from './lab.ts';
import {
  apps,
  principals,
  secretIn,
  tenantWith,
  theApp,
  toGraph,
  valuesOn,
} from './registeredApp.ts';

const spec = newAppSpec();
const { projectId } = projectContext(spec, dev);
const DAY = 24 * 3_600_000;

async function recordIn(lab: Lab) {
  const { knownRecord } = await lab.machine().plan(spec);
  return knownRecord?.record;
}

describe('an app registration', () => {
  it('is made once with its principal and one secret of 90 days, and gets the roles', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    const result = await machine.setUp(spec);
    expect([...result.failures.values()].map(({ message }) => message)).toEqual([]);
    const app = theApp(lab);
    expect(app).toMatchObject({
      signInAudience: 'AzureADMyOrg',
      uniqueName: `dstack-azure-${projectId}`,
    });
    const [secret, ...others] = app.secrets;
    expect(others).toEqual([]);
    expect((secret?.endsAt ?? 0) - (secret?.startsAt ?? 0)).toBe(90 * DAY);
    expect(valuesOn(machine)[0]).toBe(secret?.value);
    const principalId = result.outcomes.get('servicePrincipal')?.outputs['principalId'];
    const given = [...lab.simulated.state.roleAssignments.values()].filter(
      (each) => each.principalId === principalId,
    );
    expect(given).toHaveLength(3);
    expect((await recordIn(lab))?.secrets).toEqual([
      {
        keyId: secret?.keyId,
        endDateTime: new Date(secret?.endsAt ?? 0).toISOString(),
        holder: 'machine 1',
        runId: result.runId,
      },
    ]);
    expect(lab.simulated.requests.unsupported()).toEqual([]);
  });

  it('that is there is kept, without a changing call and with one read per object', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await machine.setUp(spec);
    const before = lab.simulated.requests.stateChangingCalls();
    const seen = lab.simulated.requests.entries.length;
    const plan = await machine.plan(spec);
    const reads = lab.simulated.requests.entries
      .slice(seen)
      .map(({ method, path }) => `${method} ${path}`);
    expect(reads.filter((each) => each.includes('/v1.0/'))).toHaveLength(2);
    expect(new Set(reads).size).toBe(reads.length);
    expect(
      plan.changes.filter(({ action }) => action !== 'keep').map(({ reason }) => reason),
    ).toEqual([]);
    expect(secretIn(plan).reason).toMatch(/^Valid until \d{4}-\d\d-\d\d\.$/);
    expect((await machine.setUp(spec)).outcome).toBe('done');
    expect(lab.simulated.requests.stateChangingCalls()).toBe(before);
  });

  it('is found by its tag in a tenant without unique names, and made once there too', async () => {
    const lab = new Lab(7, 'none', tenantWith({ upsertByUniqueName: false }));
    const machine = lab.machine();
    expect((await machine.setUp(spec)).outcome).toBe('done');
    expect(theApp(lab).uniqueName).toBeUndefined();
    const before = lab.simulated.requests.stateChangingCalls();
    expect((await machine.setUp(spec)).outcome).toBe('done');
    expect(lab.simulated.requests.stateChangingCalls()).toBe(before);
    expect(apps(lab)).toHaveLength(1);
  });

  it('waits for the directory to know it, and for its principal', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const lab = new Lab(seed, 'seeded');
      const machine = lab.machine();
      const result = await machine.setUp(spec);
      const failures = [...result.failures.values()].map(({ message }) => message);
      expect(failures, `seed ${seed.toString()}`).toEqual([]);
      expect(theApp(lab).secrets, `seed ${seed.toString()}`).toHaveLength(1);
    }
  });
});

describe('a set-up with an app that is killed at any call to Graph', () => {
  it('ends with one app, one principal and at most one live secret, and says what is lost', async () => {
    const counting = new Lab();
    const counter = killAt(Infinity, 'before sending', () => undefined, toGraph);
    await counting.machine(counter.network).setUp(spec);
    const calls = counter.calls();
    expect(calls).toBe(3);
    let [cases, lost] = [0, 0];
    for (let nth = 0; nth < calls; nth++) {
      for (const moment of MOMENTS) {
        for (const resumedOn of ['the same machine', 'another machine'] as const) {
          const label = `killed ${moment} of Graph call ${nth.toString()}, resumed on ${resumedOn}`;
          const lab = new Lab();
          const killed = lab.machine(
            killAt(
              nth,
              moment,
              () => {
                killed.dead = true;
              },
              toGraph,
            ).network,
          );
          await killed.setUp(spec).catch(() => undefined);
          expect(killed.dead, label).toBe(true);
          const isSame = resumedOn === 'the same machine';
          const next = lab.machine();
          if (isSame) {
            next.entries.push(...killed.entries);
            for (const [key, value] of killed.secrets) next.secrets.set(key, value);
          }
          const wasMade = apps(lab).some(({ secrets }) => secrets.length > 0);
          const result = await next.setUp(spec);
          expect(result.outcome, label).toBe('done');
          expect(principals(lab), label).toBe(1);
          expect(theApp(lab).secrets, label).toHaveLength(1);
          const held = theApp(lab).secrets.some(({ value }) => valuesOn(next)[0] === value);
          // A value that nobody wrote down is told, with what can be done; nothing is removed.
          const { reason, secret } = secretIn(await next.plan(spec));
          expect(held, label).toBe(!wasMade);
          if (!held) {
            lost += 1;
            expect(reason, label).toMatch(/interrupted run made a secret .* rotate or enter/);
            expect(secret?.remedies, label).toEqual(['rotate', 'enter']);
          }
          expect(lab.simulated.requests.unsupported(), label).toEqual([]);
          cases += 1;
        }
      }
    }
    expect(lost).toBeGreaterThan(0);
    console.log(`kill at Graph: ${cases.toString()} cases, ${lost.toString()} with a lost secret`);
  }, 120_000);
});

describe('the value of a secret', () => {
  it('is nowhere but with its holder: not in events, journal, record, results or errors', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    const events: SetupEvent[] = [];
    const result = await machine.setUp(spec, { report: (event) => events.push(event) });
    const value = valuesOn(machine)[0] ?? expect.fail('No secret was made.');
    const record = await recordIn(lab);
    const seen = JSON.stringify([
      events,
      machine.entries,
      record,
      result.plan,
      [...result.outcomes],
      await machine.plan(spec),
    ]);
    expect(seen).toContain(theApp(lab).secrets[0]?.keyId);
    expect(seen).not.toContain(value);
  });
});
