import type { JsonObject } from './json.ts';
import type { ObservedResource } from './ports.ts';

/** The kinds of objects that a project is made of. */
export type ResourceKind =
  | 'providerRegistration'
  | 'resourceGroup'
  | 'storageAccount'
  | 'blobContainer'
  | 'userAssignedIdentity'
  | 'networkSecurityGroup'
  | 'virtualNetwork'
  | 'keyVault'
  | 'logAnalyticsWorkspace'
  | 'workspaceTable'
  | 'dataCollectionEndpoint'
  | 'dataCollectionRule'
  | 'roleDefinition'
  | 'roleAssignment'
  | 'application'
  | 'servicePrincipal'
  | 'clientSecret'
  | 'tags'
  | 'projectRecord';

/** One concrete Azure object and the call that makes it. Plain data: it goes into the journal. */
export interface Target {
  readonly kind: ResourceKind;
  /**
   * The ARM id (for `tags` the id of the tagged object, for `providerRegistration` the provider's), or
   * the path in Microsoft Graph.
   */
  readonly id: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly apiVersion: string;
  /** The body of the PUT, PATCH or POST. */
  readonly body: JsonObject;
}

/** What a step hands to those that depend on it: `id`, `principalId`, `blobEndpoint`, ... */
export type Outputs = Readonly<Record<string, string>>;

/** Whether an object may be ours, and how that is proved in Azure. */
export type Ownership =
  /** The tag `dstack-created-by=dstack-azure/<projectId>`, sent only in the PUT that creates. */
  | 'createdByTag'
  /** A role assignment's or definition's description. */
  | 'description'
  /** The app's `uniqueName` or tag; its service principal and secrets are found only through it. */
  | 'app'
  /** Journal or record alone: the kind carries no mark (container). */
  | 'record'
  /** Never removed: it is not an object of ours (provider registration, tags). */
  | 'shared';

/** One object that the project needs. Its names are known before anything is made. */
export interface DesiredResource {
  /** Stable within a project: `storageAccount`, `role/runner/dstack-container`. */
  readonly key: string;
  readonly kind: ResourceKind;
  /** The object's name as Azure shows it, e.g. the account's name. */
  readonly name: string;
  /** What it is for, in a user's words. */
  readonly purpose: string;
  readonly ownership: Ownership;
  /** `make`: created if absent. `use`: the user chose an existing one, so its absence is a conflict. */
  readonly mode: 'make' | 'use';
  /** With `make`: whether somebody else's object of that name is a conflict instead of an adoption. */
  readonly mustBeOurs?: boolean;
  readonly dependsOn: readonly string[];
  /** Writes that share a lock run one after the other: Azure answers parallel ones with 409. */
  readonly lock?: string;
  /** Whether somebody else's object that differs from how it should be is of no use: a conflict. */
  readonly mustFit?: boolean;
  /** With `mustBeOurs`: why somebody else's object is used all the same, in a user's words. */
  sharedWith?(observed: ObservedResource): string | undefined;
  /** The rest of the project does not wait for it (the record, whose data role spreads slowly). */
  readonly optional?: boolean;
  /** The key of the resource whose JSON shows this one's state, so that no read of its own is needed. */
  readonly readsFrom?: string;
  /** Where a role applies, as a user reads it. */
  readonly scope?: string;
  /** Who gets a role, as a user reads it. */
  readonly grantedTo?: string;
  /**
   * The concrete call, as soon as the outputs of the dependencies are known.
   * Undefined while they are not (a role assignment's name holds the identity's principal id).
   */
  target(outputs: OutputsByKey): Target | undefined;
  /** What differs from how it should be, in a user's words; undefined if nothing does. */
  difference(observed: ObservedResource): string | undefined;
  /** Why an existing object can't be used at all, if it can't. */
  conflict?(observed: ObservedResource): string | undefined;
  /** The body of a PUT over an existing object: what we want, without losing what others set. */
  updateBody?(observed: ObservedResource, body: JsonObject): JsonObject;
  /** Reads what others need out of the resource's JSON. */
  outputs(observed: ObservedResource): Outputs;
}

/** Outputs of the resources that exist so far, by resource key. */
export type OutputsByKey = ReadonlyMap<string, Outputs>;

/** Whether two ARM ids name the same object: Azure changes their case at will (azure-facts 1.3). */
export function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
