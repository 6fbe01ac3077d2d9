import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface Door {
  readonly proxyUrl: string;
  /** PEM. */
  readonly ca: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Opens a tunnel and TLS through it; rejects with the proxy's status if it refuses. */
export async function tunnel(door: Door, host: string): Promise<TLSSocket> {
  const { hostname, port } = new URL(door.proxyUrl);
  const path = `${host}:443`;
  const connecting = httpRequest({ hostname, port, method: 'CONNECT', path });
  connecting.end();
  const [response, socket] = (await once(connecting, 'connect')) as [
    { statusCode: number },
    Socket,
  ];
  if (response.statusCode !== 200) {
    socket.destroy();
    throw new Error(`The proxy answered ${response.statusCode}.`);
  }
  const secure = connectTls({ socket, ca: door.ca, servername: host });
  await once(secure, 'secureConnect');
  return secure;
}

/** One request on a connection of its own, or on `socket`. */
export async function ask(
  door: Door,
  url: string,
  { method = 'GET', headers = {}, body }: Sent = {},
  socket?: TLSSocket,
): Promise<Answer> {
  const { hostname, pathname, search } = new URL(url);
  const own = socket ?? (await tunnel(door, hostname));
  const message = httpsRequest({
    method,
    path: pathname + search,
    headers: {
      host: hostname,
      connection: socket === undefined ? 'close' : 'keep-alive',
      ...headers,
    },
    createConnection: () => own,
  });
  message.end(body);
  const [response] = (await once(message, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks),
  };
}
