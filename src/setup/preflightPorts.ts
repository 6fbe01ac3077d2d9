import type { DenyAssignment, Lock, PermissionItem } from './permissions.ts';
import type { AzureSubscription, SetupPorts } from './ports.ts';
import type { Target } from './resource.ts';

/** Where a question of the preflight is asked. */
export interface SubscriptionPlace {
  readonly tenantId: string;
  readonly subscriptionId: string;
}

/** A policy that would refuse an object as we would make it. */
export interface PolicyDenial {
  /** The policy's display name, or its assignment's name where it has none. */
  readonly policy: string;
  /** Where it is assigned: whoever manages policies there can change it. */
  readonly scope?: string;
  /** What it looks at, e.g. `location`, `tags`, `properties.allowSharedKeyAccess`. */
  readonly field?: string;
  /** Azure's or the policy's own sentence. */
  readonly message?: string;
  /** Another policy will set what this one asks for. */
  readonly mayBeMet?: boolean;
}

/** Whether a name that is unique in all of Azure is free. */
export interface NameCheck {
  readonly available: boolean;
  /** `AlreadyExists`, `AccountNameInvalid`, ... */
  readonly reason?: string;
  readonly message?: string;
}

/** An object that was deleted and still holds its name. */
export interface DeletedObject {
  readonly name: string;
  /** The id that it had. */
  readonly id: string;
  /** When its name becomes free (ISO 8601), where Azure says so. */
  readonly until?: string;
}

/**
 * What the preflight asks Azure: reads only, each one call or one paged listing. Anything but a
 * cancellation that it rejects with is taken as "can't tell" and never stops a set-up.
 */
export interface PreflightAzure {
  /**
   * The signed-in principal's effective permissions at a scope that exists, one item per role
   * (azure-facts 6: `.../permissions` for groups and resources; for a subscription, assignments
   * with `assignedTo` and their definitions).
   */
  permissions(
    at: SubscriptionPlace & { readonly scope: string },
    signal: AbortSignal,
  ): Promise<readonly PermissionItem[]>;
  /** Deny assignments at, above and inside the scope. */
  denyAssignments(
    at: SubscriptionPlace & { readonly scope: string },
    signal: AbortSignal,
  ): Promise<readonly DenyAssignment[]>;
  /** Locks at, above and inside the scope. */
  locks(
    at: SubscriptionPlace & { readonly scope: string },
    signal: AbortSignal,
  ): Promise<readonly Lock[]>;
  /** The subscription, or undefined if this account can't see it in this tenant. */
  subscription(at: SubscriptionPlace, signal: AbortSignal): Promise<AzureSubscription | undefined>;
  checkStorageAccountName(
    at: SubscriptionPlace & { readonly name: string },
    signal: AbortSignal,
  ): Promise<NameCheck>;
  checkKeyVaultName(
    at: SubscriptionPlace & { readonly name: string },
    signal: AbortSignal,
  ): Promise<NameCheck>;
  /** The soft-deleted vault of that name, if there is one and this account may see it. */
  deletedVault(
    at: SubscriptionPlace & { readonly location: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<DeletedObject | undefined>;
  /** The soft-deleted workspace of that name in the group, if there is one. */
  deletedWorkspace(
    at: SubscriptionPlace & { readonly resourceGroup: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<DeletedObject | undefined>;
  /** What Azure Policy would say to this PUT: denials only (`checkPolicyRestrictions`). */
  policyDenials(
    at: { readonly target: Target; readonly scope: string },
    signal: AbortSignal,
  ): Promise<readonly PolicyDenial[]>;
}

/** The ports of one preflight. */
export interface PreflightPorts extends Pick<SetupPorts, 'clock' | 'random'> {
  readonly azure: PreflightAzure;
}
