import type { SeededRandom } from './random.ts';

type Spread = readonly [least: number, most: number];

/** Seconds until something that was written is seen elsewhere (azure-facts 3). */
const SPREADS = {
  /** New identity or service principal -> role assignment without principalType (6 to 269 s). */
  principal: [6, 269],
  controlPlane: [1, 300],
  dataPlane: [20, 480],
  /** Filtered lists of role definitions. */
  definitionList: [2, 60],
  /** A role that was just written -> assignments of it. */
  definitionUse: [0, 30],
  graphRead: [1, 20],
  /** New application -> its service principal. */
  backingApplication: [1, 25],
  passwordRead: [1, 40],
  passwordSignIn: [1, 15],
  resourceGraph: [3, 120],
} as const satisfies Readonly<Record<string, Spread>>;

export type LagKind = keyof typeof SPREADS;

/** How slowly writes spread: not at all, or by seed. */
export class Lag {
  readonly #mode: 'none' | 'seeded';
  readonly #random: SeededRandom;

  constructor(mode: 'none' | 'seeded', random: SeededRandom) {
    this.#mode = mode;
    this.#random = random;
  }

  /** Milliseconds until `label` is seen by the readers of that kind; 0 without lag. */
  of(kind: LagKind, label: string): number {
    if (this.#mode === 'none') return 0;
    const [least, most] = SPREADS[kind];
    return Math.round(this.#random.skewed(`${kind}|${label}`, least, most) * 1000);
  }
}

/** Typical seconds, then the tail, of what takes its time (azure-facts 1.2 and 1.2b). */
const DURATIONS = {
  storageAccount: [17, 34],
  network: [4, 15],
  networkDelete: [10, 11],
  groupDeleteEmpty: [15, 40],
  groupDelete: [60, 716],
  vaultPurge: [24, 40],
  vaultDns: [19, 120],
  workspace: [16, 46],
  workspaceDelete: [5, 15],
  table: [2, 6],
  providerRegistration: [60, 300],
  quota: [60, 600],
} as const satisfies Readonly<Record<string, Spread>>;

export type DurationKind = keyof typeof DURATIONS;

/** How long operations run: always the typical time without lag, else by seed up to the tail. */
export class Durations {
  readonly #mode: 'none' | 'seeded';
  readonly #random: SeededRandom;

  constructor(mode: 'none' | 'seeded', random: SeededRandom) {
    this.#mode = mode;
    this.#random = random;
  }

  /** Milliseconds. */
  of(kind: DurationKind, label: string): number {
    const [typical, tail] = DURATIONS[kind];
    if (this.#mode === 'none') return typical * 1000;
    return Math.round(this.#random.skewed(`${kind}|${label}`, typical, tail) * 1000);
  }
}
