import { t } from '@vscode/l10n';
import { runGraph } from './applyGraph.ts';
import { runStep, type StepResult } from './applyStep.ts';
import type { Outcome } from './buildRecord.ts';
import { SetupError } from './errors.ts';
import type { Report } from './events.ts';
import { handedOffError } from './handedOff.ts';
import { ifPossible } from './ifPossible.ts';
import { applyRecord } from './applyRecord.ts';
import { applySecret } from './applySecret.ts';
import type { Change } from './plan.ts';
import { isWritten } from './requiredActions.ts';
import type { ProjectPlan } from './planProject.ts';
import type { SetupPorts } from './ports.ts';
import { journalHead, type Run } from './run.ts';

/** What came out of a run. It never throws for a failed step: that is part of the result. */
export interface RunResult {
  readonly outcome: 'done' | 'failed' | 'cancelled';
  readonly runId: string;
  readonly plan: ProjectPlan;
  /** How each finished resource came out, by key. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly failures: ReadonlyMap<string, SetupError>;
  /** Keys of steps that Azure had in hand when the run ended: they may still finish there. */
  readonly stillRunning: readonly string[];
}

export interface ApplyOptions {
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Steps that only an administrator can do, by key: they fail with this and nothing is sent. */
  readonly handedOff?: ReadonlyMap<string, SetupError>;
  /**
   * Steps that failed before and are not to be tried now, by key, with why they failed: a retry of
   * one step leaves the others as they are. What needs nothing written is still done.
   */
  readonly notNow?: ReadonlyMap<string, SetupError>;
  /**
   * Called once, as soon as everything but the optional steps is done: the workspace can be
   * written while the record still waits for its data role.
   */
  readonly onEssentialsDone?: (outcomes: ReadonlyMap<string, Outcome>) => void;
}

/**
 * Runs a plan: in parallel along the dependency graph, journalled, cancellable, resumable. One
 * failed branch does not stop the others.
 * @throws SetupError only if the plan has a conflict or the journal can't be written, before
 *   anything is sent
 */
export async function applyPlan(
  plan: ProjectPlan,
  ports: SetupPorts,
  options: ApplyOptions,
): Promise<RunResult> {
  refuseConflicts(plan);
  const run: Run = {
    runId: ports.newId(),
    plan,
    ports,
    report: options.report,
    signal: options.signal,
    outcomes: new Map(),
    inAzure: new Set(),
  };
  await start(run);
  const results = await runGraph(plan.changes, {
    run: (change) => {
      const before = options.notNow?.get(change.resource.key);
      if (before !== undefined && isWritten(change)) {
        return Promise.resolve({ status: 'failed', error: before });
      }
      // A signal of its own: Node warns of a leak when more than ten listeners share one.
      const step = { ...run, signal: AbortSignal.any([run.signal]) };
      if (change.resource.kind === 'projectRecord') return applyRecord(step);
      if (change.resource.kind === 'clientSecret') return applySecret(step, change);
      return runStep(step, change, handedOff(change, options));
    },
    skip: (change, because) => skip(run, change, because),
    onEssentialsDone: (allDone) => {
      if (allDone) options.onEssentialsDone?.(run.outcomes);
    },
  });
  return end(run, results);
}

/** What the account may not even read is never tried: the refusal is certain. */
function handedOff(change: Change, options: ApplyOptions): SetupError | undefined {
  const known = options.handedOff?.get(change.resource.key);
  return change.isUnseen === true ? handedOffError(change) : known;
}

function refuseConflicts(plan: ProjectPlan): void {
  const conflict = plan.changes.find((change) => change.action === 'conflict');
  if (conflict === undefined) return;
  throw new SetupError({
    code: 'plan_conflict',
    source: 'user',
    message: conflict.reason,
    remedy: t('Change what you chose and look at the new plan.'),
    object: conflict.resource.key,
  });
}

async function start(run: Run): Promise<void> {
  const { plan, ports } = run;
  await ports.journal.append({
    ...journalHead(run),
    event: 'runStarted',
    spec: plan.spec,
    planId: plan.planId,
  });
  run.report({
    time: ports.clock.now(),
    code: 'runStarted',
    runId: run.runId,
    planId: plan.planId,
    steps: plan.changes.length,
  });
}

function skip(run: Run, change: Change, because: string): StepResult {
  run.report({
    time: run.ports.clock.now(),
    code: 'stepSkipped',
    resource: change.resource.key,
    because,
  });
  return { status: 'skipped' };
}

async function end(run: Run, results: ReadonlyMap<string, StepResult>): Promise<RunResult> {
  const failures = new Map<string, SetupError>();
  let cancelled = false;
  for (const [key, result] of results) {
    if (result.status === 'failed') failures.set(key, result.error);
    if (result.status === 'cancelled') cancelled = true;
  }
  const outcome = failures.size > 0 ? 'failed' : cancelled ? 'cancelled' : 'done';
  const stillRunning = [...run.inAzure];
  const { journal } = run.ports;
  await ifPossible(() => journal.append({ ...journalHead(run), event: 'runEnded', outcome }));
  run.report({ time: run.ports.clock.now(), code: 'runEnded', outcome, stillRunning });
  const { runId, plan, outcomes } = run;
  return { outcome, runId, plan, outcomes, failures, stillRunning };
}
