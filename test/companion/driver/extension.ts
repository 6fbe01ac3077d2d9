import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';

/** What a test sends: the body of an async function of (vscode, require, input). */
export interface DriverRequest {
  readonly code: string;
  readonly input?: unknown;
}

/** What comes back: the JSON of the function's result, or its error. */
export type DriverAnswer =
  { readonly value?: unknown } | { readonly error: string; readonly stack?: string };

type Body = (api: typeof vscode, require: NodeJS.Require, input: unknown) => Promise<unknown>;

/**
 * Listens on the loopback and writes {port, token} to the file that the harness named. The token keeps
 * other programs of this machine out: what is sent runs with all rights of the extension host.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const file = process.env['DSTACK_TEST_DRIVER_FILE'];
  const token = process.env['DSTACK_TEST_DRIVER_TOKEN'];
  if (file === undefined || token === undefined) return;
  const server = createServer((request, response) => void answer(request, response, token));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.subscriptions.push({ dispose: () => close(server) });
  const { port } = server.address() as AddressInfo;
  await writeFile(`${file}.new`, JSON.stringify({ port, token, pid: process.pid }), {
    mode: 0o600,
  });
  await rename(`${file}.new`, file);
}

function close(server: Server): void {
  server.closeAllConnections();
  server.close();
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  if (!sameToken(request.headers.authorization ?? '', `Bearer ${token}`)) {
    response.writeHead(401).end();
    return;
  }
  let result: DriverAnswer;
  try {
    result = { value: await run(JSON.parse(await bodyOf(request)) as DriverRequest) };
  } catch (error) {
    result =
      error instanceof Error
        ? { error: error.message, stack: error.stack ?? '' }
        : { error: String(error) };
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sameToken(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function run({ code, input }: DriverRequest): Promise<unknown> {
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    ...parts: string[]
  ) => Body;
  return new AsyncFunction('vscode', 'require', 'input', code)(vscode, require, input);
}
