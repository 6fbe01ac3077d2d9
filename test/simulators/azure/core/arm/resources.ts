import { actorOf } from '../entra/caller.ts';
import { refuse, refuseAtGateway, type AzureFailure } from '../failure.ts';
import { isObject, textAt, type Json, type JsonDraft, type JsonObject } from '../json.ts';
import { bodyOf, type Call } from '../operation.ts';
import type { Resource } from '../state.ts';
import { LOCATIONS, locationNamed } from '../data/locations.ts';
import { groupNameOf, idKey, nameOf, shortNameOf, subscriptionIdOf, typeOf } from './armId.ts';
import { reindex } from './resourceIndex.ts';
import { checkPolicies, withAddedTags } from './policy.ts';

/** The resource, or the 404 that ARM itself answers. */
export function existing(call: Call, id: string = call.path): Resource {
  const resource = call.core.state.resource(id);
  if (resource !== undefined) return resource;
  throw notFound(id);
}

export function notFound(id: string): AzureFailure {
  return refuseAtGateway(
    404,
    'ResourceNotFound',
    `The Resource '${shortNameOf(id)}' under resource group '${groupNameOf(id) ?? '<null>'}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** The id of the resource in the path, with its group in the spelling of the group itself. */
export function resourceIdOf(call: Call): string {
  const group = call.core.state.group(call.path);
  if (group === undefined) return call.path;
  return `${group.id}${call.path.slice(group.id.length)}`;
}

/** `provisioningState` as it reads now. */
export function provisioningState(resource: Resource, now: number): string {
  return now < resource.busyUntil ? resource.busyState : 'Succeeded';
}

export interface Draft {
  readonly type: string;
  readonly properties: JsonDraft;
  readonly busyUntil?: number;
  readonly busyState?: string;
  /** False for kinds without a location of their own. */
  readonly located?: boolean;
}

/**
 * Creates or replaces the resource in the path: location, tags, kind and SKU come from the body,
 * everything else from the draft. Refuses what ARM refuses for every tracked resource.
 */
export function putResource(call: Call, draft: Draft): { resource: Resource; created: boolean } {
  const body = bodyOf(call);
  const id = resourceIdOf(call);
  const old = call.core.state.resource(id);
  const location = draft.located === false ? undefined : locationOf(call, body, old);
  const tags = location === undefined ? tagsIn(body) : withAddedTags(call, id, tagsIn(body));
  checkPolicies(call, id, { type: draft.type, location, tags, properties: draft.properties });
  const fresh = freshResource(call, old?.id ?? id, draft, location);
  const resource: Resource = {
    ...fresh,
    ...(old === undefined ? {} : { createdAt: old.createdAt, createdBy: old.createdBy }),
    tags,
    kind: textAt(body, 'kind') ?? old?.kind,
    sku: isObject(body['sku']) ? body['sku'] : old?.sku,
  };
  call.core.state.resources.set(idKey(id), resource);
  reindex(call.core, id);
  return { resource, created: old === undefined };
}

function freshResource(
  call: Call,
  id: string,
  draft: Draft,
  location: string | undefined,
): Resource {
  const actor = actorOf(call.caller);
  return {
    id,
    name: nameOf(id),
    type: draft.type,
    location,
    tags: undefined,
    kind: undefined,
    sku: undefined,
    properties: draft.properties,
    etag: call.core.random.guid(),
    createdAt: call.now,
    createdBy: actor,
    changedAt: call.now,
    changedBy: actor,
    busyUntil: draft.busyUntil ?? call.now,
    busyState: draft.busyState ?? 'Creating',
  };
}

/** The location in the body as a name: display names and spaces are accepted. */
function locationOf(call: Call, body: JsonObject, old: Resource | undefined): string {
  const given = textAt(body, 'location');
  if (given === undefined || given === '') {
    throw refuseAtGateway(
      400,
      'LocationRequired',
      'The location property is required for this definition.',
    );
  }
  const location = locationNamed(given)?.name;
  const type = typeOf(call.path);
  if (location === undefined) {
    const names = LOCATIONS.filter((each) => each.physical).map((each) => each.name);
    throw refuseAtGateway(
      400,
      'LocationNotAvailableForResourceType',
      `The provided location '${given}' is not available for resource type '${type}'. List of available regions for the resource type is '${names.join(',')}'.`,
    );
  }
  checkOpen(call, location);
  if (old?.location === undefined || old.location === location) return location;
  throw refuseAtGateway(
    409,
    'InvalidResourceLocation',
    `The resource '${old.name}' already exists in location '${old.location}' in resource group '${groupNameOf(old.id) ?? ''}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
  );
}

function checkOpen(call: Call, location: string): void {
  const subscription = call.core.state.subscriptions.get(
    (subscriptionIdOf(call.path) ?? '').toLowerCase(),
  );
  const open = subscription?.spec.openLocations;
  if (open === undefined || open.includes(location)) return;
  throw refuseAtGateway(
    403,
    'RequestDisallowedByAzure',
    `Resource '${nameOf(call.path)}' was disallowed by Azure: This policy maintains a set of best available regions where your subscription can deploy resources. The objective of this policy is to ensure that your subscription has full access to Azure services with optimal performance. Should you need additional or different regions, contact support..`,
  );
}

/** Tags of a body as text pairs. Throws for what ARM refuses. */
export function tagsIn(body: JsonObject): Record<string, string> | undefined {
  const given = body['tags'];
  if (given === undefined || given === null) return undefined;
  if (!isObject(given)) throw invalidContent('tags');
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw invalidContent(`tags.${name}`);
    checkTag(name, value);
    tags[name] = value;
  }
  if (Object.keys(tags).length > 50) {
    throw refuse(400, 'InvalidTagCount', 'The number of tags must not exceed 50.');
  }
  return tags;
}

function checkTag(name: string, value: string): void {
  if (name === '' || name.length > 512 || /[<>%&\\?/]/.test(name)) {
    throw refuse(
      400,
      'InvalidTagNameCharacters',
      `The tag names '${name}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`,
    );
  }
  if (value.length > 256) {
    throw refuse(
      400,
      'InvalidTagValueLength',
      `Tag value too large. Following tag value '${value}' exceeded the maximum length. Maximum allowed length for tag value - '256' characters.`,
    );
  }
}

export function invalidContent(path: string): AzureFailure {
  return refuseAtGateway(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: 'Error converting value at path '${path}'.'.`,
  );
}

/** The parts that every kind shows alike; `undefined` members are dropped on the way out. */
export function envelope(resource: Resource): JsonDraft {
  return {
    id: resource.id,
    name: resource.name,
    type: resource.type,
    location: resource.location,
    tags: resource.tags,
    kind: resource.kind,
    sku: resource.sku,
  };
}

export function systemData(resource: Resource): Json {
  return {
    createdBy: resource.createdBy.name,
    createdByType: resource.createdBy.type,
    createdAt: new Date(resource.createdAt).toISOString(),
    lastModifiedBy: resource.changedBy.name,
    lastModifiedByType: resource.changedBy.type,
    lastModifiedAt: new Date(resource.changedAt).toISOString(),
  };
}
