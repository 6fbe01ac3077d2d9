import { t } from '@vscode/l10n';
import type { HandOffView, PlanAction, PlanItemView, PlanView } from '../contract/wizardState.ts';
import { planCosts } from './costs.ts';
import { durationInWords } from './duration.ts';
import { handOff } from './handOff.ts';
import { serverRoles } from './handOffServer.ts';
import type { Change, Plan } from './plan.ts';
import type { Preflight } from './preflight.ts';
import { isWritten } from './requiredActions.ts';
import type { OutputsByKey } from './resource.ts';
import { kindLabel } from './resources/kinds.ts';
import { inboundPorts, portPurpose } from './resources/network.ts';
import { rightsView } from './rightsView.ts';

/**
 * The plan as the page draws it, with what the preflight found, if there was one. The files come from
 * who knows the workspace.
 */
export function planView(
  plan: Plan,
  files: PlanView['files'] = [],
  preflight?: Preflight,
): PlanView {
  const problems = preflight?.problems ?? [];
  const handedOff = preflight !== undefined && hasHandOff(plan, preflight) ? preflight : undefined;
  const rights = preflight && rightsView(preflight);
  const duration = durationInWords(plan);
  return {
    planId: plan.planId,
    items: plan.changes.map(itemView),
    summary: planSummary(plan),
    canApply: problems.length === 0 && plan.changes.every((change) => change.action !== 'conflict'),
    files,
    warnings: preflight?.notes ?? [],
    ...(problems.length === 0
      ? {}
      : { problems: problems.map(({ code, message, remedy }) => ({ code, message, remedy })) }),
    ...(handedOff === undefined ? {} : { handOff: handOffView(plan, handedOff) }),
    ...(rights === undefined ? {} : { rights }),
    ports: inboundPorts(plan.spec).map((port) => ({
      ports: port.ports.join(', '),
      purpose: portPurpose(port),
    })),
    costs: planCosts(plan),
    ...(duration === undefined ? {} : { duration }),
  };
}

/** Whether there is anything for an administrator. */
export function hasHandOff(plan: Plan, { handedOff }: Pick<Preflight, 'handedOff'>): boolean {
  return handedOff.size > 0 || serverRoles(plan).length > 0;
}

/**
 * What an administrator has still to do.
 * @param outputs of what the run has made by now: some commands can be written only with them
 */
export function handOffView(
  plan: Plan,
  preflight: Pick<Preflight, 'handedOff' | 'checks'>,
  outputs?: OutputsByKey,
): HandOffView {
  const handedOff = plan.changes
    .filter((change) => preflight.handedOff.has(change.resource.key) && isWritten(change))
    .map(({ resource }) => resource);
  const steps = [...handedOff, ...serverRoles(plan)].map(
    ({ name, purpose }) => `${name}: ${purpose}`,
  );
  return { steps, text: handOff(plan, preflight, outputs).markdown };
}

/** `9 to create, 1 to adopt, 2 already right`. */
export function planSummary(plan: Plan): string {
  const count = (...actions: readonly PlanAction[]): number =>
    plan.changes.filter((change) => actions.includes(change.action)).length;
  const parts = [
    phrase(count('create'), (n) => t('{0} to create', n)),
    phrase(count('update', 'replace'), (n) => t('{0} to change', n)),
    phrase(count('adopt'), (n) => t('{0} to use as they are', n)),
    phrase(count('keep'), (n) => t('{0} already right', n)),
    phrase(count('conflict'), (n) => t('{0} in the way', n)),
  ].filter((part) => part !== '');
  return parts.join(', ');
}

function phrase(count: number, text: (count: string) => string): string {
  return count === 0 ? '' : text(count.toString());
}

function itemView({ resource, action, reason }: Change): PlanItemView {
  return {
    key: resource.key,
    kindLabel: kindLabel(resource.kind),
    name: resource.name,
    action,
    reason,
    purpose: resource.purpose,
    ...(resource.scope === undefined ? {} : { scope: resource.scope }),
    ...(resource.grantedTo === undefined ? {} : { grantedTo: resource.grantedTo }),
  };
}
