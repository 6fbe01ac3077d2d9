import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../../src/setup/errors.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { SINGLE, singleWorld } from '../../../simulators/azure/core/worlds/single.ts';
import type { World } from '../../../simulators/azure/core/world.ts';
import { seededRandom } from '../seededRandom.ts';
import { everythingSpec, objectsIn, orphansIn } from './everything.ts';
import { fullSpec, Lab, newAppSpec, plainSpec, type Machine } from './lab.ts';
import { theApp, valuesOn } from './registeredApp.ts';

const RUNS = Number(process.env['TWO_RUNS'] ?? '200');
/** The same interleavings in every ring; `npm run test:two-runs` draws others. */
const SEED = Number(process.env['SEED'] ?? '1');
/** Tries after which whoever did not get through the first time has got through. */
const MOST_TRIES = 3;
const COLLEAGUE = {
  username: 'ops@contoso.example',
  objectId: '0c000000-0000-4000-8000-000000000002',
};

/** The simulated world with a second person, who may do as much. */
function twoPeople(): World {
  const world = singleWorld();
  const { tenantId, subscriptionId } = SINGLE;
  const { username, objectId } = COLLEAGUE;
  const [scope, principalId] = [`/subscriptions/${subscriptionId}`, objectId];
  return {
    ...world,
    users: [
      ...world.users,
      { username, displayName: 'Olga Operator', memberships: [{ tenantId, objectId }] },
    ],
    roleAssignments: [
      ...world.roleAssignments,
      { scope, principalId, principalType: 'User', role: 'Owner' },
    ],
  };
}

/**
 * Holds every request back on its way there and every answer on its way back, for as long as is
 * drawn: so the calls of two machines reach Azure in an order of chance, and each sees the other's
 * work late.
 */
function slow(lab: Lab, random: () => number) {
  const wait = () => lab.clock.sleep(Math.floor(random() ** 2 * 8_000));
  return (client: Lab['client']): Lab['client'] => ({
    sendRequest: async (request) => {
      await wait();
      const response = await client.sendRequest(request);
      await wait();
      return response;
    },
  });
}

function drawnSpec(random: () => number): ProjectSpec {
  const pick = random();
  if (pick < 0.55) return plainSpec();
  if (pick < 0.9) return newAppSpec();
  return pick < 0.95 ? fullSpec() : everythingSpec();
}

/** How one run ends, as its person reads it: done, or sentences. */
async function ending(machine: Machine, spec: ProjectSpec): Promise<string> {
  try {
    const { outcome, failures } = await machine.setUp(spec);
    if (outcome === 'done') return 'done';
    return [...failures.values()].map(said).join(' + ');
  } catch (thrown) {
    if (thrown instanceof SetupError) return said(thrown);
    throw thrown;
  }
}

/** An error's code, once it has been seen to say what happened and what to do. */
function said({ code, message, remedy }: SetupError): string {
  expect(message, code).toMatch(/\.$/);
  expect(remedy, code).toMatch(/\.$/);
  return code;
}

/** What one person alone would have left, plus the second person's own two data roles. */
async function alone(spec: ProjectSpec, others: readonly string[]): Promise<readonly string[]> {
  const lab = new Lab(7, 'none', twoPeople());
  for (const username of others) {
    const machine = lab.machine(undefined, undefined, username);
    expect((await machine.setUp(spec)).outcome).toBe('done');
  }
  return objectsIn(lab);
}

/**
 * One app and one secret. Graph may hide a new secret for a while, and offers no call that makes one
 * only if there is none: then there can be two, and the record knows who holds which.
 */
async function expectOneSecret(
  lab: Lab,
  machines: readonly Machine[],
  spec: ProjectSpec,
  label: string,
): Promise<void> {
  if (spec.credentials.kind !== 'newApp') return;
  const live = theApp(lab).secrets;
  if (lab.lag === 'none') expect(live, label).toHaveLength(1);
  const plan = await machines[0]?.plan(spec);
  const recorded = plan?.knownRecord?.record.secrets.map(({ keyId }) => keyId) ?? [];
  expect(live.map(({ keyId }) => keyId).sort(), label).toEqual(
    [...recorded].filter((keyId) => live.some((key) => key.keyId === keyId)).sort(),
  );
  const held = machines.flatMap((machine) => valuesOn(machine));
  for (const { value } of live) expect(held, label).toContain(value);
}

describe('two runs of the same project at once', () => {
  it(`make one project, whatever the order (${RUNS.toString()} interleavings from seed ${SEED.toString()})`, async () => {
    const ends = new Map<string, number>();
    const wanted = new Map<string, readonly string[]>();
    for (let draw = 0; draw < RUNS; draw++) {
      const seed = SEED + draw;
      const random = seededRandom(seed);
      const spec = drawnSpec(random);
      const names = [SINGLE.username, random() < 0.5 ? SINGLE.username : COLLEAGUE.username];
      const lab = new Lab(seed, random() < 0.5 ? 'seeded' : 'none', twoPeople());
      const machines = names.map((name) => lab.machine(slow(lab, random), undefined, name));
      const starts = [0, Math.floor(random() * 90_000)];
      const outcomes = await Promise.all(
        machines.map(async (machine, index) => {
          await lab.clock.sleep(starts[index] ?? 0);
          return await ending(machine, spec);
        }),
      );
      const label = `seed ${seed.toString()}: ${outcomes.join(' | ')}`;
      for (const outcome of outcomes) ends.set(outcome, (ends.get(outcome) ?? 0) + 1);
      expect(outcomes, label).toContain('done');

      // Whoever lost looks once more, and finds or finishes the same project.
      for (const machine of machines) {
        const tries: string[] = [];
        while (tries.at(-1) !== 'done' && tries.length < MOST_TRIES) {
          await lab.clock.sleep(10 * 60_000);
          tries.push(await ending(machine, spec));
        }
        expect(tries.at(-1), `${label}, then ${tries.join(', ')}`).toBe('done');
      }
      const key = JSON.stringify([spec, names]);
      const objects = wanted.get(key) ?? (await alone(spec, names));
      wanted.set(key, objects);
      expect(objectsIn(lab), label).toEqual(objects);
      expect(orphansIn(lab), label).toEqual([]);
      await expectOneSecret(lab, machines, spec, label);
      expect(lab.simulated.requests.unsupported(), label).toEqual([]);
    }
    console.log(`two runs at once: ${JSON.stringify(Object.fromEntries(ends))}`);
  }, 36_000_000);
});
