import { AzureFailure, refuse, type Reply } from '../failure.ts';
import { objectAt, textAt, textsAt, type Json, type JsonObject } from '../json.ts';
import { bodyOf, type Call, type Operation } from '../operation.ts';
import { KqlNotSimulated, KqlSyntaxError, runQuery, type Row } from '../arm/kql.ts';
import { mayDo } from '../arm/rights.ts';

/** Rows per page at most (azure-facts 7). */
const PAGE = 1000;
const QUERIES = 15;
const WINDOW = 5000;

/** Resource Graph over an index that lags; shows only what the caller may read. */
export const resourceGraphOperations: readonly Operation[] = [
  {
    name: 'Resource Graph: query',
    method: 'POST',
    path: '/providers/Microsoft.ResourceGraph/resources',
    mutating: false,
    grade: 'recorded',
    rests: 'resourcegraph-azd-2024.json, resourcegraph-storage-2019.json; facts 7',
    handle: query,
  },
];

function query(call: Call): Reply {
  const quota = takeQuota(call);
  const body = bodyOf(call);
  const text = textAt(body, 'query');
  if (text === undefined || text.trim() === '') {
    throw badRequest('InvalidQuery', 'Query can not be empty.');
  }
  const rows = run(text, visibleRows(call, textsAt(body, 'subscriptions')));
  return { status: 200, headers: quota, json: answer(call, rows, optionsOf(call)) };
}

/** Until 2021 the answer was a table unless objects were asked for (recorded). */
function optionsOf(call: Call): JsonObject {
  const version = call.url.searchParams.get('api-version') ?? '';
  const format = version < '2021' ? 'table' : 'objectArray';
  return { resultFormat: format, ...objectAt(bodyOf(call), 'options') };
}

function run(text: string, visible: readonly Row[]): readonly Row[] {
  const isGroup = (row: Row): boolean =>
    row['type'] === 'microsoft.resources/subscriptions/resourcegroups';
  try {
    return runQuery(text, {
      resources: visible.filter((row) => !isGroup(row)),
      resourcecontainers: visible.filter(isGroup),
    });
  } catch (error) {
    if (error instanceof KqlSyntaxError) throw badRequest('ParserFailure', error.message);
    if (error instanceof KqlNotSimulated) {
      throw new AzureFailure(
        {
          status: 501,
          json: { error: { code: 'NotSimulated', message: `Resource Graph: ${error.message}` } },
        },
        `Resource Graph: ${error.message}`,
      );
    }
    throw error;
  }
}

function badRequest(code: string, message: string): AzureFailure {
  const error = {
    code: 'BadRequest',
    message: 'Please provide below info when asking for support.',
    details: [{ code, message }],
  };
  return new AzureFailure({ status: 400, json: { error } }, message);
}

/** Rights missing anywhere only make rows vanish. */
function visibleRows(call: Call, subscriptions: readonly string[]): readonly Row[] {
  const wanted = new Set(subscriptions.map((each) => each.toLowerCase()));
  return [...call.core.state.index.values()].filter((row) => {
    const subscription = textAt(row, 'subscriptionId')?.toLowerCase() ?? '';
    const type = textAt(row, 'type') ?? '';
    return (
      row['tenantId'] === call.caller.tenantId &&
      (wanted.size === 0 || wanted.has(subscription)) &&
      mayDo(call.core, call.caller, `${type}/read`, textAt(row, 'id') ?? '')
    );
  });
}

function answer(call: Call, rows: readonly Row[], options: JsonObject): Json {
  const top = Number(options['$top'] ?? PAGE);
  if (!Number.isInteger(top) || top < 1 || top > PAGE) {
    throw badRequest('InvalidTop', `Top value '${top}' must be between 1 and ${PAGE}.`);
  }
  const size = Math.min(top, call.core.world.pageSize ?? PAGE);
  const start = startOf(textAt(options, '$skipToken'));
  const data = rows.slice(start, start + size);
  const more = start + size < rows.length;
  const ordered = data.every((row) => row['id'] !== undefined);
  const token = Buffer.from(`from:${start + size}`).toString('base64url');
  return {
    totalRecords: rows.length,
    count: data.length,
    data: options['resultFormat'] === 'table' ? asTable(data) : data,
    facets: [],
    resultTruncated: more && !ordered ? 'true' : 'false',
    ...(more && ordered ? { $skipToken: token } : {}),
  };
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const start = Number(Buffer.from(token, 'base64url').toString().replace('from:', ''));
  if (Number.isInteger(start) && start > 0) return start;
  throw badRequest('InvalidSkipToken', 'The skip token is invalid.');
}

function asTable(rows: readonly Row[]): Json {
  const names = Object.keys(rows[0] ?? {});
  return {
    columns: names.map((name) => ({
      name,
      type: rows.some((row) => typeof row[name] === 'object' && row[name] !== null)
        ? 'object'
        : 'string',
    })),
    rows: rows.map((row) => names.map((name) => row[name] ?? null)),
  };
}

/** 15 queries per 5 seconds and caller, told in headers. */
function takeQuota(call: Call): Record<string, string> {
  const { queryTimes } = call.core.state;
  const recent = (queryTimes.get(call.caller.objectId) ?? []).filter(
    (time) => time > call.now - WINDOW,
  );
  const left = QUERIES - recent.length - 1;
  const headers = {
    'x-ms-user-quota-remaining': String(Math.max(0, left)),
    'x-ms-user-quota-resets-after': '00:00:05',
    'x-ms-ratelimit-remaining-tenant-resource-requests': String(Math.max(0, left)),
  };
  if (left < 0) {
    throw refuse(429, 'RateLimiting', 'Please provide below info when asking for support.', {
      ...headers,
      'Retry-After': '5',
    });
  }
  queryTimes.set(call.caller.objectId, [...recent, call.now]);
  return headers;
}
