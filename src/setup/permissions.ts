import { isWithin } from './armId.ts';

/** One item of effective rights, as Azure lists them: the permissions of one role (azure-facts 6). */
export interface PermissionItem {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  /** An ABAC condition of the assignment that the item comes from. */
  readonly condition?: string;
}

/** A deny assignment: it wins over every role. Made by managed apps and deployment stacks. */
export interface DenyAssignment {
  readonly name: string;
  readonly scope: string;
  readonly doNotApplyToChildScopes: boolean;
  readonly permissions: readonly PermissionItem[];
  readonly principals: readonly DenyPrincipal[];
  readonly excludePrincipals: readonly DenyPrincipal[];
}

export interface DenyPrincipal {
  readonly id: string;
  /** `User`, `Group`, `ServicePrincipal`, `SystemDefined` (everybody). */
  readonly type: string;
}

/** A management lock, which stops even owners. */
export interface Lock {
  readonly name: string;
  /** What the lock was set on. */
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
}

export type Verdict = 'may' | 'mayNot' | 'cantTell';

/** One right that a call needs. */
export interface NeededRight {
  /** E.g. `Microsoft.Storage/storageAccounts/write`. */
  readonly action: string;
  /** The id that the call goes to. */
  readonly scope: string;
  /** A data action (blobs), granted apart from the control plane's. */
  readonly data?: boolean;
}

/** The principal of a deny assignment that means everybody. */
const EVERYBODY = '00000000-0000-0000-0000-000000000000';

/** Whether Azure's pattern covers the action: `*` is any run of characters, `/` included. */
export function actionMatches(pattern: string, action: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const text = action.toLowerCase();
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  // Leftmost matches of the middle parts leave the most room for what follows: no backtracking.
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.endsWith(last) && text.length - last.length >= at;
}

/** Whether this one item grants the action: its own notActions take away, no other item's do. */
export function itemGrants(item: PermissionItem, action: string, data = false): boolean {
  const [granted, excepted] = data
    ? [item.dataActions, item.notDataActions]
    : [item.actions, item.notActions];
  return (
    granted.some((pattern) => actionMatches(pattern, action)) &&
    !excepted.some((pattern) => actionMatches(pattern, action))
  );
}

/**
 * Whether the roles of a principal allow an action. A condition decides by what is written (role,
 * principal type, blob), which only the call itself tells: then we can't tell.
 */
export function verdict(items: readonly PermissionItem[], action: string, data = false): Verdict {
  const granting = items.filter((item) => itemGrants(item, action, data));
  if (granting.length === 0) return 'mayNot';
  const binds = data || conditionsBind(action);
  return granting.some(({ condition }) => condition === undefined || condition === '' || !binds)
    ? 'may'
    : 'cantTell';
}

/** Conditions exist for role assignments and for data; elsewhere they say nothing. */
function conditionsBind(action: string): boolean {
  return /^microsoft\.authorization\/roleassignments\/(write|delete)$/i.test(action);
}

/**
 * What deny assignments say about a right of `principalId`. Of groups we don't know who is in them.
 * @returns the one that denies it or may deny it, with which of both
 */
export function denied(
  denials: readonly DenyAssignment[],
  right: NeededRight,
  principalId: string,
): { readonly by: DenyAssignment; readonly verdict: 'mayNot' | 'cantTell' } | undefined {
  const found = denials
    .filter((deny) => deny.permissions.some((item) => itemGrants(item, right.action, right.data)))
    .filter((deny) => denialReaches(deny, right.scope))
    .flatMap((by) => {
      const hit = denialHits(by, principalId);
      return hit === undefined ? [] : [{ by, verdict: hit }];
    });
  return found.find((each) => each.verdict === 'mayNot') ?? found[0];
}

function denialReaches(deny: DenyAssignment, scope: string): boolean {
  if (deny.doNotApplyToChildScopes)
    return isWithin(deny.scope, scope) && isWithin(scope, deny.scope);
  return isWithin(scope, deny.scope) || isAboveSubscriptions(deny.scope);
}

/** Azure lists what is inherited from management groups with their scope, which no id starts with. */
function isAboveSubscriptions(scope: string): boolean {
  return scope === '/' || /^\/providers\/microsoft\.management\//i.test(scope);
}

function denialHits(deny: DenyAssignment, principalId: string): 'mayNot' | 'cantTell' | undefined {
  const names = (list: readonly DenyPrincipal[]): boolean =>
    list.some(({ id }) => id.toLowerCase() === principalId.toLowerCase());
  const groups = (list: readonly DenyPrincipal[]): boolean =>
    list.some(({ type }) => /group/i.test(type));
  if (names(deny.excludePrincipals)) return undefined;
  const hit = names(deny.principals) || deny.principals.some(({ id }) => id === EVERYBODY);
  if (!hit) return groups(deny.principals) ? 'cantTell' : undefined;
  return groups(deny.excludePrincipals) ? 'cantTell' : 'mayNot';
}

/** The lock that stops a call, if any. Locks don't reach data, and reading is always free. */
export function lockInTheWay(locks: readonly Lock[], right: NeededRight): Lock | undefined {
  if (right.data === true || /\/read$/i.test(right.action)) return undefined;
  return locksOn(locks, right.scope, /\/delete$/i.test(right.action))[0];
}

/** The locks that keep an object from being deleted, or else from being written. */
export function locksOn(locks: readonly Lock[], id: string, deletes: boolean): readonly Lock[] {
  return locks.filter(
    ({ scope, level }) =>
      (level === 'ReadOnly' || deletes) &&
      // A lock on something inside stops its container's deletion too.
      (isWithin(id, scope) || (deletes && isWithin(scope, id))),
  );
}
