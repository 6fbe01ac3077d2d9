import { closeSync, openSync } from 'node:fs';
import type { Clock } from '../setup/ports.ts';
import {
  forgetKeptRecord,
  knownProcess,
  readKeptRecord,
  stateOf,
  writeKeptRecord,
  type KeptRecord,
} from './keptRecord.ts';
import { LogTail } from './logTail.ts';
import { signalGroup, spawnServer, STOP_MS, untilReady, type ServerStart } from './serverChild.ts';
import { cannotBeKept } from './serverErrors.ts';
import { outputOf, prepare } from './serverProcess.ts';

/** Where a server that outlives its window leaves its traces: in the extension's own storage. */
export interface KeptFiles {
  /** How the next window finds it. */
  readonly record: string;
  /** What it prints: warnings and errors alone, because its other lines name the admin token. */
  readonly log: string;
}

/** A server that goes on when the window closes. */
export interface KeptServer {
  readonly url: string;
  /** It was to end with its window, which is gone without it: it can be stopped, and no more. */
  readonly isOrphan: boolean;
  /** Settles when it has ended: whether somebody asked it to, in whichever window. Never rejects. */
  readonly ended: Promise<boolean>;
  /** Asks it to end, and its group; ends them if they don't. */
  stop(): Promise<void>;
  /** Follows it no longer; it goes on. */
  release(): void;
}

const WATCH_MS = 1_000;
const STOP_POLL_MS = 100;

/**
 * Starts a server that outlives this window, and waits until it answers.
 * @throws SetupError `local_server_…`; an AbortError if the signal ends the wait (the server is stopped)
 */
export async function startKeptServer(
  start: ServerStart,
  files: KeptFiles,
  signal: AbortSignal,
): Promise<KeptServer> {
  const url = await prepare(start, signal);
  const output = outputOf(start);
  const tail = new LogTail(files.log, 'start', (text) => output.add(text));
  // Emptied: a server that is kept for months has no other end of its log.
  const log = openSync(files.log, 'w', 0o600);
  const child = spawnServer({ ...start, isQuiet: true }, ['ignore', log, log], () => tail.read());
  closeSync(log);
  child.process.unref();
  const record = await recordOf(child.process.pid, url);
  const server = record && control(record, files, { ...start, tail });
  try {
    if (record !== undefined) await writeKeptRecord(files.record, record);
    await untilReady(child, { url, start, output }, signal);
    if (server === undefined) throw cannotBeKept();
    return server;
  } catch (error) {
    if (server === undefined && child.end === undefined) signalGroup(child.process.pid, 'SIGKILL');
    await server?.stop();
    throw error;
  }
}

/**
 * The server that an earlier window left: the very process that was started then, whether or not it
 * answers. That of a window that is still there is nobody else's.
 */
export async function findKeptServer(
  found: Pick<ServerStart, 'token' | 'credentials' | 'onLine' | 'clock' | 'stopMs'>,
  files: KeptFiles,
): Promise<KeptServer | undefined> {
  const record = await readKeptRecord(files.record);
  if (record === undefined) return undefined;
  const state = await stateOf(record);
  if (state === 'gone') await forgetKeptRecord(files.record, record);
  // What is not known to be it is not touched; the record stays for a time that tells more.
  if (state !== 'runs' || (await hasWindow(record))) return undefined;
  const output = outputOf(found);
  return control(record, files, {
    ...found,
    tail: new LogTail(files.log, 'end', (text) => output.add(text)),
  });
}

/** Whether a window runs or starts one that is to end with it. */
export async function isOfWindow(recordFile: string): Promise<boolean> {
  const record = await readKeptRecord(recordFile);
  return record !== undefined && (await stateOf(record)) === 'runs' && (await hasWindow(record));
}

async function hasWindow({ owner }: KeptRecord): Promise<boolean> {
  return owner !== undefined && (await stateOf(owner)) !== 'gone';
}

async function recordOf(pid: number | undefined, url: string): Promise<KeptRecord | undefined> {
  const known = await knownProcess(pid);
  return known && { ...known, url };
}

function control(
  record: KeptRecord,
  files: KeptFiles,
  { clock, tail, stopMs = STOP_MS }: { clock: Clock; tail: LogTail; stopMs?: number | undefined },
): KeptServer {
  const following = new AbortController();
  return {
    url: record.url,
    isOrphan: record.owner !== undefined,
    ended: follow(record, files, { clock, tail }, following.signal),
    release: () => following.abort(),
    async stop() {
      // Other windows then know that it did not end by itself.
      await forgetKeptRecord(files.record, record);
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if ((await stateOf(record)) === 'runs') signalGroup(record.pid, signal);
        if (await isGoneWithin(stopMs, record, clock)) break;
      }
      following.abort();
    },
  };
}

/** Hands on what it logs until it has ended, or nobody wants to know any more. */
async function follow(
  record: KeptRecord,
  { record: file }: KeptFiles,
  { clock, tail }: { readonly clock: Clock; readonly tail: LogTail },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    while ((await stateOf(record)) !== 'gone') {
      await tail.read();
      await clock.sleep(WATCH_MS, signal);
    }
  } catch {
    // Released.
  }
  await tail.read();
  return (await readKeptRecord(file))?.identity !== record.identity;
}

async function isGoneWithin(ms: number, record: KeptRecord, clock: Clock): Promise<boolean> {
  const deadline = clock.now() + ms;
  while ((await stateOf(record)) !== 'gone') {
    if (clock.now() >= deadline) return false;
    await clock.sleep(STOP_POLL_MS);
  }
  return true;
}
