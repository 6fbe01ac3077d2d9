import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { listenOnLoopback, loopback, stopListening } from './listening.ts';

export interface ConnectProxyOptions {
  /** Port to listen on; 0 = any free one. */
  readonly port?: number;
  /** Port on loopback that answers for a host (lower case, no brackets), or undefined to refuse. */
  readonly portFor: (host: string, port: number) => number | undefined;
}

export interface ConnectProxy {
  readonly url: string;
  /** Every `host:port` that a client asked for in vain, in order. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/**
 * A forward proxy that reaches nothing but loopback: it tunnels (CONNECT) to the face that plays
 * the host and answers 502 for everything else, which is what proxies answer for names that don't
 * resolve. Plain `http://` requests through it are refused too: Azure has none.
 *
 * @throws the server's own error, e.g. `EADDRINUSE` for a taken port
 */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const refused: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((request, response) => {
    refused.push(targetOfPlainRequest(request));
    refusePlainRequest(response);
  });
  server.on('connection', (socket: Socket) => track(sockets, socket));
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    const target = parseAuthority(request.url ?? '');
    const port = target === undefined ? undefined : options.portFor(target.host, target.port);
    if (port === undefined) {
      refused.push(request.url ?? '');
      refuseTunnel(client);
    } else {
      openTunnel(client, head, track(sockets, connect(port, loopback)));
    }
  });
  const port = await listenOnLoopback(server, options.port);
  return {
    url: `http://${loopback}:${port}`,
    refused,
    close: async () => {
      const stopped = stopListening(server);
      for (const socket of sockets) socket.destroy();
      await stopped;
    },
  };
}

/** Splits `host:port` (`[::1]:443` too); undefined for anything else. */
export function parseAuthority(authority: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-f:.]+(?:%\w+)?)\]|([^\s:[\]/@]+)):(\d{1,5})$/i.exec(authority);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port === 0 || port > 65_535) return undefined;
  return { host: (match[1] ?? match[2] ?? '').toLowerCase(), port };
}

function track<S extends Duplex>(sockets: Set<Duplex>, socket: S): S {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket;
}

function openTunnel(client: Duplex, head: Buffer, face: Socket): void {
  let isOpen = false;
  face.setNoDelay(true);
  face.once('connect', () => {
    isOpen = true;
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) face.write(head);
    // Either side may break off at any time (a cut connection is one of the faults): pipeline
    // destroys the other one, and there is nobody to tell.
    pipeline(client, face, () => undefined);
    pipeline(face, client, () => undefined);
  });
  face.on('error', () => {
    if (!isOpen) refuseTunnel(client);
  });
  client.on('error', () => face.destroy());
  client.once('close', () => face.destroy());
}

function refuseTunnel(client: Duplex): void {
  client.on('error', () => client.destroy());
  client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
}

function targetOfPlainRequest(request: IncomingMessage): string {
  try {
    const { hostname, port } = new URL(request.url ?? '');
    return `${hostname}:${port === '' ? '80' : port}`;
  } catch {
    return request.headers.host ?? '';
  }
}

function refusePlainRequest(response: ServerResponse): void {
  response.writeHead(502, { 'Content-Type': 'text/plain' });
  response.end('The simulated Azure answers only for public Azure host names over https.\n');
}
