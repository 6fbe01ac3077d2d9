import * as vscode from 'vscode';
import { isCancellation } from '../setup/errors.ts';
import type { Clock, Journal } from '../setup/ports.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { SecretHolder } from '../setup/secretPorts.ts';
import { planUndo } from '../setup/undo.ts';
import { applyUndo } from '../setup/undoApply.ts';
import type { UndoDeps, UndoRequest } from '../setup/undoPage/undoDeps.ts';
import type { UndoPorts } from '../setup/undoPorts.ts';
import { purgeVault } from '../setup/undoPurge.ts';
import type { UndoReceipt } from '../setup/undoReceipt.ts';
import type { AzureConnection } from './azureAccess.ts';
import { restriction } from './cloud.ts';
import { cleanFolders } from './folderCleanup.ts';
import { foldersOf } from './folders.ts';
import type { Log } from './log.ts';
import { logUndoEvent } from './runLog.ts';
import { openMarkdown, saveText } from './showText.ts';
import { undoServerOf, type UndoServerParts } from './undoServer.ts';

export interface DeleteProjectParts extends UndoServerParts {
  readonly connect: (accountId: string) => AzureConnection;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Where this machine keeps secrets of projects' apps. */
  readonly holder: SecretHolder;
  /** Whether the wizard is setting the project up. */
  readonly isBeingSetUp: UndoDeps['isBeingSetUp'];
  /** Something of the project has gone: tree and wizard look again. */
  readonly onChanged: (spec: ProjectSpec, outcome: UndoReceipt['outcome']) => void;
  readonly log: Log;
}

/** The world of deleting one project: the core's functions over this window's ports. */
export function undoDeps(parts: DeleteProjectParts): UndoDeps {
  const { connect, clock, log, folderSetup } = parts;
  return {
    clock,
    look: ({ withoutServer, ...request }, signal) =>
      logged(log, async () => {
        const { catalog } = connect(request.accountId);
        const caller = await catalog.caller(request.spec.tenantId, signal);
        const ports = await portsFor(request, withoutServer, parts);
        return await planUndo(request.spec, caller, ports, signal);
      }),
    undo: ({ plan, withoutServer, ...request }, options) =>
      logged(log, async () => {
        const restricted = restriction();
        if (restricted !== undefined) throw restricted;
        const ports = await portsFor(request, withoutServer, parts);
        const receipt = await applyUndo(plan, ports, {
          ...options,
          report: (event) => {
            logUndoEvent(event, log);
            options.report(event);
          },
        });
        // A secret that was typed in for somebody's own app is of no use without the project.
        if (receipt.outcome === 'done') await parts.holder.forget(plan.project.projectId);
        return receipt;
      }),
    folders: (spec) => foldersOf(spec, folderSetup.bindings).map(({ folder }) => folder.name),
    cleanFolders: (spec) => logged(log, () => cleanFolders(spec, folderSetup)),
    isBeingSetUp: parts.isBeingSetUp,
    onChanged: parts.onChanged,
    confirmPurge: (name) => confirmPurge(name),
    purge: ({ plan, vault, ...request }, signal) =>
      logged(log, async () =>
        purgeVault(plan, vault, await portsFor(request, true, parts), signal),
      ),
    openDocument: openMarkdown,
    saveDocument: saveText,
  };
}

/** What fails is shown on the page; its stack and its causes are for the log. */
async function logged<T>(log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCancellation(error)) log.error(error);
    throw error;
  }
}

async function portsFor(
  { accountId, spec }: UndoRequest,
  withoutServer: boolean,
  parts: DeleteProjectParts,
): Promise<UndoPorts> {
  const { resources, records, undo, appSecrets } = parts.connect(accountId);
  const { journal, newId, clock, holder } = parts;
  const server = withoutServer ? {} : { server: await undoServerOf(spec, resources, parts) };
  const secrets = { appSecrets, holder };
  const own = { journal, newId, clock, random: Math.random, secrets };
  return { resources, records, azure: undo, ...own, ...server };
}

/** What was in a purged vault is lost for good: asked where it can't be overlooked. */
async function confirmPurge(name: string): Promise<boolean> {
  const purge = vscode.l10n.t('Purge');
  const question = vscode.l10n.t('Purge the key vault {0}?', name);
  const detail = vscode.l10n.t(
    'Its name becomes free at once, and what was in it can’t be recovered by anybody.',
  );
  return (
    (await vscode.window.showWarningMessage(question, { modal: true, detail }, purge)) === purge
  );
}
