import { describe, expect, it } from 'vitest';
import { drawnSetUp, median } from '../../../bench/setUpFigures.ts';

const DRAWS = Number(process.env['DRAWS'] ?? '60');
const SEED = Number(process.env['SEED'] ?? '1');

describe('the time of a full set-up', () => {
  it(`is that of its longest chain, a third of its steps one by one (${DRAWS.toString()} draws from seed ${SEED.toString()})`, async () => {
    const all = [];
    for (let draw = 0; draw < DRAWS; draw++) all.push(await drawnSetUp(SEED + draw));
    const wall = median(all.map((f) => f.wallMs / f.criticalPathMs));
    const sequential = median(all.map((f) => f.sequentialMs / f.wallMs));
    const noticed = median(all.flatMap((f) => f.noticedAfterMs)) / 1_000;
    console.log(
      `wall / critical path ${wall.toFixed(3)}, one by one / ours ${sequential.toFixed(2)}, noticed after ${noticed.toFixed(1)} s`,
    );
    expect(wall).toBeLessThanOrEqual(1.05);
    expect(sequential).toBeGreaterThanOrEqual(3);
    // Half of what Azure's longest Retry-After (17 s, storage) makes anybody wait.
    expect(noticed).toBeLessThanOrEqual(8.5);
  }, 600_000);
});
