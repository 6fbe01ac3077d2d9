import { refuse, type Reply } from '../failure.ts';
import { objectAt, textAt, type Json, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { RoleAssignment, RoleDefinition } from '../state.ts';
import { idKey, isGuid, isWithin, nameOf, subscriptionIdOf } from '../arm/armId.ts';
import { page } from '../arm/paging.ts';
import { demand, reaches } from '../arm/rights.ts';
import { filterOf } from './roleAssignmentFilter.ts';
import {
  checkCondition,
  checkScopeExists,
  principalTypeOf,
  roleOf,
  sameOrRefused,
  typeNow,
} from './roleAssignmentRules.ts';

const COLLECTION = '/{scope...}/providers/Microsoft.Authorization/roleAssignments';
const PATH = `${COLLECTION}/{name}`;
const TYPE = 'Microsoft.Authorization/roleAssignments';
const scope = (call: Call): string => param(call, 'scope');

/** Role assignments: scope inheritance, replication lags, conditions of delegated administrators. */
export const roleAssignmentOperations: readonly Operation[] = [
  {
    name: 'Role assignment: create',
    method: 'PUT',
    path: PATH,
    mutating: true,
    scope,
    grade: 'recorded',
    rests:
      'roleassignment-put-201.json, -400-principalnotfound.json, -409-exists.json; facts 1.3, 3',
    handle: put,
  },
  {
    name: 'Role assignment: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'roleassignments-list-assignedto.json (row)',
    handle: get,
  },
  {
    name: 'Role assignments: list',
    method: 'GET',
    path: COLLECTION,
    action: `${TYPE}/read`,
    scope,
    mutating: false,
    grade: 'recorded',
    rests: 'roleassignments-list-assignedto.json; facts 6',
    handle: list,
  },
  {
    name: 'Role assignment: delete',
    method: 'DELETE',
    path: PATH,
    mutating: true,
    scope,
    grade: 'recorded',
    rests: 'roleassignment-delete-200.json; facts 1.1 (204)',
    handle: remove,
  },
];

function put(call: Call): Reply {
  const guid = param(call, 'name').toLowerCase();
  const at = scope(call);
  const properties = propertiesOf(call);
  const definitionId = textAt(properties, 'roleDefinitionId') ?? '';
  const principalId = (textAt(properties, 'principalId') ?? '').toLowerCase();
  demand(call, `${TYPE}/write`, at, {
    roleDefinitionGuid: nameOf(definitionId),
    principalType: textAt(properties, 'principalType') ?? typeNow(call, principalId) ?? 'User',
  });
  if (!isGuid(guid)) {
    throw refuse(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${guid}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  checkScopeExists(call, at);
  const role = roleOf(call, definitionId);
  const principalType = principalTypeOf(call, principalId, textAt(properties, 'principalType'));
  const repeated = sameOrRefused(call, guid, at, role, principalId);
  if (repeated !== undefined) return { status: 200, json: render(repeated) };
  checkCondition(textAt(properties, 'condition'));
  const assignment = newAssignment(call, { guid, at, role, principalId, principalType });
  call.core.state.roleAssignments.set(idKey(assignment.id), assignment);
  return {
    status: 201,
    json: render({ ...assignment, createdBy: undefined }, call.caller.objectId),
  };
}

function propertiesOf(call: Call): JsonObject {
  return objectAt(bodyOf(call), 'properties');
}

function newAssignment(
  call: Call,
  parts: {
    readonly guid: string;
    readonly at: string;
    readonly role: RoleDefinition;
    readonly principalId: string;
    readonly principalType: string;
  },
): RoleAssignment {
  const { lag } = call.core;
  const properties = propertiesOf(call);
  const id = `${parts.at === '/' ? '' : parts.at}/providers/${TYPE}/${parts.guid}`;
  const subscription = subscriptionIdOf(parts.at);
  const prefix = subscription === undefined ? '' : `/subscriptions/${subscription}`;
  return {
    id,
    guid: parts.guid,
    scope: parts.at,
    tenantId: call.caller.tenantId,
    roleDefinitionId: `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${parts.role.guid}`,
    principalId: parts.principalId,
    principalType: parts.principalType,
    condition: textAt(properties, 'condition'),
    description: textAt(properties, 'description'),
    createdAt: call.now,
    createdBy: call.caller.objectId,
    controlFrom: call.now + lag.of('controlPlane', id),
    dataFrom: call.now + lag.of('dataPlane', id),
  };
}

function get(call: Call): Reply {
  const assignment = find(call);
  if (assignment !== undefined) return { status: 200, json: render(assignment) };
  throw refuse(
    404,
    'RoleAssignmentNotFound',
    `The role assignment '${param(call, 'name')}' is not found.`,
  );
}

function find(call: Call): RoleAssignment | undefined {
  const id = `${scope(call) === '/' ? '' : scope(call)}/providers/${TYPE}/${param(call, 'name')}`;
  return call.core.state.roleAssignments.get(idKey(id));
}

/** Without a filter: at the scope, above it and below it, as ARM lists them. */
function list(call: Call): Reply {
  const at = scope(call);
  const filter = call.url.searchParams.get('$filter')?.trim() ?? '';
  const keep = filterOf(call, filter);
  const assignments = [...call.core.state.roleAssignments.values()].filter(
    (each) =>
      each.tenantId === call.caller.tenantId &&
      (isWithin(each.scope, at) || reaches(call.core, each.scope, at)) &&
      keep(each),
  );
  return page(
    call,
    assignments.map((each) => render(each)),
  );
}

function remove(call: Call): Reply {
  const assignment = find(call);
  demand(call, `${TYPE}/delete`, scope(call), {
    roleDefinitionGuid: nameOf(assignment?.roleDefinitionId ?? ''),
    principalType: assignment?.principalType ?? 'User',
  });
  if (assignment === undefined) return { status: 204 };
  call.core.state.roleAssignments.delete(idKey(assignment.id));
  return { status: 200, json: render(assignment) };
}

function render(assignment: RoleAssignment, updatedBy?: string): Json {
  const time = new Date(assignment.createdAt).toISOString().replace('Z', '0000Z');
  return {
    properties: {
      roleDefinitionId: assignment.roleDefinitionId,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope: assignment.scope,
      condition: assignment.condition ?? null,
      conditionVersion: assignment.condition === undefined ? null : '2.0',
      createdOn: time,
      updatedOn: time,
      createdBy: assignment.createdBy ?? null,
      updatedBy: updatedBy ?? assignment.createdBy ?? null,
      delegatedManagedIdentityResourceId: null,
      description: assignment.description ?? null,
    },
    id: assignment.id,
    type: TYPE,
    name: assignment.guid,
  };
}
