import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, describe, it } from 'vitest';
import { listGpuOffers } from '../../src/gpuOffers.ts';
import { freePort } from './local/standInServer.ts';
import { temporaryFolder } from './local/temporaryFolder.ts';

const servers: Server[] = [];
const { signal } = new AbortController();

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server of which only the health is asked: the CLI in dstack's place answers by itself. */
async function healthyServer(): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('connection', 'close');
    response.end(JSON.stringify({ status: 'running' }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A program in the CLI's place; it notes how it was called before it runs this JavaScript. */
async function cli(script: string, version = '0.21.5') {
  const path = join(await temporaryFolder(), 'dstack');
  const program = `#!${process.execPath}
const { writeFileSync } = require('node:fs');
const { DSTACK_SERVER_URL, DSTACK_PROJECT, DSTACK_TOKEN } = process.env;
const call = [DSTACK_SERVER_URL, DSTACK_PROJECT, DSTACK_TOKEN, ...process.argv.slice(2)];
writeFileSync(${JSON.stringify(`${path}.call`)}, JSON.stringify(call));
${script}
`;
  await writeFile(path, program);
  await chmod(path, 0o755);
  return { path, version, server: 'no' as const };
}

async function asked(command: { readonly path: string }): Promise<unknown> {
  return JSON.parse(await readFile(`${command.path}.call`, 'utf8'));
}

const EMPTY = `console.log('{"offers":[]}');`;
const location = 'westeurope';

describe('The offers of a location', () => {
  it('are asked with the server, the project and the token of the folder, never on the command line', async () => {
    const command = await cli(EMPTY);
    const url = await healthyServer();
    const question = { url, project: 'gpu', token: 'canary-token' };
    expect(await listGpuOffers({ command, question, location }, signal)).toEqual([]);
    const [askedUrl, project, token, ...parameters] = (await asked(command)) as string[];
    expect([askedUrl, project, token]).toEqual([url, 'gpu', 'canary-token']);
    expect(parameters.join(' ')).toMatch(/^offer --backend azure --region westeurope /);
    expect(parameters.join(' ')).not.toContain('canary');
  });

  it('are not asked for where the local server is down: the CLI would try for seconds', async () => {
    const command = await cli(EMPTY);
    const url = `http://127.0.0.1:${await freePort()}`;
    const asking = listGpuOffers(
      { command, question: { url, project: 'gpu', token: 't' }, location },
      signal,
    );
    await expect(asking).rejects.toMatchObject({ code: 'server_unreachable' });
    await expect(asked(command)).rejects.toThrow('ENOENT');
  });

  it('are not asked of a CLI that would ask another server', async () => {
    const command = await cli(EMPTY, '0.20.27');
    const question = { url: await healthyServer(), project: 'gpu', token: 't' };
    await expect(listGpuOffers({ command, question, location }, signal)).rejects.toMatchObject({
      code: 'cli_too_old',
    });
  });

  it('end with what the CLI said when it fails', async () => {
    const command = await cli(`console.log('No such backend'); process.exit(1);`);
    const question = { url: await healthyServer(), project: 'gpu', token: 't' };
    await expect(listGpuOffers({ command, question, location }, signal)).rejects.toMatchObject({
      code: 'offers_failed',
      message: 'dstack could not list offers: No such backend',
    });
  });

  it('end at once when nobody wants them any more, and the CLI with them', async () => {
    const command = await cli(`
      writeFileSync(process.argv[1] + '.pid', String(process.pid));
      setInterval(() => {}, 1000);`);
    const abort = new AbortController();
    const question = { url: await healthyServer(), project: 'gpu', token: 't' };
    const asking = listGpuOffers({ command, question, location }, abort.signal);
    const file = join(dirname(command.path), 'dstack.pid');
    const pid = () => readFile(file, 'utf8').then(Number, () => 0);
    await expect.poll(pid, { timeout: 10_000 }).toBeGreaterThan(0);
    const running = await pid();
    abort.abort();
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => isRunning(running), { timeout: 10_000 }).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
