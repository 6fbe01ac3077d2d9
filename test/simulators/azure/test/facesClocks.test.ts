import { describe, expect, it } from 'vitest';
import { ScaledClock } from '../faces/scaledClock.ts';
import { VirtualClock } from '../faces/virtualClock.ts';

describe('the virtual clock', () => {
  it('lets hours pass in no time, and wakes sleepers in the order of their times', async () => {
    const clock = new VirtualClock(0);
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const before = performance.now();
    await Promise.all([
      sleep('c', 7_200_000),
      sleep('a', 1000),
      sleep('b', 2000),
      sleep('b2', 2000),
    ]);
    expect(woken).toEqual([
      ['a', 1000],
      ['b', 2000],
      ['b2', 2000],
      ['c', 7_200_000],
    ]);
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('lets a woken sleeper go on before it wakes the next one', async () => {
    const clock = new VirtualClock(0);
    const woken: number[] = [];
    const early = async () => {
      await clock.sleep(10);
      await clock.sleep(10);
      woken.push(clock.now());
    };
    const late = async () => {
      await clock.sleep(30);
      woken.push(clock.now());
    };
    await Promise.all([late(), early()]);
    expect(woken).toEqual([20, 30]);
  });

  it('stands still while somebody is busy in real time', async () => {
    const clock = new VirtualClock(0);
    const order: string[] = [];
    const busy = clock.whileBusy(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push(`busy until ${clock.now()}`);
    });
    const sleeping = clock.sleep(5).then(() => order.push(`woken at ${clock.now()}`));
    await Promise.all([busy, sleeping]);
    expect(order).toEqual(['busy until 0', 'woken at 5']);
  });

  it('rejects with an AbortError when a sleep is aborted, before or while it lasts', async () => {
    const clock = new VirtualClock(0);
    await expect(clock.sleep(1, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
    expect(clock.now()).toBe(0);
  });

  it('never goes back', () => {
    expect(() => new VirtualClock(0).advance(-1)).toThrow(RangeError);
  });
});

describe('the scaled clock', () => {
  it('runs as many times faster as it is told', async () => {
    const clock = new ScaledClock(1000);
    const [simulated, real] = [clock.now(), Date.now()];
    await clock.sleep(60_000);
    const ratio = (clock.now() - simulated) / (Date.now() - real);
    expect(ratio).toBeGreaterThan(900);
    expect(ratio).toBeLessThan(1100);
  });

  it('can be advanced, and starts at the real time', () => {
    const clock = new ScaledClock(1);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
    clock.advance(3_600_000);
    expect(clock.now() - Date.now()).toBeGreaterThan(3_500_000);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the scale %d', (scale) => {
    expect(() => new ScaledClock(scale)).toThrow(RangeError);
  });
});
