import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import { ignoreConfig } from './gitignore.ts';

/** The project that a folder's files are written for. */
export interface WorkspaceProject {
  readonly name: string;
  readonly url: string;
  /** Undefined keeps it in VS Code only: then there is no `config.yml`. */
  readonly token: string | undefined;
  /** Azure location code. */
  readonly location: string;
}

/** The edits of dstack's own files: `src/dstack/cliConfig.ts` and `profiles.ts` have this form. */
export interface DstackFileEdits {
  editCliConfig(
    text: string,
    entry: { readonly name: string; readonly url: string; readonly token: string },
    options: { readonly file: string; readonly replaceOtherServer: boolean },
  ): {
    readonly text: string;
    readonly clash?: { readonly url: string; readonly line: number };
  };
  removeFromCliConfig(
    text: string,
    entry: { readonly name: string; readonly url: string; readonly token?: string },
  ): { readonly text: string };
  editProfiles(
    text: string | undefined,
    entry: { readonly name: string; readonly location: string },
  ): { readonly text: string };
  removeProfile(text: string, name: string): { readonly text: string };
}

export interface FileRequest {
  readonly project: WorkspaceProject;
  readonly edits: DstackFileEdits;
  /** The project that the folder uses by now: what we wrote for another one goes. */
  readonly usedProject?: { readonly name: string; readonly url: string } | undefined;
  /** The token that stays in VS Code: an entry of ours that has it leaves `config.yml`. */
  readonly heldToken?: string | undefined;
  /** Whether to add a profile to a `profiles.yml` of others; a new file is written anyway. */
  readonly addToExistingProfiles?: boolean;
  /** Whether an entry of this name that leads to another server may be replaced. */
  readonly replaceOtherServer?: boolean;
}

export const CONFIG = '.dstack/config.yml';
export const IGNORE = '.dstack/.gitignore';
export const PROFILES = '.dstack/profiles.yml';

/** What our own files hold once our entry is out of them. */
export const NOTHING = /^(?:(?:projects|profiles): \[\]\r?\n)?$/;

export interface PlannedFile {
  readonly path: string;
  readonly newMode: number;
  /** What becomes of the file. Throws where it is refused. */
  readonly edit: (text: string | undefined) => FileEdit;
}

export interface FileEdit {
  /** The new text; undefined leaves the file alone, null removes it. */
  readonly text: string | null | undefined;
  readonly why: string;
  /** Our part was left out, because the file is of others; it can be added. */
  readonly isOffered?: boolean;
}

/** The files of a folder that uses the project, in the order in which they are written. */
export function plannedFiles(request: FileRequest): readonly PlannedFile[] {
  return [
    {
      path: IGNORE,
      newMode: 0o644,
      edit: (text) => ({ text: ignoreConfig(text), why: t('Keeps the token out of git.') }),
    },
    { path: CONFIG, newMode: 0o600, edit: (text) => configEdit(request, text) },
    { path: PROFILES, newMode: 0o644, edit: (text) => profilesEdit(request, text) },
  ];
}

function configEdit(request: FileRequest, text: string | undefined): FileEdit {
  const { project, edits, replaceOtherServer = false } = request;
  const { name, url, token } = project;
  if (token === undefined) return withoutToken(request, text);
  const options = { file: CONFIG, replaceOtherServer };
  const edit = edits.editCliConfig(text ?? '', { name, url, token }, options);
  if (edit.clash) throw nameClash(name, edit.clash);
  return { text: edit.text, why: t('The project for the dstack CLI.') };
}

/** What an earlier set-up wrote must not outlive the wish for no token in a file. */
function withoutToken(
  { project, usedProject = project, heldToken: token, edits }: FileRequest,
  before: string | undefined,
): FileEdit {
  const why = t('The token stays in VS Code.');
  if (before === undefined || token === undefined) return { text: undefined, why };
  const text = [project, usedProject].reduce(
    (rest, { name, url }) => edits.removeFromCliConfig(rest, { name, url, token }).text,
    before,
  );
  if (text === before) return { text: undefined, why };
  return { text: NOTHING.test(text) ? null : text, why };
}

function profilesEdit(request: FileRequest, before: string | undefined): FileEdit {
  const { project, edits, addToExistingProfiles = false } = request;
  const why = t('Runs of this folder use Azure in {0}.', project.location);
  if (before === undefined) return { text: edits.editProfiles(undefined, project).text, why };
  try {
    const rest = withoutUsed(request, before);
    if (rest !== before && NOTHING.test(rest)) {
      return { text: edits.editProfiles(undefined, project).text, why };
    }
    const text = edits.editProfiles(rest, project).text;
    if (addToExistingProfiles || text === rest) return { text, why };
    const theirs = t('The file has profiles already; ours can be added.');
    return { text: rest === before ? undefined : rest, why: theirs, isOffered: true };
  } catch (error) {
    // A file of others that can't be read is theirs to mend, unless we are to write into it.
    if (addToExistingProfiles || !(error instanceof SetupError)) throw error;
    return { text: undefined, why: t('The file is left as it is: {0}', error.message) };
  }
}

/** A profile of ours for another project would go on as the default of every run. */
function withoutUsed({ project, usedProject, edits }: FileRequest, text: string): string {
  if (usedProject === undefined || usedProject.name === project.name) return text;
  return edits.removeProfile(text, usedProject.name).text;
}

function nameClash(
  name: string,
  { url, line }: { readonly url: string; readonly line: number },
): SetupError {
  return new SetupError({
    code: 'cli_project_name_clash',
    source: 'user',
    message: t('{0} has a project “{1}” on another server ({2}).', CONFIG, name, withoutUser(url)),
    remedy: t('Replace that entry, or give this project another name.'),
    object: CONFIG,
    line,
  });
}

/** A URL that somebody else wrote may hold a password. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}
