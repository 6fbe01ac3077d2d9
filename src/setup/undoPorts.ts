import type { Lock } from './permissions.ts';
import type { RecordLocation, SetupPorts } from './ports.ts';

/** The group that an undo works in. */
export interface GroupPlace {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

/** One resource of a group, as the group's listing shows it. */
export interface GroupObject {
  readonly id: string;
  /** E.g. `Microsoft.Network/networkSecurityGroups`; Azure varies its case. */
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A role assignment, as listed at a scope. */
export interface ListedAssignment {
  readonly id: string;
  readonly principalId: string;
  /** `User`, `Group`, `ServicePrincipal`, ... */
  readonly principalType: string;
  readonly roleDefinitionId: string;
  readonly description?: string;
}

/** A VM of the group, running or not: either way it holds the network. */
export interface ListedMachine {
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Ids of the user-assigned identities that it carries. */
  readonly identityIds: readonly string[];
}

/** Where a deleted vault waits to be purged. */
export interface VaultPlace extends Omit<GroupPlace, 'resourceGroup'> {
  readonly location: string;
  readonly name: string;
}

/** What lies in a storage account, as the control plane lists it (no data right needed). */
export interface AccountContents {
  /** Names of blob containers, ours included. */
  readonly containers: readonly string[];
  /** File shares, queues and tables, each as a person would read it: `file share photos`. */
  readonly others: readonly string[];
}

/** What an undo asks Azure, and the one delete that is no ARM call. */
export interface UndoAzure {
  /** Everything that lies in the group; a group that does not exist has nothing in it. */
  groupObjects(at: GroupPlace, signal: AbortSignal): Promise<readonly GroupObject[]>;
  /** Role assignments at the scope and inside it; a scope that does not exist has none. */
  roleAssignments(
    at: Omit<GroupPlace, 'resourceGroup'> & { readonly scope: string },
    signal: AbortSignal,
  ): Promise<readonly ListedAssignment[]>;
  /** Locks at, above and inside the scope; a scope that does not exist has none. */
  locks(
    at: Omit<GroupPlace, 'resourceGroup'> & { readonly scope: string },
    signal: AbortSignal,
  ): Promise<readonly Lock[]>;
  virtualMachines(at: GroupPlace, signal: AbortSignal): Promise<readonly ListedMachine[]>;
  accountContents(
    at: GroupPlace & { readonly account: string },
    signal: AbortSignal,
  ): Promise<AccountContents>;
  /** Names of at most `limit` blobs of a container, snapshots and versions counted as theirs. */
  blobs(
    at: Omit<RecordLocation, 'projectName'> & {
      readonly container: string;
      readonly limit: number;
    },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Removes the record if it is still that version; one that is gone already has been removed. */
  removeRecord(at: RecordLocation, etag: string, signal: AbortSignal): Promise<void>;
  /** Has a soft-deleted vault purged: what was in it is lost for good. Does not wait for it. */
  purgeVault(at: VaultPlace, signal: AbortSignal): Promise<void>;
  /** Whether a vault of that name is soft-deleted; while it is being purged it still is. */
  isVaultInBin(at: VaultPlace, signal: AbortSignal): Promise<boolean>;
  /** Whether the workspace has any rows in its tables. */
  hasLogs(at: GroupPlace & { readonly workspaceId: string }, signal: AbortSignal): Promise<boolean>;
}

/** The dstack server that the project is registered with. */
export interface UndoServer {
  /** How a person names it: its URL, `local server`. */
  readonly name: string;
  /** Names of fleets and runs that still use the project. */
  running(signal: AbortSignal): Promise<readonly string[]>;
  /** Takes the project away from the server; one that is not there is done. */
  unregister(signal: AbortSignal): Promise<void>;
}

/** The ports of one undo. */
export interface UndoPorts extends SetupPorts {
  readonly azure: UndoAzure;
  /** Undefined where there is no server to tell (`server.kind: none`). */
  readonly server?: UndoServer;
}
