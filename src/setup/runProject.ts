import { t } from '@vscode/l10n';
import { applyPlan, type ApplyOptions, type RunResult } from './apply.ts';
import { SetupError } from './errors.ts';
import { onlyFinishes } from './plan.ts';
import { planProject, type ProjectPlan } from './planProject.ts';
import type { SetupPorts } from './ports.ts';

/** The world has moved since the plan was approved; `plan` is what would happen now. */
export class PlanOutdated extends SetupError {
  readonly plan: ProjectPlan;

  constructor(plan: ProjectPlan) {
    super({
      code: 'plan_outdated',
      source: 'azure',
      message: t('Something has changed in Azure since you looked at this plan. Nothing was done.'),
      remedy: t('Look at the new plan and confirm it.'),
    });
    this.plan = plan;
  }
}

/**
 * Runs what was approved, and nothing else: Azure is read again, and if anything would be done that
 * the approved plan did not show, nothing is. So the same call starts a run, goes on after a
 * failure and goes on after the window or the machine was lost.
 * @throws PlanOutdated before anything is written
 */
export async function runProject(
  approved: ProjectPlan,
  ports: SetupPorts,
  options: ApplyOptions,
): Promise<RunResult> {
  const { spec, caller, knownRecord } = approved;
  const now = await planProject(spec, caller, ports, options.signal, knownRecord);
  if (now.planId !== approved.planId && !onlyFinishes(approved, now)) throw new PlanOutdated(now);
  return await applyPlan(now, ports, options);
}
