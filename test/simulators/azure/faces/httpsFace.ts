import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { SimRequest, SimResponse, SimService } from '../core/http.ts';
import type { Certificates } from './certificates.ts';
import { listenOnLoopback, stopListening } from './listening.ts';
import { readRequest, requestHead, writeResponse } from './nodeMessages.ts';
import type { ScaledClock } from './scaledClock.ts';

/** Answers a whole request by itself, so that bodies can stream both ways. */
export type StreamHandler = (
  head: SimRequest,
  message: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/** Who answers for one host name. */
export type HostAnswer =
  | { readonly kind: 'service'; readonly service: SimService }
  | { readonly kind: 'stream'; readonly handle: StreamHandler };

export interface HttpsFaceOptions {
  readonly certificates: Pick<Certificates, 'cert' | 'key'>;
  readonly clock: ScaledClock;
  /** Who plays a host (lower case), or undefined: then the answer is 421. */
  readonly answerFor: (host: string) => HostAnswer | undefined;
}

export interface HttpsFace {
  readonly port: number;
  close(): Promise<void>;
}

/** HTTPS (HTTP/1.1, keep-alive) on loopback for every host name of the simulated Azure. */
export async function startHttpsFace(options: HttpsFaceOptions): Promise<HttpsFace> {
  const server = createServer(
    { cert: options.certificates.cert, key: options.certificates.key, maxHeaderSize: 64 * 1024 },
    (message, response) => void answer(options, message, response),
  );
  // Clients keep connections while they wait between polls; Node's five seconds would close them
  // under their hands.
  server.keepAliveTimeout = 120_000;
  const port = await listenOnLoopback(server);
  return {
    port,
    close: async () => {
      const stopped = stopListening(server);
      server.closeAllConnections();
      await stopped;
    },
  };
}

async function answer(
  options: HttpsFaceOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = publicUrl(message);
    const host = url === undefined ? undefined : options.answerFor(url.hostname);
    if (url === undefined || host === undefined) {
      writeResponse(response, misdirected(message), message.method === 'HEAD');
    } else if (host.kind === 'stream') {
      await host.handle(requestHead(message, url), message, response);
    } else {
      const reply = await host.service.handle(await readRequest(message, url));
      await writeInTime(options.clock, response, reply, message.method === 'HEAD');
    }
  } catch (error) {
    // The client may be gone in the middle of its request; anything else is a fault of ours, and a
    // simulator that hides its own faults is worthless.
    if (!message.destroyed || message.complete) console.error('Simulated Azure failed:', error);
    response.destroy();
  }
}

/** Writes an answer after its `delayMs`, with waiting times in the client's seconds. */
export async function writeInTime(
  clock: ScaledClock,
  response: ServerResponse,
  answer: SimResponse,
  isHead: boolean,
): Promise<void> {
  if (answer.delayMs !== undefined) await clock.sleep(answer.delayMs);
  writeResponse(response, { ...answer, headers: inClientTime(clock, answer.headers) }, isHead);
}

/**
 * Retry-After counts simulated seconds, but the client will wait real ones. It has whole seconds
 * only, and zero would make some clients fall back to their own, longer interval.
 */
function inClientTime(clock: ScaledClock, headers: SimResponse['headers']): Record<string, string> {
  const scaled: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const isWait = name.toLowerCase() === 'retry-after' && /^\d+$/.test(value);
    scaled[name] = isWait ? String(Math.max(1, Math.ceil(clock.toReal(Number(value))))) : value;
  }
  return scaled;
}

function publicUrl(message: IncomingMessage): URL | undefined {
  const host = message.headers.host;
  const path = message.url ?? '/';
  if (host === undefined || !path.startsWith('/')) return undefined;
  try {
    const url = new URL(`https://${host}${path}`);
    url.port = '';
    return url;
  } catch {
    return undefined;
  }
}

function misdirected(message: IncomingMessage): SimResponse {
  const text = `The simulated Azure does not answer for the host '${message.headers.host ?? ''}'.\n`;
  return {
    status: 421,
    headers: { 'Content-Type': 'text/plain' },
    body: new TextEncoder().encode(text),
  };
}
