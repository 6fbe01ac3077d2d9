import { refuse, type Reply } from '../failure.ts';
import type { Json } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { page } from '../arm/paging.ts';
import { envelope, existing, putResource, tagsIn } from '../arm/resources.ts';
import { retire } from './retirement.ts';

const TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;
const PATH = `${GROUP}/providers/${TYPE}/{identity}`;

/** User-assigned managed identities. */
export const identityOperations: readonly Operation[] = [
  {
    name: 'Identity: create or update',
    method: 'PUT',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests: 'identity-put-201.json, identity-put-201-2018.json; facts 1.1, 1.3',
    handle: put,
  },
  {
    name: 'Identity: update tags',
    method: 'PATCH',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'documented',
    rests: 'Managed identities REST reference, Update',
    handle: patch,
  },
  {
    name: 'Identity: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    mutating: false,
    grade: 'documented',
    rests: 'identity-list-200.json (row)',
    handle: (call) => ({ status: 200, json: render(existing(call)) }),
  },
  {
    name: 'Identities: list in a group',
    method: 'GET',
    path: `${GROUP}/providers/${TYPE}`,
    action: `${TYPE}/read`,
    scope: (call) => call.path.replace(/\/providers\/.*$/i, ''),
    mutating: false,
    grade: 'recorded',
    rests: 'identity-list-200.json',
    handle: list,
  },
  {
    name: 'Identities: list in a subscription',
    method: 'GET',
    path: `${SUBSCRIPTION}/providers/${TYPE}`,
    action: `${TYPE}/read`,
    scope: (call) => `/subscriptions/${param(call, 'subscription')}`,
    mutating: false,
    grade: 'documented',
    rests: 'identity-list-200.json',
    handle: list,
  },
  {
    name: 'Identity: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TYPE}/delete`,
    mutating: true,
    grade: 'recorded',
    rests: 'identity-delete-200.json; facts 1.1 (204)',
    handle: remove,
  },
];

function list(call: Call): Reply {
  const scope = call.path.replace(/\/providers\/.*$/i, '');
  return page(call, call.core.state.resourcesOfType(TYPE, scope).map(render));
}

function put(call: Call): Reply {
  const name = param(call, 'identity');
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/.test(name)) {
    throw refuse(
      400,
      'InvalidResourceName',
      `The resource name '${name}' is invalid. It must be 3 to 128 characters long, begin with a letter or number, and contain only letters, numbers, '-' and '_'.`,
    );
  }
  const old = call.core.state.resource(call.path);
  const { resource, created } = putResource(call, {
    type: TYPE,
    properties: old?.properties ?? newPrincipal(call, name),
  });
  resource.tags ??= {};
  const headers = created ? { Location: lowerGroups(resource.id) } : {};
  return { status: created ? 201 : 200, headers, json: render(resource) };
}

/** The service principal behind the identity: other services take a while to hear of it. */
function newPrincipal(call: Call, name: string): Record<string, string> {
  const { core, caller } = call;
  const principalId = core.random.guid();
  const clientId = core.random.guid();
  core.state.directory.tenants.get(caller.tenantId)?.servicePrincipals.set(principalId, {
    id: principalId,
    appId: clientId,
    displayName: name,
    kind: 'ManagedIdentity',
    createdAt: call.now,
    knownFrom: call.now + core.lag.of('principal', principalId),
  });
  return { tenantId: caller.tenantId, principalId, clientId };
}

function patch(call: Call): Reply {
  const identity = existing(call);
  identity.tags = tagsIn(bodyOf(call)) ?? identity.tags;
  return { status: 200, json: render(identity) };
}

function remove(call: Call): Reply {
  if (call.core.state.resource(call.path) === undefined) return { status: 204 };
  retire(call.core, existing(call).id);
  return { status: 200 };
}

/** This provider writes `resourcegroups` in lower case (recorded). */
function lowerGroups(id: string): string {
  return id.replace(/\/resourceGroups\//i, '/resourcegroups/');
}

function render(identity: Resource): Json {
  return {
    ...envelope(identity),
    id: lowerGroups(identity.id),
    properties: identity.properties,
  };
}
