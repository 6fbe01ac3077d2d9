import * as vscode from 'vscode';
import { cancellation } from '../setup/errors.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';
import type { Secrets } from './secrets.ts';

/** The server of a project, and this person's token for it. */
export interface FolderServer {
  readonly url: string;
  readonly token: string;
  readonly isLocal: boolean;
}

/**
 * What a folder needs to speak to its project's server. A remote server's token that this machine
 * does not hold yet is asked for; it is stored nowhere before the folder's files are written.
 * @throws AbortError if the person closed the question
 */
export async function folderServer(
  { name, server }: Pick<ProjectSpec, 'name' | 'server'>,
  parts: { readonly secrets: Secrets; readonly newToken: () => string },
): Promise<FolderServer> {
  const url = remoteUrl(server);
  if (url === undefined) {
    // The local server has one user, `admin`, and takes its token only when it starts for the first
    // time (dstack-facts C): every project of this machine's server shares it.
    const at = { serverUrl: LOCAL_SERVER_URL, projectName: 'main' };
    const token = await parts.secrets.tokenOrNew(at, parts.newToken);
    return { url: LOCAL_SERVER_URL, token, isLocal: true };
  }
  const held = await parts.secrets.token({ serverUrl: url, projectName: name });
  return { url, token: held ?? (await askToken(url)), isLocal: false };
}

/** The URL of a server elsewhere; undefined means the local one. */
export function remoteUrl(server: ProjectSpec['server']): string | undefined {
  return server.kind === 'remote' ? server.url : undefined;
}

async function askToken(url: string): Promise<string> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Token of the dstack server'),
    prompt: vscode.l10n.t('Your user’s token on {0}. It goes to that server only.', url),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^[!-~]+$/.test(value.trim())
        ? undefined
        : vscode.l10n.t('A token has no spaces and is not empty.'),
  });
  if (typed === undefined) throw cancellation();
  return typed.trim();
}
