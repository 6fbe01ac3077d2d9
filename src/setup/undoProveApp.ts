import type { ObservedResource } from './ports.ts';
import type { Target } from './resource.ts';
import { POLL_MS } from './resources/kinds.ts';
import { APP_SEEN_AFTER_MS, appAskedForAt, appProblem, exactTarget } from './undoApp.ts';
import type { UndoItem } from './undoPlan.ts';
import type { Proven } from './undoProve.ts';
import { isTicked, retriedUndo, type UndoRun } from './undoRun.ts';

/** Proves right before its delete that the app is still the one that the project has registered. */
export async function proveApp(run: UndoRun, item: UndoItem, target: Target): Promise<Proven> {
  const { project, origins } = run.plan;
  const observed = (await readApp(run, item, target)) ?? (await waitForApp(run, item, target));
  if (observed === undefined) return { status: 'gone' };
  const problem = appProblem({ project, origins }, observed);
  if (problem !== undefined && !(problem.canBeTicked && isTicked(run, item))) {
    return { status: 'kept', why: problem.why };
  }
  return { status: 'ours', target: exactTarget(project, observed) };
}

async function readApp(
  run: UndoRun,
  { key }: UndoItem,
  target: Target,
): Promise<ObservedResource | undefined> {
  const about = { key, kind: target.kind };
  return await retriedUndo(run, about, () => run.ports.resources.read(target, run.signal));
}

/** An app of a set-up that was stopped a moment ago comes into sight only now, or was never made. */
async function waitForApp(
  run: UndoRun,
  item: UndoItem,
  target: Target,
): Promise<ObservedResource | undefined> {
  const { clock, journal } = run.ports;
  const { projectId } = run.plan.project;
  // One that the plan has seen is named by its id: if that is not there, it is gone.
  if (!target.id.includes('(uniqueName=')) return undefined;
  const until = appAskedForAt(await journal.read(projectId)) + APP_SEEN_AFTER_MS;
  while (clock.now() < until) {
    run.report({ time: clock.now(), code: 'removeWaiting', resource: item.key, waitMs: POLL_MS });
    await clock.sleep(POLL_MS, run.signal);
    const observed = await readApp(run, item, target);
    if (observed !== undefined) return observed;
  }
  return undefined;
}

/** What this machine keeps of the app's secrets opens nothing any more. */
export async function forgetSecrets(run: UndoRun): Promise<void> {
  await run.ports.secrets?.holder.forget(run.plan.project.projectId);
}
