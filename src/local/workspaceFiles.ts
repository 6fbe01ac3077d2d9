import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import { readTextFile, updateTextFile } from './atomicFile.ts';
import { fileError } from './fileErrors.ts';
import { errorCode, nodeFileSystem } from './fileSystem.ts';
import { git, type GitAnswers } from './git.ts';
import {
  CONFIG,
  plannedFiles,
  type FileEdit,
  type FileRequest,
  type PlannedFile,
} from './plannedFiles.ts';

export interface WorkspaceFilesRequest extends FileRequest {
  /** The workspace folder; no file outside of it is written, by links either. */
  readonly folder: string;
  readonly git?: GitAnswers;
}

/** What became of one file. */
export interface FileChange {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly change: 'created' | 'updated' | 'unchanged' | 'skipped' | 'deleted';
  readonly why: string;
  /** Our part was left out, because the file is of others; it can be added. */
  readonly isOffered?: boolean;
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

/** Runs the edit without writing, and asks whether the file could be written at all. */
async function check(folder: string, file: PlannedFile): Promise<void> {
  const path = join(folder, file.path);
  const text = await readTextFile(path, { root: folder });
  const { text: after } = file.edit(text);
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
  const seen: { edit?: FileEdit; isNew: boolean } = { isNew: false };
  const wasWritten = await updateTextFile(
    join(folder, file.path),
    (text) => {
      seen.edit = file.edit(text);
      seen.isNew = text === undefined;
      return seen.edit.text;
    },
    { root: folder, newMode: file.newMode },
  );
  const { text, why = '', isOffered = false } = seen.edit ?? {};
  const unwritten = text === undefined ? 'skipped' : 'unchanged';
  const written = text === null ? 'deleted' : seen.isNew ? 'created' : 'updated';
  const change = wasWritten ? written : unwritten;
  return { path: file.path, change, why, ...(isOffered && { isOffered }) };
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
