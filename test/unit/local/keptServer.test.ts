import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  findKeptServer,
  isOfWindow,
  startKeptServer,
  type KeptFiles,
} from '../../../src/local/keptServer.ts';
import { processSeen } from '../../../src/local/processIdentity.ts';
import { realClock } from '../../../src/local/realClock.ts';
import type { ServerStart } from '../../../src/local/serverChild.ts';
import { startServer } from '../../../src/local/serverProcess.ts';
import { portUse } from '../../../src/local/serverPort.ts';
import { freePort, standInDstack } from './standInServer.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const TOKEN = 'canary-admin-token';
const { signal } = new AbortController();
const left: [ServerStart, KeptFiles][] = [];

afterEach(async () => {
  // Whatever a failed test has left running.
  for (const [start, files] of left.splice(0)) await (await findKeptServer(start, files))?.stop();
});

async function starting(script: string, changes: Partial<ServerStart> = {}) {
  const place = await temporaryFolder();
  const lines: string[] = [];
  const start: ServerStart = {
    command: await standInDstack(script),
    directory: join(place, 'server'),
    host: '127.0.0.1',
    port: await freePort(),
    token: TOKEN,
    clock: realClock,
    onLine: (line) => lines.push(line),
    ...changes,
  };
  const files = { record: join(place, 'server.json'), log: join(place, 'server.log') };
  left.push([start, files]);
  return { start, files, lines, use: () => portUse(start.host, start.port) };
}

async function recorded({ record }: { readonly record: string }): Promise<{ pid: number }> {
  return JSON.parse(await readFile(record, 'utf8')) as { pid: number };
}

/** Another process, which somebody may have got the number of. */
async function bystander(): Promise<{ pid: number; end: () => Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
    stdio: 'ignore',
    detached: true,
  });
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

describe('A local server that is kept', () => {
  it('goes on when its window lets go of it, and a later one finds and stops it', async () => {
    const { start, files, use } = await starting('listen();');
    const first = await startKeptServer(start, files, signal);
    first.release();
    const found = await findKeptServer(start, files);
    expect(found?.url).toBe(first.url);
    expect(await use()).toBe('dstack');
    await found?.stop();
    expect(await use()).toBe('free');
    expect(await findKeptServer(start, files)).toBeUndefined();
  });

  it('leaves a record without a secret, which only its owner can read', async () => {
    const credentials = { tenantId: 't', clientId: 'c', clientSecret: 'canary-secret' };
    const { start, files } = await starting('listen();', { credentials });
    const server = await startKeptServer(start, files, signal);
    const text = await readFile(files.record, 'utf8');
    await server.stop();
    expect(text).not.toMatch(/canary/);
    expect(JSON.parse(text)).toMatchObject({ schema: 1, url: server.url });
    expect((await stat(files.log)).mode & 0o777).toBe(0o600);
  });

  it('logs to a file, warnings alone, and hands the lines on to whichever window follows it', async () => {
    const { start, files, lines } = await starting(
      `console.log('level ' + process.env.DSTACK_SERVER_LOG_LEVEL); listen();
       process.on('SIGUSR2', () => console.log('later, ' + process.env.DSTACK_SERVER_ADMIN_TOKEN));`,
    );
    const first = await startKeptServer(start, files, signal);
    await expect.poll(() => lines).toContain('level WARNING');
    first.release();
    const seen: string[] = [];
    const found = await findKeptServer({ ...start, onLine: (line) => seen.push(line) }, files);
    process.kill((await recorded(files)).pid, 'SIGUSR2');
    await expect.poll(() => seen, { timeout: 10_000 }).toContain('later, [hidden]');
    await found?.stop();
  });

  it('is none that is to end with its window, while that is there', async () => {
    const { start, files, use } = await starting('listen();');
    const server = await startServer({ ...start, record: files.record }, signal);
    const text = await readFile(files.record, 'utf8');
    expect(text).not.toMatch(/canary/);
    expect(JSON.parse(text)).toMatchObject({ url: server.url, owner: { pid: process.pid } });
    expect(await findKeptServer(start, files)).toBeUndefined();
    expect(await isOfWindow(files.record)).toBe(true);
    expect(await use()).toBe('dstack');
    await server.stop();
    await expect(readFile(files.record)).rejects.toThrow('ENOENT');
    expect(await isOfWindow(files.record)).toBe(false);
  });

  it('leaves no record either where it ends before it is ready', async () => {
    const { start, files } = await starting(`process.exitCode = 3;`);
    const failure = startServer({ ...start, record: files.record }, signal);
    await expect(failure).rejects.toMatchObject({ code: 'local_server_exited' });
    await expect(readFile(files.record)).rejects.toThrow('ENOENT');
  });

  it('is not taken for another process that has its number by now, which nobody stops', async () => {
    const { start, files } = await starting('listen();');
    const other = await bystander();
    const identity = 'of a process that ended long ago';
    const record = { schema: 1, pid: other.pid, identity, url: 'http://127.0.0.1:3000' };
    await writeFile(files.record, JSON.stringify(record));
    expect(await findKeptServer(start, files)).toBeUndefined();
    expect(await processSeen(other.pid)).toMatchObject({ state: 'runs' });
    await expect(readFile(files.record)).rejects.toThrow('ENOENT');
    await other.end();
    expect(await processSeen(other.pid)).toEqual({ state: 'gone' });
  });

  it.each(['', '{', '{"schema":1,"pid":1,"identity":"x","url":"y"}', '[]', '{"schema":2}'])(
    'is not there where the record says %j',
    async (text) => {
      const { start, files } = await starting('listen();');
      await writeFile(files.record, text);
      expect(await findKeptServer(start, files)).toBeUndefined();
    },
  );

  it('tells every window whether it ended by itself or was stopped in one of them', async () => {
    const { start, files } = await starting('listen();');
    const first = await startKeptServer(start, files, signal);
    const second = await findKeptServer(start, files);
    await first.stop();
    expect(await second?.ended).toBe(true);
    const third = await startKeptServer(start, files, signal);
    process.kill((await recorded(files)).pid, 'SIGKILL');
    expect(await third.ended).toBe(false);
  });

  it('is ended by force when it does not stop, by a window that has not started it too', async () => {
    const { start, files, use } = await starting(`process.on('SIGTERM', () => {}); listen();`, {
      stopMs: 300,
    });
    await startKeptServer(start, files, signal);
    const found = await findKeptServer(start, files);
    await found?.stop();
    expect(await use()).toBe('free');
  });

  it('that ends before it is ready says with which words, and leaves no record', async () => {
    const { start, files } = await starting(`console.error('bad config'); process.exitCode = 3;`);
    const failure: unknown = await startKeptServer(start, files, signal).catch((e: unknown) => e);
    expect(failure).toMatchObject({ code: 'local_server_exited' });
    expect(String(failure)).toContain('exit code 3');
    expect(String(failure)).toContain('bad config');
    await expect(readFile(files.record)).rejects.toThrow('ENOENT');
  });

  it('is stopped when its start is cancelled', async () => {
    const { start, files } = await starting('setInterval(() => {}, 1e6);');
    const cancelled = AbortSignal.timeout(600);
    const failure = startKeptServer(start, files, cancelled);
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' });
    expect(await findKeptServer(start, files)).toBeUndefined();
    await expect(readFile(files.record)).rejects.toThrow('ENOENT');
  });
});
