import { t } from '@vscode/l10n';
import type { Clock } from '../setup/ports.ts';
import { SetupError } from '../setup/errors.ts';
import { connectionError } from './serverConnection.ts';
import { answerError, dstackError, notDstack, parseJson } from './serverFailure.ts';

/** What a request needs from the world. */
export interface ServerTransport {
  /** The server's URL, as `normalizeServerUrl` gives it. */
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** How long one ordinary call may take, in ms; 30,000 unless told. */
  readonly timeoutMs?: number;
}

export interface ServerCall {
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  /** Whether it changes nothing on the server: only then is it sent again after a failure. */
  readonly isRead: boolean;
  readonly apiVersion?: string;
  /** False for the calls that need no token, which then don't get it. */
  readonly withToken?: boolean;
  /** What the body holds that must not come back in a message. */
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
const RETRY_WAITS_MS = [1_000, 2_000];
const RETRIED = ['server_connection_lost', 'server_unreachable', 'server_busy'];
const MAX_ANSWER = 5_000_000;

/**
 * Sends one call and gives back its JSON. Reads are tried three times, writes once.
 *
 * @throws SetupError `server_…`; AbortError
 */
export async function callServer(
  transport: ServerTransport,
  call: ServerCall,
  signal: AbortSignal,
): Promise<unknown> {
  for (const wait of call.isRead ? RETRY_WAITS_MS : []) {
    try {
      return await callOnce(transport, call, signal);
    } catch (error) {
      if (!(error instanceof SetupError) || !RETRIED.includes(error.code)) throw error;
      await transport.clock.sleep(wait, signal);
    }
  }
  return callOnce(transport, call, signal);
}

async function callOnce(
  transport: ServerTransport,
  call: ServerCall,
  signal: AbortSignal,
): Promise<unknown> {
  const { url } = transport;
  const timeout = AbortSignal.timeout(call.timeoutMs ?? transport.timeoutMs ?? TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await transport.fetch(`${url}${call.path}`, {
      method: call.method ?? 'POST',
      headers: headersOf(transport, call),
      // The token goes to this host and to no other one.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    text = await readText(response);
  } catch (error) {
    throw connectionError(url, error, { caller: signal, timeout });
  }
  if (response.ok) return answerOf(url, text);
  if (response.status >= 300 && response.status < 400) throw redirected(url);
  if ([502, 503, 504].includes(response.status)) throw busy(url, response.status);
  const secrets = [transport.token, ...(call.secrets ?? [])];
  throw answerError({ url, secrets }, response.status, text);
}

function headersOf(transport: ServerTransport, call: ServerCall): Record<string, string> {
  return {
    accept: 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.apiVersion === undefined ? {} : { 'x-api-version': call.apiVersion }),
    ...(call.withToken === false ? {} : { authorization: `Bearer ${transport.token}` }),
  };
}

/** The body, up to a length that no answer of a dstack server has. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // TypeScript's type of the stream does not know that it can be iterated; Node's can.
  const body = response.body as (ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) | null;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answerOf(url: string, text: string): unknown {
  const answer = parseJson(text);
  if (answer === undefined) throw notDstack(url);
  return answer;
}

function redirected(url: string): SetupError {
  return dstackError(
    'server_redirects',
    [
      t('The dstack server at {0} sends us to another address.', url),
      t('Enter the address that it leads to, usually the one with https.'),
    ],
    'serverUrl',
  );
}

function busy(url: string, status: number): SetupError {
  return dstackError('server_busy', [
    t('The dstack server at {0} is not ready (HTTP {1}).', url, String(status)),
    t('Try again in a minute.'),
  ]);
}
