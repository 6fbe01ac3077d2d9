import type { ConnectAzure } from './host/azureAccess.ts';
import type { CreateProjectParts } from './host/createProject.ts';
import type { ConfigFiles } from './host/folderProject.ts';
import type { LocalServerPrograms } from './host/localServer.ts';
import type { WizardLogic } from './host/wizardPanel.ts';
import type { Journal } from './setup/ports.ts';

/*
 * What loads only when it is needed, each as a chunk of its own: the Azure SDKs with the first
 * listing, the wizard with its page, the file writers with the first set-up, the
 * local server's start with the first one.
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

/** The journal of all runs, in the extension's storage. */
export async function loadJournal(directory: string): Promise<Journal> {
  const { JournalFile } = await import('./local/journalFile.ts');
  return new JournalFile(directory);
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
