import { createServer } from 'node:net';

/** What listens on a port of this machine. */
export type PortUse = 'free' | 'dstack' | 'other';

const PROBE_MS = 3_000;

export async function portUse(host: string, port: number): Promise<PortUse> {
  if (await isFree(host, port)) return 'free';
  return (await isHealthy(`http://${host}:${port}`)) ? 'dstack' : 'other';
}

/** Whether a dstack server is up at the URL. No token is sent. */
export async function isHealthy(url: string, signal?: AbortSignal): Promise<boolean> {
  const timeout = AbortSignal.timeout(PROBE_MS);
  try {
    const response = await fetch(`${url}/healthcheck`, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      redirect: 'manual',
    });
    const said: unknown = response.ok ? await response.json() : undefined;
    return typeof said === 'object' && said !== null && 'status' in said;
  } catch {
    return false;
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
