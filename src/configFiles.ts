import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '@vscode/l10n';
import { azureBackendOf } from './dstack/backendConfig.ts';
import { editCliConfig, readCliConfig, removeFromCliConfig } from './dstack/cliConfig.ts';
import {
  azureProjectsIn,
  clearLocalServerProject,
  editLocalServerConfig,
  otherProjectIn,
} from './dstack/localServerConfig.ts';
import { editProfiles, removeProfile } from './dstack/profiles.ts';
import { isSameServer } from './dstack/serverUrl.ts';
import { starterFile } from './dstack/starterFiles.ts';
import type { ConfigFiles, FolderProject } from './host/folderProject.ts';
import { readTextFile, updateTextFile } from './local/atomicFile.ts';
import { createFile } from './local/newFile.ts';
import { CONFIG } from './local/plannedFiles.ts';
import { removeWorkspaceEntry } from './local/workspaceRemoval.ts';
import {
  checkWorkspaceFiles,
  writeWorkspaceFiles,
  type FileChange,
} from './local/workspaceFiles.ts';
import { SetupError } from './setup/errors.ts';
import { localNameTaken } from './setup/localNameTaken.ts';

/** Only their owner reads what lies in the extension's storage. */
const OWNER_ONLY = { file: 0o600, folder: 0o700 };

/** How dstack's own files are edited: the disk's side does not know their formats. */
const edits = { editCliConfig, removeFromCliConfig, editProfiles, removeProfile };

/** The files of a set-up: dstack's formats, written by the disk's own rules. */
export const configFiles: ConfigFiles = {
  writeFolder: async (request) => {
    await checkForeignConfig(request);
    return await writeWorkspaceFiles({ ...request, edits });
  },

  createStarterFile: ({ folder, kind, location }) =>
    createFile(folder, starterFile(kind, location)),

  removeFromFolder,

  async clearServerConfig({ directory, projectName }) {
    const path = join(directory, 'config.yml');
    // A half-made project has never come as far as to a server's file, nor to its folder.
    if (!existsSync(path)) return false;
    return await updateTextFile(
      path,
      (text) =>
        text === undefined ? undefined : clearLocalServerProject(text, projectName, path).text,
      { root: directory, newMode: OWNER_ONLY.file },
    );
  },

  async serverProjects({ directory }) {
    const path = join(directory, 'config.yml');
    const text = existsSync(path) ? await readTextFile(path, { root: directory }) : undefined;
    return text === undefined ? [] : azureProjectsIn(text, path);
  },

  async otherServerProject({ directory, project }) {
    const path = join(directory, 'config.yml');
    const text = existsSync(path) ? await readTextFile(path, { root: directory }) : undefined;
    return text === undefined ? undefined : otherProjectIn(text, project, path);
  },

  async writeServerConfig({ directory, project, replacesOther = false }) {
    await mkdir(directory, { recursive: true, mode: OWNER_ONLY.folder });
    const path = join(directory, 'config.yml');
    // The server runs on this machine beside `az login` or a managed identity: nothing is stored.
    const backend = azureBackendOf(project, { type: 'default' });
    await updateTextFile(
      path,
      (text) => {
        const other = otherProjectIn(text ?? '', project.spec, path);
        if (other && !replacesOther) throw localNameTaken(project.spec.name, other.resourceGroup);
        // What is there of the project says more than its tags.
        const isKnownByTags = project.resources.length === 0;
        if (text !== undefined && isKnownByTags && !other && hasBackend(text, project, path)) {
          return text;
        }
        return editLocalServerConfig(text, project.spec.name, backend, path).text;
      },
      { root: directory, newMode: OWNER_ONLY.file },
    );
  },
};

/** Whether the server's file has a backend of the project. */
function hasBackend(text: string, { spec }: Pick<FolderProject, 'spec'>, path: string): boolean {
  const name = spec.name.toLowerCase();
  return azureProjectsIn(text, path).some((each) => each.toLowerCase() === name);
}

/**
 * Looks whether `writeFolder` would be refused. Writes nothing.
 * @throws SetupError as `writeFolder`
 */
export async function checkFolder(
  request: Parameters<ConfigFiles['writeFolder']>[0],
): Promise<void> {
  await checkForeignConfig(request);
  await checkWorkspaceFiles({ ...request, edits });
}

/** Takes a project out of a folder's files again; what others wrote stays. */
export async function removeFromFolder(request: {
  readonly folder: string;
  readonly project: { readonly name: string; readonly url: string };
}): Promise<readonly FileChange[]> {
  return await removeWorkspaceEntry({ ...request, edits });
}

/**
 * A CLI configuration with neither our token of this server, which nobody else has, nor the project that
 * the folder uses by now: somebody else wrote it, and a repository may have brought it.
 */
async function checkForeignConfig({
  folder,
  project,
  usedProject,
  addToForeignConfig,
}: Parameters<ConfigFiles['writeFolder']>[0]): Promise<void> {
  if (project.token === undefined || addToForeignConfig === true) return;
  const path = join(folder, CONFIG);
  const projects = readCliConfig((await readTextFile(path, { root: folder })) ?? '', CONFIG);
  const isOurs = projects.some(
    ({ name, url, token }) =>
      (isSameServer(url, project.url) && token === project.token) ||
      (name === usedProject?.name && isSameServer(url, usedProject.url)),
  );
  if (projects.length === 0 || isOurs) return;
  throw new SetupError({
    code: 'config_not_ours',
    source: 'user',
    message: t(
      'The folder has a {0} that this extension did not write: it may have come with the repository.',
      CONFIG,
    ),
    remedy: t('Look at it, then add the project to it, or keep the token in VS Code only.'),
    object: CONFIG,
  });
}
