import type { AzureStorageAccount, AzureTenant } from '../setup/ports.ts';
import type { GpuFamily } from '../setup/gpuQuota.ts';
import type { SetupError } from '../setup/errors.ts';
import type { ProjectRecord } from '../setup/projectRecord.ts';

/** A signed-in person, as VS Code names them. */
export interface Account {
  readonly id: string;
  readonly label: string;
}

/** A project that was found in Azure by its tags. One project per storage account. */
export interface ListedProject {
  readonly name: string;
  /** The account through which it was found: whose sign-in reads it. */
  readonly accountId: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  readonly storageAccount: AzureStorageAccount;
}

/** What the project record says, or why it can't say anything yet. */
export type RecordState =
  | { readonly kind: 'read'; readonly record: ProjectRecord }
  /** Not there or not readable yet; the project is shown from its tags. */
  | { readonly kind: 'pending'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: SetupError };

/** What one workspace folder knows of a project. */
export interface FolderUse {
  readonly folderName: string;
  readonly folderUri: string;
  readonly used: boolean;
  readonly serverUrl?: string;
  readonly files: readonly { readonly path: string; readonly uri: string }[];
}

interface NodeBase {
  /** The same for the same thing at every listing, so that the tree keeps what is open. */
  readonly id: string;
}

export interface ProjectItem extends NodeBase {
  readonly kind: 'project';
  readonly project: ListedProject;
  /** Whether a folder of this window uses it. */
  readonly usedHere: boolean;
}

export interface LocationItem extends NodeBase {
  readonly kind: 'location';
  readonly project: ListedProject;
}

/** What GPUs the subscription may still rent in the project's location. */
export interface GpuQuotaItem extends NodeBase {
  readonly kind: 'gpuQuota';
  readonly project: ListedProject;
}

export interface GpuFamilyItem extends NodeBase {
  readonly kind: 'gpuFamily';
  readonly tenantId: string;
  readonly family: GpuFamily;
}

export interface StorageAccountItem extends NodeBase {
  readonly kind: 'storageAccount';
  readonly project: ListedProject;
}

export interface ResourcesItem extends NodeBase {
  readonly kind: 'resources';
  readonly project: ListedProject;
  readonly record: RecordState;
}

export interface ResourceItem extends NodeBase {
  readonly kind: 'resource';
  readonly resourceKind: string;
  readonly resourceId: string;
  readonly name: string;
  readonly tenantId: string;
  /** Of a role definition or assignment, whose own name is a GUID. */
  readonly roleName?: string;
  /** Absent where only tags are known. */
  readonly origin?: 'created' | 'adopted';
}

export interface ConfigurationItem extends NodeBase {
  readonly kind: 'configuration';
  readonly project: ListedProject;
}

export interface FolderItem extends NodeBase {
  readonly kind: 'folder';
  readonly project: ListedProject;
  readonly use: FolderUse;
}

export interface FileItem extends NodeBase {
  readonly kind: 'file';
  readonly path: string;
  readonly uri: string;
}

/** Something to read, not to act on. */
export interface NoteItem extends NodeBase {
  readonly kind: 'note';
  readonly text: string;
  readonly detail?: string;
}

/** A listing that failed, where it failed. */
export interface ErrorItem extends NodeBase {
  readonly kind: 'error';
  readonly error: SetupError;
  /** What could not be listed: an account's or a tenant's name, a project's. */
  readonly subject: string;
  /** The node to list again; undefined for the roots. */
  readonly of?: ProjectNode;
}

/** An account, or a tenant that asks it for a sign-in of its own, that answers only after one. */
export interface SignInItem extends NodeBase {
  readonly kind: 'signIn';
  readonly account: Account;
  /** Undefined: the account itself has to sign in again. */
  readonly tenant?: AzureTenant;
}

/** Everything that the Projects tree shows, as data. */
export type ProjectNode =
  | ProjectItem
  | LocationItem
  | GpuQuotaItem
  | GpuFamilyItem
  | StorageAccountItem
  | ResourcesItem
  | ResourceItem
  | ConfigurationItem
  | FolderItem
  | FileItem
  | NoteItem
  | ErrorItem
  | SignInItem;

/** Whether a node opens. */
export function canOpen(node: ProjectNode): boolean {
  switch (node.kind) {
    case 'project':
    case 'location':
    case 'gpuQuota':
    case 'resources':
    case 'configuration':
      return true;
    case 'folder':
      return node.use.files.length > 0;
    case 'gpuFamily':
    case 'storageAccount':
    case 'resource':
    case 'file':
    case 'note':
    case 'error':
    case 'signIn':
      return false;
  }
}

/** Whether what is below a node came with the node itself: only its parent lists that again. */
export function comesWithParent({ kind }: ProjectNode): boolean {
  return kind === 'resources' || kind === 'folder';
}
