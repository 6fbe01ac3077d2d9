import { refuse, type Reply } from '../failure.ts';
import { objectAt, textAt, type Json, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { DeletedWorkspace, Resource } from '../state.ts';
import { idKey, isWithin } from '../arm/armId.ts';
import { page } from '../arm/paging.ts';
import { envelope, existing, provisioningState, putResource, tagsIn } from '../arm/resources.ts';
import { locationNamed } from '../data/locations.ts';
import { accepted } from './insightsPolls.ts';
import { retire } from './retirement.ts';

const TYPE = 'Microsoft.OperationalInsights/workspaces';
const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;
const PATH = `${GROUP}/providers/${TYPE}/{workspace}`;
const DAY = 24 * 3600 * 1000;

/** Log Analytics workspaces and their bin. */
export const workspaceOperations: readonly Operation[] = [
  {
    name: 'Workspace: create, update or recover',
    method: 'PUT',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests: 'law-put-201-creating.json; facts 1.1, 1.2, 1.5',
    handle: put,
  },
  {
    name: 'Workspace: update',
    method: 'PATCH',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'documented',
    rests: 'Workspaces REST reference, Update',
    handle: patch,
  },
  {
    name: 'Workspace: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    mutating: false,
    grade: 'recorded',
    rests: 'law-get-200.json, law-get-200-succeeded.json',
    handle: (call) => ({ status: 200, json: render(existing(call), call.now) }),
  },
  ...[`${GROUP}/providers/${TYPE}`, `${SUBSCRIPTION}/providers/${TYPE}`].map(
    (path, index): Operation => ({
      name: `Workspaces: list in a ${index === 0 ? 'group' : 'subscription'}`,
      method: 'GET',
      path,
      action: `${TYPE}/read`,
      scope: above,
      mutating: false,
      grade: 'documented',
      rests: 'law-get-200.json (rows); Workspaces REST reference, List',
      handle: (call) =>
        page(
          call,
          call.core.state.resourcesOfType(TYPE, above(call)).map((each) => render(each, call.now)),
        ),
    }),
  ),
  {
    name: 'Deleted workspaces: list',
    method: 'GET',
    path: `${SUBSCRIPTION}/providers/Microsoft.OperationalInsights/deletedWorkspaces`,
    action: `${TYPE}/read`,
    scope: above,
    mutating: false,
    grade: 'documented',
    rests: 'Deleted workspaces REST reference, List; facts 1.5',
    handle: (call) =>
      page(
        call,
        [...call.core.state.deletedWorkspaces.values()]
          .filter((each) => isWithin(each.resource.id, above(call)))
          .map((each) => render(each.resource, call.now)),
      ),
  },
  {
    name: 'Workspace: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TYPE}/delete`,
    mutating: true,
    grade: 'recorded',
    rests: 'law-delete-202.json, law-delete-status-200.json; facts 1.5',
    handle: remove,
  },
];

function above(call: Call): string {
  return call.path.replace(/\/providers\/.*$/i, '');
}

function put(call: Call): Reply {
  const name = param(call, 'workspace');
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/.test(name)) {
    throw refuse(
      400,
      'InvalidResourceName',
      `The workspace name '${name}' is invalid: 4 to 63 letters, digits and hyphens, no hyphen at the ends.`,
    );
  }
  const body = bodyOf(call);
  const old = call.core.state.resource(call.path);
  if (old !== undefined) checkIdle(call, old);
  const deleted = call.core.state.deletedWorkspaces.get(idKey(call.path));
  if (old === undefined && deleted !== undefined) checkRecoverable(deleted, body);
  const asked = objectAt(body, 'properties');
  const busyUntil =
    old === undefined ? call.now + call.core.durations.of('workspace', call.path) : call.now;
  const base = old?.properties ?? deleted?.resource.properties ?? fresh(call);
  const { resource, created } = putResource(call, {
    type: TYPE,
    properties: { ...base, ...changes(call, asked) },
    busyUntil,
    busyState: 'Creating',
  });
  call.core.state.deletedWorkspaces.delete(idKey(call.path));
  const headers = created ? { Location: call.url.toString() } : {};
  return { status: created ? 201 : 200, headers, json: render(resource, call.now) };
}

/** One change at a time: neither while it is being made nor while it is going. */
function checkIdle(call: Call, workspace: Resource): void {
  if (call.now >= workspace.busyUntil) return;
  throw refuse(
    409,
    'Conflict',
    `The workspace ${workspace.name} is ${workspace.busyState}: another operation on it is in progress.`,
  );
}

/** From the bin a workspace comes back only to its old region; the name is not free for another. */
function checkRecoverable(deleted: DeletedWorkspace, body: JsonObject): void {
  const location = locationNamed(textAt(body, 'location') ?? '')?.name;
  if (location === deleted.resource.location) return;
  throw refuse(
    409,
    'Conflict',
    `The workspace name '${deleted.resource.name}' is reserved by a deleted workspace in ${deleted.resource.location ?? ''}. Recover it there, or delete it with force.`,
  );
}

function fresh(call: Call): JsonObject {
  const time = new Date(call.now).toISOString().replace('Z', '0000Z');
  return {
    customerId: call.core.random.guid(),
    sku: { name: 'PerGB2018', lastSkuUpdate: time },
    retentionInDays: 30,
    features: {
      legacy: 0,
      searchVersion: 1,
      enableLogAccessUsingOnlyResourcePermissions: true,
    },
    workspaceCapping: {
      dailyQuotaGb: -1,
      quotaNextResetTime: new Date(call.now + DAY).toISOString(),
      dataIngestionStatus: 'RespectQuota',
    },
    publicNetworkAccessForIngestion: 'Enabled',
    publicNetworkAccessForQuery: 'Enabled',
    createdDate: time,
    modifiedDate: time,
  };
}

function changes(call: Call, asked: JsonObject): JsonObject {
  const time = new Date(call.now).toISOString().replace('Z', '0000Z');
  const days = asked['retentionInDays'];
  if (days !== undefined && (typeof days !== 'number' || days < 30 || days > 730)) {
    throw refuse(
      400,
      'InvalidParameter',
      "'RetentionInDays' property doesn't match the SKU limits.",
    );
  }
  const sku = textAt(asked['sku'], 'name');
  return {
    ...(days === undefined ? {} : { retentionInDays: days }),
    ...(sku === undefined ? {} : { sku: { name: sku, lastSkuUpdate: time } }),
    modifiedDate: time,
  };
}

function patch(call: Call): Reply {
  const workspace = existing(call);
  checkIdle(call, workspace);
  const asked = objectAt(bodyOf(call), 'properties');
  workspace.properties = { ...workspace.properties, ...changes(call, asked) };
  workspace.tags = tagsIn(bodyOf(call)) ?? workspace.tags;
  return { status: 200, json: render(workspace, call.now) };
}

/** Without `force` the name stays reserved for 14 days; 204 when it is gone already. */
function remove(call: Call): Reply {
  const workspace = call.core.state.resource(call.path);
  if (workspace === undefined) return { status: 204 };
  const forced = call.url.searchParams.get('force')?.toLowerCase() === 'true';
  const doneAt =
    call.now + call.core.durations.of('workspaceDelete', `${workspace.id}|${call.now}`);
  workspace.busyUntil = doneAt;
  workspace.busyState = 'Deleting';
  call.core.state.at(doneAt, () => {
    retire(call.core, workspace.id);
    if (forced) call.core.state.deletedWorkspaces.delete(idKey(workspace.id));
  });
  return accepted(call, {
    location: workspace.location ?? '',
    resourceId: workspace.id,
    doneAt,
    done: () => ({ status: 200 }),
  });
}

function render(workspace: Resource, now: number): Json {
  return {
    properties: { ...workspace.properties, provisioningState: provisioningState(workspace, now) },
    ...envelope(workspace),
    etag: `"${workspace.etag}"`,
  };
}
