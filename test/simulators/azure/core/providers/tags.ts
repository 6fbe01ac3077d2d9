import { refuse, type Reply } from '../failure.ts';
import { objectAt, textAt } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import { idKey, subscriptionIdOf } from '../arm/armId.ts';
import { reindex } from '../arm/resourceIndex.ts';
import { notFound, tagsIn } from '../arm/resources.ts';
import { refuseAtGateway } from '../failure.ts';

const PATH = '/{scope...}/providers/Microsoft.Resources/tags/default';
const scope = (call: Call): string => param(call, 'scope');

/** The Tags API: tags of a subscription, group or resource without touching anything else. */
export const tagOperations: readonly Operation[] = [
  {
    name: 'Tags: get',
    method: 'GET',
    path: PATH,
    action: 'Microsoft.Resources/tags/read',
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'Tags REST reference, Get At Scope',
    handle: (call) => reply(call, holder(call).tags ?? {}),
  },
  {
    name: 'Tags: replace',
    method: 'PUT',
    path: PATH,
    action: 'Microsoft.Resources/tags/write',
    scope,
    mutating: true,
    grade: 'documented',
    rests: 'Tags REST reference, Create Or Update At Scope',
    handle: (call) => write(call, tagsSent(call)),
  },
  {
    name: 'Tags: merge, replace or delete some',
    method: 'PATCH',
    path: PATH,
    action: 'Microsoft.Resources/tags/write',
    scope,
    mutating: true,
    grade: 'documented',
    rests: 'Tags REST reference, Update At Scope',
    handle: patch,
  },
  {
    name: 'Tags: delete all',
    method: 'DELETE',
    path: PATH,
    action: 'Microsoft.Resources/tags/delete',
    scope,
    mutating: true,
    grade: 'documented',
    rests: 'Tags REST reference, Delete At Scope',
    handle: (call) => {
      write(call, {});
      return { status: 200 };
    },
  },
];

interface Tagged {
  tags: Record<string, string> | undefined;
}

function holder(call: Call): Tagged {
  const id = scope(call);
  const { state } = call.core;
  const resource = state.resource(id);
  if (resource !== undefined) return resource;
  const group = state.groups.get(idKey(id));
  if (group !== undefined) return group;
  const subscription = state.subscriptions.get((subscriptionIdOf(id) ?? '').toLowerCase());
  if (subscription !== undefined && idKey(id) === idKey(subscription.id)) return subscription;
  if (!/\/providers\//i.test(id)) {
    const name = id.slice(id.lastIndexOf('/') + 1);
    throw refuseAtGateway(
      404,
      'ResourceGroupNotFound',
      `Resource group '${name}' could not be found.`,
    );
  }
  throw notFound(id);
}

function tagsSent(call: Call): Record<string, string> {
  return tagsIn(objectAt(bodyOf(call), 'properties')) ?? {};
}

function write(call: Call, tags: Record<string, string>): Reply {
  const target = holder(call);
  if (Object.keys(tags).length > 50) {
    throw refuse(400, 'InvalidTagCount', 'The number of tags must not exceed 50.');
  }
  target.tags = tags;
  reindex(call.core, scope(call));
  return reply(call, tags);
}

/** Tag names compare without regard to case; the spelling of the first writer stays. */
function patch(call: Call): Reply {
  const operation = textAt(bodyOf(call), 'operation');
  const sent = tagsSent(call);
  const old = holder(call).tags ?? {};
  switch (operation) {
    case 'Replace':
      return write(call, sent);
    case 'Merge':
      return write(call, merged(old, sent));
    case 'Delete':
      return write(call, without(old, sent));
    case undefined:
    default:
      throw refuse(
        400,
        'InvalidTagsPatchOperation',
        `The tags patch operation '${operation ?? ''}' is invalid. Allowed values: Merge, Replace, Delete.`,
      );
  }
}

function merged(
  old: Readonly<Record<string, string>>,
  sent: Readonly<Record<string, string>>,
): Record<string, string> {
  const result = { ...old };
  for (const [name, value] of Object.entries(sent)) {
    const known = Object.keys(result).find((each) => each.toLowerCase() === name.toLowerCase());
    result[known ?? name] = value;
  }
  return result;
}

/** A tag goes only when name and value are both as sent. */
function without(
  old: Readonly<Record<string, string>>,
  sent: Readonly<Record<string, string>>,
): Record<string, string> {
  const gone = new Map(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(old).filter(([name, value]) => gone.get(name.toLowerCase()) !== value),
  );
}

function reply(call: Call, tags: Readonly<Record<string, string>>): Reply {
  const at = scope(call);
  return {
    status: 200,
    json: {
      id: `${at}/providers/Microsoft.Resources/tags/default`,
      name: 'default',
      type: 'Microsoft.Resources/tags',
      properties: { tags },
    },
  };
}
