import { refuse, refuseAtGateway, type Reply } from '../failure.ts';
import { objectAt, textAt, type Json } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { LockSpec } from '../world.ts';
import { idKey, isWithin } from '../arm/armId.ts';
import { lockKey } from '../arm/locks.ts';
import { page } from '../arm/paging.ts';
import { notFound } from '../arm/resources.ts';

const COLLECTION = '/{scope...}/providers/Microsoft.Authorization/locks';
const TYPE = 'Microsoft.Authorization/locks';
const scope = (call: Call): string => param(call, 'scope');

/** Management locks. */
export const lockOperations: readonly Operation[] = [
  {
    name: 'Lock: create or update',
    method: 'PUT',
    path: `${COLLECTION}/{name}`,
    action: `${TYPE}/write`,
    scope,
    mutating: true,
    grade: 'recorded',
    rests: 'lock-put-201.json',
    handle: put,
  },
  {
    name: 'Lock: get',
    method: 'GET',
    path: `${COLLECTION}/{name}`,
    action: `${TYPE}/read`,
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'lock-put-201.json (body)',
    handle: get,
  },
  {
    name: 'Locks: list',
    method: 'GET',
    path: COLLECTION,
    action: `${TYPE}/read`,
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'lock-put-201.json (rows); facts 6',
    handle: list,
  },
  {
    name: 'Lock: delete',
    method: 'DELETE',
    path: `${COLLECTION}/{name}`,
    action: `${TYPE}/delete`,
    scope,
    mutating: true,
    grade: 'documented',
    rests: 'facts 1.1',
    handle: remove,
  },
];

function put(call: Call): Reply {
  const at = scope(call);
  checkScope(call, at);
  const properties = objectAt(bodyOf(call), 'properties');
  const level = textAt(properties, 'level');
  if (level !== 'CanNotDelete' && level !== 'ReadOnly') {
    throw refuseAtGateway(
      400,
      'InvalidLockLevel',
      `The lock level '${level ?? ''}' is invalid. Allowed values: CanNotDelete, ReadOnly.`,
    );
  }
  const name = param(call, 'name');
  const key = lockKey(at, name);
  const known = call.core.state.locks.has(key);
  const notes = textAt(properties, 'notes');
  const lock: LockSpec = { scope: at, name, level, ...(notes === undefined ? {} : { notes }) };
  call.core.state.locks.set(key, lock);
  return { status: known ? 200 : 201, json: render(lock) };
}

function checkScope(call: Call, at: string): void {
  const { state } = call.core;
  if (state.resource(at) !== undefined || state.groups.has(idKey(at))) return;
  if (/^\/subscriptions\/[^/]+$/i.test(at)) return;
  if (/\/providers\//i.test(at)) throw notFound(at);
  const name = at.slice(at.lastIndexOf('/') + 1);
  throw refuseAtGateway(
    404,
    'ResourceGroupNotFound',
    `Resource group '${name}' could not be found.`,
  );
}

function get(call: Call): Reply {
  const lock = call.core.state.locks.get(lockKey(scope(call), param(call, 'name')));
  if (lock !== undefined) return { status: 200, json: render(lock) };
  throw refuse(404, 'LockNotFound', `The lock '${param(call, 'name')}' could not be found.`);
}

/** At the scope, above it and below it. */
function list(call: Call): Reply {
  const at = scope(call);
  const onlyHere = call.url.searchParams.get('$filter')?.toLowerCase() === 'atscope()';
  const locks = [...call.core.state.locks.values()].filter(
    (lock) => isWithin(at, lock.scope) || (!onlyHere && isWithin(lock.scope, at)),
  );
  return page(
    call,
    locks.map((lock) => render(lock)),
  );
}

function remove(call: Call): Reply {
  const key = lockKey(scope(call), param(call, 'name'));
  return { status: call.core.state.locks.delete(key) ? 200 : 204 };
}

function render(lock: LockSpec): Json {
  return {
    properties: { level: lock.level, notes: lock.notes },
    id: `${lock.scope}/providers/${TYPE}/${lock.name}`,
    type: TYPE,
    name: lock.name,
  };
}
