import type { JsonObject } from './json.ts';

/** A World is plain data: who and what exists when the simulated Azure starts. */
export interface World {
  readonly name: string;
  readonly tenants: readonly TenantSpec[];
  readonly users: readonly UserSpec[];
  readonly groups?: readonly GroupSpec[];
  readonly apps: readonly AppSpec[];
  readonly subscriptions: readonly SubscriptionSpec[];
  readonly managementGroups?: readonly ManagementGroupSpec[];
  readonly roleAssignments: readonly RoleAssignmentSpec[];
  readonly resourceGroups?: readonly ResourceGroupSpec[];
  readonly resources?: readonly ResourceSpec[];
  readonly policies?: readonly PolicySpec[];
  readonly locks?: readonly LockSpec[];
  readonly denyAssignments?: readonly DenyAssignmentSpec[];
  readonly deletedVaults?: readonly DeletedVaultSpec[];
  /** Storage account and vault names that belong to customers outside of this world. */
  readonly foreignNames?: readonly string[];
  /** Azure's MFA duty for writes by people. Default false. */
  readonly mfaForWrites?: boolean;
  /** Items per page of every list. Default 100. */
  readonly pageSize?: number;
}

export interface TenantSpec {
  readonly tenantId: string;
  readonly displayName?: string;
  readonly defaultDomain?: string;
  /** Whether members may register applications. Default true. */
  readonly allowedToCreateApps?: boolean;
  readonly appManagementPolicy?: AppManagementPolicySpec;
  /** False: this tenant does not know `Prefer: create-if-missing`. Default true. */
  readonly upsertByUniqueName?: boolean;
}

export interface AppManagementPolicySpec {
  readonly passwordsForbidden?: boolean;
  readonly maxPasswordDays?: number;
  readonly audienceRestricted?: boolean;
}

/** A person. Someone who is a guest elsewhere has another object id there. */
export interface UserSpec {
  readonly username: string;
  readonly displayName?: string;
  readonly memberships: readonly { readonly tenantId: string; readonly objectId: string }[];
  /** Holds a directory role that may manage every application. */
  readonly applicationAdministrator?: boolean;
}

export interface GroupSpec {
  readonly objectId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly members: readonly string[];
}

/** An app registration with its service principal in its own tenant. */
export interface AppSpec {
  readonly tenantId: string;
  readonly displayName: string;
  readonly clientId: string;
  readonly objectId: string;
  readonly servicePrincipalId: string;
  readonly uniqueName?: string;
  /** Usernames of its owners. */
  readonly owners?: readonly string[];
  readonly secrets: readonly SecretSpec[];
  /** Application permissions on Graph, as in the `roles` claim. */
  readonly graphPermissions?: readonly string[];
}

export interface SecretSpec {
  readonly keyId: string;
  readonly value: string;
  /** Days from the start of the world until it expires; negative = expired already. */
  readonly expiresInDays: number;
}

export interface SubscriptionSpec {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly state?: 'Enabled' | 'Warned' | 'PastDue' | 'Disabled' | 'Deleted';
  readonly quotaId?: string;
  readonly spendingLimit?: 'On' | 'Off';
  /** Registered from the start; everything else is NotRegistered. Default: all that Azure knows here. */
  readonly registeredProviders?: readonly string[];
  /** When given, other regions answer RequestDisallowedByAzure, as student subscriptions do. */
  readonly openLocations?: readonly string[];
  /** vCPU limits by family name; families that are not named get `defaultVcpuLimit`. */
  readonly vcpuLimits?: Readonly<Record<string, number>>;
}

export interface ManagementGroupSpec {
  readonly id: string;
  readonly tenantId: string;
  readonly subscriptions: readonly string[];
}

export interface RoleAssignmentSpec {
  readonly scope: string;
  readonly principalId: string;
  readonly principalType: 'User' | 'Group' | 'ServicePrincipal';
  /** GUID of a built-in role, or its name. */
  readonly role: string;
  readonly condition?: string;
}

export interface ResourceGroupSpec {
  readonly subscriptionId: string;
  readonly name: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A resource that exists from the start; its group is made when it is not listed. */
export interface ResourceSpec {
  readonly id: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly sku?: JsonObject;
  readonly properties?: JsonObject;
}

export type PolicySpec = { readonly scope: string; readonly name: string } & (
  | { readonly kind: 'allowedLocations'; readonly locations: readonly string[] }
  | { readonly kind: 'requiredTag'; readonly tag: string; readonly defaultValue?: string }
  /** The effect Modify: where the tag is not sent, Azure adds it. */
  | { readonly kind: 'addedTag'; readonly tag: string; readonly value: string }
  | { readonly kind: 'denySharedKey' }
  | { readonly kind: 'denyPublicNetworkAccess' }
);

export interface LockSpec {
  readonly scope: string;
  readonly name: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
  readonly notes?: string;
}

export interface DenyAssignmentSpec {
  readonly scope: string;
  readonly name: string;
  readonly guid: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly principals: readonly string[];
  readonly excludePrincipals?: readonly string[];
}

export interface DeletedVaultSpec {
  readonly vaultId: string;
  readonly location: string;
  readonly purgeProtected?: boolean;
}
