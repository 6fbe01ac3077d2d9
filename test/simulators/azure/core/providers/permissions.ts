import { refuse, type Reply } from '../failure.ts';
import type { Json } from '../json.ts';
import { param, type Call, type Operation } from '../operation.ts';
import { isWithin } from '../arm/armId.ts';
import { page } from '../arm/paging.ts';
import { effectiveAssignments, roleDefinition } from '../arm/rights.ts';

const scope = (call: Call): string => param(call, 'scope');

/** What the caller may do somewhere, and what stands against it. */
export const permissionOperations: readonly Operation[] = [
  {
    name: 'Permissions: list',
    method: 'GET',
    path: '/{scope...}/providers/Microsoft.Authorization/permissions',
    mutating: false,
    grade: 'recorded',
    rests: 'permissions-get.json, permissions-get-owner.json; facts 6',
    handle: listPermissions,
  },
  {
    name: 'Deny assignments: list',
    method: 'GET',
    path: '/{scope...}/providers/Microsoft.Authorization/denyAssignments',
    action: 'Microsoft.Authorization/denyAssignments/read',
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'denyassignment-get-spec-200.json; facts 6',
    handle: listDenials,
  },
  {
    name: 'Deny assignment: get',
    method: 'GET',
    path: '/{scope...}/providers/Microsoft.Authorization/denyAssignments/{name}',
    action: 'Microsoft.Authorization/denyAssignments/read',
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'denyassignment-get-spec-200.json',
    handle: getDenial,
  },
];

/** One item per effective role; the condition of an assignment is not told here in this version. */
function listPermissions(call: Call): Reply {
  const { core, caller } = call;
  if (!/\/resourcegroups\//i.test(scope(call))) {
    throw refuse(501, 'NotSimulated', 'Permissions: list, above a resource group: not documented.');
  }
  const items = effectiveAssignments(core, caller, scope(call), 'control').flatMap((assignment) => {
    const role = roleDefinition(core, caller.tenantId, assignment.roleDefinitionId);
    return (role?.permissions ?? []).map((permission): Json => ({ ...permission }));
  });
  return page(call, items);
}

function denials(call: Call): { guid: string; json: Json }[] {
  const at = scope(call);
  return call.core.state.denyAssignments
    .filter((deny) => isWithin(at, deny.scope) || isWithin(deny.scope, at))
    .map((deny) => ({
      guid: deny.guid,
      json: {
        properties: {
          denyAssignmentName: deny.name,
          description: deny.name,
          permissions: [
            {
              actions: deny.actions,
              notActions: deny.notActions ?? [],
              dataActions: deny.dataActions ?? [],
              notDataActions: [],
            },
          ],
          scope: deny.scope,
          doNotApplyToChildScopes: false,
          principals: deny.principals.map((id) => ({ id, type: 'SystemDefined' })),
          excludePrincipals: (deny.excludePrincipals ?? []).map((id) => ({ id, type: 'User' })),
          isSystemProtected: true,
        },
        id: `${deny.scope}/providers/Microsoft.Authorization/denyAssignments/${deny.guid}`,
        type: 'Microsoft.Authorization/denyAssignments',
        name: deny.guid,
      },
    }));
}

function listDenials(call: Call): Reply {
  return page(
    call,
    denials(call).map((each) => each.json),
  );
}

function getDenial(call: Call): Reply {
  const name = param(call, 'name');
  const found = denials(call).find((each) => each.guid === name);
  return found === undefined
    ? {
        status: 404,
        json: {
          error: {
            code: 'DenyAssignmentNotFound',
            message: `The deny assignment '${name}' is not found.`,
          },
        },
      }
    : { status: 200, json: found.json };
}
