import { SubscriptionClient } from '@azure/arm-subscriptions';
import { z } from 'zod';
import { groupOf, nameOf } from '../setup/armId.ts';
import { SetupError } from '../setup/errors.ts';
import type { AzureSubscription, Catalog } from '../setup/ports.ts';
import type { DeletedObject, NameCheck, PreflightAzure } from '../setup/preflightPorts.ts';
import { armCall, armList } from './armCalls.ts';
import { toSetupError } from './azureErrors.ts';
import { readingExchange } from './exchange.ts';
import { NO_CREDENTIAL, type Connection } from './pipeline.ts';
import { policyDenials } from './policyDenials.ts';
import {
  denyAssignmentsAt,
  locksAt,
  permissionsAt,
  subscriptionPermissions,
  withConditions,
} from './rights.ts';

const KEY_VAULT_API_VERSION = '2026-02-01';

/** What the preflight asks Azure: reads only, each failure a SetupError. */
export function preflightAzure(
  connection: Connection,
  catalog: Pick<Catalog, 'caller' | 'checkStorageAccountName'>,
): PreflightAzure {
  return {
    permissions: (at, signal) =>
      converted(async () => {
        const principal = async (): Promise<string> =>
          (await catalog.caller(at.tenantId, signal)).principalId;
        if (isSubscription(at.scope)) {
          return await subscriptionPermissions(connection, at, await principal(), signal);
        }
        const items = await permissionsAt(connection, at, signal);
        return await withConditions(connection, at, items, principal, signal);
      }),
    denyAssignments: (at, signal) => converted(() => denyAssignmentsAt(connection, at, signal)),
    locks: (at, signal) => converted(() => locksAt(connection, at, signal)),
    subscription: (at, signal) =>
      visible(async () => {
        const options = connection.clientOptions(at.tenantId, [
          readingExchange('2022-12-01').policy,
        ]);
        const { subscriptions } = new SubscriptionClient(NO_CREDENTIAL, options);
        const found = await subscriptions.get(at.subscriptionId, { abortSignal: signal });
        const { subscriptionId } = at;
        return {
          subscriptionId,
          displayName: found.displayName ?? subscriptionId,
          tenantId: found.tenantId ?? at.tenantId,
          state: found.state ?? 'Enabled',
        } satisfies AzureSubscription;
      }),
    checkStorageAccountName: ({ tenantId, subscriptionId, name }, signal) =>
      catalog.checkStorageAccountName(tenantId, subscriptionId, name, signal),
    checkKeyVaultName: ({ tenantId, subscriptionId, name }, signal) =>
      converted(async () => {
        const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/checkNameAvailability?api-version=${KEY_VAULT_API_VERSION}`;
        const body = { name, type: 'Microsoft.KeyVault/vaults' };
        return await armCall(connection, { tenantId, path, signal, body }, nameSchema);
      }),
    deletedVault: ({ tenantId, subscriptionId, location, name }, signal) =>
      visible(async () => {
        const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}?api-version=${KEY_VAULT_API_VERSION}`;
        return await armCall(connection, { tenantId, path, signal }, deletedVaultSchema);
      }, NOT_THERE),
    deletedWorkspace: ({ tenantId, subscriptionId, resourceGroup, name }, signal) =>
      visible(async () => {
        // The subscription's list: the group may have been deleted with the workspace.
        const path = `/subscriptions/${subscriptionId}/providers/Microsoft.OperationalInsights/deletedWorkspaces?api-version=2025-07-01`;
        const all = await armList(connection, { tenantId, path, signal }, deletedSchema);
        const found = all.find(
          ({ id }) => isNamed(nameOf(id), name) && isNamed(groupOf(id) ?? '', resourceGroup),
        );
        return found === undefined ? undefined : { id: found.id, name };
      }, NOT_THERE),
    policyDenials: (at, signal) => converted(() => policyDenials(connection, at, signal)),
  };
}

const nameSchema = z
  .object({
    nameAvailable: z.boolean(),
    reason: z.string().nullish(),
    message: z.string().nullish(),
  })
  .transform(({ nameAvailable, reason, message }): NameCheck => ({
    available: nameAvailable,
    ...(typeof reason !== 'string' ? {} : { reason }),
    ...(typeof message !== 'string' ? {} : { message }),
  }));

const deletedSchema = z.object({ id: z.string() });

const deletedVaultSchema = z
  .object({
    name: z.string(),
    properties: z.object({ vaultId: z.string(), scheduledPurgeDate: z.string().nullish() }),
  })
  .transform(({ name, properties: { vaultId, scheduledPurgeDate } }): DeletedObject => ({
    name,
    id: vaultId,
    ...(typeof scheduledPurgeDate !== 'string' ? {} : { until: scheduledPurgeDate }),
  }));

function isSubscription(scope: string): boolean {
  return /^\/subscriptions\/[^/]+\/?$/i.test(scope);
}

function isNamed(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Answers that mean that a subscription can't be seen: absent, of another tenant, or no role in it. */
const NOT_SEEN: readonly number[] = [401, 403, 404];
/** Answers that mean that there is none. A 403 must not be read as "free" (azure-facts 1.4). */
const NOT_THERE: readonly number[] = [404];

async function visible<T>(
  call: () => Promise<T>,
  absent: readonly number[] = NOT_SEEN,
): Promise<T | undefined> {
  try {
    return await converted(call);
  } catch (error) {
    if (!(error instanceof SetupError) || error.azure === undefined) throw error;
    const hidden = error.azure.status === 401 ? error.code === 'wrong_tenant' : true;
    if (hidden && absent.includes(error.azure.status)) return undefined;
    // Nothing was ever made, so nothing was deleted, where the provider is not registered.
    if (error.code === 'provider_not_registered') return undefined;
    throw error;
  }
}

async function converted<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toSetupError(error);
  }
}
