import * as vscode from 'vscode';
import { cancellation, type SetupError } from '../setup/errors.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { isRecordPending } from '../setup/recordPending.ts';
import type { Bindings } from './binding.ts';
import { serverUrlOf } from './folders.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';

/**
 * The server of a project whose record does not say it: that of the folders which use the project by
 * now, else the one that the person names.
 * @param failure why the record can't be read; undefined while none is written
 * @throws the failure, if it may pass by itself; an AbortError if the question is closed
 */
export async function whichServer(
  spec: ProjectSpec,
  failure: SetupError | undefined,
  bindings: Pick<Bindings, 'of'>,
): Promise<ProjectSpec['server']> {
  const used = serverUrlOf(spec, bindings);
  if (used !== undefined) {
    return used === LOCAL_SERVER_URL ? { kind: 'local' } : { kind: 'remote', url: used };
  }
  if (failure !== undefined && !isRecordPending(failure)) throw failure;
  return await askWhichServer(spec.name, failure);
}

async function askWhichServer(
  name: string,
  failure: SetupError | undefined,
): Promise<ProjectSpec['server']> {
  const title = vscode.l10n.t('Server of the Project {0}', name);
  const local = {
    label: vscode.l10n.t('The local dstack server'),
    detail: vscode.l10n.t('Of this machine, at {0}', LOCAL_SERVER_URL),
  };
  const elsewhere = {
    label: vscode.l10n.t('A server elsewhere'),
    detail: vscode.l10n.t('Its address is asked for next'),
  };
  const chosen = await vscode.window.showQuickPick([local, elsewhere], {
    title,
    placeHolder: placeholderOf(failure),
    ignoreFocusOut: true,
  });
  if (chosen === undefined) throw cancellation();
  return chosen === local ? { kind: 'local' } : { kind: 'remote', url: await askUrl(title) };
}

function placeholderOf(failure: SetupError | undefined): string {
  return failure === undefined
    ? vscode.l10n.t('The project’s record is not written yet: which server has the project?')
    : vscode.l10n.t(
        'The project’s record can’t be read: which server has the project? {0}',
        failure.message,
      );
}

async function askUrl(title: string): Promise<string> {
  // Loaded here: no start needs it.
  const { readServerUrl } = await import('../setup/wizard/serverUrlField.ts');
  const typed = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The server’s address, as your colleagues use it'),
    placeHolder: 'https://dstack.example.com',
    ignoreFocusOut: true,
    validateInput: (value) => {
      const { error } = readServerUrl(value.trim()).finding;
      return error && `${error.message} ${error.remedy}`;
    },
  });
  const url = readServerUrl(typed?.trim() ?? '').url;
  if (url === undefined) throw cancellation();
  return url;
}
