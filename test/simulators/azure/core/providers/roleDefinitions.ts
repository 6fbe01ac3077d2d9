import { refuse, type Reply } from '../failure.ts';
import { isObject, listAt, objectAt, textAt, textsAt, type Json } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Permission, RoleDefinition } from '../state.ts';
import { isKnownAction, isKnownDataAction } from '../data/knownActions.ts';
import { BUILT_IN_ROLES } from '../data/roles.ts';
import { isGuid, isWithin, subscriptionIdOf } from '../arm/armId.ts';
import { page } from '../arm/paging.ts';
import { demand, demandLinked, roleDefinition } from '../arm/rights.ts';

const COLLECTION = '/{scope...}/providers/Microsoft.Authorization/roleDefinitions';
const PATH = `${COLLECTION}/{name}`;
const TYPE = 'Microsoft.Authorization/roleDefinitions';
const scope = (call: Call): string => param(call, 'scope');

/** Built-in and custom roles. */
export const roleDefinitionOperations: readonly Operation[] = [
  {
    name: 'Role definition: create or update',
    method: 'PUT',
    path: PATH,
    action: `${TYPE}/write`,
    scope,
    mutating: true,
    grade: 'recorded',
    rests: 'roledefinition-put-201.json, roledefinition-put-update-201.json; facts 1.3, 2, 5',
    handle: put,
  },
  {
    name: 'Role definition: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    scope,
    mutating: false,
    grade: 'recorded',
    rests: 'roledefinition-get-owner.json',
    handle: get,
  },
  {
    name: 'Role definitions: list',
    method: 'GET',
    path: COLLECTION,
    action: `${TYPE}/read`,
    scope,
    mutating: false,
    grade: 'recorded',
    rests:
      'roledefinitions-list-by-name-200.json, -stale-200.json, roledefinitions-reader-by-name-200.json',
    handle: list,
  },
  {
    name: 'Role definition: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TYPE}/delete`,
    scope,
    mutating: true,
    grade: 'documented',
    rests: 'facts 1.1, 2 (RoleDefinitionHasAssignments)',
    handle: remove,
  },
];

export function roleKey(tenantId: string, guid: string): string {
  return `${tenantId}|${guid.toLowerCase()}`;
}

function put(call: Call): Reply {
  const guid = param(call, 'name').toLowerCase();
  if (!isGuid(guid)) {
    throw refuse(
      400,
      'InvalidRoleDefinitionId',
      `The role definition ID '${guid}' is not valid. The role definition ID must be a GUID.`,
    );
  }
  if (BUILT_IN_ROLES.has(guid)) {
    throw refuse(
      403,
      'RoleDefinitionUpdateNotPermitted',
      'Built-in role definitions cannot be changed.',
    );
  }
  const { tenantId } = call.caller;
  const properties = objectAt(bodyOf(call), 'properties');
  const roleName = textAt(properties, 'roleName') ?? '';
  const scopes = textsAt(properties, 'assignableScopes');
  checkName(call, roleName, guid);
  checkScopes(call, scopes);
  const old = call.core.state.customRoles.get(roleKey(tenantId, guid));
  const permissions = listAt(properties, 'permissions').map(permissionOf);
  checkPermissions(permissions, scopes);
  const now = new Date(call.now).toISOString().replace('Z', '0000Z');
  const definition: RoleDefinition = {
    guid,
    roleName,
    description: textAt(properties, 'description') ?? '',
    type: 'CustomRole',
    assignableScopes: scopes,
    permissions,
    createdOn: old?.createdOn ?? now,
    updatedOn: now,
    createdBy: old?.createdBy ?? call.caller.objectId,
    updatedBy: call.caller.objectId,
    listedFrom: call.now + call.core.lag.of('definitionList', `${guid}|${call.now}`),
    assignableFrom: old?.assignableFrom ?? call.now + call.core.lag.of('definitionUse', guid),
    tenantId,
  };
  call.core.state.customRoles.set(roleKey(tenantId, guid), definition);
  // createdBy is null, and createdOn new, in the answer to every PUT (recorded).
  const shown = { ...definition, createdBy: undefined, createdOn: now };
  return { status: 201, json: render(call, shown) };
}

function checkName(call: Call, roleName: string, guid: string): void {
  if (roleName === '' || roleName.length > 512) {
    throw refuse(
      400,
      'RoleDefinitionNameInvalid',
      'The role name must be 1 to 512 characters long.',
    );
  }
  const other = rolesOf(call).find(
    (role) => role.guid !== guid && role.roleName.toLowerCase() === roleName.toLowerCase(),
  );
  if (other === undefined) return;
  throw refuse(
    409,
    'RoleDefinitionWithSameNameExists',
    `A custom role with the same name already exists in this directory. Use a different name. Role definition id: '${other.guid}'.`,
  );
}

/** The caller needs the right on every scope in which the role is to be assignable. */
function checkScopes(call: Call, scopes: readonly string[]): void {
  if (scopes.length === 0 || scopes.some((each) => !each.startsWith('/') || each === '/')) {
    throw refuse(
      400,
      'InvalidAssignableScopes',
      'The assignable scopes of a custom role must name subscriptions, resource groups or management groups.',
    );
  }
  for (const each of scopes) {
    const subscription = subscriptionIdOf(each);
    if (
      subscription !== undefined &&
      !call.core.state.subscriptions.has(subscription.toLowerCase())
    ) {
      throw refuse(
        404,
        'SubscriptionNotFound',
        `The subscription '${subscription}' could not be found.`,
      );
    }
    demandLinked(call, `${TYPE}/write`, each);
  }
}

function checkPermissions(permissions: readonly Permission[], scopes: readonly string[]): void {
  const [permission] = permissions;
  if (permission === undefined || permissions.length > 1) {
    throw refuse(
      400,
      'MissingRoleDefinitionPermissions',
      'A custom role has exactly one permission.',
    );
  }
  const management = scopes.some((each) => /managementgroups/i.test(each));
  if (permission.dataActions.length > 0 && management) {
    throw refuse(
      400,
      'InvalidActionOrNotAction',
      'A custom role with DataActions cannot be assigned at the management group scope.',
    );
  }
  const wrong =
    [...permission.actions, ...permission.notActions].find((each) => !isKnownAction(each)) ??
    [...permission.dataActions, ...permission.notDataActions].find(
      (each) => !isKnownDataAction(each),
    );
  if (wrong === undefined) return;
  throw refuse(
    400,
    'InvalidActionOrNotAction',
    `'${wrong}' does not match any of the actions supported by the providers.`,
  );
}

function permissionOf(value: Json): Permission {
  if (!isObject(value))
    throw refuse(400, 'InvalidRequestContent', 'A permission must be an object.');
  return {
    actions: textsAt(value, 'actions'),
    notActions: textsAt(value, 'notActions'),
    dataActions: textsAt(value, 'dataActions'),
    notDataActions: textsAt(value, 'notDataActions'),
  };
}

function rolesOf(call: Call): RoleDefinition[] {
  const custom = [...call.core.state.customRoles.values()].filter(
    (role) => role.tenantId === call.caller.tenantId,
  );
  return [...BUILT_IN_ROLES.values(), ...custom];
}

function get(call: Call): Reply {
  const name = param(call, 'name');
  const role = roleDefinition(call.core, call.caller.tenantId, name);
  if (role === undefined) {
    throw refuse(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${name.replaceAll('-', '')}' does not exist.`,
    );
  }
  return { status: 200, json: render(call, role) };
}

/** Filtered lists come from an index that lags; straight after an update a role is missing there. */
function list(call: Call): Reply {
  const filter = call.url.searchParams.get('$filter')?.trim() ?? '';
  const visible = rolesOf(call).filter(
    (role) => role.listedFrom <= call.now && isOffered(role, scope(call)),
  );
  const name = /^roleName eq '((?:[^']|'')*)'$/i.exec(filter)?.[1]?.replaceAll("''", "'");
  const type = /^type eq '(BuiltInRole|CustomRole)'$/i.exec(filter)?.[1];
  if (filter !== '' && filter !== 'atScopeAndBelow()' && name === undefined && type === undefined) {
    throw refuse(400, 'BadRequestFormat', `The filter '${filter}' is not supported.`);
  }
  const kept = visible.filter(
    (role) =>
      (name === undefined || role.roleName.toLowerCase() === name.toLowerCase()) &&
      (type === undefined || role.type.toLowerCase() === type.toLowerCase()),
  );
  return page(
    call,
    kept.map((role) => render(call, role)),
  );
}

/** A custom role is offered at and below its assignable scopes. */
function isOffered(role: RoleDefinition, at: string): boolean {
  return (
    role.type === 'BuiltInRole' ||
    at === '/' ||
    role.assignableScopes.some((each) => isWithin(at, each) || isWithin(each, at))
  );
}

function remove(call: Call): Reply {
  const key = roleKey(call.caller.tenantId, param(call, 'name'));
  const role = call.core.state.customRoles.get(key);
  if (role === undefined) return { status: 204 };
  for (const each of role.assignableScopes) demand(call, `${TYPE}/delete`, each);
  const used = [...call.core.state.roleAssignments.values()].some((assignment) =>
    assignment.roleDefinitionId.toLowerCase().endsWith(role.guid),
  );
  if (used) {
    throw refuse(
      400,
      'RoleDefinitionHasAssignments',
      `There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).`,
    );
  }
  call.core.state.customRoles.delete(key);
  return { status: 200, json: render(call, role) };
}

function render(call: Call, role: RoleDefinition): Json {
  const subscription = subscriptionIdOf(scope(call));
  const prefix = subscription === undefined ? '' : `/subscriptions/${subscription}`;
  return {
    properties: {
      roleName: role.roleName,
      type: role.type,
      description: role.description,
      assignableScopes: role.assignableScopes,
      permissions: role.permissions.map((permission) => ({ ...permission })),
      createdOn: role.createdOn,
      updatedOn: role.updatedOn,
      createdBy: role.createdBy ?? null,
      updatedBy: role.updatedBy ?? null,
    },
    id: `${prefix}/providers/${TYPE}/${role.guid}`,
    type: TYPE,
    name: role.guid,
  };
}
