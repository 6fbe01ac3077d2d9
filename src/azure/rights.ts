import { AuthorizationManagementClient, type RoleAssignment } from '@azure/arm-authorization';
import { z } from 'zod';
import { isWithin } from '../setup/armId.ts';
import { SetupError } from '../setup/errors.ts';
import {
  itemGrants,
  type DenyAssignment,
  type Lock,
  type PermissionItem,
} from '../setup/permissions.ts';
import type { SubscriptionPlace } from '../setup/preflightPorts.ts';
import { armList } from './armCalls.ts';
import { toSetupError } from './azureErrors.ts';
import { NO_CREDENTIAL, type Connection } from './pipeline.ts';

/** A scope that exists, in whose rights we are interested. */
export interface RightsPlace extends SubscriptionPlace {
  readonly scope: string;
}

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const permissionSchema = z
  .object({
    actions: texts,
    notActions: texts,
    dataActions: texts,
    notDataActions: texts,
    condition: z.string().nullish(),
  })
  .transform(({ condition, ...item }): PermissionItem => withCondition(item, condition));

/** The caller's effective rights at a group or a resource, without conditions: Azure works them out. */
export async function permissionsAt(
  connection: Connection,
  { tenantId, scope }: RightsPlace,
  signal: AbortSignal,
): Promise<readonly PermissionItem[]> {
  const path = `${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  return await armList(connection, { tenantId, path, signal }, permissionSchema);
}

/**
 * The same with the conditions that they come under: Azure leaves those out, because they stand in the
 * assignments. Where no assignment has one, or nothing is granted that conditions exist for, `items`
 * are all there is to know.
 */
export async function withConditions(
  connection: Connection,
  place: RightsPlace,
  items: readonly PermissionItem[],
  principal: () => Promise<string>,
  signal: AbortSignal,
): Promise<readonly PermissionItem[]> {
  if (!items.some(mayBeConditional)) return items;
  const client = clientFor(connection, place);
  try {
    const assignments = await assignmentsOf(client, place, await principal(), signal);
    const isFree = assignments.every(({ condition }) => (condition ?? '') === '');
    return isFree ? items : await itemsOf(client, assignments, signal);
  } catch (error) {
    const converted = toSetupError(error);
    if (!(converted instanceof SetupError) || converted.azure?.status !== 403) throw converted;
    return items.map((item) => ({ ...item, condition: item.condition ?? UNREAD }));
  }
}

/** Stands for a condition that there may be: whoever may not read assignments can't tell. */
const UNREAD = 'unread';

/** Conditions exist for giving roles and for data (azure-facts 6). */
function mayBeConditional(item: PermissionItem): boolean {
  const actions = ['write', 'delete'].map(
    (verb) => `Microsoft.Authorization/roleAssignments/${verb}`,
  );
  return item.dataActions.length > 0 || actions.some((action) => itemGrants(item, action));
}

/**
 * The caller's rights at a subscription, where Azure offers no such call: the roles assigned to it
 * or to its groups at the subscription or above, with what they contain (azure-facts 6).
 */
export async function subscriptionPermissions(
  connection: Connection,
  place: RightsPlace,
  principalId: string,
  signal: AbortSignal,
): Promise<readonly PermissionItem[]> {
  const client = clientFor(connection, place);
  return await itemsOf(client, await assignmentsOf(client, place, principalId, signal), signal);
}

/** Role assignments of a principal and its groups at the scope or above it. */
async function assignmentsOf(
  client: AuthorizationManagementClient,
  { scope }: RightsPlace,
  principalId: string,
  signal: AbortSignal,
): Promise<readonly RoleAssignment[]> {
  const assignments: RoleAssignment[] = [];
  const listed = client.roleAssignments.listForScope(withoutSlash(scope), {
    filter: `assignedTo('${principalId}')`,
    abortSignal: signal,
  });
  for await (const assignment of listed) {
    // The listing also holds what is assigned further down, which says nothing here.
    if (assignment.scope !== undefined && reaches(assignment.scope, scope)) {
      assignments.push(assignment);
    }
  }
  return assignments;
}

async function itemsOf(
  client: AuthorizationManagementClient,
  assignments: readonly RoleAssignment[],
  signal: AbortSignal,
): Promise<readonly PermissionItem[]> {
  const items = assignments.map(async ({ roleDefinitionId, condition }) => {
    const role = await client.roleDefinitions.getById(withoutSlash(roleDefinitionId ?? ''), {
      abortSignal: signal,
    });
    return (role.permissions ?? []).map((permission) =>
      withCondition(permissionSchema.parse(permission), condition),
    );
  });
  return (await Promise.all(items)).flat();
}

/** Deny assignments at, above and inside the scope. */
export async function denyAssignmentsAt(
  connection: Connection,
  place: RightsPlace,
  signal: AbortSignal,
): Promise<readonly DenyAssignment[]> {
  const client = clientFor(connection, place);
  const found: DenyAssignment[] = [];
  const listed = client.denyAssignments.listForScope(withoutSlash(place.scope), {
    abortSignal: signal,
  });
  for await (const deny of listed) {
    found.push({
      name: deny.denyAssignmentName ?? deny.name ?? '',
      scope: deny.scope ?? place.scope,
      doNotApplyToChildScopes: deny.doNotApplyToChildScopes ?? false,
      permissions: (deny.permissions ?? []).map((item) => permissionSchema.parse(item)),
      principals: (deny.principals ?? []).map(principalOf),
      excludePrincipals: (deny.excludePrincipals ?? []).map(principalOf),
    });
  }
  return found;
}

const lockSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({ level: z.string() }),
});

/**
 * Locks at, above and inside the scope: a list holds only what is inside, so the subscription's is
 * read and, where that is not allowed, the scope's own.
 */
export async function locksAt(
  connection: Connection,
  { tenantId, subscriptionId, scope }: RightsPlace,
  signal: AbortSignal,
): Promise<readonly Lock[]> {
  const list = async (at: string): Promise<readonly Lock[]> => {
    const path = `${at}/providers/Microsoft.Authorization/locks?api-version=2020-05-01`;
    return (await armList(connection, { tenantId, path, signal }, lockSchema)).flatMap(lockOf);
  };
  try {
    const locks = await list(`/subscriptions/${subscriptionId}`);
    return locks.filter((lock) => isWithin(scope, lock.scope) || isWithin(lock.scope, scope));
  } catch (error) {
    const converted = toSetupError(error);
    if (converted instanceof SetupError && converted.azure?.status === 403)
      return await list(scope);
    throw converted;
  }
}

function lockOf({ id, name, properties }: z.infer<typeof lockSchema>): readonly Lock[] {
  const { level } = properties;
  // `NotSpecified` exists in the API and locks nothing.
  if (level !== 'CanNotDelete' && level !== 'ReadOnly') return [];
  const end = id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/locks/');
  return [{ name, level, scope: id.slice(0, end) }];
}

function withCondition(
  item: Omit<PermissionItem, 'condition'>,
  condition: string | null | undefined,
): PermissionItem {
  return typeof condition === 'string' && condition !== '' ? { ...item, condition } : item;
}

/** Whether something assigned at `from` counts at `scope`; management groups lie above every id. */
function reaches(from: string, scope: string): boolean {
  return (
    from === '/' ||
    /^\/providers\/Microsoft\.Management\//i.test(from) ||
    isWithin(scope, from.replace(/\/$/, ''))
  );
}

function principalOf(principal: { id?: string; type?: string }): { id: string; type: string } {
  return { id: principal.id ?? '', type: principal.type ?? '' };
}

function clientFor(
  connection: Connection,
  place: SubscriptionPlace,
): AuthorizationManagementClient {
  const options = connection.clientOptions(place.tenantId);
  return new AuthorizationManagementClient(NO_CREDENTIAL, place.subscriptionId, options);
}

/** The client puts a slash before a scope itself. */
function withoutSlash(scope: string): string {
  return scope.replace(/^\//, '');
}
