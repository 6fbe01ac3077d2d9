import { refuse, type Reply } from '../failure.ts';
import type { Call, Operation } from '../operation.ts';

const WORKSPACE =
  '/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.OperationalInsights/workspaces/{w}';

const LOCATION = 'azure-docs, azure-resource-manager/management/async-operations, Location';

const PATHS: readonly (readonly [name: string, path: string, rests: string])[] = [
  ['group', '/subscriptions/{s}/operationresults/{id}', 'rg-delete-poll-*.json'],
  ['storage', poll('asyncoperations'), 'storage-put-poll-*.json'],
  ['status', poll('operations'), 'nsg-put-status-200.json, network-status-inprogress.json'],
  ['result', poll('operationResults'), 'vnet-delete-result-204.json, kv-purge-poll-*.json'],
  [
    'workspace status',
    poll('operationstatuses'),
    'law-delete-status-200.json, law-table-put-status-200.json',
  ],
  [
    'workspace result',
    `${WORKSPACE}/operationresults/{id}`,
    `law-delete-202.json (its Location); ${LOCATION}`,
  ],
  [
    'table result',
    `${WORKSPACE}/tables/{t}/operationresults/{id}`,
    `law-table-put-202.json (its Location); ${LOCATION}`,
  ],
];

function poll(kind: string): string {
  return `/subscriptions/{s}/providers/{namespace}/locations/{location}/${kind}/{id}`;
}

/** Where long-running operations are asked how far they are. No action is needed: the URL is signed. */
export const pollOperations: readonly Operation[] = PATHS.map(([name, path, rests]) => ({
  name: `Long-running operation: poll (${name})`,
  method: 'GET' as const,
  path,
  mutating: false,
  grade: name.endsWith(' result') ? ('documented' as const) : ('recorded' as const),
  rests,
  handle,
}));

/** A poll URL counts only as it was handed out: path and query, byte for byte. */
function handle(call: Call): Reply {
  const known = call.core.state.polls.get(call.path.toLowerCase());
  if (known === undefined) {
    throw refuse(404, 'OperationNotFound', 'The operation in the request was not found.');
  }
  if (known.query !== call.url.search) {
    throw refuse(
      403,
      'InvalidPollSignature',
      'The signed query parameters of this operation URL were changed. Call it back unchanged.',
    );
  }
  return known.answer(call.now);
}
