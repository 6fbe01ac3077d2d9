import * as vscode from 'vscode';
import { cancellation } from '../setup/errors.ts';
import type { Bindings } from './binding.ts';
import { noToken } from './cliSnippet.ts';
import { restriction } from './cloud.ts';
import type { Secrets } from './secrets.ts';

/** The dstack CLI's own file in the user's home; made of `src/local` and `src/dstack`. */
export interface HomeConfig {
  /** What stands in the way of adding a project. */
  look(project: { readonly name: string; readonly url: string }): Promise<{
    /** The URL of another server that the file has a project of this name on. */
    readonly otherServer?: string;
    /** The CLI's default project, if it is another one. */
    readonly defaultProject?: string;
  }>;
  /** @returns whether the file had to be changed */
  add(entry: {
    readonly name: string;
    readonly url: string;
    readonly token: string;
    readonly makeDefault: boolean;
    readonly replaceOtherServer: boolean;
  }): Promise<boolean>;
}

export interface UseEverywhereParts {
  readonly bindings: Bindings;
  readonly secrets: Pick<Secrets, 'token'>;
  readonly home: () => Promise<HomeConfig>;
}

const SHOWN_MS = 5_000;

/**
 * Adds a folder's project to the CLI's own file, so that `dstack` knows it in every terminal of this
 * machine. Asks before it replaces an entry or takes the place of the default project.
 * @throws SetupError `token_missing`, `yaml_refused`; an AbortError when a question is closed
 */
export async function useEverywhere(
  folder: vscode.WorkspaceFolder,
  { bindings, secrets, home }: UseEverywhereParts,
): Promise<void> {
  const restricted = restriction();
  if (restricted !== undefined) throw restricted;
  const binding = bindings.of(folder.uri.toString());
  const token = binding && (await secrets.token(binding));
  if (binding === undefined || token === undefined) throw noToken();
  const config = await home();
  const project = { name: binding.projectName, url: binding.serverUrl };
  const { otherServer, defaultProject } = await config.look(project);
  if (otherServer !== undefined) await askToReplace(project.name, otherServer);
  const makeDefault =
    defaultProject === undefined || (await askForDefault(project, defaultProject));
  const replaceOtherServer = otherServer !== undefined;
  const changed = await config.add({ ...project, token, makeDefault, replaceOtherServer });
  const text = changed
    ? vscode.l10n.t('dstack knows the project {0} in every terminal now.', project.name)
    : vscode.l10n.t('dstack knew the project {0} in every terminal already.', project.name);
  vscode.window.setStatusBarMessage(text, SHOWN_MS);
}

/** The CLI knows one entry per name (dstack-facts D). */
async function askToReplace(name: string, otherServer: string): Promise<void> {
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t(
    'The dstack CLI of this machine has a project “{0}” on another server, {1}, and it knows one project per name.',
    name,
    otherServer,
  );
  const answer = await vscode.window.showWarningMessage(question, { modal: true }, replace);
  if (answer !== replace) throw cancellation();
}

async function askForDefault(
  { name }: { readonly name: string },
  defaultProject: string,
): Promise<boolean> {
  const make = vscode.l10n.t('Make “{0}” the Default', name);
  const keep = vscode.l10n.t('Keep “{0}”', defaultProject);
  const question = vscode.l10n.t(
    'Outside of this folder, dstack uses its default project, which is “{0}”.',
    defaultProject,
  );
  const answer = await vscode.window.showInformationMessage(question, { modal: true }, make, keep);
  if (answer === undefined) throw cancellation();
  return answer === make;
}
