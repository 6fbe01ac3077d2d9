import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { cancellation } from '../setup/errors.ts';
import type { Clock } from '../setup/ports.ts';
import { serverEnvironment, type ServerSettings } from './serverEnvironment.ts';
import {
  cannotRun,
  endedEarly,
  librariesMissing,
  neverReady,
  portHasServer,
  portTaken,
} from './serverErrors.ts';
import { ServerOutput } from './serverOutput.ts';
import { isHealthy, portUse } from './serverPort.ts';

/** How a server is started. */
export interface ServerStart extends ServerSettings {
  /** The path of `dstack`. */
  readonly command: string;
  readonly clock: Clock;
  /** What it prints, line by line, without secrets. */
  readonly onLine: (line: string) => void;
  /** The environment of this process; what is foreign in it does not reach the server. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How long it may take until it answers, in ms. A new database takes 10 s on a slow machine. */
  readonly readyMs?: number;
  /** How long it may take to end by itself once it is asked to, in ms. */
  readonly stopMs?: number;
}

/** A running server of ours. */
export interface ServerProcess {
  readonly url: string;
  /** Settles when it has ended, for whatever reason. Never rejects. */
  readonly ended: Promise<void>;
  /** Asks it to end, and its group; ends them if they don't. */
  stop(): Promise<void>;
  /** Asks it to end without waiting: for a window that closes. */
  terminate(): void;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const READY_MS = 60_000;
const STOP_MS = 10_000;
const POLL_MS = 250;

/**
 * Starts a dstack server and waits until it answers. It runs in a process group of its own, asks
 * nothing, and leaves the CLI's configuration at home alone.
 *
 * @throws SetupError `local_server_…`; an AbortError if the signal ends the wait (the server is stopped)
 */
export async function startServer(start: ServerStart, signal: AbortSignal): Promise<ServerProcess> {
  const url = `http://${start.host}:${start.port}`;
  const use = await portUse(start.host, start.port);
  if (use !== 'free') throw use === 'dstack' ? portHasServer(url) : portTaken(url);
  if (signal.aborted) throw cancellation();
  await mkdir(start.directory, { recursive: true, mode: 0o700 });

  const output = new ServerOutput([start.token, start.credentials?.clientSecret ?? ''], (line) =>
    start.onLine(line),
  );
  const running = run(start, output);
  const server = control(running, url, start);
  try {
    await untilReady(running, { url, start, output }, signal);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** A child process with what has become of it. */
interface Running {
  readonly child: Child;
  readonly closed: Promise<void>;
  end: { readonly code: number | null; readonly failure?: Error } | undefined;
}

function run(start: ServerStart, output: ServerOutput): Running {
  const { command, directory, host, port, environment = process.env } = start;
  // `-n`: it would otherwise ask on stdin whether to change the CLI's default project (dstack-facts C).
  const child = spawn(command, ['server', '-n', '--host', host, '--port', String(port)], {
    cwd: directory,
    env: serverEnvironment(environment, start),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.add(text));
  }
  const running: Running = { child, end: undefined, closed: closing() };
  return running;

  function closing(): Promise<void> {
    return new Promise((resolve) => {
      child.once('error', (failure) => {
        running.end ??= { code: null, failure };
        resolve();
      });
      child.once('exit', (code) => (running.end ??= { code }));
      child.once('close', () => {
        output.end();
        resolve();
      });
    });
  }
}

function control({ child, closed }: Running, url: string, start: ServerStart): ServerProcess {
  const { clock, stopMs = STOP_MS } = start;
  let isOver = false;
  const terminate = () => {
    // Its number may be another program's by now.
    if (!isOver) signalGroup(child, 'SIGTERM');
  };
  // A window that is torn down without its extensions being told.
  process.once('exit', terminate);
  const ended = closed.then(() => {
    isOver = true;
    process.removeListener('exit', terminate);
  });
  return {
    url,
    ended,
    terminate,
    async stop() {
      terminate();
      const waiting = new AbortController();
      const kill = clock.sleep(stopMs, waiting.signal).then(
        () => signalGroup(child, 'SIGKILL'),
        () => undefined,
      );
      await Promise.race([ended, kill]);
      waiting.abort();
      await ended;
    },
  };
}

/** The server with its workers, which would keep the port. */
function signalGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // There is no such group any more.
  }
}

async function untilReady(
  running: Running,
  { url, start, output }: { url: string; start: ServerStart; output: ServerOutput },
  signal: AbortSignal,
): Promise<void> {
  const { clock, readyMs = READY_MS } = start;
  const deadline = clock.now() + readyMs;
  while (clock.now() < deadline) {
    if (signal.aborted) throw cancellation();
    const healthy = await isHealthy(url, signal);
    if (running.end !== undefined) {
      await running.closed;
      throw whyEnded(running.end, start, output, url);
    }
    if (healthy) return;
    await clock.sleep(POLL_MS, signal);
  }
  throw neverReady(url, Math.round(readyMs / 1000));
}

function whyEnded(
  { code, failure }: NonNullable<Running['end']>,
  { command }: ServerStart,
  { lastLines }: ServerOutput,
  url: string,
): Error {
  const said = lastLines.join('\n');
  if (failure !== undefined) return cannotRun(command, failure);
  if (/missing server dependencies/i.test(said)) return librariesMissing(command);
  // Somebody took the port after we had looked.
  if (/address already in use/i.test(said)) return portTaken(url);
  return endedEarly(code, lastLines);
}
