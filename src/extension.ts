import { randomUUID } from 'node:crypto';
import { config as configureTexts } from '@vscode/l10n';
import * as vscode from 'vscode';
import { AppSecretStore } from './host/appSecretStore.ts';
import { provideApplyLens } from './host/applyLens.ts';
import { createAzureAccess } from './host/azureAccess.ts';
import { createBindings } from './host/binding.ts';
import { registerCommands } from './host/commands.ts';
import { createErrorReport } from './host/errorReport.ts';
import type { FolderSetupParts } from './host/folderProject.ts';
import { boundProjects, folderUses, isUsedHere } from './host/folders.ts';
import { keepFolderTerminals } from './host/folderTerminals.ts';
import { selectedPython } from './host/installDstack.ts';
import { LocalServer } from './host/localServer.ts';
import { lookForKeptServer, serverEnded } from './host/localServerCommands.ts';
import { provideLocalServerTask } from './host/localServerTask.ts';
import { createLog } from './host/log.ts';
import { watchForOldCli } from './host/oldCli.ts';
import { commandTable } from './host/projectCommands.ts';
import { PROJECTS_VIEW, ProjectsTree } from './host/projectsTree.ts';
import { refreshWith } from './host/refreshWith.ts';
import { createSecrets } from './host/secrets.ts';
import { createSignIn, organisationAccount } from './host/signIn.ts';
import { showFolderProject } from './host/showFolderProject.ts';
import { showStatusBar } from './host/statusBar.ts';
import { TypedSecrets } from './host/typedSecrets.ts';
import { UNDO_VIEW_TYPE, UndoPanel } from './host/undoPanel.ts';
import { createWizardFolder } from './host/wizardFolder.ts';
import { WIZARD_VIEW_TYPE, WizardPanel } from './host/wizardPanel.ts';
import { realClock } from './local/realClock.ts';
import {
  loadAzure,
  loadConfigFiles,
  loadConnectServer,
  loadGpuOffers,
  loadHomeConfig,
  loadJournal,
  loadLocalServerPrograms,
  loadQuickCreate,
  loadSignInOrder,
  loadSignInQuestion,
  startUndo,
  startWizard,
} from './lazyParts.ts';

/** Builds, wires, registers. No decisions and no network here. */
export function activate(context: vscode.ExtensionContext): void {
  if (vscode.l10n.bundle !== undefined) configureTexts({ contents: vscode.l10n.bundle });
  const { subscriptions, workspaceState } = context;

  const channel = vscode.window.createOutputChannel('dstack', { log: true });
  const log = createLog(channel);
  const errors = createErrorReport(log);
  const signIn = createSignIn(subscriptions);
  const azure = createAzureAccess(loadAzure, signIn);
  const secrets = createSecrets(context.secrets);
  const bindings = createBindings(workspaceState);
  const storageFolder = (name: string) =>
    vscode.Uri.joinPath(context.globalStorageUri, name).fsPath;
  const appSecrets = new AppSecretStore(context.secrets, () =>
    loadSignInOrder(storageFolder('server-sign-in.json')),
  );
  const server = new LocalServer({
    programs: loadLocalServerPrograms,
    secrets,
    directory: storageFolder('server'),
    // Not in the server's own directory, which is dstack's.
    kept: { record: storageFolder('server.json'), log: storageFolder('server.log') },
    newToken: randomUUID,
    credentials: () => appSecrets.localServerSignIn(),
    python: selectedPython,
  });
  const localServer = { server, programs: loadLocalServerPrograms };
  const folderSetup: FolderSetupParts = {
    bindings,
    errors,
    secrets,
    files: loadConfigFiles,
    serverDirectory: storageFolder('server'),
    newToken: randomUUID,
    localServer: server,
  };

  const recordsFor = async (accountId: string) => (await azure.quiet(accountId)).records;
  const tree = new ProjectsTree(
    {
      accounts: () => signIn.accounts(),
      catalogFor: async (accountId) => (await azure.quiet(accountId)).catalog,
      recordsFor,
      folderUses: (project) => folderUses(project, bindings),
      bound: () => boundProjects(bindings),
      isUsedHere: (storageAccountId) => isUsedHere(storageAccountId, bindings),
    },
    log,
  );
  const view = vscode.window.createTreeView(PROJECTS_VIEW, {
    treeDataProvider: tree,
    showCollapseAll: true,
  });

  const wizardFolder = createWizardFolder(workspaceState);
  const wizard: WizardPanel = new WizardPanel({
    extensionUri: context.extensionUri,
    memory: workspaceState,
    strings: vscode.l10n.bundle ?? {},
    errors,
    log,
    start: async (snapshot) =>
      startWizard(
        {
          signIn,
          connect: await azure.asking(),
          journal: await loadJournal(storageFolder('journal')),
          clock: realClock,
          folderSetup,
          newId: randomUUID,
          folder: () => wizardFolder.current(),
          onProjectsChanged: () => tree.refresh(),
          startOver: () => wizard.startOver(),
          showInTree: (folder) => showFolderProject({ bindings, tree, view }, folder),
          undo: (request) => deleting.openFor(request),
          isBeingDeleted: (spec) => deleting.deletes(spec),
          typed: new TypedSecrets(),
          appSecrets,
          organisationAccount: (accountId) => organisationAccount(signIn, accountId),
          log,
        },
        snapshot,
      ),
  });

  const deleting = new UndoPanel({
    extensionUri: context.extensionUri,
    memory: workspaceState,
    strings: vscode.l10n.bundle ?? {},
    errors,
    log,
    start: async (snapshot) =>
      startUndo(
        {
          connect: await azure.asking(),
          journal: await loadJournal(storageFolder('journal')),
          clock: realClock,
          folderSetup,
          localServer: server,
          connectServer: loadConnectServer,
          newId: randomUUID,
          holder: appSecrets,
          appSecrets,
          isBeingSetUp: (spec) => wizard.logic?.runs(spec) === true,
          onChanged: (spec, outcome) => {
            tree.refresh();
            if (outcome === 'done') wizard.logic?.forget(spec);
          },
          log,
        },
        snapshot,
      ),
  });

  const table = commandTable({
    signIn,
    tree,
    view,
    wizard,
    wizardFolder,
    deleting,
    bindings,
    folderSetup,
    askAboutSignIn: async (spec) => (await loadSignInQuestion())(spec, { appSecrets, folderSetup }),
    recordsFor,
    localServer,
    home: loadHomeConfig,
    quickCreate: loadQuickCreate,
    catalogFor: async (accountId) => (await azure.quiet(accountId)).catalog,
    gpuOffers: { bindings, secrets, localServer, list: loadGpuOffers },
    log,
  });
  subscriptions.push(
    channel,
    tree,
    view,
    wizard,
    vscode.window.registerWebviewPanelSerializer(WIZARD_VIEW_TYPE, wizard),
    deleting,
    vscode.window.registerWebviewPanelSerializer(UNDO_VIEW_TYPE, deleting),
    registerCommands(table, errors),
    keepFolderTerminals(
      context.environmentVariableCollection,
      bindings,
      secrets,
      context.secrets,
      errors,
    ),
    server,
    lookForKeptServer(server, errors),
    server.onDidEndByItself(() => errors.report(serverEnded())),
    provideLocalServerTask(localServer),
    watchForOldCli({ bindings, programs: loadLocalServerPrograms, memory: workspaceState, errors }),
    provideApplyLens(bindings),
    showStatusBar(bindings, secrets, context.secrets, server, errors),
    refreshWith(tree, signIn, bindings),
  );
}
