import { expect } from 'vitest';
import { objectsIn } from './everything.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { killAt, MOMENTS, type Moment } from './killedNetwork.ts';
import { Lab, type Machine } from './lab.ts';

const PLACES = ['the same machine', 'another machine'] as const;
type Place = (typeof PLACES)[number];

/** One case of a matrix of kills: which changing call, when, and who goes on. */
export interface KillCase {
  readonly nth: number;
  readonly moment: Moment;
  readonly goesOn: Place;
  readonly label: string;
}

/** Every changing call, each of its moments, on both machines. */
export function killCases(calls: number): readonly KillCase[] {
  const nths = Array.from({ length: calls }, (_, nth) => nth);
  return nths.flatMap((nth) =>
    MOMENTS.flatMap((moment) =>
      PLACES.map((goesOn) => {
        const label = `killed ${moment} of call ${nth.toString()}, goes on on ${goesOn}`;
        return { nth, moment, goesOn, label };
      }),
    ),
  );
}

/** Does some work on a machine that dies in it, and gives the machine that goes on. */
export async function killedIn(
  lab: Lab,
  { nth, moment, goesOn, label }: KillCase,
  work: (machine: Machine) => Promise<unknown>,
  before?: Machine,
): Promise<Machine> {
  const killed = lab.machine(killAt(nth, moment, () => (killed.dead = true)).network);
  if (before !== undefined) handOver(before, killed);
  await work(killed).catch(() => undefined);
  expect(killed.dead, label).toBe(true);
  const next = lab.machine();
  if (goesOn === 'the same machine') handOver(killed, next);
  return next;
}

/** What is on the disk of a machine outlives its processes. */
export function handOver(from: Machine, to: Machine): void {
  to.entries.push(...from.entries);
  for (const [key, value] of from.secrets) to.secrets.set(key, value);
}

/** What some work leaves, undisturbed, and how many of its calls change something. */
export async function undisturbed(
  spec: ProjectSpec,
): Promise<{ readonly objects: readonly string[]; readonly calls: number }> {
  const lab = new Lab();
  const counter = killAt(Infinity, 'before sending', () => undefined);
  const result = await lab.machine(counter.network).setUp(spec);
  expect([...result.failures.values()].map(({ message }) => message)).toEqual([]);
  expect(result.outcome).toBe('done');
  return { objects: objectsIn(lab), calls: counter.calls() };
}
