import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';

/** The setting of VS Code's Microsoft provider that names another cloud; empty means the public one. */
const OTHER_CLOUD = 'microsoft-sovereign-cloud.environment';

/** Whether VS Code is set to another Azure cloud than the public one, the only one dstack knows. */
export function isOtherCloud(): boolean {
  const cloud = vscode.workspace.getConfiguration().get<string>(OTHER_CLOUD);
  return cloud !== undefined && cloud !== '';
}

/** Whether a change of settings may change the answer of `isOtherCloud`. */
export function affectsCloud(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(OTHER_CLOUD);
}

/** Why nothing may be written in this window: it is in Restricted Mode. Undefined when it is not. */
export function restriction(): SetupError | undefined {
  if (vscode.workspace.isTrusted) return undefined;
  return new SetupError({
    code: 'restricted_mode',
    source: 'user',
    message: vscode.l10n.t(
      'This window is in Restricted Mode, where nothing is written and no session is used.',
    ),
    remedy: vscode.l10n.t('Trust the workspace, then try again.'),
  });
}

/** Why no session may be used in this window, or undefined when one may. */
export function signInBlock(): SetupError | undefined {
  const restricted = restriction();
  if (restricted !== undefined || !isOtherCloud()) return restricted;
  return new SetupError({
    code: 'other_cloud',
    source: 'user',
    message: vscode.l10n.t(
      'VS Code is set to another Azure cloud, and a dstack server knows only the public one.',
    ),
    remedy: vscode.l10n.t('Clear the setting "{0}", then try again.', OTHER_CLOUD),
  });
}
