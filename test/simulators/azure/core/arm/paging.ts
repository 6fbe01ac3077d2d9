import type { Reply } from '../failure.ts';
import { refuse } from '../failure.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Call } from '../operation.ts';

const DEFAULT_PAGE_SIZE = 100;

/** One page of a list, with `nextLink` when there is more. `$top` makes pages shorter still. */
export function page(call: Call, items: readonly Json[], extra: JsonObject = {}): Reply {
  const top = Number(call.url.searchParams.get('$top') ?? Number.POSITIVE_INFINITY);
  const size = Math.min(call.core.world.pageSize ?? DEFAULT_PAGE_SIZE, top > 0 ? top : 1);
  const start = readSkipToken(call);
  const value = items.slice(start, start + size);
  const rest = start + size < items.length;
  const next = rest ? { nextLink: linkTo(call.url, start + size) } : {};
  return { status: 200, json: { value, ...next, ...extra } };
}

function readSkipToken(call: Call): number {
  const token = call.url.searchParams.get('$skiptoken');
  if (token === null) return 0;
  const start = Number(Buffer.from(token, 'base64url').toString().replace('from:', ''));
  if (Number.isInteger(start) && start > 0) return start;
  throw refuse(400, 'InvalidSkipToken', 'The skip token in the request is invalid.');
}

function linkTo(url: URL, start: number): string {
  const link = new URL(url);
  link.searchParams.set('$skiptoken', Buffer.from(`from:${start}`).toString('base64url'));
  return link.toString();
}
