import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { Readable } from 'node:stream';
import type { SimRequest, SimResponse, SimService } from '../core/http.ts';
import { accountOf, serviceOf } from './azureHosts.ts';
import { accountExists, type BlobSide } from './blobGate.ts';
import { MemoryBlobs } from './memoryBlobs.ts';
import type { VirtualClock } from './virtualClock.ts';

export interface InProcessOptions {
  /** The clock that the core runs on: it stands still while a request is under way. */
  readonly clock: VirtualClock;
}

/**
 * What the Azure SDKs take as `httpClient`: requests go straight into the core, without a socket
 * and without real time. Hosts that don't exist fail as an unknown name does (ENOTFOUND), cut
 * connections as ECONNRESET.
 */
export function httpClientFor(
  simulated: SimService & BlobSide,
  { clock }: InProcessOptions,
): HttpClient {
  const blobs = new MemoryBlobs(simulated, clock);
  const serviceFor = (url: URL): SimService | undefined => {
    const service = serviceOf(url.hostname);
    if (service !== 'blob') return service === undefined ? undefined : simulated;
    return accountExists(simulated, accountOf(url.hostname) ?? '') ? blobs : undefined;
  };
  return {
    sendRequest: async (request) => {
      throwIfAborted(request);
      const url = new URL(request.url);
      const service = serviceFor(url);
      if (service === undefined)
        throw failure(request, 'ENOTFOUND', `getaddrinfo ENOTFOUND ${url.hostname}`);
      const answer = await clock.whileBusy(async () => service.handle(await toSim(request, url)));
      if (answer.delayMs !== undefined) await clock.sleep(answer.delayMs, signalOf(request));
      throwIfAborted(request);
      if (answer.cutConnection === true) throw failure(request, 'ECONNRESET', 'socket hang up');
      return toPipeline(request, answer);
    },
  };
}

async function toSim(request: PipelineRequest, url: URL): Promise<SimRequest> {
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
  return { method: request.method, url, headers, body: await bytesOf(request.body) };
}

async function bytesOf(body: PipelineRequest['body']): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body))
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  if (typeof body === 'function') return bytesOf(body());
  if (body instanceof FormData) throw new TypeError('No Azure call here sends a form.');
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
    chunks.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
  }
  return Buffer.concat(chunks);
}

function toPipeline(request: PipelineRequest, answer: SimResponse): PipelineResponse {
  const headers = createHttpHeaders({ ...answer.headers });
  const base = { request, headers, status: answer.status };
  const body = request.method === 'HEAD' ? new Uint8Array() : (answer.body ?? new Uint8Array());
  const streamed = request.streamResponseStatusCodes;
  if (streamed?.has(answer.status) === true || streamed?.has(Number.POSITIVE_INFINITY) === true) {
    return { ...base, readableStreamBody: Readable.from(body.byteLength === 0 ? [] : [body]) };
  }
  return { ...base, bodyAsText: new TextDecoder().decode(body) };
}

function throwIfAborted(request: PipelineRequest): void {
  if (request.abortSignal?.aborted !== true) return;
  throw new DOMException('The operation was aborted.', 'AbortError');
}

/** The pipeline's signals are a subset of the platform's. */
function signalOf(request: PipelineRequest): AbortSignal | undefined {
  return request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined;
}

function failure(request: PipelineRequest, code: string, message: string): RestError {
  const error = new RestError(message, { code: RestError.REQUEST_SEND_ERROR, request });
  error.code = code;
  return error;
}
