import { setTimeout as wait } from 'node:timers/promises';
import type { SimClock } from '../core/http.ts';

/**
 * Real time that runs `scale` times as fast: with 100, a storage account that takes 17 simulated
 * seconds is ready after 0.17 real ones.
 */
export class ScaledClock implements SimClock {
  readonly scale: number;
  readonly #startedAt = Date.now();
  #skippedMs = 0;

  constructor(scale: number) {
    if (!(Number.isFinite(scale) && scale > 0)) {
      throw new RangeError(`The time scale must be a positive number, not ${scale}.`);
    }
    this.scale = scale;
  }

  now(): number {
    const elapsedMs = (Date.now() - this.#startedAt) * this.scale;
    return Math.round(this.#startedAt + elapsedMs + this.#skippedMs);
  }

  /** Lets `ms` simulated milliseconds pass at once. Time never goes back. */
  advance(ms: number): void {
    if (!(Number.isFinite(ms) && ms >= 0)) throw new RangeError('Time can only be advanced.');
    this.#skippedMs += ms;
  }

  /** Waits `ms` simulated milliseconds; rejects with an AbortError when the signal fires. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await wait(this.toReal(ms), undefined, signal === undefined ? {} : { signal });
  }

  /** The real milliseconds that pass while `ms` simulated ones do. */
  toReal(ms: number): number {
    return ms / this.scale;
  }
}
