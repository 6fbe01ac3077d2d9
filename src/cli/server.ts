import type { Azure } from '../azure/azure.ts';
import { connectServer } from '../dstack/projectServer.ts';
import { realClock } from '../local/realClock.ts';
import type { RunResult } from '../setup/apply.ts';
import type { SetupPorts } from '../setup/ports.ts';
import type { ProjectServer, ServerSignIn, WaitReport } from '../setup/projectServer.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { registerRun } from '../setup/registerRun.ts';
import { printEvent } from './output.ts';
import { UsageError } from './usageError.ts';

/**
 * The remote server of the spec, for the user whose token is in `DSTACK_TOKEN`. A local server reads
 * its own file, and only the extension keeps one: undefined.
 * @throws UsageError if the spec names no URL, or the environment no token
 */
export function serverOf({ server }: ProjectSpec, azure: Azure): ProjectServer | undefined {
  if (server.kind !== 'remote') return undefined;
  const token = process.env['DSTACK_TOKEN'];
  if (server.url === undefined)
    throw new UsageError('A remote server needs server.url in the spec.');
  if (token === undefined || token === '') throw new UsageError('DSTACK_TOKEN is not set.');
  return connectServer({ url: server.url, token, clock: realClock, resources: azure.resources });
}

/** Tells the server of the project as the run has left it, and prints what the server has now. */
export async function registerProject(
  server: ProjectServer,
  result: RunResult,
  signIn: ServerSignIn,
  { records, clock }: SetupPorts,
  signal: AbortSignal,
): Promise<void> {
  const onWait: WaitReport = ({ code: reason, message }, waitMs) =>
    printEvent({ time: Date.now(), code: 'registrationWaiting', reason, message, waitMs });
  const to = { server, signIn, onWait };
  const { project, backend } = await registerRun(result, to, { records, clock }, signal);
  printEvent({ time: Date.now(), code: 'serverRegistered', url: server.url, project, backend });
}
