import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import { readTextFile, updateTextFile } from './atomicFile.ts';
import { fileError } from './fileErrors.ts';
import { errorCode, nodeFileSystem } from './fileSystem.ts';
import { git, type GitAnswers } from './git.ts';
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
    entry: { readonly name: string; readonly url: string },
  ): { readonly text: string };
  editProfiles(
    text: string | undefined,
    entry: { readonly name: string; readonly location: string },
  ): { readonly text: string };
  removeProfile(text: string, name: string): { readonly text: string };
}

export interface WorkspaceFilesRequest {
  /** The workspace folder; no file outside of it is written, by links either. */
  readonly folder: string;
  readonly project: WorkspaceProject;
  readonly edits: DstackFileEdits;
  /** Whether to add a profile to a `profiles.yml` of others; a new file is written anyway. */
  readonly addToExistingProfiles?: boolean;
  /** Whether an entry of this name that leads to another server may be replaced. */
  readonly replaceOtherServer?: boolean;
  readonly git?: GitAnswers;
}

/** What became of one file. */
export interface FileChange {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly change: 'created' | 'updated' | 'unchanged' | 'skipped' | 'deleted';
  readonly why: string;
}

const CONFIG = '.dstack/config.yml';
const IGNORE = '.dstack/.gitignore';
const PROFILES = '.dstack/profiles.yml';

interface PlannedFile {
  readonly path: string;
  readonly newMode: number;
  readonly why: string;
  /** The new text; undefined leaves the file alone. Throws where the file is refused. */
  readonly edit: (text: string | undefined) => string | undefined;
}

/**
 * Writes what makes a folder use the project (design.md, What is written into the workspace). All is
 * checked before the first file is written; the ignore rule is in force before the secret is there.
 *
 * @throws SetupError `yaml_refused` (with the line), `cli_project_name_clash`,
 * `config_tracked_by_git`, `config_not_ignored`, and those of `updateTextFile`
 */
export async function writeWorkspaceFiles(
  request: WorkspaceFilesRequest,
): Promise<readonly FileChange[]> {
  await checkWorkspaceFiles(request);
  const { folder, project, git: answers = git } = request;
  const changes: FileChange[] = [];
  for (const file of plannedFiles(request)) {
    if (file.path === CONFIG && project.token !== undefined) await checkIgnored(answers, folder);
    changes.push(await write(folder, file));
  }
  return changes;
}

/**
 * Looks whether all files could be written. Writes nothing.
 * @throws SetupError as `writeWorkspaceFiles`, but for `config_not_ignored`, which only shows when our
 * own rule is there
 */
export async function checkWorkspaceFiles(request: WorkspaceFilesRequest): Promise<void> {
  const { folder, project, git: answers = git } = request;
  for (const file of plannedFiles(request)) await check(folder, file);
  if (project.token !== undefined && (await answers.isTracked(folder, CONFIG))) {
    throw trackedByGit();
  }
}

function plannedFiles(request: WorkspaceFilesRequest): readonly PlannedFile[] {
  const { project, edits } = request;
  const keepsProfiles = request.addToExistingProfiles !== true;
  return [
    {
      path: IGNORE,
      newMode: 0o644,
      why: t('Keeps the token out of git.'),
      edit: ignoreConfig,
    },
    {
      path: CONFIG,
      newMode: 0o600,
      why:
        project.token === undefined
          ? t('The token stays in VS Code.')
          : t('The project for the dstack CLI.'),
      edit: (text) => configText(request, text),
    },
    {
      path: PROFILES,
      newMode: 0o644,
      why: t('Runs of this folder use Azure in {0}.', project.location),
      edit: (text) =>
        text !== undefined && keepsProfiles ? undefined : edits.editProfiles(text, project).text,
    },
  ];
}

function configText(
  { project, edits, replaceOtherServer = false }: WorkspaceFilesRequest,
  text: string | undefined,
): string | undefined {
  const { name, url, token } = project;
  if (token === undefined) return undefined;
  const options = { file: CONFIG, replaceOtherServer };
  const edit = edits.editCliConfig(text ?? '', { name, url, token }, options);
  if (edit.clash) throw nameClash(name, edit.clash);
  return edit.text;
}

/** Runs the edit without writing, and asks whether the file could be written at all. */
async function check(folder: string, file: PlannedFile): Promise<void> {
  const path = join(folder, file.path);
  const text = await readTextFile(path, { root: folder });
  const after = file.edit(text);
  if (after === undefined || after === text) return;
  try {
    await checkWritable(dirname(path));
  } catch (error) {
    throw fileError(path, error);
  }
}

async function checkWritable(folder: string): Promise<void> {
  try {
    await nodeFileSystem.access(folder, constants.W_OK);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await checkWritable(dirname(folder));
  }
}

/** A rule of a repository can be stronger than ours (a linked .gitignore counts for nothing). */
async function checkIgnored(answers: GitAnswers, folder: string): Promise<void> {
  if (await answers.isIgnored(folder, CONFIG)) return;
  throw new SetupError({
    code: 'config_not_ignored',
    source: 'user',
    message: t('{0} was not written: git would not ignore it, and it holds the token.', CONFIG),
    remedy: t('Make git ignore {0}, or keep the token in VS Code only.', CONFIG),
    object: CONFIG,
  });
}

async function write(folder: string, file: PlannedFile): Promise<FileChange> {
  const seen = { isNew: false, isSkipped: false };
  const wasWritten = await updateTextFile(
    join(folder, file.path),
    (text) => {
      const after = file.edit(text);
      seen.isNew = text === undefined;
      seen.isSkipped = after === undefined;
      return after;
    },
    { root: folder, newMode: file.newMode },
  );
  if (seen.isSkipped && file.path === PROFILES) {
    const why = t('The file has profiles already; ours can be added.');
    return { path: file.path, change: 'skipped', why };
  }
  const unwritten = seen.isSkipped ? 'skipped' : 'unchanged';
  const written = seen.isNew ? 'created' : 'updated';
  return { path: file.path, change: wasWritten ? written : unwritten, why: file.why };
}

function trackedByGit(): SetupError {
  return new SetupError({
    code: 'config_tracked_by_git',
    source: 'user',
    message: t('{0} was not written: git tracks it, and the token would be committed.', CONFIG),
    remedy: t('Run “git rm --cached {0}”, or keep the token in VS Code only.', CONFIG),
    object: CONFIG,
  });
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

export { CONFIG, IGNORE, PROFILES };
