import type {
  DoneAction,
  DoneView,
  ExportFormat,
  HandOffView,
  PlanView,
  SecretFieldName,
} from '../../contract/wizardState.ts';
import type { ApplyOptions, RunResult } from '../apply.ts';
import type { VerifiedApp } from '../credentials.ts';
import type { ProjectPlan } from '../planProject.ts';
import type { Catalog, Clock, FoundProject } from '../ports.ts';
import type { WaitReport } from '../projectServer.ts';
import type { ProjectSpec } from '../projectSpec.ts';

/** A Microsoft account that the editor knows. */
export interface WizardAccount {
  readonly id: string;
  /** The user name, e.g. an e-mail address. */
  readonly label: string;
}

/** Whatever can be let go of, as VS Code has it. */
export interface Disposable {
  dispose(): void;
}

/** The editor's sign-in, as far as the wizard needs it. */
export interface WizardAccounts {
  list(): Promise<readonly WizardAccount[]>;
  /**
   * Asks the person to sign in: with any account, or with `accountId` to `tenantId`.
   * @returns the account that is signed in now
   * @throws AbortError if the person closed the question
   */
  signIn(request: {
    readonly accountId?: string;
    readonly tenantId?: string;
  }): Promise<WizardAccount>;
  /** Whether a tenant lets the account in without a question. Never prompts. */
  isSignedIn(request: { readonly accountId: string; readonly tenantId: string }): Promise<boolean>;
  /** Fires when accounts came or went, by whomever's doing. */
  onDidChange(listener: () => void): Disposable;
}

/** What the window is like. Asked when the wizard opens and again before each review. */
export interface WizardEnvironment {
  /** The folder that the project is for; undefined if none is open. */
  readonly folder?: { readonly name: string; readonly writable: boolean };
  /** The name of the other cloud that VS Code is set to; undefined means the public one. */
  readonly otherCloud?: string;
  /** dstack has no server for Windows. */
  readonly isWindows?: boolean;
}

/** Who would register an app: the account of Azure CLI, or of the organisation's own client. */
export interface AppRegistrar {
  readonly name: string;
  readonly via: 'azureCli' | 'organisation';
}

/** The app that the dstack server signs in as. */
export interface WizardApp {
  /**
   * Signs in as the app with the client secret that was given last.
   * @throws SetupError with the field that it belongs to
   */
  verify(
    app: { readonly tenantId: string; readonly clientId: string; readonly subscriptionId: string },
    signal: AbortSignal,
  ): Promise<VerifiedApp>;
  /** @throws SetupError if no app can be registered here, with the reason */
  registrar(
    place: { readonly accountId: string; readonly tenantId: string },
    signal: AbortSignal,
  ): Promise<AppRegistrar>;
}

/** A server that the dstack CLI of this machine knows already. Its token stays where it is. */
export interface HomeServer {
  readonly url: string;
  readonly projectNames: readonly string[];
}

/** What a dstack server said of itself. */
export interface CheckedServer {
  /** The URL as it is stored. */
  readonly url: string;
  readonly version?: string;
  readonly userName: string;
  readonly warning?: string;
}

/** dstack servers elsewhere. */
export interface WizardServers {
  /** @throws SetupError if the CLI's file can't be read, with the line */
  fromHome(signal: AbortSignal): Promise<readonly HomeServer[]>;
  /**
   * Asks the server who we are.
   * @param server.token the one that was given last, or that of the CLI's own file
   * @throws SetupError with the field that it belongs to
   */
  check(
    server: { readonly url: string; readonly token: 'given' | 'home' },
    signal: AbortSignal,
  ): Promise<CheckedServer>;
}

/** What the wizard needs from the world besides Azure's own ports. */
export interface WizardDeps {
  readonly accounts: WizardAccounts;
  readonly clock: Clock;
  readonly app: WizardApp;
  readonly servers: WizardServers;
  /** Keeps a secret where the core does not see it again; an empty one is forgotten. */
  keepSecret(field: SecretFieldName, value: string): void;
  catalogFor(accountId: string): Catalog;
  environment(): Promise<WizardEnvironment>;
  /** Opens VS Code's own dialog; the window may reload because of it. */
  openFolder(): Promise<void>;
  /** Opens Azure's own page of quotas in the browser. */
  openQuota(tenantId: string): Promise<void>;
  /** Compares what the spec asks for with what exists. Writes nothing. */
  plan(
    request: { readonly accountId: string; readonly spec: ProjectSpec },
    signal: AbortSignal,
  ): Promise<ProjectPlan>;
  toPlanView(plan: ProjectPlan): PlanView;
  apply(
    request: { readonly accountId: string; readonly plan: ProjectPlan },
    options: ApplyOptions,
  ): Promise<RunResult>;
  /**
   * Registers the project and writes the workspace's files, as soon as all but the optional steps
   * are done. Runs again, harmlessly, after Continue.
   */
  finish(
    request: {
      readonly accountId: string;
      readonly plan: ProjectPlan;
      readonly outcomes: RunResult['outcomes'];
    },
    options: { readonly signal: AbortSignal; readonly onWait: WaitReport },
  ): Promise<DoneView>;
  /** "Use in This Folder": binds the folder to a project that exists already. */
  useProject(
    request: { readonly accountId: string; readonly project: FoundProject },
    signal: AbortSignal,
  ): Promise<DoneView>;
  /**
   * What an administrator has still to do after a run: `result.plan` and what it has made by now.
   * Undefined where nothing was handed off.
   */
  handOff(plan: ProjectPlan, result: RunResult): HandOffView | undefined;
  copyText(text: string): Promise<void>;
  /** Shows a Markdown text in a tab of its own, from where it can be saved. */
  openDocument(text: string): Promise<void>;
  /** Shows the plan in a tab of its own, as a text to read or as a template to deploy. */
  exportPlan(plan: ProjectPlan, format: ExportFormat): Promise<void>;
  /** Whether the project is being deleted in this window. */
  isBeingDeleted(spec: ProjectSpec): boolean;
  /** Begins to take a project back: shows what would go, and asks. */
  undo(request: { readonly accountId: string; readonly spec: ProjectSpec }): Promise<void>;
  /** @returns what was done, where nothing else shows it */
  performDoneAction(action: Exclude<DoneAction, 'undo'>): Promise<string | undefined>;
}
