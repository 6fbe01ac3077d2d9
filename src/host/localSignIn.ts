import * as vscode from 'vscode';
import { cancellation } from '../setup/errors.ts';
import { signInWarning, type LocalSignIn } from '../setup/localSignIn.ts';
import { projectIdOf } from '../setup/names.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { AppSecretStore } from './appSecretStore.ts';
import type { FolderSetupParts } from './folderProject.ts';

export interface LocalSignInParts {
  readonly appSecrets: Pick<AppSecretStore, 'localServerApp' | 'signInOf' | 'useForLocalServer'>;
  readonly folderSetup: Pick<FolderSetupParts, 'files' | 'serverDirectory'>;
}

/** How the local server signs in now, and for whom. */
export async function localSignIn({
  appSecrets,
  folderSetup,
}: LocalSignInParts): Promise<LocalSignIn> {
  const { files, serverDirectory } = folderSetup;
  return {
    app: await appSecrets.localServerApp(),
    projects: await (await files()).serverProjects({ directory: serverDirectory }),
  };
}

export type AskAboutSignIn = typeof askAboutSignIn;

/**
 * Asks before a project is used that the local server does not sign in for. Whoever wants it can let the
 * server sign in as the project's own app, if this machine holds its secret.
 * @throws AbortError if the question is closed
 */
export async function askAboutSignIn(spec: ProjectSpec, parts: LocalSignInParts): Promise<void> {
  if (spec.server.kind !== 'local') return;
  const { subscriptionId, storageAccount, name } = spec;
  const place = { subscriptionId, storageAccount: storageAccount.name, projectName: name };
  const projectId = projectIdOf(place);
  const warning = signInWarning({ spec, projectId }, await localSignIn(parts), false);
  if (warning === undefined) return;
  const isHeld =
    spec.credentials.kind !== 'default' &&
    (await parts.appSecrets.signInOf(projectId)) !== undefined;
  const change = vscode.l10n.t('Sign In as the App of “{0}”', name);
  const leave = vscode.l10n.t('Use It Anyway');
  const buttons = isHeld ? [change, leave] : [leave];
  const answer = await vscode.window.showWarningMessage(warning, { modal: true }, ...buttons);
  if (answer === undefined) throw cancellation();
  if (answer === change) await parts.appSecrets.useForLocalServer(projectId);
}
