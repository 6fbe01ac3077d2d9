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
    console.log(
      `wall / critical path ${wall.toFixed(3)}, one by one / ours ${sequential.toFixed(2)}`,
    );
    expect(wall).toBeLessThanOrEqual(1.05);
    expect(sequential).toBeGreaterThanOrEqual(3);
  }, 600_000);
});
