import { refuse, type Reply } from '../failure.ts';
import { objectAt, textAt, type Json } from '../json.ts';
import { bodyOf, param, type Call, type Core, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { idKey } from '../arm/armId.ts';
import { page } from '../arm/paging.ts';
import { existing, notFound, putResource } from '../arm/resources.ts';
import { retire } from './retirement.ts';

const ACCOUNT =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}';
const SERVICE = `${ACCOUNT}/blobServices/default`;
const PATH = `${SERVICE}/containers/{container}`;
export const CONTAINER_TYPE = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const JSON_TYPE = { 'Content-Type': 'application/json' };
/** A deleted container keeps its name for that long (azure-facts 10). Milliseconds. */
const BEING_DELETED = 30_000;

/** Blob containers by ARM: no data rights needed. */
export const containerOperations: readonly Operation[] = [
  {
    name: 'Blob container: create or update',
    method: 'PUT',
    path: PATH,
    action: `${CONTAINER_TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests: 'container-put-201.json; facts 1.1, 1.3',
    handle: put,
  },
  {
    name: 'Blob container: get',
    method: 'GET',
    path: PATH,
    action: `${CONTAINER_TYPE}/read`,
    mutating: false,
    grade: 'recorded',
    rests: 'container-get-200-k8s.json, container-get-404.json',
    handle: get,
  },
  {
    name: 'Blob containers: list',
    method: 'GET',
    path: `${SERVICE}/containers`,
    action: `${CONTAINER_TYPE}/read`,
    mutating: false,
    grade: 'documented',
    rests: 'container-get-200-k8s.json (rows); Blob containers REST reference, List',
    handle: list,
  },
  {
    name: 'Blob container: delete',
    method: 'DELETE',
    path: PATH,
    action: `${CONTAINER_TYPE}/delete`,
    mutating: true,
    grade: 'recorded',
    rests: 'container-delete-200.json',
    handle: remove,
  },
  {
    name: 'Blob service: get',
    method: 'GET',
    path: SERVICE,
    action: 'Microsoft.Storage/storageAccounts/blobServices/read',
    mutating: false,
    grade: 'documented',
    rests: 'Azure/azure-rest-api-specs, Microsoft.Storage 2023-05-01, BlobServicesGet.json',
    handle: (call) => {
      const { id, sku } = accountFor(call);
      return {
        status: 200,
        headers: JSON_TYPE,
        json: {
          ...(sku === undefined ? {} : { sku }),
          id: `${id}/blobServices/default`,
          name: 'default',
          type: 'Microsoft.Storage/storageAccounts/blobServices',
          properties: { cors: { corsRules: [] }, deleteRetentionPolicy: { enabled: false } },
        },
      };
    },
  },
];

function accountFor(call: Call): Resource {
  const id = call.path.slice(0, call.path.toLowerCase().indexOf('/blobservices/'));
  const account = call.core.state.resource(id);
  if (account === undefined) throw notFound(id);
  if (call.now >= account.busyUntil) return account;
  throw refuse(
    409,
    'StorageAccountIsNotProvisioned',
    "The storage account provisioning state must be 'Succeeded' before executing the operation.",
  );
}

function put(call: Call): Reply {
  const account = accountFor(call);
  const name = param(call, 'container');
  if (!/^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
    throw refuse(
      400,
      'InvalidResourceName',
      'The specifed resource name contains invalid characters.',
    );
  }
  checkNotBeingDeleted(call, account, name);
  const asked = objectAt(bodyOf(call), 'properties');
  const publicAccess = textAt(asked, 'publicAccess') ?? 'None';
  if (publicAccess !== 'None' && account.properties['allowBlobPublicAccess'] !== true) {
    throw refuse(
      409,
      'PublicAccessNotPermitted',
      'Public access is not permitted on this storage account.',
    );
  }
  const { resource, created } = putResource(call, {
    type: CONTAINER_TYPE,
    located: false,
    properties: { ...asked, publicAccess, hasImmutabilityPolicy: false, hasLegalHold: false },
  });
  if (created) announce(call.core, account.name, name);
  const { id, type, properties } = resource;
  return {
    status: created ? 201 : 200,
    headers: { ...JSON_TYPE, ETag: etagOf(resource) },
    json: { id, name, type, properties },
  };
}

function announce(core: Core, account: string, container: string): void {
  core.publish({ kind: 'containerCreated', account, container });
}

function checkNotBeingDeleted(call: Call, account: Resource, name: string): void {
  const deletedAt = call.core.state.deletedContainers.get(containerKey(account.name, name));
  if (deletedAt === undefined || call.now >= deletedAt + BEING_DELETED) return;
  throw refuse(
    409,
    'ContainerBeingDeleted',
    `The specified container is being deleted. Try operation later.\nRequestId:${call.core.random.guid()}\nTime:${new Date(call.now).toISOString()}`,
  );
}

export function containerKey(account: string, container: string): string {
  return `${account.toLowerCase()}/${container}`;
}

function etagOf(resource: Resource): string {
  return `"0x${resource.etag.replaceAll('-', '').slice(0, 15).toUpperCase()}"`;
}

function get(call: Call): Reply {
  accountFor(call);
  const container = call.core.state.resource(call.path);
  if (container === undefined) {
    throw refuse(
      404,
      'ContainerNotFound',
      `The specified container does not exist.\nRequestId:${call.core.random.guid()}\nTime:${new Date(call.now).toISOString()}`,
      JSON_TYPE,
    );
  }
  return {
    status: 200,
    headers: { ...JSON_TYPE, ETag: etagOf(container) },
    json: render(container),
  };
}

function render(container: Resource): Json {
  return {
    id: container.id,
    name: container.name,
    type: container.type,
    etag: etagOf(container),
    properties: {
      ...container.properties,
      leaseStatus: 'Unlocked',
      leaseState: 'Available',
      lastModifiedTime: new Date(container.changedAt).toISOString(),
      legalHold: { hasLegalHold: false, tags: [] },
    },
  };
}

function list(call: Call): Reply {
  const account = accountFor(call);
  const containers = call.core.state.resourcesOfType(CONTAINER_TYPE, account.id);
  return page(call, containers.map(render));
}

function remove(call: Call): Reply {
  const account = accountFor(call);
  if (call.core.state.resource(call.path) === undefined) return { status: 204 };
  const container = existing(call);
  call.core.state.deletedContainers.set(containerKey(account.name, container.name), call.now);
  retire(call.core, container.id);
  return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' } };
}

/** Keeps ARM's view in step when the blob side makes or removes a container by itself. */
export function recordContainer(core: Core, account: string, name: string, exists: boolean): void {
  const parent = core.state
    .resourcesOfType('Microsoft.Storage/storageAccounts', '/')
    .find((each) => each.name === account);
  if (parent === undefined) return;
  const id = `${parent.id}/blobServices/default/containers/${name}`;
  const now = core.now();
  if (!exists) {
    core.state.deletedContainers.set(containerKey(account, name), now);
    core.state.remove(id);
    return;
  }
  if (core.state.resource(id) !== undefined) return;
  core.state.resources.set(idKey(id), {
    ...parent,
    id,
    name,
    type: CONTAINER_TYPE,
    location: undefined,
    tags: undefined,
    kind: undefined,
    sku: undefined,
    properties: { publicAccess: 'None', hasImmutabilityPolicy: false, hasLegalHold: false },
    etag: core.random.guid(),
    changedAt: now,
    busyUntil: now,
  });
}
