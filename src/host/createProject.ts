import * as vscode from 'vscode';
import type { DoneView, PlanView } from '../contract/wizardState.ts';
import { quotaPath } from '../projects/portalPath.ts';
import type { RunResult } from '../setup/apply.ts';
import { buildRecord } from '../setup/buildRecord.ts';
import { checkGraphAccount } from '../setup/credentials.ts';
import { isCancellation, type SetupError } from '../setup/errors.ts';
import type { SetupEvent } from '../setup/events.ts';
import { planMarkdown } from '../setup/exportMarkdown.ts';
import { exportTemplate } from '../setup/exportTemplate.ts';
import { signInWarning } from '../setup/localSignIn.ts';
import { planProject, type ProjectPlan } from '../setup/planProject.ts';
import { handOffView, planView } from '../setup/planView.ts';
import { preflight, type Preflight } from '../setup/preflight.ts';
import { storageAccountId } from '../setup/resources/storageAccount.ts';
import { noteRegistered, type Made } from '../setup/registerRun.ts';
import { runProject } from '../setup/runProject.ts';
import type { Clock, Journal, SetupPorts } from '../setup/ports.ts';
import type { WizardDeps } from '../setup/wizard/wizardDeps.ts';
import { TYPED_KEY, type AppSecretStore } from './appSecretStore.ts';
import type { AzureConnection } from './azureAccess.ts';
import { isOtherCloud } from './cloud.ts';
import { performDoneAction } from './doneActions.ts';
import {
  keepsTokenInVSCode,
  useInFolder,
  type FolderProject,
  type FolderSetupParts,
} from './folderProject.ts';
import { folderProjectOf } from './foundProject.ts';
import { chooseFolder, isWritable } from './folders.ts';
import { checkLocalName } from './localServerName.ts';
import { askAboutSignIn, localSignIn } from './localSignIn.ts';
import type { Log } from './log.ts';
import { openInPortal } from './portal.ts';
import {
  checkRemotely,
  registerRemotely,
  remoteServerOf,
  type RemoteServerParts,
} from './remoteServer.ts';
import { logEvent } from './runLog.ts';
import { openMarkdown, openText } from './showText.ts';
import type { SignIn } from './signIn.ts';
import type { TypedSecrets } from './typedSecrets.ts';

export interface CreateProjectParts {
  readonly signIn: SignIn;
  readonly connect: (accountId: string) => AzureConnection;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly folderSetup: FolderSetupParts;
  readonly newId: () => string;
  /** The folder that the project is for; undefined while none is open. */
  readonly folder: () => vscode.WorkspaceFolder | undefined;
  /** Something about the projects has changed: the tree lists them again. */
  readonly onProjectsChanged: () => void;
  readonly startOver: () => Promise<void>;
  /** Shows the project of this folder in the Projects view. */
  readonly showInTree: (folder: vscode.WorkspaceFolder | undefined) => Promise<void>;
  readonly undo: WizardDeps['undo'];
  readonly isBeingDeleted: WizardDeps['isBeingDeleted'];
  /** The page's questions about app and server. */
  readonly access: Pick<WizardDeps, 'app' | 'servers' | 'keepSecret'>;
  readonly typed: TypedSecrets;
  readonly appSecrets: AppSecretStore;
  /** Servers elsewhere. */
  readonly remote: Pick<RemoteServerParts, 'connectServer' | 'givenToken'>;
  readonly log: Log;
}

/** The world of one wizard session: the core's functions over this window's ports. */
export function wizardDeps(parts: CreateProjectParts): WizardDeps {
  const { connect, signIn } = parts;
  const preflights = new WeakMap<ProjectPlan, Preflight>();
  /** Plans that have run once: whoever continues may do so because rights have changed. */
  const tried = new WeakSet<ProjectPlan>();
  /** Ids of projects that a remote server has by now. */
  const registrations = new Set<string>();
  /** What a plan does to the sign-in of the local server. */
  const warnings = new WeakMap<ProjectPlan, string>();
  const view = (plan: ProjectPlan): PlanView => {
    const plain = planView(plan, filesToWrite(), preflights.get(plan));
    const warning = warnings.get(plan);
    return warning === undefined ? plain : { ...plain, warnings: [...plain.warnings, warning] };
  };
  return {
    accounts: {
      list: () => signIn.accounts(),
      signIn: (request) => signIn.signIn(request),
      isSignedIn: ({ accountId, tenantId }) => signIn.isSignedInTo(accountId, tenantId),
      onDidChange: (listener) => signIn.onDidChange(listener),
    },
    clock: parts.clock,
    ...parts.access,
    catalogFor: (accountId) => connect(accountId).catalog,
    environment: () => environment(parts),
    openQuota: (tenantId) => openInPortal(quotaPath(tenantId)),
    openFolder: async () => {
      await vscode.commands.executeCommand('vscode.openFolder');
    },
    plan: ({ accountId, spec }, signal) =>
      logged(parts.log, async () => {
        const azure = connect(accountId);
        const caller = await azure.catalog.caller(spec.tenantId, signal);
        if (spec.credentials.kind === 'newApp') {
          checkGraphAccount(caller, await azure.graphAccount(spec.tenantId, signal));
        }
        await checkLocalName(spec, parts.folderSetup);
        const ports = portsFor(accountId, parts);
        const [plan] = await Promise.all([
          planProject(spec, caller, ports, signal),
          checkRemotely(spec, azure.resources, remoteParts(parts), signal),
        ]);
        const found = await preflight(plan, { ...ports, azure: azure.preflight }, signal);
        preflights.set(plan, found);
        if (spec.server.kind === 'local') {
          const warning = signInWarning(plan, await localSignIn(parts), true);
          if (warning !== undefined) warnings.set(plan, warning);
        }
        return plan;
      }),
    toPlanView: view,
    apply: async ({ accountId, plan }, options) => {
      const report = (event: SetupEvent) => {
        logEvent(event, parts.log);
        options.report(event);
      };
      return logged(parts.log, async () => {
        await keepAppSecret(plan, parts);
        const ports = portsFor(accountId, parts);
        const known = preflights.get(plan);
        const isAgain = known !== undefined && known.handedOff.size > 0 && tried.has(plan);
        tried.add(plan);
        // Meanwhile somebody may have given the right instead of doing the steps.
        const found = isAgain
          ? await preflight(plan, { ...ports, azure: connect(accountId).preflight }, options.signal)
          : known;
        if (found !== undefined) preflights.set(plan, found);
        const handedOff = found?.handedOff ?? new Map<string, SetupError>();
        const result = await runProject(plan, ports, { ...options, report, handedOff });
        // The registration may have been quicker than the record, which then says it is pending.
        if (registrations.has(plan.projectId)) await noteRegistered(result, ports, options.signal);
        return result;
      });
    },
    handOff: (plan, result) => {
      const found = preflights.get(plan);
      if (found === undefined || found.handedOff.size === 0) return undefined;
      const outputs = new Map([...result.outcomes].map(([key, outcome]) => [key, outcome.outputs]));
      const view = handOffView(result.plan, found, outputs);
      return view.steps.length === 0 ? undefined : view;
    },
    copyText: async (text) => {
      await vscode.env.clipboard.writeText(text);
    },
    openDocument: openMarkdown,
    exportPlan: (plan, format) =>
      format === 'template'
        ? openText(`${JSON.stringify(exportTemplate(plan), null, 2)}\n`, 'json')
        : openMarkdown(planMarkdown(plan, view(plan))),
    undo: parts.undo,
    isBeingDeleted: parts.isBeingDeleted,
    async finish({ accountId, plan, outcomes }, { signal, onWait }) {
      const warnings = await logged(parts.log, () =>
        registered({ plan, outcomes }, connect(accountId), parts, { signal, onWait }),
      );
      if (plan.spec.server.kind === 'remote') registrations.add(plan.projectId);
      const project = fromRun(plan, outcomes);
      const done = await setUpFolder(project, parts);
      const pending = plan.changes
        .filter(({ resource }) => resource.optional === true && !outcomes.has(resource.key))
        .map(({ resource }) =>
          vscode.l10n.t(
            '{0}: written as soon as the new role has spread in Azure, which takes minutes.',
            resource.purpose,
          ),
        );
      return { ...done, pending, ...(warnings.length === 0 ? {} : { warnings }) };
    },
    async useProject({ accountId, project }, signal) {
      const { records } = parts.connect(accountId);
      const { bindings } = parts.folderSetup;
      const read = { records: () => Promise.resolve(records), bindings };
      const known = await folderProjectOf(project, read, signal);
      await askAboutSignIn(known.spec, parts);
      return setUpFolder(known, parts);
    },
    performDoneAction: (action) => performDoneAction(action, parts),
  };
}

/** What fails is shown on the page; its stack and its causes are for the log. */
async function logged<T>(log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCancellation(error)) log.error(error);
    throw error;
  }
}

function portsFor(accountId: string, parts: CreateProjectParts): SetupPorts {
  const { resources, records, appSecrets } = parts.connect(accountId);
  const { journal, newId, clock } = parts;
  const secrets = { appSecrets, holder: parts.appSecrets };
  return { resources, records, journal, newId, clock, secrets, random: Math.random };
}

function remoteParts(parts: CreateProjectParts): RemoteServerParts {
  const { clock, folderSetup, appSecrets, remote } = parts;
  const appSignIn: RemoteServerParts['appSignIn'] = (projectId) => appSecrets.signInOf(projectId);
  return { ...remote, appSignIn, secrets: folderSetup.secrets, clock };
}

async function registered(
  made: Made,
  { resources, records }: Pick<AzureConnection, 'resources' | 'records'>,
  parts: CreateProjectParts,
  options: Parameters<WizardDeps['finish']>[1],
): Promise<readonly string[]> {
  const remote = remoteParts(parts);
  const server = await remoteServerOf(made.plan.spec, resources, remote);
  if (server === undefined) return [];
  return registerRemotely(server, made, remote, { records, ...options });
}

/** Before the first write: whoever continues after a reload has no typed secret any more. */
async function keepAppSecret(
  { projectId, spec }: ProjectPlan,
  { typed, appSecrets }: CreateProjectParts,
): Promise<void> {
  const { credentials, tenantId, server } = spec;
  if (server.kind === 'local' && credentials.kind !== 'default') {
    await appSecrets.useForLocalServer(projectId);
  }
  const secret = typed.value('clientSecret');
  if (credentials.kind !== 'existingApp' || credentials.clientId === undefined) return;
  if (secret === '') return;
  const key = { projectId, keyId: TYPED_KEY, tenantId, clientId: credentials.clientId };
  await appSecrets.put({ ...key, endDateTime: '' }, secret);
}

async function environment(parts: CreateProjectParts): ReturnType<WizardDeps['environment']> {
  const folder = parts.folder();
  return {
    ...(folder === undefined
      ? {}
      : { folder: { name: folder.name, writable: await isWritable(folder) } }),
    ...(isOtherCloud() ? { otherCloud: vscode.l10n.t('another Azure cloud') } : {}),
    ...(process.platform === 'win32' ? { isWindows: true } : {}),
  };
}

async function setUpFolder(project: FolderProject, parts: CreateProjectParts): Promise<DoneView> {
  const folder = parts.folder() ?? (await chooseFolder());
  const done = await logged(parts.log, () => useInFolder(project, folder, parts.folderSetup));
  parts.onProjectsChanged();
  return done;
}

/** The plan's project with what came out of its run so far. */
function fromRun(plan: ProjectPlan, outcomes: RunResult['outcomes']): FolderProject {
  const { resources } = buildRecord(plan, outcomes, plan.knownRecord?.record, '');
  return { spec: plan.spec, storageAccountId: storageAccountId(plan.spec), resources };
}

function filesToWrite(): readonly { readonly path: string; readonly note: string }[] {
  const config = {
    path: '.dstack/config.yml',
    note: vscode.l10n.t('server, project and token (a secret); only you can read it'),
  };
  return [
    { path: '.dstack/.gitignore', note: vscode.l10n.t('keeps config.yml out of Git') },
    ...(keepsTokenInVSCode() ? [] : [config]),
    {
      path: '.dstack/profiles.yml',
      note: vscode.l10n.t('a profile for this location; an existing file is left alone'),
    },
  ];
}
