import { createHash, randomUUID } from 'node:crypto';
import type { SimClock, SimRequest, SimResponse, SimService } from '../core/http.ts';
import { accountOf } from './azureHosts.ts';
import { blobCallOf, type BlobCall } from './blobCall.ts';
import { conditionsOfWrite } from './blobConditions.ts';
import { blobError, blobServerHeader } from './blobError.ts';
import { BlobGate, type BlobSide } from './blobGate.ts';
import { listBlobs, listContainers } from './blobListing.ts';
import {
  deleteBlob,
  readBlob,
  unleased,
  versionHeaders,
  type Answer,
  type Refused,
} from './memoryBlobAnswers.ts';
import { MemoryBlobStore, type StoredBlob, type StoredContainer } from './memoryBlobStore.ts';
import { MirroredContainers } from './mirroredContainers.ts';

/** One request on its way. */
interface Visit {
  readonly account: string;
  readonly call: BlobCall;
  readonly request: SimRequest;
}

/**
 * The small part of blob storage that is needed in process, under any clock: containers, block
 * blobs in one piece with conditional writes, reads, deletes and lists. A test compares it with
 * Azurite. Rights, faults and log are the core's, as at the front of Azurite.
 */
export class MemoryBlobs implements SimService {
  readonly #side: BlobSide;
  readonly #clock: SimClock;
  readonly #gate: BlobGate;
  readonly #store = new MemoryBlobStore();
  readonly #containers: MirroredContainers;

  constructor(side: BlobSide, clock: SimClock) {
    this.#side = side;
    this.#clock = clock;
    this.#gate = new BlobGate(side, clock);
    const store = {
      createContainer: (account: string, name: string) => {
        this.#store.addContainer(account, name, clock.now());
        return Promise.resolve();
      },
      deleteContainer: (account: string, name: string) => {
        this.#store.removeContainer(account, name);
        return Promise.resolve();
      },
    };
    this.#containers = new MirroredContainers(side, store, clock);
  }

  async handle(request: SimRequest): Promise<SimResponse> {
    const account = accountOf(request.url.hostname) ?? '';
    const visit = { account, call: blobCallOf(request.method, request.url), request };
    const fault = this.#gate.faultFor(request);
    const faulty = fault === undefined ? undefined : this.#gate.answerOfFault(fault, request);
    if (fault?.when === 'before' && faulty !== undefined) {
      this.#gate.log(request, visit.call, faulty.status);
      return { ...faulty, ...(fault.delayMs !== undefined && { delayMs: fault.delayMs }) };
    }
    const served = await this.#serve(visit);
    this.#gate.log(request, visit.call, served.status);
    return {
      ...(faulty ?? served),
      ...(fault?.delayMs !== undefined && { delayMs: fault.delayMs }),
    };
  }

  async #serve(visit: Visit): Promise<SimResponse> {
    const refusal = this.#gate.refusalOf(
      visit.account,
      visit.call,
      visit.request,
      this.#containers,
    );
    if (refusal !== undefined) return refusal;
    await this.#containers.catchUp(visit.account);
    const answer = this.#perform(visit);
    if ('code' in answer) return this.#word(answer, visit.request);
    return { ...answer, headers: { ...this.#commonHeaders(visit.request), ...answer.headers } };
  }

  #perform(visit: Visit): Answer | Refused {
    const { account, call, request } = visit;
    if (call.container === undefined) {
      if (request.method !== 'GET') return notInSubset;
      const containers = this.#store.containers(account);
      return xml(listContainers(request.url.host, containers, request.url.searchParams));
    }
    const container = this.#store.container(account, call.container);
    if (call.effect === 'createsContainer') return this.#createContainer(visit, container);
    if (container === undefined) return containerNotFound;
    if (call.blob === undefined) return this.#onContainer(visit, container);
    return this.#onBlob(request, container, call.blob);
  }

  #createContainer(visit: Visit, existing: StoredContainer | undefined): Answer | Refused {
    if (existing !== undefined) return containerAlreadyExists;
    const { account, call } = visit;
    const made = this.#store.addContainer(account, call.container ?? '', this.#clock.now());
    this.#noteOwn(account, made.name, true);
    return { status: 201, headers: versionHeaders(made) };
  }

  #onContainer({ account, request }: Visit, container: StoredContainer): Answer | Refused {
    const { method, url } = request;
    if (url.searchParams.get('comp') === 'list') {
      return xml(listBlobs(url.host, container, url.searchParams));
    }
    if (url.searchParams.get('restype') !== 'container' || url.searchParams.has('comp')) {
      return notInSubset;
    }
    if (method === 'DELETE') {
      this.#store.removeContainer(account, container.name);
      this.#noteOwn(account, container.name, false);
      return { status: 202 };
    }
    return { status: 200, headers: { ...versionHeaders(container), ...unleased } };
  }

  #onBlob(request: SimRequest, container: StoredContainer, name: string): Answer | Refused {
    if (request.url.searchParams.has('comp')) return notInSubset;
    const current = container.blobs.get(name);
    switch (request.method) {
      case 'PUT':
        return this.#putBlob(request, container, name, current);
      case 'DELETE':
        return deleteBlob(request, container, current);
      default:
        return readBlob(request, current);
    }
  }

  #putBlob(
    { headers, body }: SimRequest,
    container: StoredContainer,
    name: string,
    current: StoredBlob | undefined,
  ): Answer | Refused {
    if (headers['x-ms-blob-type'] !== 'BlockBlob' || 'x-ms-copy-source' in headers) {
      return notInSubset;
    }
    const conditions = conditionsOfWrite(headers, current, 'PUT');
    if (conditions !== 'met') return conditions;
    const now = this.#clock.now();
    const blob: StoredBlob = {
      name,
      content: body.slice(),
      contentType:
        headers['x-ms-blob-content-type'] ?? headers['content-type'] ?? 'application/octet-stream',
      contentMd5: createHash('md5').update(body).digest('base64'),
      metadata: metadataOf(headers),
      etag: this.#store.nextEtag(),
      createdAt: current?.createdAt ?? now,
      modifiedAt: now,
    };
    container.blobs.set(name, blob);
    const md5 = { 'Content-MD5': blob.contentMd5, 'x-ms-request-server-encrypted': 'true' };
    return { status: 201, headers: { ...versionHeaders(blob), ...md5 } };
  }

  #noteOwn(account: string, container: string, exists: boolean): void {
    this.#containers.noteOwn(account, container, exists);
    this.#side.recordContainer(account, container, exists);
  }

  #commonHeaders({ headers }: SimRequest): Record<string, string> {
    const clientRequestId = headers['x-ms-client-request-id'];
    return {
      Server: blobServerHeader,
      'x-ms-request-id': randomUUID(),
      'x-ms-version': headers['x-ms-version'] ?? '2009-09-19',
      ...(clientRequestId !== undefined && { 'x-ms-client-request-id': clientRequestId }),
      Date: new Date(this.#clock.now()).toUTCString(),
    };
  }

  #word(refused: Refused, request: SimRequest): SimResponse {
    if (refused === notInSubset) {
      const { method, url } = request;
      this.#side.requests.addUnsupported(`${method} blob storage in process ${url.search}`);
    }
    const isHead = request.method === 'HEAD' || refused.status === 304;
    const headers = this.#commonHeaders(request);
    return blobError({ ...refused, headers, now: this.#clock.now(), isHead });
  }
}

function metadataOf(headers: SimRequest['headers']): Record<string, string> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith('x-ms-meta-'));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(10), value]));
}

function xml(text: string): Answer {
  const body = new TextEncoder().encode(text);
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
}

const containerNotFound: Refused = {
  status: 404,
  code: 'ContainerNotFound',
  message: 'The specified container does not exist.',
};
const containerAlreadyExists: Refused = {
  status: 409,
  code: 'ContainerAlreadyExists',
  message: 'The specified container already exists.',
};
const notInSubset: Refused = {
  status: 501,
  code: 'NotSimulated',
  message: 'The in-process blobs of the simulated Azure do not know this operation.',
};
