import { refuse, refuseAtGateway } from '../failure.ts';
import { param, type Call } from '../operation.ts';
import type { RoleAssignment, RoleDefinition } from '../state.ts';
import { idKey, nameOf, subscriptionIdOf } from '../arm/armId.ts';
import { isKnownCondition } from '../arm/condition.ts';
import { reaches, roleDefinition } from '../arm/rights.ts';
import { notFound } from '../arm/resources.ts';

const PRINCIPAL_TYPES = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'];
/** The most role assignments that a subscription takes (azure-facts 5). */
const LIMIT = 4000;
const scope = (call: Call): string => param(call, 'scope');

/** Throws 404 when what the assignment is to be made on is not there. */
export function checkScopeExists(call: Call, at: string): void {
  const { state } = call.core;
  if (!/\/providers\//i.test(at)) {
    if (!/\/resourcegroups\//i.test(at) || state.groups.has(idKey(at))) return;
    throw refuseAtGateway(
      404,
      'ResourceGroupNotFound',
      `Resource group '${nameOf(at)}' could not be found.`,
    );
  }
  if (/managementgroups/i.test(at) || state.resource(at) !== undefined) return;
  throw notFound(at);
}

/** The role, if it exists and may be assigned here. */
export function roleOf(call: Call, definitionId: string): RoleDefinition {
  const { tenantId } = call.caller;
  const role = roleDefinition(call.core, tenantId, definitionId);
  const known = role !== undefined && role.assignableFrom <= call.now;
  if (!known || !/roledefinitions\/[^/]+$/i.test(definitionId)) {
    throw refuse(
      400,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${nameOf(definitionId).replaceAll('-', '')}' does not exist.`,
    );
  }
  const offered = role.assignableScopes.some((each) => reaches(call.core, each, scope(call)));
  if (offered) return role;
  throw refuse(
    400,
    'RoleDefinitionNotAssignableAtScope',
    `The role definition '${role.guid}' is not assignable at scope '${scope(call)}'.`,
  );
}

/** What kind of principal that is by now. */
export function typeNow(call: Call, principalId: string): string | undefined {
  return call.core.state.directory.principalType(call.caller.tenantId, principalId);
}

/** Without principalType the directory is asked, and a new principal is not there yet (facts 3). */
export function principalTypeOf(
  call: Call,
  principalId: string,
  given: string | undefined,
): string {
  const tenant = call.core.state.directory.tenants.get(call.caller.tenantId);
  const type = typeNow(call, principalId);
  const known = tenant?.servicePrincipals.get(principalId)?.knownFrom ?? 0;
  if (type === undefined || (given === undefined && known > call.now)) {
    throw refuse(
      400,
      'PrincipalNotFound',
      `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${call.caller.tenantId}.`,
    );
  }
  if (given === undefined || given === type) return type;
  if (!PRINCIPAL_TYPES.includes(given)) {
    throw refuse(400, 'InvalidPrincipalType', `The principal type '${given}' is invalid.`);
  }
  throw refuse(
    400,
    'UnmatchedPrincipalType',
    `The PrincipalId '${principalId.replaceAll('-', '')}' has type '${type}' , which is different from specified PrinciaplType '${given}'.`,
  );
}

/** The assignment that this PUT repeats, undefined when it is new; refuses the rest. */
export function sameOrRefused(
  call: Call,
  guid: string,
  at: string,
  role: RoleDefinition,
  principalId: string,
): RoleAssignment | undefined {
  const all = [...call.core.state.roleAssignments.values()];
  const isSame = (each: RoleAssignment): boolean =>
    idKey(each.scope) === idKey(at) &&
    each.principalId === principalId &&
    nameOf(each.roleDefinitionId).toLowerCase() === role.guid;
  const named = all.find((each) => each.guid === guid && each.tenantId === call.caller.tenantId);
  if (named !== undefined) {
    if (isSame(named)) return named;
    throw refuse(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
  }
  if (all.some(isSame)) {
    throw refuse(409, 'RoleAssignmentExists', 'The role assignment already exists.');
  }
  const subscription = subscriptionIdOf(at);
  const used = all.filter((each) => subscriptionIdOf(each.scope) === subscription).length;
  if (subscription === undefined || used < LIMIT) return undefined;
  throw refuse(
    400,
    'RoleAssignmentLimitExceeded',
    'The maximum number of role assignments for this subscription has been reached.',
  );
}

/** Throws for conditions of forms that are not simulated. */
export function checkCondition(condition: string | undefined): void {
  if (condition === undefined || isKnownCondition(condition)) return;
  throw refuse(501, 'NotSimulated', 'Role assignment: create, with a condition of this form.');
}
