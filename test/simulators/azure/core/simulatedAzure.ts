import type { BlobAccount, BlobDecision, BlobEvent, BlobRequest } from './blobAccess.ts';
import { authorizeBlob, blobAccounts } from './blobRights.ts';
import { buildState } from './buildState.ts';
import { Dispatcher } from './dispatcher.ts';
import { Authenticator } from './entra/authenticate.ts';
import { issueUserToken, type UserTokenRequest } from './entra/userToken.ts';
import { Faults, type FaultRule } from './faults.ts';
import type { SimClock, SimRequest, SimResponse, SimService } from './http.ts';
import { Durations, Lag } from './lag.ts';
import type { Core } from './operation.ts';
import { recordContainer } from './providers/containers.ts';
import { hash, SeededRandom } from './random.ts';
import { RequestLog } from './requestLog.ts';
import type { AzureState } from './state.ts';
import type { World } from './world.ts';

export type { UserTokenRequest } from './entra/userToken.ts';

export interface SimulatedAzureOptions {
  readonly clock: SimClock;
  readonly seed: number;
  readonly world: World;
  /** `none`: what is written is seen at once everywhere. `seeded`: it spreads as slowly as in Azure. */
  readonly lag?: 'none' | 'seeded';
  /**
   * Tokens live this many times as long as in Azure. Default 1. When the clock runs n times as fast
   * as the clients' own, give n: they keep a token for an hour of theirs.
   */
  readonly tokenLifetimeFactor?: number;
}

/** The simulated Azure: ARM, Entra and Graph behind one `handle`, blobs' rights beside it. */
export class SimulatedAzure implements SimService {
  readonly requests = new RequestLog();
  readonly faults = new Faults((seed, index) => hash(`${seed}|${index}`) / 0x1_0000_0000);
  readonly #authenticator = new Authenticator();
  readonly #listeners = new Set<(event: BlobEvent) => void>();
  readonly #core: Core;
  readonly #dispatcher: Dispatcher;

  constructor(options: SimulatedAzureOptions) {
    const random = new SeededRandom(options.seed);
    const now = (): number => options.clock.now();
    const mode = options.lag ?? 'none';
    this.#core = {
      state: buildState(options.world, random, now()),
      random,
      lag: new Lag(mode, random),
      durations: new Durations(mode, random),
      world: options.world,
      tokenLifetimeFactor: options.tokenLifetimeFactor ?? 1,
      now,
      publish: (event) => {
        for (const listener of this.#listeners) listener(event);
      },
    };
    this.#dispatcher = new Dispatcher(this.#core, this.#authenticator, this.requests);
  }

  /** Everything that exists, as of now. For tests to look at; change it only by requests. */
  get state(): AzureState {
    this.#core.state.settle(this.#core.now());
    return this.#core.state;
  }

  handle(request: SimRequest): Promise<SimResponse> {
    const fault = this.faults.strike(request.method, request.url);
    if (fault?.when === 'before' && isAnswer(fault)) {
      return Promise.resolve(faultAnswer(fault));
    }
    this.#core.state.settle(this.#core.now());
    const response = this.#dispatcher.dispatch(request);
    if (fault === undefined) return Promise.resolve(response);
    return Promise.resolve(disturbed(response, fault));
  }

  /** A signed JWT of a person of the world. Throws RangeError when there is no such person there. */
  issueUserToken(request: UserTokenRequest): string {
    return issueUserToken(this.#core, request);
  }

  /** From now on this person's earlier tokens get a claims challenge, as after a CAE event. */
  revokeSessions(objectId: string): void {
    this.#authenticator.revokeBefore(objectId, this.#core.now());
  }

  /** Whether this caller may do this to these blobs now. Changes nothing. */
  authorizeBlob(request: BlobRequest): BlobDecision {
    this.#core.state.settle(this.#core.now());
    return authorizeBlob(this.#core, this.#authenticator, request);
  }

  /** The accounts whose blob host answers now. */
  blobAccounts(): readonly BlobAccount[] {
    this.#core.state.settle(this.#core.now());
    return blobAccounts(this.#core);
  }

  /** Calls back when accounts or containers come and go by ARM. Returns a function that ends it. */
  onBlobChange(listener: (event: BlobEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The blob side made or removed a container by itself; ARM lists it from now on, or no longer. */
  recordContainer(account: string, container: string, exists: boolean): void {
    recordContainer(this.#core, account, container, exists);
  }
}

/** A rule with nothing but a delay lets the request through. */
function isAnswer(fault: FaultRule): boolean {
  return fault.status !== undefined || fault.cut === true;
}

function faultAnswer(fault: FaultRule): SimResponse {
  const json = fault.body === undefined ? undefined : JSON.stringify(fault.body);
  return {
    status: fault.status ?? 500,
    headers: {
      ...(json === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
      ...fault.headers,
    },
    ...(json === undefined ? {} : { body: new TextEncoder().encode(json) }),
    ...(fault.delayMs === undefined ? {} : { delayMs: fault.delayMs }),
    ...(fault.cut === true ? { cutConnection: true } : {}),
  };
}

/** What is left of a real answer after a fault. */
function disturbed(response: SimResponse, fault: FaultRule): SimResponse {
  if (isAnswer(fault)) return faultAnswer(fault);
  return {
    ...response,
    headers: { ...response.headers, ...fault.headers },
    ...(fault.delayMs === undefined ? {} : { delayMs: fault.delayMs }),
  };
}
