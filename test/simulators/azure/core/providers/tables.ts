import { refuse, type Reply } from '../failure.ts';
import { listAt, objectAt, textAt, type Json, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { page } from '../arm/paging.ts';
import { existing, notFound, provisioningState, putResource } from '../arm/resources.ts';
import { accepted } from './insightsPolls.ts';

export const TABLE_TYPE = 'Microsoft.OperationalInsights/workspaces/tables';
const WORKSPACE =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.OperationalInsights/workspaces/{workspace}';
const PATH = `${WORKSPACE}/tables/{table}`;
const COLUMN_TYPES = ['string', 'int', 'long', 'real', 'boolean', 'datetime', 'guid', 'dynamic'];

/** Custom tables of a workspace. */
export const tableOperations: readonly Operation[] = [
  {
    name: 'Table: create or update',
    method: 'PUT',
    path: PATH,
    action: `${TABLE_TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests: 'law-table-put-202.json, law-table-put-status-200.json; facts 1.1, 1.5',
    handle: put,
  },
  {
    name: 'Table: get',
    method: 'GET',
    path: PATH,
    action: `${TABLE_TYPE}/read`,
    mutating: false,
    grade: 'recorded',
    rests: 'law-table-get-200.json',
    handle: (call) => ({ status: 200, json: render(existing(call), call.now) }),
  },
  {
    name: 'Tables: list',
    method: 'GET',
    path: `${WORKSPACE}/tables`,
    action: `${TABLE_TYPE}/read`,
    mutating: false,
    grade: 'documented',
    rests: 'law-table-get-200.json (rows); Tables REST reference, List By Workspace',
    handle: (call) =>
      page(
        call,
        call.core.state
          .resourcesOfType(TABLE_TYPE, workspaceOf(call).id)
          .map((table) => render(table, call.now)),
      ),
  },
  {
    name: 'Table: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TABLE_TYPE}/delete`,
    mutating: true,
    grade: 'documented',
    rests: 'law-delete-202.json (headers); facts 1.1',
    handle: remove,
  },
];

function workspaceOf(call: Call): Resource {
  const id = call.path.replace(/\/tables(\/.*)?$/i, '');
  const workspace = call.core.state.resource(id);
  if (workspace !== undefined) return workspace;
  throw notFound(id);
}

function put(call: Call): Reply {
  const workspace = workspaceOf(call);
  if (call.now < workspace.busyUntil) {
    throw refuse(
      409,
      'Conflict',
      `Operation on table cannot be started: workspace ${workspace.name} is ${workspace.busyState}.`,
    );
  }
  const properties = propertiesOf(call, param(call, 'table'));
  const doneAt = call.now + call.core.durations.of('table', `${call.path}|${call.now}`);
  const { resource } = putResource(call, {
    type: TABLE_TYPE,
    located: false,
    properties,
    busyUntil: doneAt,
    busyState: 'InProgress',
  });
  return accepted(call, {
    location: workspace.location ?? '',
    resourceId: resource.id,
    doneAt,
    done: () => ({ status: 200, json: render(resource, call.core.now()) }),
  });
}

function propertiesOf(call: Call, name: string): JsonObject {
  const asked = objectAt(bodyOf(call), 'properties');
  const schema = objectAt(asked, 'schema');
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,59}_CL$/.test(name) || textAt(schema, 'name') !== name) {
    throw badTable(
      `Invalid table name '${name}': custom tables end in _CL, and the schema names the same table.`,
    );
  }
  const columns = listAt(schema, 'columns').map(columnOf);
  const time = columns.find((column) => column.name === 'TimeGenerated');
  if (time?.type !== 'datetime') {
    throw badTable('The table must have a column TimeGenerated of type datetime.');
  }
  const retention = asked['retentionInDays'] ?? 30;
  const total = asked['totalRetentionInDays'] ?? retention;
  return {
    totalRetentionInDays: total,
    archiveRetentionInDays: Number(total) - Number(retention),
    plan: asked['plan'] ?? 'Analytics',
    lastPlanModifiedDate: new Date(call.now).toISOString(),
    retentionInDaysAsDefault: asked['retentionInDays'] === undefined,
    totalRetentionInDaysAsDefault: asked['totalRetentionInDays'] === undefined,
    schema: {
      tableSubType: 'DataCollectionRuleBased',
      name,
      tableType: 'CustomLog',
      columns: columns.map((column) => ({ ...column, isDefaultDisplay: false, isHidden: false })),
      standardColumns: [
        { name: 'TenantId', type: 'guid', isDefaultDisplay: false, isHidden: false },
      ],
      solutions: ['LogManagement'],
      isTroubleshootingAllowed: true,
    },
    retentionInDays: retention,
  };
}

function columnOf(value: Json): { name: string; type: string } {
  const name = textAt(value, 'name') ?? '';
  const type = (textAt(value, 'type') ?? '').toLowerCase();
  if (!/^[A-Za-z_]\w{0,44}$/.test(name) || !COLUMN_TYPES.includes(type)) {
    throw badTable(`Invalid column '${name}' of type '${type}'.`);
  }
  return { name, type };
}

function badTable(message: string): Error {
  return refuse(400, 'InvalidParameter', message);
}

function remove(call: Call): Reply {
  const workspace = workspaceOf(call);
  const table = call.core.state.resource(call.path);
  if (table === undefined) return { status: 204 };
  const doneAt = call.now + call.core.durations.of('table', `${table.id}|${call.now}`);
  table.busyUntil = doneAt;
  table.busyState = 'Deleting';
  call.core.state.at(doneAt, () => {
    call.core.state.remove(table.id);
  });
  return accepted(call, {
    location: workspace.location ?? '',
    resourceId: table.id,
    doneAt,
    done: () => ({ status: 200 }),
  });
}

function render(table: Resource, now: number): Json {
  return {
    properties: { ...table.properties, provisioningState: provisioningState(table, now) },
    id: table.id,
    name: table.name,
  };
}
