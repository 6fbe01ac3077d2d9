import { setImmediate as turn } from 'node:timers/promises';
import type { SimClock } from '../core/http.ts';

/** Turns of the event loop without new work after which everybody is taken to be asleep. */
const quietTurns = 3;

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/**
 * Time that passes only while everybody sleeps: once no request is under way (`whileBusy`) and no
 * new sleep is begun for a few turns of the event loop, the clock jumps to the next waking time.
 * Sleepers wake one at a time, in the order of their times, then of their arrival.
 */
export class VirtualClock implements SimClock {
  #now: number;
  #busy = 0;
  #activity = 0;
  #running = false;
  #sleepers: Sleeper[] = [];

  constructor(startsAt: number = Date.UTC(2026, 0, 5, 9)) {
    this.#now = startsAt;
  }

  now(): number {
    return this.#now;
  }

  /** Lets `ms` pass at once, waking nobody before the next quiet moment. */
  advance(ms: number): void {
    if (!(Number.isFinite(ms) && ms >= 0)) throw new RangeError('Time can only be advanced.');
    this.#now += ms;
  }

  /** Resolves when `ms` have passed; rejects with an AbortError as soon as the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(abortError());
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        wakesAt: this.#now + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(abortError());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#insert(sleeper);
      this.#stir();
    });
  }

  /** Runs work that waits for something else than this clock; time stands still meanwhile. */
  async whileBusy<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#stir();
    }
  }

  #insert(sleeper: Sleeper): void {
    const later = this.#sleepers.findIndex((other) => other.wakesAt > sleeper.wakesAt);
    this.#sleepers.splice(later === -1 ? this.#sleepers.length : later, 0, sleeper);
  }

  #stir(): void {
    this.#activity += 1;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#sleepers.length > 0 && this.#busy === 0) {
      if (!(await this.#isQuiet())) continue;
      const next = this.#sleepers.shift();
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.wakesAt);
      next.wake();
    }
    this.#running = false;
  }

  async #isQuiet(): Promise<boolean> {
    const before = this.#activity;
    for (let i = 0; i < quietTurns; i += 1) {
      await turn();
      if (this.#busy > 0 || this.#activity !== before) return false;
    }
    return true;
  }
}

function abortError(): DOMException {
  return new DOMException('The wait was aborted.', 'AbortError');
}
