import { ResourceManagementClient } from '@azure/arm-resources';
import { StorageManagementClient, type StorageAccount } from '@azure/arm-storage';
import { SubscriptionClient } from '@azure/arm-subscriptions';
import { z } from 'zod';
import { groupOf } from '../setup/armId.ts';
import { SetupError } from '../setup/errors.ts';
import type { AzureLocation, AzureStorageAccount, Catalog, TokenSource } from '../setup/ports.ts';
import { toSetupError } from './azureErrors.ts';
import { callerOf } from './caller.ts';
import { computeCapacity } from './computeCapacity.ts';
import { readingExchange } from './exchange.ts';
import { locationCode } from './observedResource.ts';
import { NO_CREDENTIAL, type Connection } from './pipeline.ts';
import { findProjects } from './projectQuery.ts';

/** arm-subscriptions asks for 2016-06-01, which names no tenant and no kind of location. */
const SUBSCRIPTIONS_API_VERSION = '2022-12-01';

/** What can be chosen, read through the named SDKs. Every failure is a SetupError. */
export function azureCatalog(connection: Connection, tokens: TokenSource): Catalog {
  const subscriptionsOf = (tenantId: string | undefined): SubscriptionClient =>
    new SubscriptionClient(
      NO_CREDENTIAL,
      connection.clientOptions(tenantId, [readingExchange(SUBSCRIPTIONS_API_VERSION).policy]),
    );
  const storageOf = (tenantId: string, subscriptionId: string): StorageManagementClient =>
    new StorageManagementClient(NO_CREDENTIAL, subscriptionId, connection.clientOptions(tenantId));

  const catalog: Catalog = {
    tenants: (signal) =>
      converted(async () => {
        const listed = await all(subscriptionsOf(undefined).tenants.list({ abortSignal: signal }));
        return listed.flatMap(({ tenantId, displayName, defaultDomain }) =>
          tenantId === undefined ? [] : [defined({ tenantId }, { displayName, defaultDomain })],
        );
      }),
    subscriptions: (tenantId, signal) =>
      converted(async () => {
        const { subscriptions } = subscriptionsOf(tenantId);
        const listed = await all(subscriptions.list({ abortSignal: signal }));
        return listed.flatMap(({ subscriptionId, displayName, tenantId: owner, state }) =>
          subscriptionId === undefined
            ? []
            : [
                {
                  subscriptionId,
                  displayName: displayName ?? subscriptionId,
                  // With Lighthouse the subscription of another tenant is listed here too.
                  tenantId: owner ?? tenantId,
                  state: state ?? 'Enabled',
                },
              ],
        );
      }),
    locations: (tenantId, subscriptionId, signal) =>
      converted(async () => {
        const { subscriptions } = subscriptionsOf(tenantId);
        const listed = await all(
          subscriptions.listLocations(subscriptionId, { abortSignal: signal }),
        );
        return listed.flatMap(usableLocation);
      }),
    storageAccounts: (tenantId, subscriptionId, signal) =>
      converted(async () => {
        const { storageAccounts } = storageOf(tenantId, subscriptionId);
        const listed = await all(storageAccounts.list({ abortSignal: signal }));
        return listed.flatMap(storageAccountOf);
      }),
    resourceGroups: (tenantId, subscriptionId, signal) =>
      converted(async () => {
        const options = connection.clientOptions(tenantId);
        const client = new ResourceManagementClient(NO_CREDENTIAL, subscriptionId, options);
        const listed = await all(client.resourceGroups.list({ abortSignal: signal }));
        return listed.flatMap(({ name, location, tags }) =>
          name === undefined ? [] : [{ name, location: locationCode(location), tags: tags ?? {} }],
        );
      }),
    checkStorageAccountName: async (tenantId, subscriptionId, name, signal) => {
      const { storageAccounts } = storageOf(tenantId, subscriptionId);
      const type = 'Microsoft.Storage/storageAccounts';
      try {
        const { nameAvailable, reason, message } = await storageAccounts.checkNameAvailability(
          { name, type },
          { abortSignal: signal },
        );
        return defined({ available: nameAvailable ?? false }, { reason, message });
      } catch (error) {
        return uncheckedName(toSetupError(error));
      }
    },
    computeCapacity: (tenantId, subscriptionId, location, signal) =>
      converted(() => computeCapacity(connection, { tenantId, subscriptionId, location }, signal)),
    caller: (tenantId, signal) =>
      converted(async () => {
        const { token } = await tokens.token({ audience: 'management', tenantId, signal });
        return callerOf(token);
      }),
    projects: (tenantId, subscriptionIds, signal) =>
      converted(() => findProjects(connection, catalog, { tenantId, subscriptionIds }, signal)),
  };
  return catalog;
}

/** The SDK's model of a location leaves out what tells a region from a group of regions. */
const locationSchema = z.object({
  name: z.string(),
  displayName: z.string().optional(),
  type: z.literal('Region'),
  metadata: z.object({ regionType: z.literal('Physical') }),
});

/** Microsoft's own test regions, some of which are marked as physical (azure-facts 7). */
const TEST_REGION = /stage$|stg$|euap$/i;

function usableLocation(listed: unknown): readonly AzureLocation[] {
  const parsed = locationSchema.safeParse(listed);
  if (!parsed.success || TEST_REGION.test(parsed.data.name)) return [];
  const { name, displayName } = parsed.data;
  return [{ name, displayName: displayName ?? name }];
}

function storageAccountOf(account: StorageAccount): readonly AzureStorageAccount[] {
  const { id, name, location, kind, tags, provisioningState, primaryEndpoints } = account;
  if (id === undefined || name === undefined) return [];
  const listed = {
    id,
    name,
    resourceGroup: groupOf(id) ?? '',
    location: locationCode(location),
    kind: kind ?? '',
    provisioningState: provisioningState ?? '',
    tags: tags ?? {},
  };
  return [defined(listed, { blobEndpoint: primaryEndpoints?.blob })];
}

/**
 * Where Microsoft.Storage is not registered yet the service does not know the subscription, so the
 * name turns out to be taken or not when the account is made.
 */
function uncheckedName(error: Error): { readonly available: boolean; readonly reason: string } {
  const unregistered = ['subscription_not_found', 'provider_not_registered'];
  if (error instanceof SetupError && unregistered.includes(error.code)) {
    return { available: true, reason: 'Unchecked' };
  }
  throw error;
}

async function converted<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toSetupError(error);
  }
}

async function all<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** `base` with those of the optional texts that are there. */
function defined<T extends object, K extends string>(
  base: T,
  optional: Readonly<Record<K, string | undefined>>,
): T & { readonly [Key in K]?: string } {
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { ...base, ...(Object.fromEntries(present) as { [Key in K]?: string }) };
}
