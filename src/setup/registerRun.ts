import { t } from '@vscode/l10n';
import type { RunResult } from './apply.ts';
import { nameOf } from './armId.ts';
import { buildRecord } from './buildRecord.ts';
import { SetupError } from './errors.ts';
import { recordLocation, type ProjectPlan } from './planProject.ts';
import type { SetupPorts } from './ports.ts';
import type { ProjectServer, Registered, ServerSignIn, WaitReport } from './projectServer.ts';
import { recordRegistered } from './recordRegistration.ts';

/** What a run has made of a plan. */
export type Made = Pick<RunResult, 'outcomes'> & { readonly plan: ProjectPlan };

/** New roles have reached all of Azure by then (azure-facts 2). */
const SPREAD_MS = 10 * 60_000;
const WAIT_MS = 15_000;

/**
 * Registers what a run has made with its remote server, and notes so in the record. Until then the
 * record says that it is pending; whoever runs the same set-up again does it then. The server is asked
 * again while its network objects are missing in Azure: fresh roles spread slowly.
 * @throws SetupError `server_…`, `server_networks_missing`; what is in Azure stays as it is
 */
export async function registerRun(
  made: Made,
  to: {
    readonly server: Pick<ProjectServer, 'register'>;
    readonly signIn: ServerSignIn;
    readonly onWait?: WaitReport;
  },
  ports: Pick<SetupPorts, 'records' | 'clock'>,
  signal: AbortSignal,
): Promise<Registered> {
  const { clock } = ports;
  const { plan, outcomes } = made;
  const { server, signIn, onWait = () => undefined } = to;
  const record = buildRecord(plan, outcomes, plan.knownRecord?.record, '');
  const giveUpAt = clock.now() + SPREAD_MS;
  const registered = await server.register(record, signIn, signal, { onWait });
  let missing = registered.missingNetworks;
  while (missing.length > 0) {
    const error = networksMissing(missing);
    if (clock.now() + WAIT_MS > giveUpAt) throw error;
    onWait(error, WAIT_MS);
    await clock.sleep(WAIT_MS, signal);
    const again = await server.register(record, signIn, signal, { onWait, again: true });
    missing = again.missingNetworks;
  }
  await noteRegistered(made, ports, signal);
  return { ...registered, missingNetworks: missing };
}

/** @returns whether the record says so now; false while it can't be written yet */
export async function noteRegistered(
  { plan, outcomes }: Made,
  { records }: Pick<SetupPorts, 'records'>,
  signal: AbortSignal,
): Promise<boolean> {
  const endpoint = outcomes.get('storageAccount')?.outputs['blobEndpoint'];
  return await recordRegistered(recordLocation(plan.project, endpoint), records, signal);
}

function networksMissing(ids: readonly string[]): SetupError {
  return new SetupError({
    code: 'server_networks_missing',
    source: 'dstack',
    message: t(
      'The dstack server accepted the project, but could not make {0} in Azure.',
      ids.map(nameOf).join(', '),
    ),
    remedy: t(
      'Check that what the server signs in with has its roles on the resource group, then try again.',
    ),
  });
}
