import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalServerStart, RunningServer } from '../../src/host/localServer.ts';
import { findDstack } from '../../src/local/dstackCommand.ts';
import { findKeptServer, startKeptServer, type KeptFiles } from '../../src/local/keptServer.ts';
import { realClock } from '../../src/local/realClock.ts';
import { portUse } from '../../src/local/serverPort.ts';
import { localServerPrograms, startLocalServer } from '../../src/localServerPrograms.ts';
import { freePort, standInDstack } from './local/standInServer.ts';
import { temporaryFolder } from './local/temporaryFolder.ts';

const TOKEN = 'canary-admin-token';
const { signal } = new AbortController();
const others: Server[] = [];
const left: [LocalServerStart, KeptFiles][] = [];

afterEach(async () => {
  // Whatever a failed test has left running.
  for (const [{ token, onLine }, files] of left.splice(0)) {
    await (await findKeptServer({ token, onLine, clock: realClock }, files))?.stop();
  }
  for (const other of others.splice(0)) await new Promise((resolve) => other.close(resolve));
});

const ME = { username: 'admin', global_role: 'admin' };
const INFO = { body: { server_version: '0.21.5' } };

/** A dstack server's answers, as the real one gives them. */
function answers({ user, types }: { user?: object; types?: readonly string[] } = {}) {
  return {
    '/api/server/get_info': INFO,
    '/api/users/get_my_user': user ?? { body: ME },
    '/api/backends/list_types': { body: types ?? ['azure', 'aws'] },
  };
}

const REFUSED = { status: 401, body: { detail: 'Invalid token' } };

async function starting(served: object, changes: Partial<LocalServerStart['command']> = {}) {
  const path = await standInDstack(`listen(${JSON.stringify(served)});`);
  const url = `http://127.0.0.1:${await freePort()}`;
  const place = await temporaryFolder();
  const request: LocalServerStart = {
    command: { path, version: '0.21.5', server: 'yes', ...changes },
    url,
    directory: join(place, 'server'),
    token: TOKEN,
    keep: false,
    kept: { record: join(place, 'server.json'), log: join(place, 'server.log') },
    onLine: () => undefined,
  };
  left.push([request, request.kept]);
  return { request, use: () => portUse('127.0.0.1', Number(new URL(url).port)) };
}

/** A server that somebody else started, in this process. */
async function runElsewhere(url: string, isAccepted: boolean): Promise<string[]> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    const isMe = request.url === '/api/users/get_my_user';
    const body = isMe
      ? isAccepted
        ? ME
        : REFUSED.body
      : { status: 'running', server_version: '0.21.5' };
    response.writeHead(isMe && !isAccepted ? 401 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  others.push(server);
  const port = Number(new URL(url).port);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return seen;
}

/** As if the window that started the server had crashed: its number is another process's now. */
async function leaveAlone(record: string): Promise<void> {
  const value = JSON.parse(await readFile(record, 'utf8')) as object;
  const owner = { pid: process.pid, identity: 'of a window that is gone' };
  await writeFile(record, JSON.stringify({ ...value, owner }));
}

async function stopped(server: RunningServer): Promise<void> {
  expect(server.isOurs).toBe(true);
  if (server.isOurs) await server.stop();
}

describe('starting the local server', () => {
  it('gives a server that takes our token and knows Azure', async () => {
    const { request, use } = await starting(answers());
    const server = await startLocalServer(request, signal);
    expect(await use()).toBe('dstack');
    await stopped(server);
    expect(await use()).toBe('free');
  });

  it('says whose token the database has when it refuses ours, and leaves nothing running', async () => {
    const { request, use } = await starting(answers({ user: REFUSED }));
    const failure: unknown = await startLocalServer(request, signal).catch((e: unknown) => e);
    expect(failure).toMatchObject({ code: 'local_server_other_database' });
    expect(String(failure)).toContain(request.directory);
    expect(String(failure)).not.toContain(TOKEN);
    expect(await use()).toBe('free');
  });

  it('says that the server knows no Azure, and leaves nothing running', async () => {
    const { request, use } = await starting(answers({ types: ['aws'] }));
    const error = { code: 'server_without_azure' };
    await expect(startLocalServer(request, signal)).rejects.toMatchObject(error);
    expect(await use()).toBe('free');
  });

  it('counts a server that another window of ours started as started', async () => {
    const { request } = await starting(answers());
    await runElsewhere(request.url, true);
    expect(await startLocalServer(request, signal)).toEqual({ isOurs: false });
  });

  it('says that another server has the port when that one refuses our token', async () => {
    const { request } = await starting(answers());
    const seen = await runElsewhere(request.url, false);
    const error = { code: 'local_server_other_token' };
    await expect(startLocalServer(request, signal)).rejects.toMatchObject(error);
    expect(seen).toContain('/api/users/get_my_user');
  });

  it.each([
    ['the CLI alone', { server: 'no' }, 'local_server_libraries_missing'],
    ['too old', { version: '0.20.25' }, 'server_too_old'],
  ] as const)('does not start a dstack that is %s', async (_, command, code) => {
    const { request, use } = await starting(answers(), command);
    await expect(startLocalServer(request, signal)).rejects.toMatchObject({ code });
    expect(await use()).toBe('free');
  });

  it('leaves a kept one running for the next window, which finds it by its process and our token', async () => {
    const { request, use } = await starting(answers());
    const first = await startLocalServer({ ...request, keep: true }, signal);
    if (first.isOurs) first.release();
    const found = await localServerPrograms.findKept(request, signal);
    expect(found).toMatchObject({ isProven: true, server: { isKept: true } });
    await found?.server.stop();
    expect(await use()).toBe('free');
    expect(await localServerPrograms.findKept(request, signal)).toBeUndefined();
  });

  it('takes a kept one that runs for started, whatever the setting says by now', async () => {
    const { request, use } = await starting(answers());
    await startLocalServer({ ...request, keep: true }, signal);
    const again = await startLocalServer({ ...request, keep: false }, signal);
    expect(again).toMatchObject({ isOurs: true, isKept: true });
    await stopped(again);
    expect(await use()).toBe('free');
  });

  it('waits for a kept one that another window is only just starting', async () => {
    const served = JSON.stringify(answers());
    const { request } = await starting(answers());
    const path = await standInDstack(`setTimeout(() => listen(${served}), 1_500);`);
    const command = { ...request.command, path };
    const other = startLocalServer({ ...request, command, keep: true }, signal);
    await expect.poll(() => existsSync(request.kept.record)).toBe(true);
    await stopped(await startLocalServer(request, signal));
    await other;
  });

  it('waits for one that another window is starting, and opens its database no second time', async () => {
    const served = JSON.stringify(answers());
    const { request } = await starting(answers());
    const path = await standInDstack(
      `require('node:fs').appendFileSync('starts', '.'); setTimeout(() => listen(${served}), 1_500);`,
    );
    const slow = { ...request, command: { ...request.command, path } };
    const other = startLocalServer(slow, signal);
    await expect.poll(() => existsSync(request.kept.record)).toBe(true);
    expect(await startLocalServer(slow, signal)).toEqual({ isOurs: false });
    expect(await localServerPrograms.findKept(request, signal)).toBeUndefined();
    await stopped(await other);
    expect(await readFile(join(request.directory, 'starts'), 'utf8')).toBe('.');
    expect(existsSync(request.kept.record)).toBe(false);
  });

  it('stops one whose window was torn down, and starts another in its place', async () => {
    const { request, use } = await starting(answers());
    const orphan = await startLocalServer(request, signal);
    await leaveAlone(request.kept.record);
    const found = await localServerPrograms.findKept(request, signal);
    expect(found?.isProven).toBe(false);
    found?.server.release();
    expect(await use()).toBe('dstack');
    const next = await startLocalServer(request, signal);
    expect(next).toMatchObject({ isOurs: true, isKept: false });
    if (orphan.isOurs) await orphan.ended;
    expect(await use()).toBe('dstack');
    await stopped(next);
    expect(await use()).toBe('free');
  });

  it('does not call a kept one ours that refuses our token, but can stop it', async () => {
    const { request, use } = await starting(answers({ user: REFUSED }));
    const { hostname, port } = new URL(request.url);
    const place = { host: hostname, port: Number(port), clock: realClock };
    const start = { ...request, ...place, command: request.command.path };
    await startKeptServer(start, request.kept, signal);
    const error = { code: 'local_server_other_database' };
    await expect(startLocalServer(request, signal)).rejects.toMatchObject(error);
    const found = await localServerPrograms.findKept(request, signal);
    expect(found?.isProven).toBe(false);
    await found?.server.stop();
    expect(await use()).toBe('free');
  });
});

describe('The command that installs dstack where there is neither uv nor pipx', () => {
  const { PATH, HOME } = process.env;
  afterEach(() => Object.assign(process.env, { PATH, HOME }));

  it('makes an environment with a Python that is new enough, and a link that is found', async () => {
    const home = await temporaryFolder();
    const bin = join(home, 'bin');
    await mkdir(bin);
    // It makes an environment whose pip "installs" a dstack that answers.
    const python = `#!/bin/sh
mkdir -p "$3/bin"
cat > "$3/bin/pip" <<'PIP'
#!/bin/sh
cd "$(dirname "$0")"
printf '#!/bin/sh\\necho 0.21.5\\n' > dstack
chmod +x dstack
PIP
chmod +x "$3/bin/pip"
`;
    await writeFile(join(bin, 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await writeFile(join(bin, 'python3.12'), python, { mode: 0o755 });
    process.env['PATH'] = bin;
    const command = await localServerPrograms.installCommand();
    expect(command).toContain('"dstack[all]"');
    Object.assign(process.env, { PATH: `${bin}:${PATH ?? ''}`, HOME: home });
    execFileSync('/bin/sh', ['-c', command]);
    const search = { environment: { PATH: '' }, home };
    expect(await findDstack(search)).toMatchObject({
      path: join(home, '.local', 'bin', 'dstack'),
      version: '0.21.5',
    });
  });
});

describe('The version of the CLI that terminals find', () => {
  it.each([
    ['0.20.27', 'echo 0.20.27', '0.20.27'],
    ['0.9.40', 'echo 0.9.40', '0.9.40'],
    ['0.20.28', 'echo 0.20.28', undefined],
    ['0.20.100', 'echo 0.20.100', undefined],
    ['0.21.0rc1', 'echo 0.21.0rc1', undefined],
    ['1.0.0', 'echo 1.0.0', undefined],
    ['that of a build from source', 'echo 0.0.0', undefined],
    ['none, for it does not start', 'exit 1', undefined],
  ])('is too old for what they give it, or not: %s', async (_, script, expected) => {
    const path = join(await temporaryFolder(), 'dstack');
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    expect(await localServerPrograms.oldVersionAt(path)).toBe(expected);
  });
});
