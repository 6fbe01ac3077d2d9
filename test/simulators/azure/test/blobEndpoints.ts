import { LazyAzurite } from '../faces/azurite.ts';
import { BlobFront } from '../faces/blobFront.ts';
import { certificateNames } from '../faces/azureHosts.ts';
import { makeCertificates } from '../faces/certificates.ts';
import { startConnectProxy } from '../faces/connectProxy.ts';
import { startHttpsFace } from '../faces/httpsFace.ts';
import { MemoryBlobs } from '../faces/memoryBlobs.ts';
import { ScaledClock } from '../faces/scaledClock.ts';
import { StubBlobSide } from './stubBlobSide.ts';
import { ask, type Sent } from './throughProxy.ts';

/** An answer in the form in which two endpoints can be compared. */
export interface BlobAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** A blob endpoint of the account `acct`, spoken to with plain requests. */
export interface BlobEndpoint {
  readonly side: StubBlobSide;
  readonly clock: ScaledClock;
  ask(path: string, sent?: Sent): Promise<BlobAnswer>;
  close(): Promise<void>;
}

export const blobHost = 'acct.blob.core.windows.net';

/** Azurite behind its front, over https and the proxy. */
export async function azuriteEndpoint(): Promise<BlobEndpoint> {
  const side = new StubBlobSide();
  const clock = new ScaledClock(1);
  const certificates = await makeCertificates(certificateNames);
  const azurite = new LazyAzurite();
  const front = new BlobFront(side, azurite, clock);
  const face = await startHttpsFace({
    certificates,
    clock,
    answerFor: () => ({ kind: 'stream', handle: front.handle }),
  });
  const proxy = await startConnectProxy({ portFor: () => face.port });
  const door = { proxyUrl: proxy.url, ca: certificates.ca };
  return {
    side,
    clock,
    ask: async (path, sent) => {
      const { status, headers, body } = await ask(door, `https://${blobHost}${path}`, sent);
      const flat = Object.entries(headers).map(([name, value]) => [name, String(value)]);
      return {
        status,
        headers: Object.fromEntries(flat) as BlobAnswer['headers'],
        text: body.toString(),
      };
    },
    close: async () => {
      await proxy.close();
      await face.close();
      front.close();
      await azurite.close();
      await certificates.remove();
    },
  };
}

/** The in-process subset. */
export function memoryEndpoint(): BlobEndpoint {
  const side = new StubBlobSide();
  const clock = new ScaledClock(1);
  const blobs = new MemoryBlobs(side, clock);
  return {
    side,
    clock,
    ask: async (path, { method = 'GET', headers = {}, body = '' } = {}) => {
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      const answer = await blobs.handle({
        method,
        url: new URL(`https://${blobHost}${path}`),
        headers: Object.fromEntries(lower) as Record<string, string>,
        body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
      });
      const named = Object.entries(answer.headers).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]);
      return {
        status: answer.status,
        headers: Object.fromEntries(named) as BlobAnswer['headers'],
        text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(answer.body),
      };
    },
    close: () => Promise.resolve(),
  };
}
