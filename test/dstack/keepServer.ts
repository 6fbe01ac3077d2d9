import { text } from 'node:stream/consumers';
import { startKeptServer, type KeptFiles } from '../../src/local/keptServer.ts';
import { realClock } from '../../src/local/realClock.ts';
import type { ServerStart } from '../../src/local/serverChild.ts';

/** One window: starts a server that is kept, by what it reads from its input, and ends. */
const { start, files } = JSON.parse(await text(process.stdin)) as {
  readonly start: Omit<ServerStart, 'clock' | 'onLine'>;
  readonly files: KeptFiles;
};
const { signal } = new AbortController();
const server = await startKeptServer(
  { ...start, clock: realClock, onLine: (line) => console.log(line) },
  files,
  signal,
);
server.release();
