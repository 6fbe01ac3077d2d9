import { refuse, type AzureFailure, type Reply } from '../failure.ts';
import { isObject, objectAt, textAt, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { locationPoll } from '../arm/longRunning.ts';
import { reindex } from '../arm/resourceIndex.ts';
import { page } from '../arm/paging.ts';
import { existing, notFound, putResource, tagsIn } from '../arm/resources.ts';
import { retire } from './retirement.ts';
import { propertiesOf, renderAccount } from './storageAccountView.ts';
import { checkAccountName, checkFree, checkName } from './storageNames.ts';

const TYPE = 'Microsoft.Storage/storageAccounts';
const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;
const PATH = `${GROUP}/providers/${TYPE}/{account}`;
const RETRY_AFTER = 17;
/** Storage writes its JSON without a charset (recorded). */
const JSON_TYPE = { 'Content-Type': 'application/json' };
const EMPTY_TYPE = { 'Content-Type': 'text/plain; charset=utf-8' };

/** Storage accounts by ARM. */
export const storageOperations: readonly Operation[] = [
  {
    name: 'Storage account: is the name free',
    method: 'POST',
    path: `${SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability`,
    action: 'Microsoft.Storage/checknameavailability/read',
    scope: (call) => `/subscriptions/${param(call, 'subscription')}`,
    mutating: false,
    grade: 'recorded',
    rests: 'storage-checkname-available.json, storage-checkname-taken.json; Azure/azure-cli 27436',
    handle: checkName,
  },
  {
    name: 'Storage account: create or update',
    method: 'PUT',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests:
      'storage-put-202.json, storage-put-poll-*.json, storage-put-spec-200.json; facts 1.1-1.3',
    handle: put,
  },
  {
    name: 'Storage account: update',
    method: 'PATCH',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'documented',
    rests: 'Storage accounts REST reference, Update',
    handle: patch,
  },
  {
    name: 'Storage account: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    mutating: false,
    grade: 'recorded',
    rests: 'storage-list-subscription.json (row), storage-get-404.json',
    handle: (call) => ({
      status: 200,
      headers: JSON_TYPE,
      json: renderAccount(existing(call), call.now),
    }),
  },
  {
    name: 'Storage accounts: list in a subscription',
    method: 'GET',
    path: `${SUBSCRIPTION}/providers/${TYPE}`,
    action: `${TYPE}/read`,
    scope: (call) => `/subscriptions/${param(call, 'subscription')}`,
    mutating: false,
    grade: 'recorded',
    rests: 'storage-list-subscription.json',
    handle: (call) => list(call, `/subscriptions/${param(call, 'subscription')}`),
  },
  {
    name: 'Storage accounts: list in a group',
    method: 'GET',
    path: `${GROUP}/providers/${TYPE}`,
    action: `${TYPE}/read`,
    scope: groupScope,
    mutating: false,
    grade: 'documented',
    rests: 'storage-list-subscription.json',
    handle: (call) => list(call, groupScope(call)),
  },
  {
    name: 'Storage account: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TYPE}/delete`,
    mutating: true,
    grade: 'recorded',
    rests: 'storage-delete-200.json; facts 1.1 (204)',
    handle: remove,
  },
];

function groupScope(call: Call): string {
  return `/subscriptions/${param(call, 'subscription')}/resourceGroups/${param(call, 'group')}`;
}

function list(call: Call, scope: string): Reply {
  const accounts = call.core.state.resourcesOfType(TYPE, scope);
  return page(
    call,
    accounts.map((account) => renderAccount(account, call.now)),
  );
}

function put(call: Call): Reply {
  const name = param(call, 'account');
  checkAccountName(name);
  const old = call.core.state.resource(call.path);
  if (old !== undefined) return update(call, old, bodyOf(call), true);
  checkFree(call, name);
  const body = bodyOf(call);
  const sku = skuOf(body);
  const kind = textAt(body, 'kind');
  if (kind === undefined || !KINDS.includes(kind)) {
    throw refuse(
      400,
      'InvalidRequestPropertyValue',
      `The value '${kind ?? ''}' is not allowed for property kind. For more information, see - https://aka.ms/storageaccounttypes`,
    );
  }
  const doneAt = call.now + call.core.durations.of('storageAccount', call.path);
  const { resource } = putResource(call, {
    type: TYPE,
    properties: propertiesOf(call, name, objectAt(body, 'properties')),
    busyUntil: doneAt,
    busyState: 'Creating',
  });
  resource.sku = sku;
  resource.tags ??= {};
  call.core.state.at(doneAt, () => {
    if (call.core.state.resource(resource.id) !== resource) return;
    reindex(call.core, resource.id);
    call.core.publish({ kind: 'accountCreated', account: resource.name });
  });
  return accepted(call, resource, doneAt);
}

const KINDS = ['Storage', 'StorageV2', 'BlobStorage', 'FileStorage', 'BlockBlobStorage'];

function accepted(call: Call, resource: Resource, doneAt: number): Reply {
  const subscription = param(call, 'subscription');
  const version = call.url.searchParams.get('api-version') ?? '';
  const location = locationPoll(call.core, {
    path: `/subscriptions/${subscription}/providers/Microsoft.Storage/locations/${resource.location ?? ''}/asyncoperations/${call.core.random.guid()}`,
    query: `monitor=true&api-version=${version}`,
    doneAt,
    retryAfter: RETRY_AFTER,
    running: () => ({ status: 202, headers: EMPTY_TYPE }),
    done: () => outcome(call, resource),
  });
  return {
    status: 202,
    headers: { ...EMPTY_TYPE, Location: location, 'Retry-After': String(RETRY_AFTER) },
  };
}

function outcome(call: Call, resource: Resource): Reply {
  const current = call.core.state.resource(resource.id);
  if (current === undefined) throw notFound(resource.id);
  return { status: 200, headers: JSON_TYPE, json: renderAccount(current, call.core.now()) };
}

function skuOf(body: JsonObject): JsonObject {
  const name = textAt(body['sku'], 'name');
  const match = /^(Standard|Premium)_(LRS|GRS|RAGRS|ZRS|GZRS|RAGZRS)$/.exec(name ?? '');
  if (name === undefined || match === null) {
    throw refuse(
      400,
      'InvalidRequestPropertyValue',
      `The value '${name ?? ''}' is not allowed for property sku.name.`,
    );
  }
  return { name, tier: match[1] };
}

function inProgress(name: string): AzureFailure {
  return refuse(
    409,
    'StorageAccountOperationInProgress',
    `An operation is currently performing on the storage account ${name} that requires exclusive access.`,
  );
}

/** PUT on an existing account and PATCH: properties are merged, tags replaced when they are sent. */
function update(call: Call, old: Resource, body: JsonObject, whole: boolean): Reply {
  if (call.now < old.busyUntil) throw inProgress(old.name);
  if (whole) skuOf(body);
  const kind = textAt(body, 'kind');
  if (
    kind !== undefined &&
    kind !== old.kind &&
    !(old.kind === 'Storage' && kind === 'StorageV2')
  ) {
    throw refuse(
      400,
      'AccountKindCannotBeChanged',
      `The storage account kind '${old.kind ?? ''}' cannot be changed to '${kind}'.`,
    );
  }
  const properties = { ...old.properties, ...objectAt(body, 'properties') };
  if (!whole) {
    old.properties = properties;
    old.tags = tagsIn(body) ?? old.tags;
    old.changedAt = call.now;
    reindex(call.core, old.id);
    return { status: 200, headers: JSON_TYPE, json: renderAccount(old, call.now) };
  }
  const { resource } = putResource(call, { type: TYPE, properties });
  resource.sku = isObject(body['sku']) ? skuOf(body) : old.sku;
  resource.tags ??= old.tags;
  return { status: 200, headers: JSON_TYPE, json: renderAccount(resource, call.now) };
}

function patch(call: Call): Reply {
  return update(call, existing(call), bodyOf(call), false);
}

function remove(call: Call): Reply {
  const account = call.core.state.resource(call.path);
  if (account === undefined) return { status: 204 };
  if (call.now < account.busyUntil) throw inProgress(account.name);
  retire(call.core, account.id);
  return { status: 200, headers: EMPTY_TYPE };
}
