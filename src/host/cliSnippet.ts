import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';
import { shellCommand } from '../setup/shellCommand.ts';
import type { Bindings } from './binding.ts';
import type { Secrets } from './secrets.ts';

/**
 * Copies the command that makes the folder's project known to the CLI of any terminal or machine.
 * The token goes from the secret storage to the clipboard and nowhere else.
 * @returns what was done
 * @throws SetupError if the folder uses no project, or this machine does not hold its token
 */
export async function copyCliCommand(
  folder: vscode.WorkspaceFolder | undefined,
  { bindings, secrets }: { readonly bindings: Bindings; readonly secrets: Pick<Secrets, 'token'> },
): Promise<string> {
  const binding = folder && bindings.of(folder.uri.toString());
  const token = binding && (await secrets.token(binding));
  if (binding === undefined || token === undefined) throw noToken();
  const words = ['--name', binding.projectName, '--url', binding.serverUrl, '--token', token];
  await vscode.env.clipboard.writeText(shellCommand(['dstack', 'project', 'add', ...words]));
  return vscode.l10n.t(
    'The command is copied. It holds the token of the project: paste it into terminals only.',
  );
}

/** What a command says that needs the token of a folder’s project. */
export function noToken(): SetupError {
  return new SetupError({
    code: 'token_missing',
    source: 'user',
    message: vscode.l10n.t('VS Code does not hold the token of the project.'),
    remedy: vscode.l10n.t('Choose "Use in This Folder" on the project, then copy again.'),
  });
}
