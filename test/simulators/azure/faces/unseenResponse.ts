import { ServerResponse, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** Swallows whatever is written to it. */
class Nowhere extends Socket {
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  override _writev(_chunks: unknown, done: () => void): void {
    done();
  }
}

/** A response that can be written like any other and that reaches nobody. */
export function unseenResponseTo(message: IncomingMessage): ServerResponse {
  const response = new ServerResponse(message);
  response.assignSocket(new Nowhere());
  return response;
}
