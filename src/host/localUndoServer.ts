import * as vscode from 'vscode';
import { asSetupError, SetupError } from '../setup/errors.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { UndoServer } from '../setup/undoPorts.ts';
import { LOCAL_SERVER_URL } from './folderProject.ts';
import type { LocalServer } from './localServer.ts';

export interface LocalUndoServerParts {
  readonly server: Pick<LocalServer, 'state' | 'find' | 'start' | 'stop'>;
  /**
   * Empties the project's backends in the server's file.
   * @returns false if the file does not name the project or it has none
   */
  readonly clearConfig: (projectName: string) => Promise<boolean>;
  /** The server by its API, with the token of ours. */
  readonly ask: (spec: ProjectSpec) => Promise<Pick<UndoServer, 'running'>>;
}

/**
 * The local server as an undo needs it: its file owns its projects, and it reads that only when it
 * starts. One that does not run has nothing to be told but its file.
 */
export function localUndoServer(spec: ProjectSpec, parts: LocalUndoServerParts): UndoServer {
  const { server } = parts;
  const isOurs = async (signal: AbortSignal): Promise<boolean> => {
    if ((await server.state()) === 'stopped') return false;
    try {
      await (await parts.ask(spec)).running(signal);
      return true;
    } catch (error) {
      // Somebody's own server on the port: it has never read our file.
      if (asSetupError(error).code === 'server_token_invalid') return false;
      throw error;
    }
  };
  return {
    name: vscode.l10n.t('local dstack server'),
    async running(signal) {
      if (!(await isOurs(signal))) return [];
      return (await parts.ask(spec)).running(signal);
    },
    async unregister(signal) {
      const state = await server.state();
      if (state === 'elsewhere' && (await isOurs(signal))) throw startedElsewhere();
      if (!(await parts.clearConfig(spec.name)) || state !== 'running') return;
      await server.stop();
      const command = await server.find();
      if (command !== undefined) await server.start(command, signal);
    },
  };
}

function startedElsewhere(): SetupError {
  return new SetupError({
    code: 'local_server_elsewhere',
    source: 'dstack',
    message: vscode.l10n.t(
      'The dstack server at {0} was started outside this window and still has the project.',
      LOCAL_SERVER_URL,
    ),
    remedy: vscode.l10n.t('Stop it where it was started, then look again.'),
  });
}
