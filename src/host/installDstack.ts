import * as vscode from 'vscode';

/** Says that dstack is missing, or what it lacks, and the one command that helps; runs it on request. */
export async function offerInstall(why: string, command: string): Promise<void> {
  const run = vscode.l10n.t('Run It in a Terminal');
  const settings = vscode.l10n.t('Set Path');
  const text = vscode.l10n.t('{0} This command installs it: {1}', why, command);
  const chosen = await vscode.window.showWarningMessage(text, run, settings);
  if (chosen === run) newTerminal().sendText(command);
  if (chosen === settings) {
    const setting = 'dstackAzure.dstackPath';
    await vscode.commands.executeCommand('workbench.action.openSettings', setting);
  }
}

/** Types a command that nobody has read yet: Enter is left to the person. */
export function typeInTerminal(command: string): void {
  newTerminal().sendText(command, false);
}

function newTerminal(): vscode.Terminal {
  const terminal = vscode.window.createTerminal({ name: 'dstack' });
  terminal.show();
  return terminal;
}

/** The Python that the Python extension has selected, where that extension is active. */
export function selectedPython(): string | undefined {
  const python = vscode.extensions.getExtension<unknown>('ms-python.python');
  if (python?.isActive !== true) return undefined;
  const { exports } = python;
  if (!isPythonApi(exports)) return undefined;
  const chosen = exports.environments.getActiveEnvironmentPath();
  return typeof chosen.path === 'string' ? chosen.path : undefined;
}

/** The part of the Python extension's API that is used. */
interface PythonApi {
  readonly environments: { getActiveEnvironmentPath(): { readonly path?: unknown } };
}

function isPythonApi(value: unknown): value is PythonApi {
  if (typeof value !== 'object' || value === null || !('environments' in value)) return false;
  const { environments } = value;
  return (
    typeof environments === 'object' &&
    environments !== null &&
    'getActiveEnvironmentPath' in environments &&
    typeof environments.getActiveEnvironmentPath === 'function'
  );
}
