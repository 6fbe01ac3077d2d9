import type { DoneAction, DoneView } from '../contract/wizardState.ts';
import * as vscode from 'vscode';
import type { ProjectRecord } from '../setup/projectRecord.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { Bindings } from './binding.ts';
import { restriction } from './cloud.ts';
import type { ErrorReport } from './errorReport.ts';
import { writeFolderAsking } from './folderFiles.ts';
import { checkOnDisk } from './folders.ts';
import { folderServer } from './folderServer.ts';
import type { LocalServerState } from './localServer.ts';
import { askToReplace } from './localServerName.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';
import type { Secrets } from './secrets.ts';

/** What a folder's set-up has to know of a project. No secret. */
export interface FolderProject {
  readonly spec: ProjectSpec;
  readonly storageAccountId: string;
  /** What is known of its objects: from the record or the run; empty while only tags are known. */
  readonly resources: ProjectRecord['resources'];
}

/** What happened to one file of the folder. */
export interface WrittenFile {
  readonly path: string;
  readonly change: 'created' | 'updated' | 'unchanged' | 'skipped' | 'deleted';
  readonly why: string;
  /** Our part was left out, because the file is of others; it can be added. */
  readonly isOffered?: boolean;
}

/** Which of dstack's own files a person starts with. */
export type StarterKind = 'fleet' | 'helloGpu';

/** Writes files; made of `src/local` and `src/dstack`, which `host` does not know. */
export interface ConfigFiles {
  /** The folder's own files. Checks everything before it writes anything. */
  writeFolder(request: {
    readonly folder: string;
    readonly project: {
      readonly name: string;
      readonly url: string;
      /** Undefined: the token stays in VS Code. */
      readonly token: string | undefined;
      readonly location: string;
    };
    /** The project that the folder uses by now: what is written for it is ours. */
    readonly usedProject?: { readonly name: string; readonly url: string } | undefined;
    /** The token that stays in VS Code: an entry of ours that has it leaves the file. */
    readonly heldToken?: string | undefined;
    /** Whether to add a profile to a `profiles.yml` of others. */
    readonly addToExistingProfiles?: boolean;
    /** Whether the project may be added to a `config.yml` that is not ours. */
    readonly addToForeignConfig?: boolean;
    /** Whether an entry of this name that leads to another server may be replaced. */
    readonly replaceOtherServer?: boolean;
  }): Promise<readonly WrittenFile[]>;
  /** A first fleet or task; a file that is there already stays as it is. */
  createStarterFile(request: {
    readonly folder: string;
    readonly kind: StarterKind;
    readonly location: string;
  }): Promise<WrittenFile>;
  /** Takes a project out of a folder's files; what others wrote stays. */
  removeFromFolder(request: {
    readonly folder: string;
    readonly project: { readonly name: string; readonly url: string };
  }): Promise<readonly WrittenFile[]>;
  /**
   * Empties a project's backends in the local server's `config.yml`: at its next start the server
   * drops them, with their credentials.
   * @returns false if there was nothing to empty
   */
  clearServerConfig(request: {
    readonly directory: string;
    readonly projectName: string;
  }): Promise<boolean>;
  /** Names of the projects with an Azure backend in the local server's `config.yml`. */
  serverProjects(request: { readonly directory: string }): Promise<readonly string[]>;
  /** The project elsewhere in Azure that has this name in the local server's `config.yml`, if any. */
  otherServerProject(request: {
    readonly directory: string;
    readonly project: ProjectSpec;
  }): Promise<{ readonly resourceGroup: string } | undefined>;
  /** The local server's `config.yml`, in the extension's storage. */
  writeServerConfig(request: {
    readonly directory: string;
    readonly project: FolderProject;
    /** Whether another project of this name may lose its place. */
    readonly replacesOther?: boolean;
  }): Promise<void>;
}

export interface FolderSetupParts {
  readonly bindings: Bindings;
  readonly errors: ErrorReport;
  readonly secrets: Secrets;
  readonly files: () => Promise<ConfigFiles>;
  readonly serverDirectory: string;
  readonly newToken: () => string;
  /** The local server, which reads its file only when it starts. */
  readonly localServer: { state(): Promise<LocalServerState> };
}

/**
 * Makes a folder use a project: server config, the folder's files, the binding, the terminals.
 * @throws SetupError `restricted_mode`, `folder_not_on_disk`, and those of server and files
 */
export async function useInFolder(
  project: FolderProject,
  folder: vscode.WorkspaceFolder,
  parts: FolderSetupParts,
): Promise<DoneView> {
  const restricted = restriction();
  if (restricted !== undefined) throw restricted;
  checkOnDisk(folder);
  const files = await parts.files();
  const replacesOther = await askToReplace(project.spec, parts);
  const server = await folderServer(project.spec, parts);
  const at = { serverUrl: server.url, projectName: project.spec.name };
  const written = await writeFolderAsking(files, parts, {
    folder: folder.uri.fsPath,
    folderUri: folder.uri.toString(),
    project: {
      name: project.spec.name,
      url: at.serverUrl,
      token: keepsTokenInVSCode() ? undefined : server.token,
      location: project.spec.location,
    },
    heldToken: server.token,
  });
  if (server.isLocal) {
    const directory = parts.serverDirectory;
    await files.writeServerConfig({ directory, project, replacesOther });
  }
  await parts.secrets.setToken(at, server.token);
  await parts.bindings.set(folder.uri.toString(), {
    ...at,
    tenantId: project.spec.tenantId,
    storageAccountId: project.storageAccountId,
    location: project.spec.location,
  });
  const state = server.isLocal ? await parts.localServer.state() : undefined;
  return doneView(project, folder, written, state);
}

/** Whether the user wants no token in a file. */
export function keepsTokenInVSCode(): boolean {
  return vscode.workspace.getConfiguration('dstackAzure').get<boolean>('keepTokenInVSCode', false);
}

function doneView(
  project: FolderProject,
  folder: vscode.WorkspaceFolder,
  written: readonly WrittenFile[],
  /** Undefined for a server elsewhere, which needs nothing of this window. */
  server: LocalServerState | undefined,
): DoneView {
  const uses = vscode.l10n.t(
    'The folder {0} uses the project {1}.',
    folder.name,
    project.spec.name,
  );
  return {
    projectName: project.spec.name,
    summary: [uses, ...serverNote(server)].join(' '),
    files: fileNotes(written),
    pending: [],
    actions: [
      ...serverAction(server),
      'openTerminal',
      'createFleet',
      'createHelloGpu',
      'copyCliCommand',
      'openConfig',
      'openPortal',
      'showInTree',
      'createAnother',
      'undo',
    ],
  };
}

/** The next step with a local server: the project is of use once one runs that has read it. */
function serverAction(server: LocalServerState | undefined): readonly DoneAction[] {
  switch (server) {
    case undefined:
      return [];
    case 'stopped':
      return ['startServer'];
    case 'starting':
    case 'running':
      return ['restartServer'];
    case 'elsewhere':
      return [];
  }
}

function serverNote(server: LocalServerState | undefined): readonly string[] {
  if (server !== 'elsewhere') return [];
  return [
    vscode.l10n.t(
      'The dstack server at {0} was started outside this window: restart it there, so that it reads the project.',
      LOCAL_SERVER_URL,
    ),
  ];
}

/** What happened to files, in words. */
export function fileNotes(
  written: readonly WrittenFile[],
): readonly { readonly path: string; readonly note: string }[] {
  return written.map(({ path, change, why }) => ({
    path,
    note: vscode.l10n.t('{0}: {1}', changeLabel(change), why),
  }));
}

function changeLabel(change: WrittenFile['change']): string {
  switch (change) {
    case 'created':
      return vscode.l10n.t('created');
    case 'updated':
      return vscode.l10n.t('updated');
    case 'unchanged':
      return vscode.l10n.t('already right');
    case 'skipped':
      return vscode.l10n.t('left alone');
    case 'deleted':
      return vscode.l10n.t('deleted');
  }
}
