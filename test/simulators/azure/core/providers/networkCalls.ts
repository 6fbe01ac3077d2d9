import { refuse, type AzureFailure, type Reply } from '../failure.ts';
import { objectAt, textAt, type Json } from '../json.ts';
import { bodyOf, type Call } from '../operation.ts';
import type { Resource } from '../state.ts';
import { nameOf, subscriptionIdOf } from '../arm/armId.ts';
import { issuePoll, statusPoll } from '../arm/longRunning.ts';
import { reindex } from '../arm/resourceIndex.ts';
import { existing, tagsIn } from '../arm/resources.ts';

const NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

/** Throws for names that the network provider refuses. */
export function checkNetworkName(name: string, least: number, most: number): void {
  if (NAME.test(name) && name.length >= least && name.length <= most) return;
  throw refuse(
    400,
    'InvalidResourceName',
    `Resource name ${name} is invalid. The name can be up to ${most} characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
  );
}

/** One write at a time: a second one is refused while the first still runs. */
export function checkIdle(call: Call, resource: Resource | undefined): void {
  if (resource === undefined || call.now >= resource.busyUntil) return;
  throw refuse(
    409,
    'AnotherOperationInProgress',
    `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${operationPath(call, resource.location ?? '', 'operations', call.core.random.guid())}.`,
    { 'Retry-After': '10' },
  );
}

function operationPath(call: Call, location: string, kind: string, id: string): string {
  const subscription = subscriptionIdOf(call.path) ?? '';
  return `/subscriptions/${subscription}/providers/Microsoft.Network/locations/${location}/${kind}/${id}`;
}

/** The headers of a write: where its status is asked for. */
export function writing(call: Call, location: string, doneAt: number): Record<string, string> {
  const url = statusPoll(call.core, {
    path: operationPath(call, location, 'operations', call.core.random.guid()),
    query: `api-version=${call.url.searchParams.get('api-version') ?? ''}`,
    doneAt,
    retryAfter: 10,
  });
  return { 'Azure-AsyncOperation': url, 'Retry-After': '3' };
}

/** Deletes in the background: 202 with both headers, 204 at the result once it is done. */
export function deleteLater(call: Call, resource: Resource, remove: () => void): Reply {
  const { core } = call;
  const doneAt = call.now + core.durations.of('networkDelete', `${resource.id}|${call.now}`);
  resource.busyUntil = doneAt;
  resource.busyState = 'Deleting';
  core.state.at(doneAt, remove);
  const id = core.random.guid();
  const query = `api-version=${call.url.searchParams.get('api-version') ?? ''}`;
  const location = resource.location ?? 'eastus';
  const status = statusPoll(core, {
    path: operationPath(call, location, 'operations', id),
    query,
    doneAt,
    retryAfter: 10,
  });
  const result = issuePoll(core, {
    path: operationPath(call, location, 'operationResults', id),
    query,
    answer: (now, url) => {
      const both = {
        Location: url,
        'Azure-AsyncOperation': status,
        'Content-Type': 'application/json; charset=utf-8',
      };
      return now >= doneAt
        ? { status: 204, headers: both }
        : { status: 202, headers: { ...both, 'Retry-After': '10' } };
    },
  });
  return {
    status: 202,
    headers: { Location: result, 'Azure-AsyncOperation': status, 'Retry-After': '10' },
  };
}

/** PATCH here only ever changes tags, at once. */
export function patchTags(call: Call, render: (resource: Resource) => Json): Reply {
  const resource = existing(call);
  checkIdle(call, resource);
  resource.tags = tagsIn(bodyOf(call)) ?? {};
  reindex(call.core, resource.id);
  return { status: 200, json: render(resource) };
}

/** The NSG that a subnet points at, as its id; refuses one that is not there, or in another region. */
export function referencedNsg(
  call: Call,
  location: string | undefined,
  properties: Json | undefined,
): string | undefined {
  const id = textAt(objectAt(properties, 'networkSecurityGroup'), 'id');
  if (id === undefined) return undefined;
  const nsg = call.core.state.resource(id);
  if (nsg !== undefined && nsg.location === location) return nsg.id;
  throw missingReference(call, id);
}

export function missingReference(call: Call, id: string): AzureFailure {
  return refuse(
    400,
    'InvalidResourceReference',
    `Resource ${id} referenced by resource ${call.path} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region. (${nameOf(id)})`,
  );
}
