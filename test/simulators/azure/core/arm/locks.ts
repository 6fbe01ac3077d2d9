import { refuseAtGateway } from '../failure.ts';
import type { Core } from '../operation.ts';
import { idKey, isWithin } from './armId.ts';

/**
 * Throws ScopeLocked when a lock at, above or (for deletions) below `id` forbids it. CanNotDelete
 * stops deletions, ReadOnly stops writes as well.
 */
export function respectLocks(core: Core, id: string, deletion: boolean): void {
  const inTheWay = [...core.state.locks.entries()].filter(
    ([, lock]) =>
      (isWithin(id, lock.scope) || (deletion && isWithin(lock.scope, id))) &&
      (deletion || lock.level === 'ReadOnly'),
  );
  if (inTheWay.length === 0) return;
  const scopes = [...new Set(inTheWay.map(([, lock]) => lock.scope))].join(',');
  const verb = deletion ? 'delete' : 'write';
  throw refuseAtGateway(
    409,
    'ScopeLocked',
    `The scope '${id}' cannot perform ${verb} operation because following scope(s) are locked: '${scopes}'. Please remove the lock and try again.`,
  );
}

export function lockKey(scope: string, name: string): string {
  return idKey(`${scope}/providers/Microsoft.Authorization/locks/${name}`);
}
