import type { SignInOrder } from './host/appSecretStore.ts';
import type { ConnectAzure } from './host/azureAccess.ts';
import type { CreateProjectParts } from './host/createProject.ts';
import type { DeleteProjectParts } from './host/deleteProject.ts';
import type { ListGpuOffers } from './host/gpuOffers.ts';
import type { ConfigFiles } from './host/folderProject.ts';
import type { AskForEssentials } from './host/projectCommands.ts';
import type { AskAboutSignIn } from './host/localSignIn.ts';
import type { LocalServerPrograms } from './host/localServer.ts';
import type { HomeConfig } from './host/useEverywhere.ts';
import type { WizardLogic } from './host/wizardPanel.ts';
import type { UndoLogic } from './host/undoPanel.ts';
import type { Journal } from './setup/ports.ts';
import type { ConnectServer } from './setup/projectServer.ts';
import type { WizardAccessParts } from './wizardAccess.ts';

/*
 * What loads only when it is needed, each as a chunk of its own: the Azure SDKs with the first
 * listing, the wizard with its page, the file writers with the first set-up, the
 * local server's start with the first one, offers with the first question for them.
 */

export async function loadAzure(): Promise<ConnectAzure> {
  const [{ connectAzure }, { azureCliTokens }, { PUBLIC_CLOUD }] = await Promise.all([
    import('./azure/azure.ts'),
    import('./azure/tokens.ts'),
    import('./azure/cloud.ts'),
  ]);
  // Graph is always asked about a tenant by its id, so the other one is never used.
  const azureCli = azureCliTokens(PUBLIC_CLOUD, 'organizations');
  return ({ tokens, graphTokens = azureCli }) => connectAzure({ tokens, graphTokens });
}

export async function loadConfigFiles(): Promise<ConfigFiles> {
  return (await import('./configFiles.ts')).configFiles;
}

/** The dstack CLI's own file in the user's home. */
export async function loadHomeConfig(): Promise<HomeConfig> {
  return (await import('./homeConfig.ts')).homeConfig();
}

export async function loadLocalServerPrograms(): Promise<LocalServerPrograms> {
  return (await import('./localServerPrograms.ts')).localServerPrograms;
}

export async function loadGpuOffers(): Promise<ListGpuOffers> {
  return (await import('./gpuOffers.ts')).listGpuOffers;
}

/** The questions of the quick path, with the lists that the form offers. */
export async function loadQuickCreate(): Promise<AskForEssentials> {
  return (await import('./host/quickCreate.ts')).askForEssentials;
}

/** The question about a project that the local server does not sign in for. */
export async function loadSignInQuestion(): Promise<AskAboutSignIn> {
  return (await import('./host/localSignIn.ts')).askAboutSignIn;
}

/** Which projects' apps the local server of this machine was to sign in as. */
export async function loadSignInOrder(path: string): Promise<SignInOrder> {
  const { SignInOrderFile } = await import('./local/signInOrderFile.ts');
  return new SignInOrderFile(path);
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
  parts: Omit<CreateProjectParts, 'access' | 'remote'> & Omit<WizardAccessParts, 'home'>,
  snapshot: unknown,
): Promise<WizardLogic> {
  const [{ wizardDeps }, { createWizardSession }, { wizardAccess }] = await Promise.all([
    import('./host/createProject.ts'),
    import('./setup/wizardSession.ts'),
    import('./wizardAccess.ts'),
  ]);
  const access = wizardAccess(parts);
  const givenToken = (url: string) => access.givenToken(url);
  const remote = { connectServer: loadConnectServer, givenToken };
  const deps = wizardDeps({ ...parts, access, remote });
  return createWizardSession(deps, snapshot);
}
