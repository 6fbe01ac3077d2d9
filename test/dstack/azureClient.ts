import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { PUBLIC_CLOUD, scopeOf } from '../../src/azure/cloud.ts';
import type { TokenSource } from '../../src/setup/ports.ts';
import type { Simulator } from '../simulators/azure/faces/startSimulator.ts';
import { ask } from '../simulators/azure/test/throughProxy.ts';

/** Tokens of the app of the world, by its secret. */
export function appTokens({ simulated, sample }: Simulator): TokenSource {
  const { tenantId, clientId, clientSecret } = sample;
  return {
    token: async ({ audience }) => {
      const form = new URLSearchParams({
        ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
        scope: scopeOf(PUBLIC_CLOUD, audience),
      });
      const { body } = await simulated.handle({
        method: 'POST',
        url: new URL(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new TextEncoder().encode(form.toString()),
      });
      const answer = JSON.parse(new TextDecoder().decode(body)) as { access_token: string };
      return { token: answer.access_token, expiresOn: 0 };
    },
  };
}

/**
 * The way through the proxy for the SDKs in this very process: Node reads `NODE_EXTRA_CA_CERTS` only
 * at start, when the simulated Azure has not made its certificates yet.
 */
export async function httpThroughProxy({
  proxyUrl,
  caFile,
}: Pick<Simulator, 'proxyUrl' | 'caFile'>): Promise<HttpClient> {
  const door = { proxyUrl, ca: await readFile(caFile, 'utf8') };
  return {
    sendRequest: async (request) => {
      const { url, method, body } = request;
      const sent = { method, headers: request.headers.toJSON() };
      const text = typeof body === 'string' ? { body } : {};
      const answer = await ask(door, url, { ...sent, ...text });
      const headers = createHttpHeaders();
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined) headers.set(name, String(value));
      }
      const isStreamed = request.streamResponseStatusCodes?.has(answer.status) ?? false;
      return {
        ...{ request, status: answer.status, headers },
        ...(isStreamed
          ? { readableStreamBody: Readable.from([answer.body]) }
          : { bodyAsText: answer.body.toString() }),
      };
    },
  };
}
