import { refuseAtGateway } from '../failure.ts';
import type { Call, Core } from '../operation.ts';
import { BUILT_IN_ROLES } from '../data/roles.ts';
import type { Permission, RoleAssignment, RoleDefinition } from '../state.ts';
import type { Caller } from '../entra/caller.ts';
import { idKey, isWithin, nameOf, subscriptionIdOf } from './armId.ts';
import { conditionAllows, type AssignmentRequest } from './condition.ts';

/** Whether an effective right is wanted for the control plane or for data. */
export type Plane = 'control' | 'data';

const patterns = new Map<string, RegExp>();

/** `*` stands for any run of characters, slashes included; case does not count. */
export function actionMatches(pattern: string, action: string): boolean {
  if (pattern === '*') return true;
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    compiled = new RegExp(`^${escaped}$`, 'i');
    patterns.set(pattern, compiled);
  }
  return compiled.test(action);
}

/** One permission item: notActions take away only from the actions of the same item. */
export function permissionAllows(permission: Permission, action: string, plane: Plane): boolean {
  const granted = plane === 'control' ? permission.actions : permission.dataActions;
  const excepted = plane === 'control' ? permission.notActions : permission.notDataActions;
  return (
    granted.some((pattern) => actionMatches(pattern, action)) &&
    !excepted.some((pattern) => actionMatches(pattern, action))
  );
}

/** A role definition by any of its ids, as seen from a tenant. */
export function roleDefinition(
  core: Core,
  tenantId: string,
  definitionId: string,
): RoleDefinition | undefined {
  const guid = nameOf(definitionId).toLowerCase();
  return BUILT_IN_ROLES.get(guid) ?? core.state.customRoles.get(`${tenantId}|${guid}`);
}

/** Whether an assignment made at `scope` reaches `id`: by containment or by management group. */
export function reaches(core: Core, scope: string, id: string): boolean {
  if (isWithin(id, scope)) return true;
  const group = core.state.managementGroups.find(
    (candidate) =>
      idKey(scope) === `/providers/microsoft.management/managementgroups/${idKey(candidate.id)}`,
  );
  const subscriptionId = subscriptionIdOf(id)?.toLowerCase();
  return group?.subscriptions.some((each) => each.toLowerCase() === subscriptionId) ?? false;
}

/** The assignments that count for this caller at this place now, groups and inheritance included. */
export function effectiveAssignments(
  core: Core,
  caller: Pick<Caller, 'tenantId' | 'objectId'>,
  id: string,
  plane: Plane,
): RoleAssignment[] {
  const principals = core.state.directory.principalIds(caller.tenantId, caller.objectId);
  const now = core.now();
  return [...core.state.roleAssignments.values()].filter(
    (assignment) =>
      principals.has(assignment.principalId) &&
      assignment.tenantId === caller.tenantId &&
      (plane === 'control' ? assignment.controlFrom : assignment.dataFrom) <= now &&
      reaches(core, assignment.scope, id),
  );
}

/** Whether the caller may do this there. `request` is the role assignment being written, if any. */
export function mayDo(
  core: Core,
  caller: Pick<Caller, 'tenantId' | 'objectId'>,
  action: string,
  id: string,
  plane: Plane = 'control',
  request?: AssignmentRequest,
): boolean {
  return effectiveAssignments(core, caller, id, plane).some((assignment) => {
    const role = roleDefinition(core, assignment.tenantId, assignment.roleDefinitionId);
    return (
      role?.permissions.some((permission) => permissionAllows(permission, action, plane)) ===
        true && conditionAllows(assignment.condition, action, request)
    );
  });
}

/** The deny assignment that stands in the way, if any. It wins over every role. */
export function denialOf(
  core: Core,
  caller: Pick<Caller, 'tenantId' | 'objectId'>,
  action: string,
  id: string,
  plane: Plane = 'control',
): { name: string; id: string; scope: string } | undefined {
  const principals = core.state.directory.principalIds(caller.tenantId, caller.objectId);
  const has = (wanted: readonly string[]): boolean => wanted.some((each) => principals.has(each));
  const found = core.state.denyAssignments.find((deny) => {
    const actions = plane === 'control' ? deny.actions : (deny.dataActions ?? []);
    return (
      isWithin(id, deny.scope) &&
      (has(deny.principals) || deny.principals.includes('00000000-0000-0000-0000-000000000000')) &&
      !has(deny.excludePrincipals ?? []) &&
      actions.some((pattern) => actionMatches(pattern, action)) &&
      !(deny.notActions ?? []).some((pattern) => actionMatches(pattern, action))
    );
  });
  return (
    found && {
      name: found.name,
      scope: found.scope,
      id: `${found.scope}/providers/Microsoft.Authorization/denyAssignments/${found.guid}`,
    }
  );
}

/** Throws the 403 that ARM answers when the caller may not do this there. */
export function demand(call: Call, action: string, id: string, request?: AssignmentRequest): void {
  const { core, caller } = call;
  if (!mayDo(core, caller, action, id, 'control', request)) {
    throw refuseAtGateway(
      403,
      'AuthorizationFailed',
      `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  }
  const denial = denialOf(core, caller, action, id);
  if (denial === undefined) return;
  throw refuseAtGateway(
    403,
    'DenyAssignmentAuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' has permission to perform action '${action}' on scope '${id}'; however, the access is denied because of the deny assignment with name '${denial.name}' and Id '${denial.id}' at scope '${denial.scope}'.`,
  );
}

/** Throws LinkedAuthorizationFailed when the caller lacks `action` on something the body points at. */
export function demandLinked(call: Call, action: string, linkedId: string): void {
  if (mayDo(call.core, call.caller, action, linkedId)) return;
  const { name, objectId } = call.caller;
  throw refuseAtGateway(
    403,
    'LinkedAuthorizationFailed',
    `The client '${name}' with object id '${objectId}' has permission to perform action '${actionOf(call)}' on scope '${call.path}'; however, it does not have permission to perform action(s) '${action}' on the linked scope(s) '${linkedId}' (respectively) or the linked scope(s) are invalid.`,
  );
}

function actionOf(call: Call): string {
  const at = call.path.toLowerCase().lastIndexOf('/providers/');
  const [namespace = '', ...rest] = call.path.slice(at + '/providers/'.length).split('/');
  return [namespace, ...rest.filter((_, index) => index % 2 === 0), 'write'].join('/');
}
