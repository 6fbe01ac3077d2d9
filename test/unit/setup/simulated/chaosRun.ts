import { expect } from 'vitest';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { APP_SEEN_AFTER_MS, unseenYet } from '../../../../src/setup/undoApp.ts';
import { SINGLE, singleWorld } from '../../../simulators/azure/core/worlds/single.ts';
import { seededRandom } from '../seededRandom.ts';
import { chaosFaults, FAULT_NAMES } from './chaosFaults.ts';
import { everythingSpec, objectsIn, orphansIn } from './everything.ts';
import { killAt, MOMENTS } from './killedNetwork.ts';
import { handOver } from './killing.ts';
import { fullSpec, Lab, newAppSpec, plainSpec, type Machine } from './lab.ts';
import { apps } from './registeredApp.ts';
import { EVERYTHING, troubles, undo } from './undoing.ts';

/** Tries after which a run must have ended: faults are rare enough for that. */
const MOST_TRIES = 16;
const MINUTE = 60_000;

const SPECS = { plain: plainSpec, newApp: newAppSpec, full: fullSpec, everything: everythingSpec };
export type Kind = keyof typeof SPECS;
export const KINDS = Object.keys(SPECS) as readonly Kind[];

/** What each kind of project leaves, undisturbed. */
export type Wanted = Readonly<Record<Kind, readonly string[]>>;

export function specOf(kind: Kind): ProjectSpec {
  return SPECS[kind]();
}

/** What is drawn before a run; the rest is drawn request by request. */
interface Draw {
  readonly kind: Kind;
  /** The changing call at which the process dies, often behind the last one. */
  readonly diesAt: number;
  readonly moment: (typeof MOMENTS)[number];
  readonly goesOnElsewhere: boolean;
  /** The request at which Entra wants the person to sign in again. */
  readonly challengedAt: number;
  /** After how many tries the person has enough and takes everything back. */
  readonly givesUpAfter: number;
}

export interface ChaosEnd {
  readonly end: 'done' | 'undone';
  readonly kind: Kind;
  readonly tries: number;
  readonly minutes: number;
  readonly died: boolean;
  readonly challenged: boolean;
  readonly secretLost: boolean;
  /** How often each of `FAULT_NAMES` struck. */
  readonly hits: readonly number[];
  /** How often Azure refused a token that a sign-in still believed in. */
  readonly expired: number;
  /** Every request with its time and status: what a replay has to repeat. */
  readonly trace: string;
}

function drawn(random: () => number): Draw {
  const pick = random();
  const kind = pick < 0.6 ? 'plain' : pick < 0.84 ? 'newApp' : pick < 0.92 ? 'full' : 'everything';
  const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? 'before sending';
  return {
    ...{ kind, moment },
    diesAt: random() < 0.3 ? Math.floor(random() * 20) : Infinity,
    goesOnElsewhere: random() < 0.5,
    challengedAt: random() < 0.3 ? Math.floor(random() * 150) : Infinity,
    givesUpAfter: random() < 0.25 ? Math.floor(random() * 3) : Infinity,
  };
}

/**
 * One set-up in which everything goes wrong by chance, until it is done or taken back. Whatever
 * happens, nothing is there that should not be, and nothing twice.
 */
export async function chaosRun(seed: number, wanted: Wanted): Promise<ChaosEnd> {
  const random = seededRandom(seed);
  const draw = drawn(random);
  const times = { lifetime: 0.04 + random() * 0.06, kept: random() < 0.3 ? 1.02 : 0.9 };
  const lab = new Lab(seed, 'seeded', singleWorld(), times);
  for (const rule of chaosFaults(seed)) lab.simulated.faults.add(rule);
  const run = new ChaosRun(lab, draw, `seed ${seed.toString()} (${draw.kind})`);
  const started = lab.clock.now();
  const end = await run.toItsEnd(wanted[draw.kind]);
  const { entries } = lab.simulated.requests;
  return {
    ...{ end, kind: draw.kind, tries: run.tries, died: run.died, challenged: run.challenged },
    secretLost: run.secretLost,
    minutes: (lab.clock.now() - started) / MINUTE,
    hits: lab.simulated.faults.hits(),
    expired: entries.filter(({ status }) => status === 401).length,
    trace: entries
      .map(
        ({ method, path, status, time }) =>
          `${time.toString()} ${method} ${path} ${status.toString()}`,
      )
      .join('\n'),
  };
}

class ChaosRun {
  tries = 0;
  died = false;
  challenged = false;
  secretLost = false;
  readonly #lab: Lab;
  readonly #draw: Draw;
  readonly #label: string;
  readonly #spec: ProjectSpec;
  readonly #said: string[] = [];
  #requests = 0;
  /** When the machine died, in ms of the virtual clock. */
  #diedAt = 0;
  #machine: Machine;

  constructor(lab: Lab, draw: Draw, label: string) {
    this.#lab = lab;
    this.#draw = draw;
    this.#label = label;
    this.#spec = specOf(draw.kind);
    const kill = killAt(draw.diesAt, draw.moment, () => {
      this.died = true;
      this.#machine.dead = true;
    });
    this.#machine = lab.machine((client) => this.#challenging(kill.network(client)));
  }

  async toItsEnd(wanted: readonly string[]): Promise<'done' | 'undone'> {
    while (this.tries++ < MOST_TRIES) {
      if (this.tries > this.#draw.givesUpAfter) {
        if (await this.#isUndone()) return 'undone';
      } else if (await this.#isDone(wanted)) {
        return 'done';
      }
      this.#expectNothingForeign(wanted);
      if (this.#machine.dead) this.#goOn();
      // Nobody presses Continue within the second, for which a token's time of issue is too coarse.
      await this.#lab.clock.sleep(2_000);
    }
    throw new Error(`${this.#label} has not ended: ${this.#said.join(' | ')}`);
  }

  async #isDone(wanted: readonly string[]): Promise<boolean> {
    // Reading what exists may fail too; then nothing was written, and the person asks again.
    const result = await this.#machine.setUp(this.#spec).catch((error: unknown) => error);
    if (result instanceof Error) {
      this.#said.push(result.message);
      return false;
    }
    const { outcome, failures } = result as Awaited<ReturnType<Machine['setUp']>>;
    this.#said.push(outcome, ...[...failures].map(([key, { code }]) => `${key}:${code}`));
    if ([...failures.values()].some(({ code }) => code === 'secret_lost')) this.secretLost = true;
    if (outcome !== 'done' || this.#machine.dead) return false;
    expect(objectsIn(this.#lab), this.#label).toEqual(wanted);
    return true;
  }

  async #isUndone(): Promise<boolean> {
    const result = await undo(this.#machine, this.#spec, [...EVERYTHING, 'application']).catch(
      (error: unknown) => error,
    );
    if (result instanceof Error) {
      this.#said.push(result.message);
      return false;
    }
    const { plan, receipt } = result as Awaited<ReturnType<typeof undo>>;
    // As the note says: on another computer an app may not show yet, so one looks again later.
    const isLateEnough = this.#lab.clock.now() - this.#diedAt > APP_SEEN_AFTER_MS;
    const notes = plan.notes.filter((note) => !isLateEnough || note !== unseenYet());
    if (notes.includes(unseenYet())) await this.#lab.clock.sleep(30_000);
    const stays = [...troubles(receipt), ...receipt.kept.map(({ why }) => why), ...notes];
    this.#said.push(receipt.outcome, ...stays);
    if (receipt.outcome !== 'done' || stays.length > 0 || this.#machine.dead) return false;
    expect(objectsIn(this.#lab), `${this.#label}: ${this.#said.join(' | ')}`).toEqual([]);
    return true;
  }

  #expectNothingForeign(wanted: readonly string[]): void {
    const wantedOnce = [...wanted];
    const tooMuch = objectsIn(this.#lab).filter((object) => {
      const index = wantedOnce.indexOf(object);
      if (index >= 0) wantedOnce.splice(index, 1);
      return index < 0;
    });
    expect(tooMuch, this.#label).toEqual([]);
    expect(orphansIn(this.#lab), this.#label).toEqual([]);
    for (const { secrets } of apps(this.#lab))
      expect(secrets.length, this.#label).toBeLessThanOrEqual(1);
    expect(this.#lab.simulated.requests.unsupported(), this.#label).toEqual([]);
  }

  #goOn(): void {
    this.#diedAt = this.#lab.clock.now();
    const next = this.#lab.machine((client) => this.#challenging(client));
    if (!this.#draw.goesOnElsewhere) handOver(this.#machine, next);
    this.#machine = next;
  }

  /** Ends the person's sessions at the drawn request. */
  #challenging(client: Lab['client']): Lab['client'] {
    return {
      sendRequest: (request) => {
        if (this.#requests++ === this.#draw.challengedAt) {
          this.challenged = true;
          this.#lab.simulated.revokeSessions(SINGLE.userId);
        }
        return client.sendRequest(request);
      },
    };
  }
}

/** How often each fault struck in all runs, by name. */
export function strikes(ends: readonly ChaosEnd[]): ReadonlyMap<string, number> {
  return new Map(
    FAULT_NAMES.map((name, index) => [
      name,
      ends.reduce((sum, { hits }) => sum + (hits[index] ?? 0), 0),
    ]),
  );
}
