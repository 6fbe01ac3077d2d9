import type { Reply } from '../failure.ts';
import { textAt, type Json, type JsonObject } from '../json.ts';
import type { Call } from '../operation.ts';
import { graphFailure } from './graphFailure.ts';

const ROOT = 'https://graph.microsoft.com/v1.0';

/** One page of a collection after `$filter`, `$select` and `$top`. */
export function collection(call: Call, name: string, items: readonly JsonObject[]): Reply {
  const query = call.url.searchParams;
  const keep = filterOf(call, query.get('$filter'));
  const kept = items.filter(keep);
  const size = Math.min(Number(query.get('$top') ?? 100), call.core.world.pageSize ?? 100);
  const start = Number(query.get('$skiptoken') ?? 0);
  const value = kept.slice(start, start + size).map((item) => select(item, query.get('$select')));
  const next = new URL(call.url);
  next.searchParams.set('$skiptoken', String(start + size));
  return {
    status: 200,
    json: {
      '@odata.context': `${ROOT}/$metadata#${name}`,
      ...(start + size < kept.length ? { '@odata.nextLink': next.toString() } : {}),
      value,
    },
  };
}

/** One entity with its context. */
export function entity(call: Call, name: string, item: JsonObject, status = 200): Reply {
  return {
    status,
    json: {
      '@odata.context': `${ROOT}/$metadata#${name}/$entity`,
      ...select(item, call.url.searchParams.get('$select')),
    },
  };
}

function select(item: JsonObject, fields: string | null): JsonObject {
  if (fields === null || fields === '') return item;
  const wanted = fields.split(',').map((field) => field.trim());
  return Object.fromEntries(wanted.map((field): [string, Json] => [field, item[field] ?? null]));
}

function filterOf(call: Call, filter: string | null): (item: JsonObject) => boolean {
  if (filter === null) return () => true;
  const equal = /^(\w+) eq '((?:[^']|'')*)'$/.exec(filter.trim());
  if (equal !== null) {
    const [, field = '', value = ''] = equal;
    const wanted = value.replaceAll("''", "'").toLowerCase();
    return (item) => textAt(item, field)?.toLowerCase() === wanted;
  }
  const prefix = /^startswith\((\w+),\s*'((?:[^']|'')*)'\)$/i.exec(filter.trim());
  if (prefix !== null) {
    const [, field = '', value = ''] = prefix;
    const wanted = value.replaceAll("''", "'").toLowerCase();
    return (item) => textAt(item, field)?.toLowerCase().startsWith(wanted) === true;
  }
  const member = /^(\w+)\/any\((\w+):\s*\2 eq '((?:[^']|'')*)'\)$/.exec(filter.trim());
  if (member !== null) {
    const [, field = '', , value = ''] = member;
    const wanted = value.replaceAll("''", "'").toLowerCase();
    return (item) => {
      const members = item[field];
      return (
        Array.isArray(members) && members.some((each) => String(each).toLowerCase() === wanted)
      );
    };
  }
  throw graphFailure(
    call.core,
    400,
    'Request_UnsupportedQuery',
    `Unsupported or invalid query filter clause specified for property: ${filter}`,
  );
}
