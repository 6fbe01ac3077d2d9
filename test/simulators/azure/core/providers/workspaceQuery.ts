import { refuse, type Reply } from '../failure.ts';
import { textAt } from '../json.ts';
import { bodyOf, type Call, type Operation } from '../operation.ts';
import { idKey } from '../arm/armId.ts';
import { notFound } from '../arm/resources.ts';

const TYPE = 'Microsoft.OperationalInsights/workspaces';

/** Columns of Azure's own tables that are called like what a query may want to call its own. */
const COLUMNS: ReadonlySet<string> = new Set([
  'Source',
  'SourceSystem',
  'Table',
  'TableName',
  'Type',
]);

/** One question to a workspace's rows: whether there are any besides Azure's own. */
export const workspaceQueryOperations: readonly Operation[] = [
  {
    name: 'Workspace: query its rows',
    method: 'POST',
    path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}/{workspace}/query`,
    action: `${TYPE}/query/read`,
    scope: (call) => workspaceId(call),
    mutating: false,
    grade: 'documented',
    rests:
      'Azure/azure-rest-api-specs, operationalinsights 2017-10-01, oms-post-example.json; azure-docs, logs/manage-access (the action)',
    handle: query,
  },
];

function workspaceId(call: Call): string {
  return call.path.replace(/\/query$/i, '');
}

function query(call: Call): Reply {
  const id = workspaceId(call);
  if (call.core.state.resource(id) === undefined) throw notFound(id);
  const asked = textAt(bodyOf(call), 'query') ?? '';
  const source = /^union withsource=(\w+) \* .*\| take 1$/.exec(asked)?.[1];
  // Where a table has a column of this name, what the query means is not sure: strictness wins.
  if (source === undefined || COLUMNS.has(source)) {
    throw refuse(400, 'BadArgumentError', 'The request had some invalid properties');
  }
  const rows = call.core.state.logged.has(idKey(id)) ? [['dstack_logs_CL']] : [];
  const columns = [{ name: source, type: 'string' }];
  return { status: 200, json: { tables: [{ name: 'PrimaryResult', columns, rows }] } };
}
