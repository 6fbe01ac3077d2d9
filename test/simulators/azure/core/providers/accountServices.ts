import type { Reply } from '../failure.ts';
import type { Json } from '../json.ts';
import type { Call, Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { page } from '../arm/paging.ts';
import { notFound } from '../arm/resources.ts';

const ACCOUNT =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}';

/** What an account holds besides blobs. Nothing of it is made here: tests put it into the state. */
const LISTS: readonly (readonly [what: string, service: string, list: string])[] = [
  ['File shares', 'fileServices', 'shares'],
  ['Queues', 'queueServices', 'queues'],
  ['Tables of an account', 'tableServices', 'tables'],
];

export const accountServiceOperations: readonly Operation[] = LISTS.map(
  ([what, service, list]): Operation => ({
    name: `${what}: list`,
    method: 'GET',
    path: `${ACCOUNT}/${service}/default/${list}`,
    action: `Microsoft.Storage/storageAccounts/${service}/${list}/read`,
    mutating: false,
    grade: 'documented',
    rests: `Storage REST reference, ${what}, List`,
    handle: (call) => listIn(call, `Microsoft.Storage/storageAccounts/${service}/${list}`),
  }),
);

function listIn(call: Call, type: string): Reply {
  const id = call.path.replace(/(\/storageAccounts\/[^/]+)\/.*$/i, '$1');
  if (call.core.state.resource(id) === undefined) throw notFound(id);
  return page(call, call.core.state.resourcesOfType(type, id).map(render));
}

function render({ id, name, type, properties }: Resource): Json {
  return { id, name, type, properties };
}
