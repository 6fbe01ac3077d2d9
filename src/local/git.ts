import { execFile } from 'node:child_process';
import { homedir } from 'node:os';

/** What git says of a file that is to hold a secret. */
export interface GitAnswers {
  /** Whether the file is in the index: then .gitignore no longer protects it. */
  isTracked(folder: string, path: string): Promise<boolean>;
  /** Whether `git add` would pass over the file; true where there is no repository, or no git. */
  isIgnored(folder: string, path: string): Promise<boolean>;
}

/** Asks the git of this machine. Where there is none, or no repository, nothing can be staged. */
export const git: GitAnswers = {
  isTracked: async (folder, path) =>
    (await exitCode(folder, ['ls-files', '--error-unmatch', '--', path])) === 0,
  isIgnored: async (folder, path) =>
    (await exitCode(folder, ['check-ignore', '--quiet', '--', path])) !== 1,
};

/**
 * No program that the repository names may run, and a repository that belongs to another user (a
 * mounted folder) answers too.
 */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'safe.directory=*'];

const TIMEOUT_MS = 10_000;

/** 0 and 1 are git's yes and no; everything else (no git, no repository, too slow) is undefined. */
function exitCode(folder: string, parameters: readonly string[]): Promise<0 | 1 | undefined> {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  return new Promise((resolve) => {
    // Windows, and a PATH with "." in it, look for programs where a process starts: not in the folder,
    // which may bring its own.
    const options = { env, timeout: TIMEOUT_MS, cwd: homedir(), windowsHide: true };
    execFile('git', ['-C', folder, ...SAFE, ...parameters], options, (error) => {
      if (!error) resolve(0);
      else resolve(error.code === 1 ? 1 : undefined);
    });
  });
}
