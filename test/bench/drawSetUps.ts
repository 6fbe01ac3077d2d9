import { drawnSetUp, type SetUpFigures } from './setUpFigures.ts';

/** Forked by the bench, once per core: draws the set-ups of the seeds from the first to before the second. */
const [from, to] = process.argv.slice(2).map(Number);
const figures: SetUpFigures[] = [];
for (let seed = from ?? 0; seed < (to ?? 0); seed += 1) figures.push(await drawnSetUp(seed));
process.send?.(figures);
