import { describe, expect, it } from 'vitest';
import { planProject } from '../../../src/setup/planProject.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import type { Caller } from '../../../src/setup/ports.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { FakeJournal, fakePorts, type FakePorts } from './fakeAzure.ts';
import { seededRandom } from './seededRandom.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const RUNS = Number(process.env['TWO_RUNS'] ?? '200');
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const never = new AbortController().signal;
const colleague: Caller = {
  ...dev,
  principalId: '99999999-9999-9999-9999-999999999999',
  name: 'ops',
};

/** Two people on two machines: one Azure, one clock, a journal each. */
function twoMachines(random: () => number): readonly [FakePorts, FakePorts] {
  const first = fakePorts();
  first.resources.latency = () => first.clock.sleep(Math.floor(random() * 3_000));
  let ids = 0;
  const second = {
    ...first,
    journal: new FakeJournal(),
    newId: () => `other-${(ids += 1).toString()}`,
  };
  return [first, second];
}

async function setUp(ports: FakePorts, caller: Caller, startMs: number): Promise<string> {
  await ports.clock.sleep(startMs);
  try {
    const plan = await planProject(sampleSpec(), caller, ports, never);
    return (await runProject(plan, ports, { report: () => undefined, signal: never })).outcome;
  } catch (error) {
    if (error instanceof SetupError) return `${error.code}: ${error.remedy}`;
    throw error;
  }
}

describe('two runs of the same project at once', () => {
  it(`make one project, whatever the order (${RUNS.toString()} draws from seed ${SEED.toString()})`, async () => {
    const ends = new Map<string, number>();
    for (let draw = 0; draw < RUNS; draw++) {
      const random = seededRandom(SEED + draw);
      const [first, second] = twoMachines(random);
      const outcomes = await Promise.all([
        setUp(first, dev, 0),
        setUp(second, colleague, Math.floor(random() * 60_000)),
      ]);
      const label = `seed ${(SEED + draw).toString()}: ${outcomes.join(' | ')}`;
      expect(outcomes, label).toContain('done');
      for (const outcome of outcomes) ends.set(outcome, (ends.get(outcome) ?? 0) + 1);

      // Whoever lost, one more look by either finds everything in place and one record.
      const plan = await planProject(sampleSpec(), dev, first, never);
      const open = plan.changes.filter(({ action }) => action !== 'keep');
      expect(
        open.map(({ resource, action }) => `${resource.key} ${action}`),
        label,
      ).toEqual([]);
      expect(first.records.blobs.size, label).toBe(1);
    }
    console.log(`two runs at once: ${JSON.stringify(Object.fromEntries(ends))}`);
  });
});
