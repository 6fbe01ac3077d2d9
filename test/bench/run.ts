import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { findBrowser } from '../vscode/browser.ts';
import { pageFigures } from './pageFigures.ts';
import { drawnRegistration, median, type SetUpFigures } from './setUpFigures.ts';

/** `npm run bench [-- --draws N --seed N]`: figures as JSON lines `{"name","value","unit"}`. */
const { values } = parseArgs({
  options: {
    draws: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const [draws, seed] = [Number(values.draws), Number(values.seed)];

/** What the build machines have. */
const CORES = 2;

const started = performance.now();
const half = seed + Math.ceil(draws / CORES);
const all = (await Promise.all([drawn(seed, half), drawn(half, seed + draws)])).flat();
const tookMs = performance.now() - started;

/** In a process of its own, as one has one core. */
async function drawn(from: number, to: number): Promise<SetUpFigures[]> {
  const program = new URL('./drawSetUps.ts', import.meta.url);
  const [figures] = (await once(fork(program, [String(from), String(to)]), 'message')) as [
    SetUpFigures[],
  ];
  return figures;
}

const print = (name: string, value: number, unit: string): void =>
  console.log(JSON.stringify({ name, value: Number(value.toFixed(3)), unit }));
const over = (of: (figures: SetUpFigures) => number): number => median(all.map(of));

print('set-up: draws', draws, 'runs');
print('set-up: 1,000 of them on two cores', tookMs / draws, 's');
print(
  'set-up: wall / critical path, median',
  over((f) => f.wallMs / f.criticalPathMs),
  'ratio',
);
print(
  'set-up: one after another / ours, median',
  over((f) => f.sequentialMs / f.wallMs),
  'ratio',
);
print(
  'set-up: wall, median',
  over((f) => f.wallMs / 1_000),
  'simulated s',
);
print(
  'set-up: record after the rest, median',
  over((f) => f.recordMs / 1_000),
  'simulated s',
);
const registrations: number[] = [];
for (let draw = 0; draw < Math.ceil(draws / 10); draw++)
  registrations.push((await drawnRegistration(seed + draw)) / 1_000);
print(
  'set-up: registering providers, once per subscription, median',
  median(registrations),
  'simulated s',
);
const noticed = all.flatMap((f) => f.noticedAfterMs.map((ms) => ms / 1_000));
print('set-up: from finished in Azure to noticed, median', median(noticed), 'simulated s');
print('set-up: from finished in Azure to noticed, longest', Math.max(...noticed), 'simulated s');
print(
  'set-up: requests of the plan, median',
  over((f) => f.requestsOfPlan),
  'requests',
);
print(
  'set-up: requests of the run, median',
  over((f) => f.requestsOfRun),
  'requests',
);

const browser = await findBrowser(console.error).catch((error: unknown) => {
  console.error(
    `No figures of the page: ${error instanceof Error ? error.message : String(error)}`,
  );
});
if (browser !== undefined) {
  const { keyToPaintMs, firstPaintMs } = await pageFigures(browser);
  print(
    'page: key to paint, 5,000 storage accounts, median (budget 50)',
    median(keyToPaintMs),
    'ms',
  );
  print('page: first paint of the form, median (budget 300)', median(firstPaintMs), 'ms');
}
