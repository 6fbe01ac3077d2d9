import { refuse } from '../failure.ts';
import { param, type Call } from '../operation.ts';
import type { RoleAssignment } from '../state.ts';
import { reaches } from '../arm/rights.ts';

/** `atScope()`, `principalId eq '..'` and `assignedTo('..')`, joined by `and`; throws for others. */
export function filterOf(call: Call, filter: string): (assignment: RoleAssignment) => boolean {
  if (filter === '') return () => true;
  const parts = filter.split(/ and /i).map((part) => part.trim());
  const tests = parts.map((part) => testOf(call, part));
  return (assignment) => tests.every((test) => test(assignment));
}

function testOf(call: Call, part: string): (assignment: RoleAssignment) => boolean {
  if (/^atScope\(\)$/i.test(part)) {
    return (each) => reaches(call.core, each.scope, param(call, 'scope'));
  }
  const principal = /^principalId eq '([^']+)'$/i.exec(part)?.[1]?.toLowerCase();
  if (principal !== undefined) return (each) => each.principalId === principal;
  const assigned = /^assignedTo\('([^']+)'\)$/i.exec(part)?.[1]?.toLowerCase();
  if (assigned !== undefined) {
    const ids = call.core.state.directory.principalIds(call.caller.tenantId, assigned);
    return (each) => ids.has(each.principalId);
  }
  throw refuse(
    400,
    'UnsupportedQuery',
    `The filter '${part}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`,
  );
}
