import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';
import { localUndoServer } from '../setup/localUndoServer.ts';
import { projectIdOf } from '../setup/names.ts';
import type { AzureResources, Clock } from '../setup/ports.ts';
import type { ConnectServer } from '../setup/projectServer.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { UndoServer } from '../setup/undoPorts.ts';
import type { AppSecretStore } from './appSecretStore.ts';
import type { FolderSetupParts } from './folderProject.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';
import { serverUrlOf } from './folders.ts';
import type { LocalServer } from './localServer.ts';

export interface UndoServerParts {
  readonly folderSetup: FolderSetupParts;
  readonly localServer: LocalServer;
  /** What the local server signs in to Azure as. */
  readonly appSecrets: Pick<AppSecretStore, 'leaveLocalServer'>;
  readonly connectServer: () => Promise<ConnectServer>;
  readonly clock: Clock;
}

/**
 * The server that is told of the end of a project: that of the folders that use it, else the one
 * that the project was set up with.
 */
export async function undoServerOf(
  spec: ProjectSpec,
  resources: Pick<AzureResources, 'read'>,
  parts: UndoServerParts,
): Promise<UndoServer> {
  const { secrets, bindings, files, serverDirectory } = parts.folderSetup;
  const url = serverUrlOf(spec, bindings) ?? spec.server.url;
  const connect = async (at: string, token: string | undefined): Promise<UndoServer> => {
    if (token === undefined) return silentServer(at, tokenMissing(at));
    const connectServer = await parts.connectServer();
    return connectServer({ url: at, token, clock: parts.clock, resources }).forUndo(spec);
  };
  if (url !== undefined && url !== LOCAL_SERVER_URL) {
    const at = { serverUrl: url, projectName: spec.name };
    return connect(url, await secrets.token(at));
  }
  if (url === undefined && spec.server.kind === 'remote') {
    return silentServer(vscode.l10n.t('dstack server'), serverUnknown());
  }
  return localUndoServer(spec, {
    url: LOCAL_SERVER_URL,
    state: () => parts.localServer.state(),
    hasOther: async () => {
      const request = { directory: serverDirectory, project: spec };
      return (await (await files()).otherServerProject(request)) !== undefined;
    },
    restart: (signal) => restart(parts.localServer, signal),
    clearConfig: async (projectName) => {
      // Before the restart, which reads both.
      await parts.appSecrets.leaveLocalServer(idOf(spec));
      return (await files()).clearServerConfig({ directory: serverDirectory, projectName });
    },
    ask: async () => {
      const at = { serverUrl: LOCAL_SERVER_URL, projectName: 'main' };
      return connect(LOCAL_SERVER_URL, await secrets.token(at));
    },
  });
}

function idOf({ subscriptionId, storageAccount, name }: ProjectSpec): string {
  return projectIdOf({ subscriptionId, storageAccount: storageAccount.name, projectName: name });
}

async function restart(server: LocalServer, signal: AbortSignal): Promise<void> {
  const command = await server.find();
  await server.stop();
  // Without a dstack it stays stopped; at its next start it reads the file.
  if (command !== undefined) await server.start(command, signal);
}

/** A server that can't be spoken to from here: whoever deletes has to say that this is all right. */
function silentServer(name: string, why: SetupError): UndoServer {
  const silent = (): Promise<never> => Promise.reject(why);
  return { name, running: silent, unregister: silent };
}

function tokenMissing(url: string): SetupError {
  return new SetupError({
    code: 'server_token_missing',
    source: 'dstack',
    message: vscode.l10n.t('VS Code does not hold a token of the dstack server at {0}.', url),
    remedy: vscode.l10n.t('Use the project in a folder first, or delete without the server.'),
  });
}

function serverUnknown(): SetupError {
  return new SetupError({
    code: 'server_unknown',
    source: 'user',
    message: vscode.l10n.t(
      'It is not known which server has the project, because its record can’t be read.',
    ),
    remedy: vscode.l10n.t('Use the project in a folder first, or delete without the server.'),
  });
}
