import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import { handedOffError } from './handedOff.ts';
import { serverRoles } from './handOffServer.ts';
import type { Change, Plan } from './plan.ts';
import { checkPlace } from './preflightChecks.ts';
import type { PreflightPorts } from './preflightPorts.ts';
import { canBeHandedOff, checkRights, stepsStopped, type ActionCheck } from './preflightRights.ts';
import { isWritten } from './requiredActions.ts';

export type { ActionCheck } from './preflightRights.ts';

/** What was found before the first write. */
export interface Preflight {
  /** Nothing will be written, so nothing was asked. */
  readonly skipped: boolean;
  /** Every right that the plan needs, once. */
  readonly checks: readonly ActionCheck[];
  /** What stops the run: each with a remedy and, where it belongs to one, a field of the form. */
  readonly problems: readonly SetupError[];
  /**
   * Steps that an administrator has to do, by key; for `ApplyOptions.handedOff`, so that they fail
   * with this sentence and the run can be continued once they are done.
   */
  readonly handedOff: ReadonlyMap<string, SetupError>;
  /** Keys of steps that can't begin before those are done. */
  readonly waiting: readonly string[];
  /** Keys of steps that can run now. */
  readonly runnable: readonly string[];
  /** What could not be checked, and what a later undo will meet. */
  readonly notes: readonly string[];
}

/**
 * Checks what can be known before the first write: rights per action, subscription, names, policies,
 * locations. Writes nothing. What may not be read is *can't tell*, never a failure.
 * @throws AbortError if the signal fires; nothing else
 */
export async function preflight(
  plan: Plan,
  ports: PreflightPorts,
  signal: AbortSignal,
): Promise<Preflight> {
  const written = plan.changes.filter(isWritten);
  if (written.length === 0) return SKIPPED;
  const [rights, place] = await Promise.all([
    checkRights(plan, ports, signal),
    checkPlace(plan, ports, signal),
  ]);
  const stopped = stepsStopped(rights.checks);
  const handedOff = new Map(
    written
      .filter((change) => isForAdministrator(change, stopped))
      .map((change) => [change.resource.key, handedOffError(change)] as const),
  );
  const waiting = waitingFor(plan.changes, new Set(handedOff.keys()));
  const missing = rights.checks.filter(
    (check) => check.verdict === 'mayNot' && check.steps.some((step) => !handedOff.has(step)),
  );
  return {
    skipped: false,
    checks: rights.checks,
    problems: [...place.problems, ...missingRights(missing)],
    handedOff,
    waiting: written.map(keyOf).filter((key) => waiting.has(key)),
    runnable: written.map(keyOf).filter((key) => !handedOff.has(key) && !waiting.has(key)),
    notes: [...place.notes, ...rights.locks.map(lockNote), ...serverNote(plan)],
  };
}

const SKIPPED: Preflight = {
  skipped: true,
  checks: [],
  problems: [],
  handedOff: new Map(),
  waiting: [],
  runnable: [],
  notes: [],
};

/** A lock stops administrators too; a missing role or a denial stops only us. */
function isForAdministrator(
  change: Change,
  stopped: ReadonlyMap<string, readonly ActionCheck[]>,
): boolean {
  if (change.isUnseen === true) return true;
  const checks = stopped.get(change.resource.key) ?? [];
  return (
    checks.length > 0 &&
    canBeHandedOff(change) &&
    checks.every(({ obstacle }) => obstacle !== 'lock')
  );
}

/** Everything that depends on a handed-off step, however far away. */
function waitingFor(
  changes: readonly Change[],
  handedOff: ReadonlySet<string>,
): ReadonlySet<string> {
  const waiting = new Set<string>();
  // Changes stand in dependency order, so one pass reaches all.
  for (const { resource } of changes) {
    const waits = resource.dependsOn.some((key) => handedOff.has(key) || waiting.has(key));
    if (waits && !handedOff.has(resource.key)) waiting.add(resource.key);
  }
  return waiting;
}

/** One sentence per obstacle and place, not one per action. */
function missingRights(checks: readonly ActionCheck[]): readonly SetupError[] {
  const groups = new Map<string, ActionCheck[]>();
  for (const check of checks) {
    const id = check.obstacle === 'role' ? `${check.grantAt}|${String(check.data)}` : check.why;
    groups.set(id, [...(groups.get(id) ?? []), check]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [missingRight(first, group)];
  });
}

function missingRight(first: ActionCheck, group: readonly ActionCheck[]): SetupError {
  // Two containers take the same right twice; it is named once.
  const actions = [...new Set(group.map(({ action }) => action))].join(', ');
  const object = first.steps[0];
  const at = { source: 'user', ...(object === undefined ? {} : { object }) } as const;
  switch (first.obstacle ?? 'role') {
    case 'lock':
      return new SetupError({
        ...at,
        code: 'locked',
        message: first.why,
        remedy: t(
          'Ask whoever set the lock to lift it; locks are never removed by this extension.',
        ),
      });
    case 'deny':
      return new SetupError({
        ...at,
        code: 'denied_by_assignment',
        message: t('{0} It stops {1}.', first.why, actions),
        remedy: t('Choose another resource group, or ask its owner to exclude you.'),
        field: 'resourceGroup',
      });
    case 'role':
      return new SetupError({
        ...at,
        code: 'not_authorized',
        message: t('The signed-in account may not do {0} at {1}.', actions, first.grantAt),
        remedy: t(
          'Ask an administrator for the role {0} at {1}, then try again.',
          commonRole(group),
          first.grantAt,
        ),
      });
  }
}

/** The least powerful role that grants everything that is missing. */
function commonRole(group: readonly ActionCheck[]): string {
  const candidates = group[0]?.roles ?? [];
  return candidates.find((role) => group.every(({ roles }) => roles.includes(role))) ?? 'Owner';
}

function serverNote(plan: Plan): readonly string[] {
  if (serverRoles(plan).length === 0) return [];
  return [
    t(
      'The server’s own identity gets no role from this plan: enter its principal id, or give the hand-off to an administrator.',
    ),
  ];
}

function lockNote(lock: { readonly name: string; readonly scope: string }): string {
  return t('The lock “{0}” on {1} will stop a later undo.', lock.name, lock.scope);
}

function keyOf({ resource }: Change): string {
  return resource.key;
}
