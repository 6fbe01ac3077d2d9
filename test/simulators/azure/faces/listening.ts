import { once } from 'node:events';
import type { Server } from 'node:net';

/** The only address that any face listens on. */
export const loopback = '127.0.0.1';

/**
 * Starts listening on loopback and returns the port.
 *
 * @throws the server's own error, e.g. `EADDRINUSE` for a taken port
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  server.listen(port, loopback);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Not a TCP server.');
  return address.port;
}

/** Stops listening; resolves when the last connection has ended. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
}
