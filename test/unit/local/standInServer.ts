import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from './temporaryFolder.ts';

/** A program in dstack's place, whose `server` runs this JavaScript with `port` and `listen()`. */
export async function standInDstack(script: string, version = '0.21.5'): Promise<string> {
  const path = join(await temporaryFolder(), 'dstack');
  const program = `#!${process.execPath}
const http = require('node:http');
const { writeFileSync } = require('node:fs');
if (process.argv.includes('--version')) { console.log('${version}'); process.exit(); }
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
const listen = (answers = {}) =>
  http.createServer((request, response) => {
    const answer = answers[request.url] ?? { status: 404, body: { detail: 'Not Found' } };
    const body = request.url === '/healthcheck' ? { status: 'running' } : answer.body;
    const status = request.url === '/healthcheck' ? 200 : answer.status ?? 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(port, '127.0.0.1');
${script}
`;
  await writeFile(path, program);
  await chmod(path, 0o755);
  return path;
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
