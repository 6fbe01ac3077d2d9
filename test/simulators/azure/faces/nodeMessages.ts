import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimRequest, SimResponse } from '../core/http.ts';

/** Reads a whole request as the core wants it. */
export async function readRequest(message: IncomingMessage, url: URL): Promise<SimRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return { ...requestHead(message, url), body: Buffer.concat(chunks) };
}

/** A request without its body, for those who decide before it is read. */
export function requestHead(message: IncomingMessage, url: URL): SimRequest {
  return {
    method: message.method ?? 'GET',
    url,
    headers: flatten(message.headers),
    body: new Uint8Array(),
  };
}

/** Writes what the core answered, or breaks the connection if it says so. */
export function writeResponse(
  response: ServerResponse,
  answer: SimResponse,
  isHead: boolean,
): void {
  if (answer.cutConnection === true) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, headersWithLength(answer, isHead));
  if (isHead || answer.body === undefined) response.end();
  else response.end(answer.body);
}

function headersWithLength(answer: SimResponse, isHead: boolean): Record<string, string> {
  const named = Object.keys(answer.headers).some((name) => name.toLowerCase() === 'content-length');
  const bodiless = isHead || answer.status === 204 || answer.status === 304;
  if (named || bodiless) return { ...answer.headers };
  return { ...answer.headers, 'Content-Length': String(answer.body?.byteLength ?? 0) };
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
