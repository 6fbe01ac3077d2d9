import { checkFolder, configFiles } from '../configFiles.ts';
import { SetupError } from '../setup/errors.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { SetupArguments } from './arguments.ts';
import { printEvent } from './output.ts';

type Allowed = Pick<SetupArguments, 'addToConfig' | 'replaceEntry'>;
type Folder = Parameters<typeof configFiles.writeFolder>[0];

/** Where the local dstack server listens: its own default. */
export const LOCAL_SERVER_URL = 'http://127.0.0.1:3000';

/**
 * Looks whether the files of the spec's folder can be written, before anything is made in Azure.
 * @throws SetupError that of the files, with the flag that allows it where one does
 */
export async function checkFiles(spec: ProjectSpec, allowed: Allowed): Promise<void> {
  const request = requestFor(spec, allowed);
  if (request !== undefined) await namingFlags(() => checkFolder(request));
}

/** Writes the files of the spec's folder, and prints what became of them. */
export async function writeFiles(spec: ProjectSpec, allowed: Allowed): Promise<void> {
  const request = requestFor(spec, allowed);
  if (request === undefined) return;
  const files = await namingFlags(() => configFiles.writeFolder(request));
  printEvent({ time: Date.now(), code: 'filesWritten', files });
}

function requestFor(spec: ProjectSpec, allowed: Allowed): Folder | undefined {
  if (spec.workspace === undefined) return undefined;
  const url = spec.server.url ?? LOCAL_SERVER_URL;
  const token = process.env['DSTACK_TOKEN'];
  return {
    folder: spec.workspace,
    project: { name: spec.name, url, token, location: spec.location },
    addToForeignConfig: allowed.addToConfig,
    replaceOtherServer: allowed.replaceEntry,
  };
}

const FLAGS: Readonly<Record<string, string>> = {
  config_not_ours: 'Look at it, then run again with --add-to-config.',
  cli_project_name_clash: 'Run again with --replace-entry, or give this project another name.',
};

/** A terminal has no question to press: the flag is the answer. */
async function namingFlags<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const remedy = error instanceof SetupError ? FLAGS[error.code] : undefined;
    if (!(error instanceof SetupError) || remedy === undefined) throw error;
    const { code, source, message } = error;
    throw new SetupError({ code, source, message, remedy, cause: error });
  }
}
