import { afterEach, expect, it, vi } from 'vitest';
import { drawnSetUp } from '../../../bench/setUpFigures.ts';
import { SimulatedAzure } from '../core/simulatedAzure.ts';

const SET_UPS = 40;
/** 1,000 set-ups in a minute of two cores: so much processor time for each. */
const MOST_MS = (2 * 60_000) / 1000;

afterEach(() => vi.restoreAllMocks());

/** Counts the processor time that the simulated Azure itself takes, in ms. */
function ownTime(): () => number {
  const handle = Reflect.get(SimulatedAzure.prototype, 'handle');
  let microseconds = 0;
  vi.spyOn(SimulatedAzure.prototype, 'handle').mockImplementation(function (
    this: SimulatedAzure,
    request,
  ) {
    const before = process.cpuUsage();
    const answer = Reflect.apply(handle, this, [request]);
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
    return answer;
  });
  return () => microseconds / 1000;
}

// Everything ticked, by the product's own engine and clients, each with other lags. Processor time,
// because a machine that does other things has less of it to give. `npm run bench` runs all 1,000
// by the clock, clients included.
it('1,000 set-ups in virtual time cost the simulated Azure less than a minute of two cores', async () => {
  const spent = ownTime();
  for (let seed = 1; seed <= SET_UPS; seed += 1) await drawnSetUp(seed);
  const each = spent() / SET_UPS;
  console.log(`one set-up: ${each.toFixed(0)} ms of a processor in the simulated Azure`);
  expect(each).toBeGreaterThan(1);
  expect(each).toBeLessThan(MOST_MS);
}, 300_000);
