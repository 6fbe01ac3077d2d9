/**
 * What a blob request needs. `containers/*` are control-plane actions even when they come in on
 * the data plane; `blobs/*` are dataActions. Names as in
 * Microsoft.Storage/storageAccounts/blobServices/{action}.
 */
export type BlobAction =
  | 'containers/read'
  | 'containers/write'
  | 'containers/delete'
  | 'containers/blobs/read'
  | 'containers/blobs/write'
  | 'containers/blobs/add/action'
  | 'containers/blobs/delete'
  | 'containers/blobs/move/action'
  | 'generateUserDelegationKey/action';

export interface BlobRequest {
  /** The bearer token without its scheme; undefined when the request carries none. */
  readonly token: string | undefined;
  readonly account: string;
  readonly container?: string;
  readonly action: BlobAction;
}

export type BlobDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** 0 = the host name does not resolve: such an account does not exist (yet). */
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** What the blob side learns from the control plane. */
export interface BlobEvent {
  readonly kind: 'accountCreated' | 'accountDeleted' | 'containerCreated' | 'containerDeleted';
  readonly account: string;
  readonly container?: string;
}

/** A storage account that answers on its blob host. */
export interface BlobAccount {
  readonly name: string;
  readonly containersFromArm: readonly string[];
}
