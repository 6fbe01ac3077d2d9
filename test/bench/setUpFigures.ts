import type { SetupEvent } from '../../src/setup/events.ts';
import type { ProjectPlan } from '../../src/setup/planProject.ts';
import { PROJECT_RECORD } from '../../src/setup/resources/projectRecordStep.ts';
import { fullSpec, Lab } from '../unit/setup/simulated/lab.ts';

/** What one drawn set-up cost, in simulated ms. The record's own step is apart: it waits for a role. */
export interface SetUpFigures {
  readonly wallMs: number;
  /** The longest chain of steps, each as long as it took. */
  readonly criticalPathMs: number;
  /** All steps one after another, as the seed's Hub ran them. */
  readonly sequentialMs: number;
  readonly recordMs: number;
  readonly requestsOfPlan: number;
  readonly requestsOfRun: number;
}

/** Sets everything up once, with the lags and durations that the seed draws. */
export async function drawnSetUp(seed: number): Promise<SetUpFigures> {
  const lab = new Lab(seed, 'seeded');
  const machine = lab.machine();
  const plan = await machine.plan(fullSpec());
  const requestsOfPlan = lab.simulated.requests.entries.length;
  const events: SetupEvent[] = [];
  const started = lab.clock.now();
  await machine.setUp(fullSpec(), { report: (event) => events.push(event) });
  const ended = new Map<string, { readonly at: number; readonly tookMs: number }>();
  for (const event of events) {
    if (event.code !== 'stepDone') continue;
    ended.set(event.resource, { at: event.time, tookMs: event.durationMs });
  }
  const record = ended.get(PROJECT_RECORD);
  ended.delete(PROJECT_RECORD);
  const steps = [...ended.values()];
  return {
    wallMs: Math.max(...steps.map(({ at }) => at)) - started,
    criticalPathMs: longestChain(plan, (key) => ended.get(key)?.tookMs ?? 0),
    sequentialMs: steps.reduce((sum, { tookMs }) => sum + tookMs, 0),
    recordMs: record?.tookMs ?? 0,
    requestsOfPlan,
    requestsOfRun: lab.simulated.requests.entries.length - requestsOfPlan,
  };
}

/** The longest way through the plan's dependencies; the plan is in dependency order. */
function longestChain(plan: ProjectPlan, tookMs: (key: string) => number): number {
  const until = new Map<string, number>();
  for (const { resource } of plan.changes) {
    if (resource.key === PROJECT_RECORD) continue;
    const before = Math.max(0, ...resource.dependsOn.map((key) => until.get(key) ?? 0));
    until.set(resource.key, before + tookMs(resource.key));
  }
  return Math.max(...until.values());
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
