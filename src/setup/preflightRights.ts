import { t } from '@vscode/l10n';
import { groupOf, isWithin, resourceGroupId } from './armId.ts';
import { rolesThatGrant } from './builtInRoles.ts';
import {
  denied,
  lockInTheWay,
  verdict,
  type DenyAssignment,
  type Lock,
  type NeededRight,
  type PermissionItem,
  type Verdict,
} from './permissions.ts';
import type { Change, Plan } from './plan.ts';
import { textAt } from './resources/path.ts';
import type { PreflightPorts } from './preflightPorts.ts';
import { ask, type Answer } from './preflightRead.ts';
import { isWritten, requiredActions, scopeOf, targetOfChange } from './requiredActions.ts';

/** What stands against a right that is not there: it decides who can help. */
export type Obstacle = 'role' | 'deny' | 'lock';

/** One right that the plan needs, and whether the signed-in principal has it. */
export interface ActionCheck extends NeededRight {
  readonly verdict: Verdict;
  /** In plain words; empty for `may`. */
  readonly why: string;
  readonly obstacle?: Obstacle;
  /** Built-in roles that would grant it, the least powerful first. */
  readonly roles: readonly string[];
  /** Where such a role would have to be given: the nearest scope that exists. */
  readonly grantAt: string;
  /** Keys of the steps that need it. */
  readonly steps: readonly string[];
}

export interface RightsResult {
  readonly checks: readonly ActionCheck[];
  /** Locks that will stop a later undo. */
  readonly locks: readonly Lock[];
}

/** Compares what the plan needs with what the signed-in principal may do. Reads each scope once. */
export async function checkRights(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<RightsResult> {
  const needed = neededRights(plan);
  const places = [...new Set(needed.map(({ right }) => nearestExisting(plan, right.scope)))];
  const homes = [...new Set(places.map((place) => homeOf(plan, place)))];
  const { tenantId, subscriptionId } = plan.spec;
  const at = (scope: string): { tenantId: string; subscriptionId: string; scope: string } => ({
    tenantId,
    subscriptionId,
    scope,
  });
  const { azure } = ports;
  const [permissions, denials, locks] = await Promise.all([
    askAll(places, (scope) => ask(() => azure.permissions(at(scope), signal), ports, signal)),
    askAll(homes, (scope) => ask(() => azure.denyAssignments(at(scope), signal), ports, signal)),
    askAll(homes, (scope) => ask(() => azure.locks(at(scope), signal), ports, signal)),
  ]);
  const checks = needed.map(({ right, steps }) => {
    const place = nearestExisting(plan, right.scope);
    const home = homeOf(plan, place);
    const known: Known = {
      permissions: permissions.get(place) ?? UNASKED,
      denials: denials.get(home) ?? UNASKED,
      locks: locks.get(home) ?? UNASKED,
    };
    return { ...right, ...judge(right, known, plan.caller.principalId), grantAt: place, steps };
  });
  const all = [...locks.values()].flatMap((read) => (read.known ? read.value : []));
  return { checks, locks: locksOfUndo(plan, all) };
}

/** Those on the group, around it or in it, each once: the subscription's list holds all others too. */
function locksOfUndo({ spec }: Plan, locks: readonly Lock[]): readonly Lock[] {
  const group = resourceGroupId(spec.subscriptionId, spec.resourceGroup.name);
  const ours = locks.filter(({ scope }) => isWithin(scope, group) || isWithin(group, scope));
  return [
    ...new Map(ours.map((lock) => [`${lock.scope}|${lock.name}`.toLowerCase(), lock])).values(),
  ];
}

interface Known {
  readonly permissions: Answer<readonly PermissionItem[]>;
  readonly denials: Answer<readonly DenyAssignment[]>;
  readonly locks: Answer<readonly Lock[]>;
}

const UNASKED = { known: true, value: [] } as const;

async function askAll<T>(
  scopes: readonly string[],
  question: (scope: string) => Promise<Answer<T>>,
): Promise<ReadonlyMap<string, Answer<T>>> {
  const answers = scopes.map(async (scope) => [scope, await question(scope)] as const);
  return new Map(await Promise.all(answers));
}

/** Every right of the plan once, with the steps that need it. */
function neededRights(plan: Plan): readonly { right: NeededRight; steps: readonly string[] }[] {
  const needed = new Map<string, { right: NeededRight; steps: string[] }>();
  for (const change of plan.changes) {
    const target = targetOfChange(change, plan.changes);
    if (target === undefined) continue;
    for (const right of requiredActions(change, target)) {
      if (isGivenByPlan(plan, right)) continue;
      const id = `${right.action}|${right.scope}`.toLowerCase();
      const entry = needed.get(id) ?? { right, steps: [] };
      entry.steps.push(change.resource.key);
      needed.set(id, entry);
    }
  }
  return [...needed.values()];
}

/** The right to write the record comes with a role that the plan itself gives to the caller. */
function isGivenByPlan(plan: Plan, right: NeededRight): boolean {
  if (right.data !== true) return false;
  return plan.changes.some((change) => {
    if (change.resource.kind !== 'roleAssignment' || !isWritten(change)) return false;
    const target = targetOfChange(change, plan.changes);
    return (
      target !== undefined &&
      textAt(target.body, 'properties.principalId') === plan.caller.principalId &&
      isWithin(right.scope, scopeOf(target))
    );
  });
}

/** The innermost object around a scope that exists now: rights can be read only there. */
function nearestExisting(plan: Plan, scope: string): string {
  const around = plan.changes
    .flatMap(({ observed }) => (observed === undefined ? [] : [observed.id]))
    .filter((id) => !isProvider(id) && isWithin(scope, id))
    .sort((a, b) => b.length - a.length);
  return around[0] ?? `/subscriptions/${plan.spec.subscriptionId}`;
}

function isProvider(id: string): boolean {
  return /^\/subscriptions\/[^/]+\/providers\//i.test(id);
}

/** Where denials and locks are read: the group, which lists what is above and inside, or the subscription. */
function homeOf(plan: Plan, place: string): string {
  const { subscriptionId, resourceGroup } = plan.spec;
  return groupOf(place) === undefined
    ? `/subscriptions/${subscriptionId}`
    : resourceGroupId(subscriptionId, resourceGroup.name);
}

type Judgement = Pick<ActionCheck, 'verdict' | 'why' | 'roles'> & { readonly obstacle?: Obstacle };

function judge(right: NeededRight, known: Known, principalId: string): Judgement {
  const lock = known.locks.known ? lockInTheWay(known.locks.value, right) : undefined;
  if (lock !== undefined) {
    const why = t('The lock “{0}” on {1} forbids it.', lock.name, lock.scope);
    return { verdict: 'mayNot', obstacle: 'lock', why, roles: [] };
  }
  const denial = known.denials.known ? denied(known.denials.value, right, principalId) : undefined;
  if (denial !== undefined) {
    const why =
      denial.verdict === 'mayNot'
        ? t('The deny assignment “{0}” forbids it.', denial.by.name)
        : t('The deny assignment “{0}” may forbid it: it depends on a group.', denial.by.name);
    return { verdict: denial.verdict, obstacle: 'deny', why, roles: [] };
  }
  const roles = rolesThatGrant(right.action, right.data).map(({ name }) => name);
  const { permissions } = known;
  if (!permissions.known && permissions.isRefused === true && isRoleWrite(right)) {
    const why = t('Your account may not even read who has which role there.');
    return { verdict: 'mayNot', obstacle: 'role', why, roles };
  }
  if (!permissions.known) {
    const why = t('Your rights can’t be read: {0}', permissions.why);
    return { verdict: 'cantTell', why, roles };
  }
  const byRoles = verdict(permissions.value, right.action, right.data);
  if (byRoles === 'mayNot') {
    const why = t('None of your roles allows {0}.', right.action);
    return { verdict: 'mayNot', obstacle: 'role', why, roles };
  }
  if (byRoles === 'cantTell') {
    const why = t('A condition of your role may forbid it; only the call itself tells.');
    return { verdict: 'cantTell', why, roles };
  }
  const unread = [known.locks, known.denials].find((read) => !read.known);
  return unread?.known === false
    ? {
        verdict: 'cantTell',
        why: t('What may stand against it can’t be read: {0}', unread.why),
        roles: [],
      }
    : { verdict: 'may', why: '', roles: [] };
}

/** Every role that lets somebody give roles or define them lets them read both (azure-facts 5). */
function isRoleWrite({ action }: NeededRight): boolean {
  return /^microsoft\.authorization\/role(assignments|definitions)\/write$/i.test(action);
}

/** The steps that lack a right for a reason, by key. */
export function stepsStopped(
  checks: readonly ActionCheck[],
): ReadonlyMap<string, readonly ActionCheck[]> {
  const stopped = new Map<string, ActionCheck[]>();
  for (const check of checks) {
    if (check.verdict !== 'mayNot') continue;
    for (const key of check.steps) stopped.set(key, [...(stopped.get(key) ?? []), check]);
  }
  return stopped;
}

/** Whether somebody with more rights can do the step for us by a command. */
export function canBeHandedOff({ resource }: Change): boolean {
  return ['roleAssignment', 'roleDefinition', 'providerRegistration'].includes(resource.kind);
}
