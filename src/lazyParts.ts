import type { ConnectAzure } from './host/azureAccess.ts';
import type { CreateProjectParts } from './host/createProject.ts';
import type { DeleteProjectParts } from './host/deleteProject.ts';
import type { ListGpuOffers } from './host/gpuOffers.ts';
import type { ConfigFiles } from './host/folderProject.ts';
import type { LocalServerPrograms } from './host/localServer.ts';
import type { WizardLogic } from './host/wizardPanel.ts';
import type { UndoLogic } from './host/undoPanel.ts';
import type { Journal } from './setup/ports.ts';
import type { ConnectServer } from './setup/projectServer.ts';

/*
 * What loads only when it is needed, each as a chunk of its own: the Azure SDKs with the first
 * listing, the wizard with its page, the file writers with the first set-up, the
 * local server's start with the first one, offers with the first question for them.
 */

export async function loadAzure(): Promise<ConnectAzure> {
  return (await import('./azure/azure.ts')).connectAzure;
}

export async function loadConfigFiles(): Promise<ConfigFiles> {
  return (await import('./configFiles.ts')).configFiles;
}

export async function loadLocalServerPrograms(): Promise<LocalServerPrograms> {
  return (await import('./localServerPrograms.ts')).localServerPrograms;
}

export async function loadGpuOffers(): Promise<ListGpuOffers> {
  return (await import('./gpuOffers.ts')).listGpuOffers;
}

/** The journal of all runs, in the extension's storage. */
export async function loadJournal(directory: string): Promise<Journal> {
  const { JournalFile } = await import('./local/journalFile.ts');
  return new JournalFile(directory);
}

/** Deleting a project, with its page. */
export async function startUndo(parts: DeleteProjectParts, snapshot: unknown): Promise<UndoLogic> {
  const [{ undoDeps }, { UndoSession }, { parseUndoSnapshot }] = await Promise.all([
    import('./host/deleteProject.ts'),
    import('./setup/undoPage/undoSession.ts'),
    import('./setup/undoPage/undoSnapshot.ts'),
  ]);
  const known = parseUndoSnapshot(snapshot);
  if (known === undefined) throw new Error('No project to delete was kept.');
  return new UndoSession(undoDeps(parts), known);
}

/** dstack servers by their API. */
export async function loadConnectServer(): Promise<ConnectServer> {
  return (await import('./dstack/projectServer.ts')).connectServer;
}

export async function startWizard(
  parts: CreateProjectParts,
  snapshot: unknown,
): Promise<WizardLogic> {
  const [{ wizardDeps }, { createWizardSession }] = await Promise.all([
    import('./host/createProject.ts'),
    import('./setup/wizardSession.ts'),
  ]);
  return createWizardSession(wizardDeps(parts), snapshot);
}
