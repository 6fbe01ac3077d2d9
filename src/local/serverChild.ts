import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { cancellation } from '../setup/errors.ts';
import type { Clock } from '../setup/ports.ts';
import { serverEnvironment, type ServerSettings } from './serverEnvironment.ts';
import { cannotRun, endedEarly, librariesMissing, neverReady, portTaken } from './serverErrors.ts';
import type { ServerOutput } from './serverOutput.ts';
import { isHealthy } from './serverPort.ts';

/** How a server is started. */
export interface ServerStart extends ServerSettings {
  /** The path of `dstack`. */
  readonly command: string;
  readonly clock: Clock;
  /** What it prints, line by line, without secrets. */
  readonly onLine: (line: string) => void;
  /** The environment of this process; what is foreign in it does not reach the server. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where other windows see that it runs, and find it when this one is torn down. */
  readonly record?: string;
  /** How long it may take until it answers, in ms. A new database takes 10 s on a slow machine. */
  readonly readyMs?: number;
  /** How long it may take to end by itself once it is asked to, in ms. */
  readonly stopMs?: number;
}

/** A child process with what has become of it. */
export interface ServerChild {
  readonly process: ChildProcess;
  /** Settles when it has ended and all that it printed has arrived. Never rejects. */
  readonly closed: Promise<void>;
  end: { readonly code: number | null; readonly failure?: Error } | undefined;
}

const READY_MS = 60_000;
const POLL_MS = 250;
export const STOP_MS = 10_000;

/** Starts the program, in a process group of its own. */
export function spawnServer(
  start: ServerStart,
  stdio: StdioOptions,
  onClose: () => void | Promise<void>,
): ServerChild {
  const { command, directory, host, port, environment = process.env } = start;
  // `-n`: it would otherwise ask on stdin whether to change the CLI's default project (dstack-facts C).
  const child = spawn(command, ['server', '-n', '--host', host, '--port', String(port)], {
    cwd: directory,
    env: serverEnvironment(environment, start),
    stdio,
    detached: true,
    windowsHide: true,
  });
  const server: ServerChild = { process: child, end: undefined, closed: closing().then(onClose) };
  return server;

  function closing(): Promise<void> {
    return new Promise((resolve) => {
      child.once('error', (failure) => {
        server.end ??= { code: null, failure };
        resolve();
      });
      child.once('exit', (code) => (server.end ??= { code }));
      child.once('close', () => resolve());
    });
  }
}

/** The server with its workers, which would keep the port. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // There is no such group any more.
  }
}

/**
 * Waits until it answers.
 * @throws SetupError `local_server_…`; an AbortError if the signal ends the wait
 */
export async function untilReady(
  child: ServerChild,
  { url, start, output }: { url: string; start: ServerStart; output: ServerOutput },
  signal: AbortSignal,
): Promise<void> {
  const { clock, readyMs = READY_MS } = start;
  const deadline = clock.now() + readyMs;
  while (clock.now() < deadline) {
    if (signal.aborted) throw cancellation();
    const healthy = await isHealthy(url, signal);
    if (child.end !== undefined) {
      await child.closed;
      throw whyEnded(child.end, start, output, url);
    }
    if (healthy) return;
    await clock.sleep(POLL_MS, signal);
  }
  throw neverReady(url, Math.round(readyMs / 1000));
}

function whyEnded(
  { code, failure }: NonNullable<ServerChild['end']>,
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
