import { AzureFailure, refuse, refuseAtGateway, type Reply } from '../failure.ts';
import { textAt, type Json } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { ResourceGroup } from '../state.ts';
import { LOCATIONS, locationNamed } from '../data/locations.ts';
import { idKey, isWithin } from '../arm/armId.ts';
import { effectiveAssignments, mayDo } from '../arm/rights.ts';
import { reindex } from '../arm/resourceIndex.ts';
import { page } from '../arm/paging.ts';
import { envelope, tagsIn } from '../arm/resources.ts';
import { deleteGroup } from './groupDeletion.ts';

const PATH = '/subscriptions/{subscription}/resourceGroups/{group}';
const READ = 'Microsoft.Resources/subscriptions/resourceGroups/read';

/** Resource groups and what is in them. */
export const resourceGroupOperations: readonly Operation[] = [
  {
    name: 'Resource group: create or update',
    method: 'PUT',
    path: PATH,
    action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    mutating: true,
    grade: 'recorded',
    rests: 'rg-put-201.json, rg-put-200-existing.json; facts 1.1, 1.3',
    handle: put,
  },
  {
    name: 'Resource group: update tags',
    method: 'PATCH',
    path: PATH,
    action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    mutating: true,
    grade: 'documented',
    rests: 'Resource groups REST reference, Update',
    handle: patch,
  },
  {
    name: 'Resource group: get',
    method: 'GET',
    path: PATH,
    action: READ,
    mutating: false,
    grade: 'documented',
    rests: 'rg-put-200-existing.json (body), rg-get-404.json',
    handle: (call) => ({ status: 200, json: render(existingGroup(call)) }),
  },
  {
    name: 'Resource group: exists',
    method: 'HEAD',
    path: PATH,
    action: READ,
    mutating: false,
    grade: 'recorded',
    rests: 'rg-head-204.json, rg-head-404.json',
    handle: exists,
  },
  {
    name: 'Resource groups: list',
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups',
    mutating: false,
    grade: 'recorded',
    rests: 'rg-list-by-tag.json',
    handle: list,
  },
  {
    name: 'Resource group: delete',
    method: 'DELETE',
    path: PATH,
    action: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
    mutating: true,
    grade: 'recorded',
    rests: 'rg-delete-202.json, rg-delete-poll-*.json; facts 1.1, 1.2',
    handle: (call) => deleteGroup(call, existingGroup(call)),
  },
  {
    name: 'Resource group: list its resources',
    method: 'GET',
    path: `${PATH}/resources`,
    action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
    scope: (call) => call.path.replace(/\/resources$/i, ''),
    mutating: false,
    grade: 'recorded',
    rests: 'rg-list-resources.json',
    handle: (call) => listResources(call, existingGroup(call).id),
  },
  {
    name: 'Resources: list',
    method: 'GET',
    path: '/subscriptions/{subscription}/resources',
    mutating: false,
    grade: 'documented',
    rests: 'rg-list-resources.json (rows); Resources REST reference, List',
    handle: (call) => listResources(call, `/subscriptions/${param(call, 'subscription')}`),
  },
];

function existingGroup(call: Call): ResourceGroup {
  const group = call.core.state.group(call.path);
  if (group !== undefined) return group;
  throw refuseAtGateway(
    404,
    'ResourceGroupNotFound',
    `Resource group '${param(call, 'group')}' could not be found.`,
  );
}

function exists(call: Call): Reply {
  if (call.core.state.group(call.path) !== undefined) return { status: 204 };
  throw new AzureFailure(
    {
      status: 404,
      headers: {
        'x-ms-failure-cause': 'gateway',
        'Content-Type': 'application/json; charset=utf-8',
      },
    },
    'no such group',
  );
}

function put(call: Call): Reply {
  const name = param(call, 'group');
  checkName(name);
  const body = bodyOf(call);
  const location = locationOf(textAt(body, 'location'));
  const old = call.core.state.group(call.path);
  if (old?.deleting === true) throw beingDeleted(old.name);
  if (old !== undefined && old.location !== location) {
    throw refuseAtGateway(
      409,
      'InvalidResourceGroupLocation',
      `Invalid resource group location '${location}'. The Resource group already exists in location '${old.location}'.`,
    );
  }
  const group: ResourceGroup = {
    id: old?.id ?? `/subscriptions/${param(call, 'subscription')}/resourceGroups/${name}`,
    name: old?.name ?? name,
    location,
    tags: tagsIn(body),
    managedBy: textAt(body, 'managedBy') ?? old?.managedBy,
    deleting: false,
  };
  call.core.state.groups.set(idKey(group.id), group);
  reindex(call.core, group.id);
  return { status: old === undefined ? 201 : 200, json: render(group) };
}

function patch(call: Call): Reply {
  const group = existingGroup(call);
  if (group.deleting) throw beingDeleted(group.name);
  group.tags = tagsIn(bodyOf(call)) ?? group.tags;
  reindex(call.core, group.id);
  return { status: 200, json: render(group) };
}

function beingDeleted(name: string): AzureFailure {
  return refuseAtGateway(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );
}

function checkName(name: string): void {
  if (/^[\p{L}\p{N}._()-]{1,90}$/u.test(name) && !name.endsWith('.')) return;
  throw refuseAtGateway(
    400,
    'InvalidResourceGroup',
    `The provided resource group name '${name}' has these invalid characters or is longer than 90 characters. The name can only be a letter, digit, '-', '.', '(', ')' or '_', and must not end with a period.`,
  );
}

function locationOf(given: string | undefined): string {
  if (given === undefined || given === '') {
    throw refuseAtGateway(
      400,
      'LocationRequired',
      'The location property is required for this definition.',
    );
  }
  const location = locationNamed(given);
  if (location !== undefined) return location.name;
  const names = LOCATIONS.filter((each) => each.physical).map((each) => each.name);
  throw refuseAtGateway(
    400,
    'LocationNotAvailableForResourceGroup',
    `The provided location '${given}' is not available for resource group. List of available regions is '${names.join(',')}'.`,
  );
}

function render(group: ResourceGroup): Json {
  return {
    id: group.id,
    name: group.name,
    type: 'Microsoft.Resources/resourceGroups',
    location: group.location,
    tags: group.tags,
    managedBy: group.managedBy,
    properties: { provisioningState: group.deleting ? 'Deleting' : 'Succeeded' },
  };
}

/** Only what the caller may read; refused when there is nothing at all for them. */
function list(call: Call): Reply {
  const scope = `/subscriptions/${param(call, 'subscription')}`;
  const groups = [...call.core.state.groups.values()].filter(
    (group) => isWithin(group.id, scope) && mayDo(call.core, call.caller, READ, group.id),
  );
  if (groups.length === 0) demandAnyRole(call, scope);
  const filter = call.url.searchParams.get('$filter');
  const match = filter === null ? undefined : tagFilter(filter);
  const kept = groups.filter((group) => match?.(group.tags ?? {}) ?? true);
  return page(call, kept.map(render));
}

function demandAnyRole(call: Call, scope: string): void {
  const { core, caller } = call;
  const anywhere = [...core.state.roleAssignments.values()].some(
    (assignment) => assignment.principalId === caller.objectId && isWithin(assignment.scope, scope),
  );
  if (anywhere || effectiveAssignments(core, caller, scope, 'control').length > 0) return;
  throw refuseAtGateway(
    403,
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform action '${READ}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** `tagName eq 'a' and tagValue eq 'b'`, the only filter on tags that Azure has. */
function tagFilter(filter: string): (tags: Readonly<Record<string, string>>) => boolean {
  const match = /^tagName eq '((?:[^']|'')*)'(?: and tagValue eq '((?:[^']|'')*)')?$/i.exec(
    filter.trim(),
  );
  if (match === null) {
    throw refuse(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}' specified.`);
  }
  const name = (match[1] ?? '').replaceAll("''", "'").toLowerCase();
  const value = match[2]?.replaceAll("''", "'");
  return (tags) =>
    Object.entries(tags).some(
      ([key, each]) => key.toLowerCase() === name && (value === undefined || each === value),
    );
}

function listResources(call: Call, scope: string): Reply {
  const filter = call.url.searchParams.get('$filter');
  const match = filter === null ? () => true : resourceFilter(filter);
  const resources = [...call.core.state.resources.values()].filter(
    (resource) =>
      resource.location !== undefined &&
      isWithin(resource.id, scope) &&
      mayDo(call.core, call.caller, `${resource.type}/read`, resource.id) &&
      match(resource.type, resource.tags ?? {}),
  );
  return page(
    call,
    resources.map((resource) => envelope(resource)),
  );
}

function resourceFilter(
  filter: string,
): (type: string, tags: Readonly<Record<string, string>>) => boolean {
  const type = /^resourceType eq '([^']+)'$/i.exec(filter.trim())?.[1]?.toLowerCase();
  if (type !== undefined) return (each) => each.toLowerCase() === type;
  const byTag = tagFilter(filter);
  return (_, tags) => byTag(tags);
}
