import type { FaultRule } from '../core/faults.ts';
import type { SimClock, SimRequest, SimResponse } from '../core/http.ts';
import type { SimulatedAzure } from '../core/simulatedAzure.ts';
import type { BlobCall } from './blobCall.ts';
import { blobError, type BlobErrorOptions } from './blobError.ts';
import type { MirroredContainers } from './mirroredContainers.ts';

/** Since then anonymous requests are told where to get a token (x-ms-version). */
const firstVersionWithChallenge = '2019-12-12';

type Refusal = Omit<BlobErrorOptions, 'now' | 'isHead'>;

/** The part of the core that blob endpoints talk to. */
export type BlobSide = Pick<
  SimulatedAzure,
  'authorizeBlob' | 'blobAccounts' | 'onBlobChange' | 'recordContainer' | 'faults' | 'requests'
>;

/** Whether the account's host name resolves now. */
export function accountExists(side: BlobSide, account: string): boolean {
  const decision = side.authorizeBlob({ token: undefined, account, action: 'containers/read' });
  return decision.allowed || decision.status !== 0;
}

/**
 * Decides with the core's rights who may go on to a store of blobs, words the refusals as Azure
 * does, and keeps the core's log. Shared by the front of Azurite and the in-process subset.
 */
export class BlobGate {
  readonly #side: BlobSide;
  readonly #clock: SimClock;

  constructor(side: BlobSide, clock: SimClock) {
    this.#side = side;
    this.#clock = clock;
  }

  /** The answer for those who may not pass, or undefined. The account must exist. */
  refusalOf(
    account: string,
    call: BlobCall,
    request: SimRequest,
    containers: MirroredContainers,
  ): SimResponse | undefined {
    const refusal =
      this.#judge(account, call, request) ??
      (call.effect === 'createsContainer' &&
      containers.isBeingDeleted(account, call.container ?? '')
        ? beingDeleted
        : undefined);
    if (refusal === undefined) return undefined;
    if (refusal.status === 501) {
      this.#side.requests.addUnsupported(`${request.method} ${describe(request.url)}`);
    }
    return this.#word(refusal, request);
  }

  /** The fault that is to strike this request, if any. Counts it. */
  faultFor(request: SimRequest): FaultRule | undefined {
    return this.#side.faults.strike(request.method, request.url);
  }

  /** What a fault answers in blob storage's own words; undefined if it only delays. */
  answerOfFault(rule: FaultRule, request: SimRequest): SimResponse | undefined {
    if (rule.cut === true) return { status: 0, headers: {}, cutConnection: true };
    if (rule.status === undefined) return undefined;
    const refusal = { code: 'ServerBusy', message: 'A fault that was asked for.' };
    const worded = this.#word({ status: rule.status, ...refusal }, request);
    const answer = { ...worded, headers: { ...worded.headers, ...rule.headers } };
    if (rule.body === undefined) return answer;
    const text = typeof rule.body === 'string' ? rule.body : JSON.stringify(rule.body);
    return { ...answer, body: new TextEncoder().encode(text) };
  }

  /** Writes a finished request into the core's log. */
  log(request: SimRequest, call: BlobCall, status: number): void {
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    this.#side.requests.add({
      method: request.method,
      host: request.url.host,
      path: request.url.pathname + request.url.search,
      status,
      mutating: changes && request.method !== 'POST' && status >= 200 && status < 300,
      time: this.#clock.now(),
      ...(call.action !== undefined && { operation: `Blob ${call.action}` }),
    });
  }

  #judge(account: string, call: BlobCall, request: SimRequest): Refusal | undefined {
    if (call.action === undefined || request.url.searchParams.has('sig')) return notSimulated;
    const authorization = request.headers['authorization'];
    const version = request.headers['x-ms-version'] ?? '';
    if (authorization === undefined && version < firstVersionWithChallenge) return notPublic;
    const [scheme, token] = authorization?.split(' ', 2) ?? ['Bearer', undefined];
    if (scheme === 'SharedKey' || scheme === 'SharedKeyLite') return keysForbidden;
    const decision = this.#side.authorizeBlob({
      token: scheme === 'Bearer' ? token : '',
      account,
      action: call.action,
      ...(call.container !== undefined && { container: call.container }),
    });
    return decision.allowed ? undefined : decision;
  }

  #word(refusal: Refusal, request: SimRequest): SimResponse {
    return blobError({
      ...refusal,
      now: this.#clock.now(),
      isHead: request.method === 'HEAD',
    });
  }
}

function describe(url: URL): string {
  const query = [...url.searchParams].filter(([name]) => ['comp', 'restype'].includes(name));
  return `blob storage ${query.map(([name, value]) => `${name}=${value}`).join('&')}`.trimEnd();
}

const notSimulated: Refusal = {
  status: 501,
  code: 'NotSimulated',
  message: 'The simulated Azure does not know this operation of blob storage.',
};

const beingDeleted: Refusal = {
  status: 409,
  code: 'ContainerBeingDeleted',
  message: 'The specified container is being deleted. Try operation later.',
};

const notPublic: Refusal = {
  status: 409,
  code: 'PublicAccessNotPermitted',
  message: 'Public access is not permitted on this storage account.',
};

const keysForbidden: Refusal = {
  status: 403,
  code: 'KeyBasedAuthenticationNotPermitted',
  message: 'Key based authentication is not permitted on this storage account.',
};
