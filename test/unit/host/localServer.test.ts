import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  LocalServer,
  type FoundDstack,
  type LocalServerPrograms,
  type LocalServerStart,
  type OwnServer,
} from '../../../src/host/localServer.ts';
import { temporaryFolder } from '../local/temporaryFolder.ts';

interface Window {
  isTrusted: boolean;
  settings: Readonly<Record<string, unknown>>;
  readonly lines: string[];
}

const window = vi.hoisted((): Window => ({ isTrusted: true, settings: {}, lines: [] }));

vi.mock('vscode', () => {
  class EventEmitter<T> {
    readonly #listeners = new Set<(value: T) => void>();
    readonly event = (listener: (value: T) => void) => {
      this.#listeners.add(listener);
      return { dispose: () => this.#listeners.delete(listener) };
    };
    fire(value: T): void {
      for (const listener of this.#listeners) listener(value);
    }
    dispose(): void {
      this.#listeners.clear();
    }
  }
  return {
    EventEmitter,
    l10n: { t: (text: string) => text },
    commands: { executeCommand: () => Promise.resolve() },
    workspace: {
      get isTrusted() {
        return window.isTrusted;
      },
      getConfiguration: () => ({
        get: (name: string, otherwise?: unknown) => window.settings[name] ?? otherwise,
      }),
    },
    window: {
      createOutputChannel: () => ({
        appendLine: (line: string) => window.lines.push(line),
        show: () => undefined,
        dispose: () => undefined,
      }),
    },
  };
});

const command: FoundDstack = { path: '/dstack', version: '0.21.5', server: 'yes' };
const { signal } = new AbortController();

/** A server that somebody watches. */
class FakeServer implements OwnServer {
  readonly isOurs = true;
  readonly isKept: boolean;
  readonly did: string[] = [];
  end: (wasAsked: boolean) => void = () => undefined;
  readonly ended = new Promise<boolean>((resolve) => (this.end = resolve));

  constructor(isKept: boolean) {
    this.isKept = isKept;
  }

  stop(): Promise<void> {
    this.did.push('stop');
    return Promise.resolve();
  }

  release(): void {
    this.did.push('release');
  }
}

describe('The local server of a window', () => {
  let started: LocalServerStart[];
  let left: { server: FakeServer; isProven: boolean } | undefined;
  let isUp: boolean;
  let next: FakeServer;
  let record: string;
  let loads: number;
  let token: string | undefined;

  beforeEach(async () => {
    started = [];
    [left, isUp, loads, token] = [undefined, false, 0, 'canary-token'];
    next = new FakeServer(false);
    record = join(await temporaryFolder(), 'server.json');
    Object.assign(window, { isTrusted: true, settings: {} });
    window.lines.length = 0;
  });

  function open(): LocalServer {
    const programs: LocalServerPrograms = {
      find: () => Promise.resolve(command),
      cliPath: () => Promise.resolve(undefined),
      oldVersionAt: () => Promise.resolve(undefined),
      installCommand: () => Promise.resolve(''),
      isUp: () => Promise.resolve(isUp),
      start(request) {
        started.push(request);
        request.onLine('It starts');
        return Promise.resolve(next);
      },
      findKept: () => Promise.resolve(left),
    };
    return new LocalServer({
      programs: () => {
        loads += 1;
        return Promise.resolve(programs);
      },
      secrets: {
        token: () => Promise.resolve(token),
        tokenOrNew: () => Promise.resolve(token ?? 'new'),
      },
      directory: '/storage/server',
      kept: { record, log: '/storage/server.log' },
      newToken: () => 'new',
      credentials: () => Promise.resolve(undefined),
      python: () => undefined,
    });
  }

  /** An earlier window has left one. */
  function leave(isProven: boolean): FakeServer {
    writeFileSync(record, '{}');
    const server = new FakeServer(true);
    left = { server, isProven };
    return server;
  }

  it('ends with the window, and its lines are in the output channel until then', async () => {
    const server = open();
    await server.start(command, signal);
    expect(window.lines).toEqual(['It starts']);
    expect(server.known).toBe('running');
    server.dispose();
    expect(next.did).toEqual(['release']);
  });

  it('is kept if the setting says so, and not where a task says otherwise', async () => {
    await open().start(command, signal);
    window.settings = { keepLocalServer: true };
    await open().start(command, signal);
    await open().start(command, signal, false);
    expect(started.map(({ keep }) => keep)).toEqual([false, true, false]);
  });

  it('is found when an earlier window left it, and stopped by this one', async () => {
    const kept = leave(true);
    const server = open();
    await server.look();
    expect([server.known, server.isKept, await server.state()]).toEqual([
      'running',
      true,
      'running',
    ]);
    expect(await server.stop()).toBe(true);
    expect(kept.did).toEqual(['stop']);
    expect(server.known).toBe('stopped');
  });

  it('is not looked for, and nothing is loaded, where none was left or nobody trusts the folder', async () => {
    await open().look();
    leave(true);
    window.isTrusted = false;
    const server = open();
    await server.look();
    expect([server.known, loads]).toEqual(['stopped', 0]);
  });

  it('is not called running when it does not take our token, but can be stopped', async () => {
    const kept = leave(false);
    isUp = true;
    const server = open();
    expect(await server.state()).toBe('elsewhere');
    expect(kept.did).toEqual(['release']);
    expect(await server.stop()).toBe(true);
    expect(kept.did).toEqual(['release', 'stop']);
  });

  it('of somebody else is seen and left alone', async () => {
    isUp = true;
    const server = open();
    expect(await server.state()).toBe('elsewhere');
    expect(await server.stop()).toBe(false);
  });

  it.each([
    ['ends by itself', false, 1],
    ['was stopped in another window', true, 0],
  ])('that %s is gone here, and reported accordingly', async (_, wasAsked, reports) => {
    const kept = leave(true);
    const server = open();
    let reported = 0;
    server.onDidEndByItself(() => (reported += 1));
    await server.look();
    kept.end(wasAsked);
    await kept.ended;
    await Promise.resolve();
    expect([server.known, reported]).toEqual(['stopped', reports]);
  });
});
