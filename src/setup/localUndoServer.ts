import { t } from '@vscode/l10n';
import { asSetupError, SetupError } from './errors.ts';
import type { ProjectSpec } from './projectSpec.ts';
import type { UndoServer } from './undoPorts.ts';

/** The local server, as far as an undo speaks to it. */
export interface LocalUndoServerParts {
  readonly url: string;
  /** `elsewhere`: one answers that this window did not start. */
  state(): Promise<'stopped' | 'starting' | 'running' | 'elsewhere'>;
  /** Whether the name belongs to another project in its file: then it knows nothing of this one. */
  hasOther(): Promise<boolean>;
  /** Makes it read its file again. */
  restart(signal: AbortSignal): Promise<void>;
  /**
   * Empties the project's backends in the server's file.
   * @returns false if there was nothing to empty
   */
  clearConfig(projectName: string): Promise<boolean>;
  /** The server by its API, with the token of ours. */
  ask(): Promise<Pick<UndoServer, 'running'>>;
}

/**
 * The local server as an undo needs it: its file owns its projects, and it reads that only when it
 * starts. One that does not run has nothing to be told but its file.
 */
export function localUndoServer({ name }: ProjectSpec, server: LocalUndoServerParts): UndoServer {
  return {
    name: t('local dstack server'),
    running: async (signal) =>
      (await server.hasOther()) ? [] : ((await namesInUse(server, signal)) ?? []),
    async unregister(signal) {
      if (await server.hasOther()) return;
      const state = await server.state();
      const isOurs = state === 'elsewhere' && (await namesInUse(server, signal)) !== undefined;
      if (isOurs) throw startedElsewhere(server.url);
      const hasChanged = await server.clearConfig(name);
      if (hasChanged && state === 'running') await server.restart(signal);
    },
  };
}

/** What the server has in use; undefined where none of ours runs. */
async function namesInUse(
  server: LocalUndoServerParts,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if ((await server.state()) === 'stopped') return undefined;
  try {
    return await (await server.ask()).running(signal);
  } catch (error) {
    // Somebody's own server on the port: it has never read our file.
    if (asSetupError(error).code === 'server_token_invalid') return undefined;
    throw error;
  }
}

function startedElsewhere(url: string): SetupError {
  return new SetupError({
    code: 'local_server_elsewhere',
    source: 'dstack',
    message: t(
      'The dstack server at {0} was started outside this window and still has the project.',
      url,
    ),
    remedy: t('Stop it where it was started, then look again.'),
  });
}
