import type { SetupEvent } from '../../src/setup/events.ts';
import type { ProjectPlan } from '../../src/setup/planProject.ts';
import { PROJECT_RECORD } from '../../src/setup/resources/projectRecordStep.ts';
import { idKey } from '../simulators/azure/core/arm/armId.ts';
import type { World } from '../simulators/azure/core/world.ts';
import { singleWorld } from '../simulators/azure/core/worlds/single.ts';
import { everythingSpec } from '../unit/setup/simulated/everything.ts';
import { Lab } from '../unit/setup/simulated/lab.ts';
import { seededRandom } from '../unit/setup/seededRandom.ts';
import { withRoundTrips } from './roundTrips.ts';

/** What one drawn set-up cost, in simulated ms. */
export interface SetUpFigures {
  /** From the start of the run to the end of the last step but the record's. */
  readonly wallMs: number;
  /** The longest chain of steps, each as long as it took. */
  readonly criticalPathMs: number;
  /** All steps one after another, as the seed's Hub ran them. */
  readonly sequentialMs: number;
  /** Apart: it waits for a data role to spread. */
  readonly recordMs: number;
  /** From the moment Azure had finished an object until its step was done, one for each that took time. */
  readonly noticedAfterMs: readonly number[];
  readonly requestsOfPlan: number;
  readonly requestsOfRun: number;
}

interface Run {
  readonly lab: Lab;
  readonly plan: ProjectPlan;
  readonly requestsOfPlan: number;
  readonly startedAt: number;
  /** The steps that were done, by key. */
  readonly steps: ReadonlyMap<string, StepDone>;
}

type StepDone = Extract<SetupEvent, { code: 'stepDone' }>;

/** Sets everything up once, with the lags, durations and round trips that the seed draws. */
export async function drawnSetUp(seed: number): Promise<SetUpFigures> {
  const run = await drawnRun(seed, withProviders());
  const { lab, plan, requestsOfPlan, startedAt } = run;
  const recordMs = run.steps.get(PROJECT_RECORD)?.durationMs ?? 0;
  const steps = new Map([...run.steps].filter(([key]) => key !== PROJECT_RECORD));
  const all = [...steps.values()];
  return {
    wallMs: Math.max(...all.map(({ time }) => time)) - startedAt,
    criticalPathMs: longestChain(plan, (key) => steps.get(key)?.durationMs ?? 0),
    sequentialMs: all.reduce((sum, { durationMs }) => sum + durationMs, 0),
    recordMs,
    noticedAfterMs: noticedAfter(lab, all),
    requestsOfPlan,
    requestsOfRun: lab.simulated.requests.entries.length - requestsOfPlan,
  };
}

/**
 * How long the registrations of providers took, in simulated ms: what a subscription needs once in
 * its life and the other figures leave out.
 */
export async function drawnRegistration(seed: number): Promise<number> {
  const { plan, steps } = await drawnRun(seed, singleWorld());
  const registrations = plan.changes.filter(
    ({ resource }) => resource.kind === 'providerRegistration',
  );
  return Math.max(...registrations.map(({ resource }) => steps.get(resource.key)?.durationMs ?? 0));
}

async function drawnRun(seed: number, world: World): Promise<Run> {
  const lab = new Lab(seed, 'seeded', world);
  const machine = lab.machine(withRoundTrips(lab, seededRandom(seed)));
  const plan = await machine.plan(everythingSpec());
  const requestsOfPlan = lab.simulated.requests.entries.length;
  const events: SetupEvent[] = [];
  const { outcome } = await machine.run(plan, { report: (event) => events.push(event) });
  if (outcome !== 'done') throw new Error(`Seed ${seed.toString()} ended ${outcome}.`);
  const started = events.find(({ code }) => code === 'runStarted');
  const done = events.filter((event): event is StepDone => event.code === 'stepDone');
  const steps = new Map(done.map((event) => [event.resource, event]));
  return { lab, plan, requestsOfPlan, startedAt: started?.time ?? 0, steps };
}

/** The simulated world as it is from the second project on. */
function withProviders(): World {
  const world = singleWorld();
  const more = ['Storage', 'ManagedIdentity', 'KeyVault', 'OperationalInsights', 'Insights'];
  const registered = more.map((name) => `Microsoft.${name}`);
  const subscriptions = world.subscriptions.map((subscription) => ({
    ...subscription,
    registeredProviders: [...(subscription.registeredProviders ?? []), ...registered],
  }));
  return { ...world, subscriptions };
}

/** Azure's own time of completion is in the simulated state alone: no answer tells it. */
function noticedAfter({ simulated }: Lab, steps: readonly StepDone[]): readonly number[] {
  return steps.flatMap(({ id, time }) => {
    const resource = simulated.state.resources.get(idKey(id));
    if (resource === undefined || resource.busyUntil <= resource.createdAt) return [];
    return [time - resource.busyUntil];
  });
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
