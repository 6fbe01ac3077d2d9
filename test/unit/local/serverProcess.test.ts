import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { realClock } from '../../../src/local/realClock.ts';
import { portUse } from '../../../src/local/serverPort.ts';
import type { ServerStart } from '../../../src/local/serverChild.ts';
import { startServer } from '../../../src/local/serverProcess.ts';
import { freePort, standInDstack } from './standInServer.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const TOKEN = 'canary-admin-token';
const SECRET = 'canary~client~secret';
const { signal } = new AbortController();
const others: Server[] = [];

afterEach(async () => {
  for (const other of others.splice(0)) await new Promise((resolve) => other.close(resolve));
});

/** How a test starts a stand-in that runs this script. */
async function starting(script: string, changes: Partial<ServerStart> = {}) {
  const lines: string[] = [];
  const start: ServerStart = {
    command: await standInDstack(script),
    directory: join(await temporaryFolder(), 'server'),
    host: '127.0.0.1',
    port: await freePort(),
    token: TOKEN,
    clock: realClock,
    onLine: (line) => lines.push(line),
    ...changes,
  };
  return { start, lines };
}

/** Something that listens on a port before the server does. */
async function occupy(port: number, body: string): Promise<void> {
  const server = createServer((_, response) => response.end(body));
  others.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

const DUMP = `writeFileSync('seen.json', JSON.stringify({
  parameters: process.argv.slice(2), folder: process.cwd(), environment: process.env })); listen();`;

async function seenBy({ directory }: ServerStart) {
  return JSON.parse(await readFile(join(directory, 'seen.json'), 'utf8')) as {
    readonly parameters: readonly string[];
    readonly folder: string;
    readonly environment: Readonly<Record<string, string>>;
  };
}

describe('the local dstack server', () => {
  it('is ready when it answers, and gone after stop', async () => {
    const { start, lines } = await starting(`console.log('hello'); setTimeout(listen, 400);`);
    const server = await startServer(start, signal);
    expect(server.url).toBe(`http://127.0.0.1:${start.port}`);
    expect(await portUse(start.host, start.port)).toBe('dstack');
    await server.stop();
    await server.ended;
    expect(await portUse(start.host, start.port)).toBe('free');
    expect(lines).toContain('hello');
    // A second stop finds nothing to end.
    await server.stop();
  });

  it('gets its own directory, token and URL, asks nothing, and no variable of a terminal', async () => {
    const environment = {
      ...{ PATH: process.env['PATH'], AZURE_CLIENT_ID: 'mine', ELECTRON_RUN_AS_NODE: '1' },
      ...{ DSTACK_SERVER_URL: 'https://elsewhere', DSTACK_TOKEN: 'cli', DSTACK_PROJECT: 'p' },
      DSTACK_DATABASE_URL: 'postgresql://elsewhere',
    };
    const { start } = await starting(DUMP, { environment });
    const server = await startServer(start, signal);
    await server.stop();
    const seen = await seenBy(start);
    expect(seen.folder).toBe(start.directory);
    const place = ['--host', '127.0.0.1', '--port', String(start.port)];
    expect(seen.parameters).toEqual(['server', '-n', ...place]);
    expect(seen.parameters.join()).not.toContain(TOKEN);
    expect(seen.environment).toMatchObject({
      AZURE_CLIENT_ID: 'mine',
      DSTACK_SERVER_DIR: start.directory,
      DSTACK_SERVER_URL: server.url,
      DSTACK_SERVER_ADMIN_TOKEN: TOKEN,
    });
    const names = Object.keys(seen.environment);
    expect(names.filter((name) => /^ELECTRON_|^DSTACK_(TOKEN|PROJ|DATA)/.test(name))).toEqual([]);
  });

  it('signs in to Azure with the app of the record, not with another one of this machine', async () => {
    const environment = {
      ...{ PATH: process.env['PATH'], AZURE_CLIENT_ID: 'mine', AZURE_USERNAME: 'me' },
      AZURE_CLIENT_CERTIFICATE_PATH: '/certificate',
    };
    const credentials = { tenantId: 't', clientId: 'c', clientSecret: SECRET };
    const { start } = await starting(DUMP, { environment, credentials });
    await (await startServer(start, signal)).stop();
    const azure = Object.entries((await seenBy(start)).environment).filter(([name]) =>
      name.startsWith('AZURE_'),
    );
    expect(Object.fromEntries(azure)).toEqual({
      AZURE_TENANT_ID: 't',
      AZURE_CLIENT_ID: 'c',
      AZURE_CLIENT_SECRET: SECRET,
    });
  });

  it('is not started where another dstack server answers', async () => {
    const { start } = await starting(DUMP);
    await occupy(start.port, '{"status":"running"}');
    const error = { code: 'local_server_port_has_server' };
    await expect(startServer(start, signal)).rejects.toMatchObject(error);
    await expect(seenBy(start)).rejects.toThrow('ENOENT');
  });

  it('is not started where something else listens', async () => {
    const { start } = await starting(DUMP);
    await occupy(start.port, '<h1>It works</h1>');
    const error = { code: 'local_server_port_taken' };
    await expect(startServer(start, signal)).rejects.toMatchObject(error);
  });

  it('says with which words it ended, without a secret in them', async () => {
    const { start, lines } = await starting(
      `const { DSTACK_SERVER_ADMIN_TOKEN: token, AZURE_CLIENT_SECRET: secret } = process.env;
      process.stdout.write('Token ' + token.slice(0, 9));
      setTimeout(() => {
        console.log(token.slice(9));
        console.log('The admin token is 0a1b2c3d-4e5f');
        console.error('ValueError: bad config, ' + secret);
        process.exitCode = 3;
      }, 50);`,
      { credentials: { tenantId: 't', clientId: 'c', clientSecret: SECRET } },
    );
    const failure: unknown = await startServer(start, signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'local_server_exited' });
    const said = [String(failure), ...lines].join('\n');
    expect(String(failure)).toContain('exit code 3');
    expect(said).toContain('ValueError: bad config');
    for (const secret of [TOKEN, SECRET, '0a1b2c3d']) expect(said).not.toContain(secret);
  });

  it.each([
    ['Failed to start dstack server due to missing server dependencies.', 'libraries_missing'],
    ['[Errno 98] error while attempting to bind: address already in use', 'port_taken'],
  ])('knows what "%s" means', async (words, code) => {
    const { start } = await starting(`console.error(${JSON.stringify(words)}); process.exit(1);`);
    await expect(startServer(start, signal)).rejects.toMatchObject({
      code: `local_server_${code}`,
    });
  });

  it('is ended when it never answers', async () => {
    const { start, lines } = await starting(
      `process.on('SIGTERM', () => { console.log('told'); process.exit(); }); setInterval(() => {}, 1e6);`,
      { readyMs: 800 },
    );
    const error = { code: 'local_server_not_ready' };
    await expect(startServer(start, signal)).rejects.toMatchObject(error);
    expect(lines).toContain('told');
  });

  it('is ended by force, with its workers, when it does not stop', async () => {
    const { start } = await starting(
      `process.on('SIGTERM', () => {});
      const worker = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)";
      const child = require('node:child_process').spawn(process.execPath, ['-e', worker], { stdio: 'inherit' });
      console.log('worker ' + child.pid);
      listen();`,
      { stopMs: 200 },
    );
    const seen: string[] = [];
    const server = await startServer({ ...start, onLine: (line) => seen.push(line) }, signal);
    const worker = Number(/worker (\d+)/.exec(seen.join())?.[1]);
    expect(() => process.kill(worker, 0)).not.toThrow();
    await server.stop();
    await expect.poll(() => isAlive(worker)).toBe(false);
    expect(await portUse(start.host, start.port)).toBe('free');
  });

  it('is stopped when its start is cancelled, and no error is made of that', async () => {
    const { start } = await starting(`setInterval(() => {}, 1e6);`);
    const cancelled = AbortSignal.timeout(400);
    await expect(startServer(start, cancelled)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that cannot be run at all says which file', async () => {
    const { start } = await starting('', { command: '/no/such/dstack' });
    await expect(startServer(start, signal)).rejects.toMatchObject({
      code: 'local_server_not_started',
      message: '/no/such/dstack could not be started.',
    });
  });

  it('tells when it ends by itself', async () => {
    const { start } = await starting(`listen(); setTimeout(() => process.exit(1), 900);`);
    const server = await startServer(start, signal);
    await server.ended;
    expect(await portUse(start.host, start.port)).toBe('free');
  });
});

/** A process that has ended but that nobody has waited for yet counts as ended. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' R ');
    return !/\) Z /.test(status);
  } catch {
    return false;
  }
}
