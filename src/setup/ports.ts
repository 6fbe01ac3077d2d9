import type { ComputeCapacity } from './gpuQuota.ts';
import type { Json, JsonObject } from './json.ts';
import type { JournalEntry } from './journal.ts';
import type { ProjectRecord } from './projectRecord.ts';
import type { Target } from './resource.ts';
import type { SecretPorts } from './secretPorts.ts';

/**
 * What the core needs from the world. Everything here is implemented outside of `setup`
 * (`src/azure`, `src/local`, `src/dstack`) and by the tests.
 *
 * Every method that waits takes an `AbortSignal`, rejects with an `AbortError` when it fires, and
 * with a `SetupError` for everything else.
 */

/** Time as the core knows it, so that tests can run it faster. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  /** Resolves after `ms`; rejects with an `AbortError` as soon as the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a resource looks like in Azure now. */
export interface ObservedResource {
  /** The id as Azure writes it; compare without regard to case. */
  readonly id: string;
  readonly location?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `Succeeded`, `Creating`, ... where the kind has one. */
  readonly provisioningState?: string;
  /**
   * Not by its id: under another one, because it says the same (`readSameGrant`), or not at all,
   * because the account may not read it and somebody's word stands for it.
   */
  readonly foundBy?: 'content' | 'hearsay';
  /** The resource's whole JSON as read (id, name, properties, sku, kind...). */
  readonly body: JsonObject;
}

/** A write that Azure has accepted: finished, or to be polled. */
export type Operation =
  | {
      readonly status: 'running';
      /** Serialised poller state: enough to go on polling in another process. */
      readonly state: Json;
      /** What Azure asked us to wait before the next poll, in ms. */
      readonly retryAfterMs?: number;
    }
  | { readonly status: 'succeeded'; readonly resource?: ObservedResource };

/** Azure's control plane as the core sees it: one write is one call, one poll is one call. */
export interface AzureResources {
  /** The resource, or undefined if it does not exist (404). */
  read(target: Target, signal: AbortSignal): Promise<ObservedResource | undefined>;
  /**
   * For a role assignment: one of the same role to the same principal at the same scope, whatever
   * its name, or undefined. Azure allows only one such and refuses a second (azure-facts 2); a
   * listing may lag, so that `undefined` proves nothing.
   */
  readSameGrant(target: Target, signal: AbortSignal): Promise<ObservedResource | undefined>;
  /** Sends the one call that creates or updates the resource. Does not wait for it to finish. */
  write(target: Target, signal: AbortSignal): Promise<Operation>;
  /** One poll of a running operation. */
  poll(target: Target, state: Json, signal: AbortSignal): Promise<Operation>;
  /** Sends the one call that deletes the resource; one that is gone already has succeeded. */
  remove(target: Target, signal: AbortSignal): Promise<Operation>;
}

/** Where the project record lives: a blob of the project's own account. */
export interface RecordStore {
  /** The record with its ETag, or undefined if there is none. A record that can't be parsed is a SetupError. */
  read(
    at: RecordLocation,
    signal: AbortSignal,
  ): Promise<{ readonly record: ProjectRecord; readonly etag: string } | undefined>;
  /**
   * Writes conditionally: with `etag` only over that version, without only if there is none.
   * A lost race is a SetupError with code `record_changed`.
   * @returns the new ETag
   */
  write(
    at: RecordLocation,
    record: ProjectRecord,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<string>;
}

export interface RecordLocation {
  readonly tenantId: string;
  /** The account's `properties.primaryEndpoints.blob`; never built from the name. */
  readonly blobEndpoint: string;
  readonly projectName: string;
}

/** The local write-ahead log of one project's runs. An entry is on disk when `append` resolves. */
export interface Journal {
  append(entry: JournalEntry): Promise<void>;
  read(projectId: string): Promise<readonly JournalEntry[]>;
  /** Forgets a project's entries: after the record holds everything, or after undo. */
  forget(projectId: string): Promise<void>;
}

/** Which of Azure's services a token is for. */
export type Audience = 'management' | 'storage' | 'graph';

/**
 * Where access tokens come from: VS Code's sign-in, an app's secret, Azure CLI. Asked again for
 * every request, so that a token can be refreshed in the middle of a run.
 */
export interface TokenSource {
  /**
   * @param request `rejected` is a token that Azure has just refused: another one is wanted, if there
   *   is one. `tenantId` undefined means the account's home tenant. `challenge` is a whole
   *   `WWW-Authenticate` header that the token has to satisfy (MFA for writes, Conditional Access).
   *   `isFresh` wants none that was kept: somebody may have signed in as another person since.
   * @returns the token and the Unix ms at which it ends
   */
  token(request: {
    readonly audience: Audience;
    readonly tenantId?: string;
    readonly challenge?: string;
    readonly rejected?: string;
    readonly isFresh?: boolean;
    readonly signal?: AbortSignal;
  }): Promise<{ readonly token: string; readonly expiresOn: number }>;
}

/** A person or an app that calls Azure, as their token says. */
export interface Caller {
  readonly principalId: string;
  readonly principalType: 'User' | 'ServicePrincipal';
  readonly name: string;
}

export interface AzureTenant {
  readonly tenantId: string;
  readonly displayName?: string;
  readonly defaultDomain?: string;
}

export interface AzureSubscription {
  readonly subscriptionId: string;
  readonly displayName: string;
  readonly tenantId: string;
  /** Enabled, Warned, PastDue, Disabled, Deleted. Writes work in the first three. */
  readonly state: string;
}

export interface AzureLocation {
  /** Code, e.g. `westeurope`. */
  readonly name: string;
  readonly displayName: string;
}

export interface AzureStorageAccount {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly kind: string;
  readonly provisioningState: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly blobEndpoint?: string;
}

export interface AzureResourceGroup {
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A project found by its tags, before its record was read. */
export interface FoundProject {
  readonly projectName: string;
  /** From the `dstack-created-by` tag where the account was made by us. */
  readonly storageAccount: AzureStorageAccount;
  readonly tenantId: string;
  readonly subscriptionId: string;
}

/** What can be chosen: reads only. One instance serves one signed-in account. */
export interface Catalog {
  tenants(signal: AbortSignal): Promise<readonly AzureTenant[]>;
  subscriptions(tenantId: string, signal: AbortSignal): Promise<readonly AzureSubscription[]>;
  locations(
    tenantId: string,
    subscriptionId: string,
    signal: AbortSignal,
  ): Promise<readonly AzureLocation[]>;
  storageAccounts(
    tenantId: string,
    subscriptionId: string,
    signal: AbortSignal,
  ): Promise<readonly AzureStorageAccount[]>;
  resourceGroups(
    tenantId: string,
    subscriptionId: string,
    signal: AbortSignal,
  ): Promise<readonly AzureResourceGroup[]>;
  /** Azure's own name-availability call. */
  checkStorageAccountName(
    tenantId: string,
    subscriptionId: string,
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly available: boolean; readonly reason?: string; readonly message?: string }>;
  /** What the subscription may still rent in a location. Azure takes up to half a minute for it. */
  computeCapacity(
    tenantId: string,
    subscriptionId: string,
    location: string,
    signal: AbortSignal,
  ): Promise<ComputeCapacity>;
  /** Who the token of this tenant says we are. */
  caller(tenantId: string, signal: AbortSignal): Promise<Caller>;
  /** Every project that this account can see in the tenant, by its tags. */
  projects(
    tenantId: string,
    subscriptionIds: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly FoundProject[]>;
}

/** The ports of one run, for one tenant. */
export interface SetupPorts {
  readonly resources: AzureResources;
  readonly records: RecordStore;
  readonly journal: Journal;
  readonly clock: Clock;
  /** A new random UUID, for run ids. */
  readonly newId: () => string;
  /** A random number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Undefined where no app can be registered: then a spec that asks for one is a conflict. */
  readonly secrets?: SecretPorts;
}
