import { randomUUID } from 'node:crypto';
import type { Azure } from '../azure/azure.ts';
import { removeFromFolder } from '../configFiles.ts';
import { JournalFile } from '../local/journalFile.ts';
import { SecretsFile } from '../local/secretsFile.ts';
import { realClock } from '../local/realClock.ts';
import { leftOnServer } from '../setup/leftOnServer.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { planUndo } from '../setup/undo.ts';
import { applyUndo } from '../setup/undoApply.ts';
import type { UndoPlan } from '../setup/undoPlan.ts';
import type { UndoPorts } from '../setup/undoPorts.ts';
import type { UndoReceipt } from '../setup/undoReceipt.ts';
import { printEvent } from './output.ts';
import { serverOf } from './server.ts';
import { receiptEvent, undoPlanEvent } from './undoOutput.ts';
import { UsageError } from './usageError.ts';

/**
 * Removes a project: prints the plan, runs it, prints the receipt. What holds data stays unless its
 * key was ticked. A remote server forgets the project first; a local one has been told by nobody but
 * the extension.
 * @returns how the undo ended
 * @throws UsageError if a ticked key is none that the plan asks about; then nothing is removed
 */
export async function undoCommand(
  request: {
    readonly spec: ProjectSpec;
    readonly azure: Azure;
    readonly stateDir: string;
    readonly ticked: readonly string[];
    /** The server is gone or silent: the project goes, and the server is not told. */
    readonly withoutServer: boolean;
    /** The file that a set-up has written the app's secrets to, if it is named. */
    readonly secretsOut?: string;
    /** Where the server of the folder's files is. */
    readonly serverUrl: string;
  },
  signal: AbortSignal,
): Promise<UndoReceipt['outcome']> {
  const { spec, azure, stateDir, secretsOut } = request;
  const server = request.withoutServer ? undefined : serverOf(spec, azure);
  const left = request.withoutServer ? leftOnServer(spec) : undefined;
  const ports: UndoPorts = {
    resources: azure.resources,
    records: azure.records,
    journal: new JournalFile(stateDir),
    clock: realClock,
    newId: randomUUID,
    random: Math.random,
    azure: azure.undo,
    ...(server === undefined ? {} : { server: server.forUndo(spec) }),
    ...(secretsOut === undefined
      ? {}
      : { secrets: { appSecrets: azure.appSecrets, holder: new SecretsFile(secretsOut) } }),
  };
  const caller = await azure.catalog.caller(spec.tenantId, signal);
  const plan = await planUndo(spec, caller, ports, signal);
  printEvent(undoPlanEvent(plan, Date.now(), left));
  const ticked = checkedTicks(plan, request.ticked);
  const receipt = await applyUndo(plan, ports, { ticked, report: printEvent, signal });
  printEvent(receiptEvent(receipt, Date.now(), left));
  if (receipt.outcome === 'done') await cleanFolder(spec, request.serverUrl);
  return receipt.outcome;
}

function checkedTicks(plan: UndoPlan, ticked: readonly string[]): ReadonlySet<string> {
  const asked = plan.items.filter(({ decision }) => decision === 'ask').map(({ key }) => key);
  const wrong = ticked.filter((key) => !asked.includes(key));
  if (wrong.length === 0) return new Set(ticked);
  const can = asked.length === 0 ? 'Nothing can be ticked.' : `Can be: ${asked.join(', ')}.`;
  throw new UsageError(`Nothing to tick: ${wrong.join(', ')}. ${can}`);
}

async function cleanFolder({ name, workspace }: ProjectSpec, url: string): Promise<void> {
  if (workspace === undefined) return;
  const files = await removeFromFolder({ folder: workspace, project: { name, url } });
  printEvent({ time: Date.now(), code: 'filesWritten', files });
}
