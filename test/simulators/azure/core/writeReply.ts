import type { Reply } from './failure.ts';
import type { SimRequest, SimResponse } from './http.ts';
import type { Core } from './operation.ts';

/** The answer as bytes, with the headers that every service of Azure adds. */
export function write(core: Core, request: SimRequest, reply: Reply): SimResponse {
  const requestId = core.random.guid();
  const clientId = request.headers['x-ms-client-request-id'];
  const headers: Record<string, string> = {
    Date: new Date(core.now()).toUTCString(),
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'x-ms-request-id': requestId,
  };
  if (request.url.host === 'management.azure.com') {
    headers['x-ms-correlation-request-id'] =
      request.headers['x-ms-correlation-request-id'] ?? requestId;
    headers['x-ms-routing-request-id'] =
      `SIMULATED:${new Date(core.now()).toISOString()}:${requestId}`;
    if (request.headers['x-ms-return-client-request-id'] === 'true' && clientId !== undefined) {
      headers['x-ms-client-request-id'] = clientId;
    }
  }
  const sent = reply.headers ?? {};
  if (reply.json === undefined || request.method === 'HEAD') {
    return { status: reply.status, headers: { ...headers, ...sent } };
  }
  const type = { 'Content-Type': 'application/json; charset=utf-8' };
  return {
    status: reply.status,
    headers: { ...headers, ...type, ...sent },
    body: new TextEncoder().encode(JSON.stringify(reply.json)),
  };
}
