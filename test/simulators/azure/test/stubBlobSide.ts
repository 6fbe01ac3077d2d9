import type { BlobEvent, BlobRequest } from '../core/blobAccess.ts';
import { Faults } from '../core/faults.ts';
import { RequestLog } from '../core/requestLog.ts';
import type { BlobSide } from '../faces/blobGate.ts';

/**
 * A core with one account, `acct`, in which the token says what it may do: `all`, `nothing`, or
 * anything else, which is no token at all.
 */
export class StubBlobSide implements BlobSide {
  readonly faults = new Faults(() => 0);
  readonly requests = new RequestLog();
  readonly recorded: string[] = [];
  readonly asked: BlobRequest[] = [];
  readonly #listeners = new Set<(event: BlobEvent) => void>();

  readonly authorizeBlob: BlobSide['authorizeBlob'] = (request) => {
    this.asked.push(request);
    if (request.account !== 'acct') {
      return { allowed: false, status: 0, code: 'AccountNotFound', message: '' };
    }
    switch (request.token) {
      case 'all':
        return { allowed: true };
      case 'nothing':
        return {
          allowed: false,
          status: 403,
          code: 'AuthorizationPermissionMismatch',
          message:
            'This request is not authorized to perform this operation using this permission.',
        };
      case undefined:
      default:
        return {
          allowed: false,
          status: 401,
          code:
            request.token === undefined
              ? 'NoAuthenticationInformation'
              : 'InvalidAuthenticationInfo',
          message: 'Server failed to authenticate the request.',
          headers: {
            'WWW-Authenticate':
              'Bearer authorization_uri=https://login.microsoftonline.com/t/oauth2/authorize resource_id=https://storage.azure.com',
          },
        };
    }
  };

  readonly blobAccounts: BlobSide['blobAccounts'] = () => [
    { name: 'acct', containersFromArm: ['from-arm-first'] },
  ];

  readonly onBlobChange: BlobSide['onBlobChange'] = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly recordContainer: BlobSide['recordContainer'] = (account, container, exists) => {
    this.recorded.push(`${exists ? '+' : '-'}${account}/${container}`);
  };

  /** ARM did something. */
  tell(event: BlobEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}
