import * as vscode from 'vscode';
import { portalPathOf, quotaPathOf, resourceIdOf } from '../projects/portalPath.ts';
import type { ListedProject, ProjectNode } from '../projects/projectNode.ts';
import { SetupError } from '../setup/errors.ts';
import type { Catalog, RecordStore } from '../setup/ports.ts';
import { beingSetUp } from '../setup/sameProject.ts';
import type { WizardSnapshot } from '../setup/wizard/snapshot.ts';
import { applyFile } from './applyLens.ts';
import type { Binding, Bindings } from './binding.ts';
import { restriction } from './cloud.ts';
import type { CommandTable } from './commands.ts';
import { openCliConfig } from './doneActions.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { useInFolder, type FolderSetupParts, type StarterKind } from './folderProject.ts';
import { chooseFolder, currentFolder, folderWithProject } from './folders.ts';
import { folderProjectOf } from './foundProject.ts';
import { showGpuOffers, type GpuOfferParts } from './gpuOffers.ts';
import {
  restartLocalServer,
  startLocalServer,
  stopLocalServer,
  type LocalServerCommandParts,
} from './localServerCommands.ts';
import type { Log } from './log.ts';
import { openInPortal } from './portal.ts';
import { PROJECTS_VIEW, type ProjectsTree } from './projectsTree.ts';
import { showFolderProject } from './showFolderProject.ts';
import { specToDelete } from './specToDelete.ts';
import type { QuickCreateParts } from './quickCreate.ts';
import type { SignIn } from './signIn.ts';
import type { UndoPanel } from './undoPanel.ts';
import { createStarterFile } from './starterFiles.ts';
import { useEverywhere, type UseEverywhereParts } from './useEverywhere.ts';
import type { WizardFolder } from './wizardFolder.ts';
import type { WizardPanel } from './wizardPanel.ts';

/** Asks for what only the person knows. Loaded when it is needed. */
export type AskForEssentials = (parts: QuickCreateParts) => Promise<WizardSnapshot>;

export interface CommandParts {
  readonly signIn: SignIn;
  readonly tree: ProjectsTree;
  readonly view: vscode.TreeView<ProjectNode>;
  readonly wizard: WizardPanel;
  readonly wizardFolder: WizardFolder;
  readonly deleting: Pick<UndoPanel, 'openFor'>;
  readonly bindings: Bindings;
  readonly folderSetup: FolderSetupParts;
  /** Asks before a project is used that the local server does not sign in for. */
  readonly askAboutSignIn: (spec: ProjectSpec) => Promise<void>;
  readonly recordsFor: (accountId: string) => Promise<RecordStore>;
  readonly localServer: LocalServerCommandParts;
  readonly gpuOffers: GpuOfferParts;
  readonly home: UseEverywhereParts['home'];
  readonly quickCreate: () => Promise<AskForEssentials>;
  readonly catalogFor: (accountId: string) => Promise<Catalog>;
  readonly log: Log;
}

/** What each command does. */
export function commandTable(parts: CommandParts): CommandTable {
  const { tree, signIn, wizard, localServer, log } = parts;
  return {
    'dstackAzure.createProject': async () => {
      const restricted = restriction();
      if (restricted !== undefined) throw restricted;
      const { wizardFolder } = parts;
      if (!wizard.isOpen) await wizardFolder.use(await wizardFolder.ask());
      await wizard.open();
    },
    'dstackAzure.createProjectWithDefaults': () => createWithDefaults(parts),
    'dstackAzure.signIn': async () => {
      await signIn.signIn();
    },
    'dstackAzure.refreshProjects': () => tree.refresh(),
    'dstackAzure.refreshNode': (node) => tree.refresh(node),
    'dstackAzure.retryNode': (node) => tree.refresh(node?.kind === 'error' ? node.of : undefined),
    'dstackAzure.signInAgain': async (node) => {
      if (node?.kind !== 'signIn') return;
      const { account, tenant } = node;
      await signIn.signIn({ accountId: account.id, ...(tenant && { tenantId: tenant.tenantId }) });
    },
    'dstackAzure.openInPortal': async (node) => {
      const path = node && portalPathOf(node);
      if (path !== undefined) await openInPortal(path);
    },
    'dstackAzure.openQuotaInPortal': async (node) => {
      const path = node && quotaPathOf(node);
      if (path !== undefined) await openInPortal(path);
    },
    'dstackAzure.useInFolder': (node) => useProject(node, parts),
    'dstackAzure.stopUsingInFolder': (node) => stopUsing(node, parts),
    'dstackAzure.useEverywhere': async (node) => {
      const folder = folderOfNode(node, parts) ?? (await folderWithProject(parts.bindings));
      await useEverywhere(folder, { ...parts.folderSetup, home: parts.home });
    },
    'dstackAzure.deleteProject': (node) => deleteProject(node, parts),
    'dstackAzure.showFolderProject': () => showFolderProject(parts),
    'dstackAzure.openCliConfig': async (node) => {
      if (node?.kind === 'file') {
        await vscode.window.showTextDocument(vscode.Uri.parse(node.uri, true));
      } else {
        await openCliConfig(currentFolder() ?? (await chooseFolder()));
      }
    },
    'dstackAzure.copyResourceId': async (node) => {
      const id = node && resourceIdOf(node);
      if (id !== undefined) await vscode.env.clipboard.writeText(id);
    },
    'dstackAzure.createFleetFile': (node) => createFile('fleet', node, parts),
    'dstackAzure.createHelloGpuTask': (node) => createFile('helloGpu', node, parts),
    'dstackAzure.applyFile': async (node) => {
      const uri =
        node?.kind === 'file'
          ? vscode.Uri.parse(node.uri, true)
          : vscode.window.activeTextEditor?.document.uri;
      if (uri !== undefined) await applyFile(uri, parts.bindings);
    },
    'dstackAzure.showGpuOffers': async (node) => {
      const folder = folderOfNode(node, parts) ?? (await folderWithProject(parts.bindings));
      await showGpuOffers(folder, parts.gpuOffers);
    },
    'dstackAzure.startLocalServer': () => startLocalServer(localServer),
    'dstackAzure.stopLocalServer': () => stopLocalServer(localServer),
    'dstackAzure.restartLocalServer': () => restartLocalServer(localServer),
    'dstackAzure.showLocalServerLog': () => localServer.server.showLog(),
    'dstackAzure.showLog': () => log.show(),
  };
}

/** The quick path: three questions, then the plan on the page. A run that goes on is shown instead. */
async function createWithDefaults(parts: CommandParts): Promise<void> {
  const { wizard, wizardFolder, signIn, catalogFor } = parts;
  const restricted = restriction();
  if (restricted !== undefined) throw restricted;
  if (wizard.isBusy) return wizard.open();
  const folder = await wizardFolder.ask();
  const ask = await parts.quickCreate();
  const snapshot = await ask({ signIn, catalogFor, folderName: folder?.name ?? '' });
  // Not before the last answer: a form that is open is still for its own folder.
  await wizardFolder.use(folder);
  await wizard.startOver(snapshot);
  wizard.logic?.dispatch({ kind: 'review' });
}

async function createFile(
  kind: StarterKind,
  node: ProjectNode | undefined,
  parts: CommandParts,
): Promise<void> {
  const folder = folderOfNode(node, parts) ?? (await folderWithProject(parts.bindings));
  await createStarterFile(kind, folder, parts.folderSetup);
  // The folder's node lists its files.
  parts.tree.redraw();
}

/** The folder that a node stands for: its own, or the one that uses its project. */
function folderOfNode(
  node: ProjectNode | undefined,
  { bindings }: CommandParts,
): vscode.WorkspaceFolder | undefined {
  return node?.kind === 'folder' ? folderOf(node.use.folderUri) : folderThatUses(node, bindings);
}

/** Shows what deleting a project would do: that of the node, or of the folder. */
async function deleteProject(node: ProjectNode | undefined, parts: CommandParts): Promise<void> {
  const restricted = restriction();
  if (restricted !== undefined) throw restricted;
  const { tree, bindings, wizard } = parts;
  const folder = currentFolder();
  const binding = folder && bindings.of(folder.uri.toString());
  const item =
    node?.kind === 'project' ? node : binding && (await tree.projectOf(binding.storageAccountId));
  if (item === undefined) throw noProject();
  const { accountId } = item.project;
  // It reads the record, which may take a while.
  const spec = await vscode.window.withProgress({ location: { viewId: PROJECTS_VIEW } }, () =>
    specToDelete(item.project, () => parts.recordsFor(accountId)),
  );
  if (wizard.logic?.runs(spec) === true) throw beingSetUp(spec.name);
  await parts.deleting.openFor({ accountId, spec });
}

function noProject(): SetupError {
  return new SetupError({
    code: 'no_project',
    source: 'user',
    message: vscode.l10n.t('This folder uses no project that can be found in Azure.'),
    remedy: vscode.l10n.t('Choose the project in the Projects view and delete it there.'),
  });
}

/** Uses a project in a folder: in that of the node, or in the one that is open. */
async function useProject(node: ProjectNode | undefined, parts: CommandParts): Promise<void> {
  if (node?.kind !== 'project' && node?.kind !== 'folder') return;
  const folder = (node.kind === 'folder' && folderOf(node.use.folderUri)) || (await chooseFolder());
  const { project } = node;
  const used = parts.bindings.of(folder.uri.toString());
  if (used !== undefined && !isOf(project, used) && !(await mayReplace(folder, used))) return;
  await vscode.window.withProgress({ location: { viewId: PROJECTS_VIEW } }, async () => {
    const records = () => parts.recordsFor(project.accountId);
    const found = { ...project, projectName: project.name };
    const { bindings } = parts;
    const { signal } = new AbortController();
    const known = await folderProjectOf(found, { records, bindings }, signal);
    await parts.askAboutSignIn(known.spec);
    await useInFolder(known, folder, parts.folderSetup);
  });
}

/** Names repeat: the storage account is the project. */
function isOf(project: ListedProject, { storageAccountId }: Binding): boolean {
  return project.storageAccount.id.toLowerCase() === storageAccountId.toLowerCase();
}

async function mayReplace(folder: vscode.WorkspaceFolder, used: Binding): Promise<boolean> {
  const replace = vscode.l10n.t('Use the Other Project');
  const question = vscode.l10n.t(
    'The folder {0} uses the project {1} of the storage account {2}.',
    folder.name,
    used.projectName,
    used.storageAccountId.split('/').at(-1) ?? '',
  );
  return (await vscode.window.showWarningMessage(question, { modal: true }, replace)) === replace;
}

function folderOf(uri: string): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri, true));
}

/** Removes the binding, and with it the variables of the terminals. The files stay as they are. */
async function stopUsing(node: ProjectNode | undefined, parts: CommandParts): Promise<void> {
  const folder =
    node?.kind === 'folder'
      ? folderOf(node.use.folderUri)
      : (folderThatUses(node, parts.bindings) ?? currentFolder());
  if (folder === undefined) return;
  await parts.bindings.remove(folder.uri.toString());
}

function folderThatUses(
  node: ProjectNode | undefined,
  bindings: Bindings,
): vscode.WorkspaceFolder | undefined {
  if (node?.kind !== 'project') return undefined;
  const id = node.project.storageAccount.id.toLowerCase();
  return vscode.workspace.workspaceFolders?.find(
    (folder) => bindings.of(folder.uri.toString())?.storageAccountId.toLowerCase() === id,
  );
}
