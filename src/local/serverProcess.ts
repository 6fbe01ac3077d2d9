import { mkdir } from 'node:fs/promises';
import { cancellation } from '../setup/errors.ts';
import {
  signalGroup,
  spawnServer,
  STOP_MS,
  untilReady,
  type ServerChild,
  type ServerStart,
} from './serverChild.ts';
import { forgetKeptRecord, knownProcess, readKeptRecord, writeKeptRecord } from './keptRecord.ts';
import { portHasServer, portTaken } from './serverErrors.ts';
import { ServerOutput } from './serverOutput.ts';
import { portUse } from './serverPort.ts';

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

/**
 * Starts a dstack server and waits until it answers. It runs in a process group of its own, asks
 * nothing, and leaves the CLI's configuration at home alone.
 *
 * @throws SetupError `local_server_…`; an AbortError if the signal ends the wait (the server is stopped)
 */
export async function startServer(start: ServerStart, signal: AbortSignal): Promise<ServerProcess> {
  const url = await prepare(start, signal);
  const output = outputOf(start);
  const child = spawnServer(start, ['ignore', 'pipe', 'pipe'], () => output.end());
  for (const stream of [child.process.stdout, child.process.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => output.add(text));
  }
  const server = control(child, url, start);
  try {
    await note(child, url, start);
    await untilReady(child, { url, start, output }, signal);
  } catch (error) {
    await server.stop();
    await forget(child, start);
    throw error;
  }
  return server;
}

/** A machine that can't tell its processes apart does without. */
async function note(
  { process: { pid } }: ServerChild,
  url: string,
  { record: file }: ServerStart,
): Promise<void> {
  if (file === undefined) return;
  const [known, owner] = await Promise.all([knownProcess(pid), knownProcess(process.pid)]);
  if (known && owner) await writeKeptRecord(file, { ...known, url, owner });
}

/** Takes the record away, unless it is of another server by now. */
async function forget(
  { process: { pid } }: ServerChild,
  { record: file }: ServerStart,
): Promise<void> {
  if (file === undefined) return;
  const record = await readKeptRecord(file);
  if (record !== undefined && record.pid === pid) await forgetKeptRecord(file, record);
}

/**
 * Looks whether the port is free, and makes the server's directory.
 * @returns the URL that the server will have
 * @throws SetupError `local_server_port_…`
 */
export async function prepare(start: ServerStart, signal: AbortSignal): Promise<string> {
  const url = `http://${start.host}:${start.port}`;
  const use = await portUse(start.host, start.port);
  if (use !== 'free') throw use === 'dstack' ? portHasServer(url) : portTaken(url);
  if (signal.aborted) throw cancellation();
  await mkdir(start.directory, { recursive: true, mode: 0o700 });
  return url;
}

/** What the server prints, without the secrets that it was given. */
export function outputOf({
  token,
  credentials,
  onLine,
}: Pick<ServerStart, 'token' | 'credentials' | 'onLine'>): ServerOutput {
  return new ServerOutput([token, credentials?.clientSecret ?? ''], (line) => onLine(line));
}

function control(child: ServerChild, url: string, start: ServerStart): ServerProcess {
  const { clock, stopMs = STOP_MS } = start;
  const { pid } = child.process;
  let isOver = false;
  const terminate = () => {
    // Its number may be another program's by now.
    if (!isOver) signalGroup(pid, 'SIGTERM');
  };
  // A window that is torn down without its extensions being told.
  process.once('exit', terminate);
  const ended = child.closed.then(async () => {
    isOver = true;
    process.removeListener('exit', terminate);
    // One that can't be taken away is found to be of no process.
    await forget(child, start).catch(() => undefined);
  });
  return {
    url,
    ended,
    terminate,
    async stop() {
      terminate();
      const waiting = new AbortController();
      const kill = clock.sleep(stopMs, waiting.signal).then(
        () => signalGroup(pid, 'SIGKILL'),
        () => undefined,
      );
      await Promise.race([ended, kill]);
      waiting.abort();
      await ended;
    },
  };
}
