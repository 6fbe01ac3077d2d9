import { cancellation } from '../../../src/setup/errors.ts';
import type { Clock } from '../../../src/setup/ports.ts';

/**
 * Time that passes only when everybody waits: the earliest sleeper wakes, and the clock is there.
 * So parallel waits cost their longest, as in life, and a test of an hour takes a moment.
 */
export class VirtualClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  #turning = false;

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(cancellation());
        return;
      }
      const sleeper = {
        at: this.#now + ms,
        wake: () => this.#wake(sleeper, onAbort, signal, resolve),
      };
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(cancellation());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
      this.#turn();
    });
  }

  #wake(
    sleeper: object,
    onAbort: () => void,
    signal: AbortSignal | undefined,
    resolve: () => void,
  ): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    signal?.removeEventListener('abort', onAbort);
    resolve();
  }

  /** Lets everything that can run without waiting run, then moves on to the next sleeper. */
  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      this.#turn();
    });
  }
}
