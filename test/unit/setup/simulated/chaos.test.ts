import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/setup/json.ts';
import type { FaultRule } from '../../../simulators/azure/core/faults.ts';
import { fullSpec, Lab, plainSpec } from './lab.ts';

const RUNS = Number(process.env['CHAOS_RUNS'] ?? '1000');
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
/** Continues after which a run must be done: faults are rare enough for that. */
const MOST_CONTINUES = 12;

const ARM = '^management\\.azure\\.com';
const refused = (code: string): JsonObject => ({
  error: { code, message: 'drawn by chance' },
});

/** What goes wrong, each by chance: answers lost on either side, throttling, late failures, dead tokens. */
function faults(seed: number): readonly FaultRule[] {
  const rules: readonly Omit<FaultRule, 'seed'>[] = [
    { path: ARM, chance: 0.03, when: 'before', status: 500, body: refused('InternalServerError') },
    { path: ARM, chance: 0.02, when: 'after', status: 503, body: refused('ServiceUnavailable') },
    {
      path: ARM,
      chance: 0.03,
      when: 'before',
      status: 429,
      headers: { 'Retry-After': '11' },
      body: refused('TooManyRequests'),
    },
    { path: ARM, chance: 0.02, when: 'before', cut: true },
    { path: ARM, chance: 0.03, when: 'after', cut: true },
    { path: ARM, chance: 0.02, when: 'after', delayMs: 45_000 },
    {
      path: `${ARM}.*/(operations|asyncoperations)/`,
      chance: 0.03,
      when: 'before',
      status: 200,
      body: { status: 'Failed', ...refused('AllocationFailed') },
    },
    {
      path: ARM,
      chance: 0.005,
      when: 'before',
      status: 401,
      body: refused('ExpiredAuthenticationToken'),
    },
  ];
  return rules.map((rule, index) => ({ ...rule, seed: seed * 100 + index }));
}

interface End {
  readonly continues: number;
  readonly minutes: number;
  readonly trace: string;
}

async function chaos(seed: number, wanted: readonly string[], full: boolean): Promise<End> {
  const label = `seed ${seed.toString()}`;
  const lab = new Lab(seed, 'seeded');
  for (const rule of faults(seed)) lab.simulated.faults.add(rule);
  const machine = lab.machine();
  const spec = full ? fullSpec() : plainSpec();
  const started = lab.clock.now();
  const codes: string[] = [];
  for (let continues = 0; continues <= MOST_CONTINUES; continues++) {
    // Reading what exists may fail too; then nothing was written, and the person asks again.
    const result = await machine.setUp(spec).catch((error: unknown) => error);
    // Whatever went wrong, nothing is there that should not be there.
    for (const object of lab.objects()) expect(wanted, label).toContain(object);
    if (result instanceof Error) {
      codes.push(result.message);
    } else {
      const run = result as Awaited<ReturnType<typeof machine.setUp>>;
      codes.push(run.outcome, ...[...run.failures].map(([key, { code }]) => `${key}:${code}`));
      if (run.outcome === 'done') {
        expect(lab.objects(), label).toEqual(wanted);
        expect(lab.simulated.requests.unsupported(), label).toEqual([]);
        const minutes = (lab.clock.now() - started) / 60_000;
        return { continues, minutes, trace: codes.join(' ') };
      }
    }
  }
  throw new Error(
    `${label} was not done after ${MOST_CONTINUES.toString()} continues: ${codes.join(' ')}`,
  );
}

async function reference(full: boolean): Promise<readonly string[]> {
  const lab = new Lab();
  await lab.machine().setUp(full ? fullSpec() : plainSpec());
  return lab.objects();
}

describe('a set-up in chaos', () => {
  it(`ends done after some continues, with exactly what it should have made (${RUNS.toString()} runs from seed ${SEED.toString()})`, async () => {
    const [full, plain] = [await reference(true), await reference(false)];
    const ends: End[] = [];
    for (let run = 0; run < RUNS; run++) {
      const isFull = run % 5 === 0;
      ends.push(await chaos(SEED + run, isFull ? full : plain, isFull));
    }
    const most = Math.max(...ends.map(({ continues }) => continues));
    const straight = ends.filter(({ continues }) => continues === 0).length;
    console.log(
      `chaos: ${RUNS.toString()} runs, ${straight.toString()} done at once, at most ${most.toString()} continues`,
    );
    expect(ends).toHaveLength(RUNS);
  }, 36_000_000);

  it('is replayed by its seed, fault by fault', async () => {
    const wanted = await reference(false);
    const first = await chaos(SEED, wanted, false);
    expect(await chaos(SEED, wanted, false)).toEqual(first);
  });
});
