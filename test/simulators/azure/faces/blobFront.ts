import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimRequest, SimResponse } from '../core/http.ts';
import { azuriteToken, type LazyAzurite } from './azurite.ts';
import { accountOf } from './azureHosts.ts';
import { blobCallOf, type BlobCall } from './blobCall.ts';
import { blobServerHeader } from './blobError.ts';
import { accountExists, BlobGate, type BlobSide } from './blobGate.ts';
import type { StreamHandler } from './httpsFace.ts';
import { MirroredContainers } from './mirroredContainers.ts';
import { writeResponse } from './nodeMessages.ts';
import type { ScaledClock } from './scaledClock.ts';
import { unseenResponseTo } from './unseenResponse.ts';

/** One request on its way through the front. */
interface Visit {
  readonly account: string;
  readonly call: BlobCall;
  readonly head: SimRequest;
  readonly message: IncomingMessage;
}

/**
 * `{account}.blob.core.windows.net`: rights and accounts by the core, contents by Azurite. Bodies
 * stream through. Containers made or deleted here are told to the core before the client hears of
 * them; what the core's faults ask for happens here too.
 */
export class BlobFront {
  readonly #side: BlobSide;
  readonly #azurite: LazyAzurite;
  readonly #clock: ScaledClock;
  readonly #gate: BlobGate;
  readonly #containers: MirroredContainers;

  constructor(side: BlobSide, azurite: LazyAzurite, clock: ScaledClock) {
    this.#side = side;
    this.#azurite = azurite;
    this.#clock = clock;
    this.#gate = new BlobGate(side, clock);
    this.#containers = new MirroredContainers(side, azurite, clock);
  }

  readonly handle: StreamHandler = async (head, message, response) => {
    const account = accountOf(head.url.hostname) ?? '';
    if (!accountExists(this.#side, account)) {
      // In Azure the name would not resolve; the proxy says 502 before it comes to this.
      response.destroy();
      return;
    }
    const visit = { account, call: blobCallOf(head.method, head.url), head, message };
    const fault = this.#gate.faultFor(head);
    if (fault?.delayMs !== undefined) await this.#clock.sleep(fault.delayMs);
    const faulty = fault === undefined ? undefined : this.#gate.answerOfFault(fault, head);
    if (faulty === undefined) {
      await this.#serve(visit, response);
    } else if (fault?.when === 'after') {
      await this.#serveUnseen(visit);
      writeResponse(response, faulty, head.method === 'HEAD');
    } else {
      this.#answer(visit, response, faulty);
    }
  };

  close(): void {
    this.#containers.close();
  }

  async #serve(visit: Visit, response: ServerResponse): Promise<void> {
    const { account, call, head, message } = visit;
    const refusal = this.#gate.refusalOf(account, call, head, this.#containers);
    if (refusal !== undefined) {
      this.#answer(visit, response, refusal);
      return;
    }
    await this.#containers.catchUp(account);
    (await this.#azurite.get()).forward({
      message,
      response,
      authorization: azuriteToken(),
      beforeHead: (status) => this.#onAnswer(visit, status, response),
    });
  }

  /** The request takes effect and is logged, but nobody gets to see the answer. */
  async #serveUnseen(visit: Visit): Promise<void> {
    const unseen = unseenResponseTo(visit.message);
    const written = once(unseen, 'finish');
    await this.#serve(visit, unseen);
    await written;
  }

  #answer(visit: Visit, response: ServerResponse, answer: SimResponse): void {
    this.#gate.log(visit.head, visit.call, answer.status);
    visit.message.resume();
    writeResponse(response, answer, visit.head.method === 'HEAD');
  }

  #onAnswer({ account, call, head }: Visit, status: number, response: ServerResponse): void {
    response.setHeader('Server', blobServerHeader);
    const version = head.headers['x-ms-version'];
    if (version !== undefined) response.setHeader('x-ms-version', version);
    response.setHeader('Date', new Date(this.#clock.now()).toUTCString());
    this.#gate.log(head, call, status);
    if (call.container === undefined || call.effect === undefined || status >= 300) return;
    const exists = call.effect === 'createsContainer';
    this.#containers.noteOwn(account, call.container, exists);
    this.#side.recordContainer(account, call.container, exists);
  }
}
