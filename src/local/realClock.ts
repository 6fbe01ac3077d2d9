import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../setup/ports.ts';

/** Time as it passes outside. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};
