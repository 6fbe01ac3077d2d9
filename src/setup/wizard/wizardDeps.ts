import type { DoneAction, DoneView, HandOffView, PlanView } from '../../contract/wizardState.ts';
import type { ApplyOptions, RunResult } from '../apply.ts';
import type { ProjectPlan } from '../planProject.ts';
import type { Catalog, Clock, FoundProject } from '../ports.ts';
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
  /** Fires when accounts came or went, by whomever's doing. */
  onDidChange(listener: () => void): Disposable;
}

/** What the window is like. Asked when the wizard opens and again before each review. */
export interface WizardEnvironment {
  /** The folder that the project is for; undefined if none is open. */
  readonly folder?: { readonly name: string; readonly writable: boolean };
  /** The name of the other cloud that VS Code is set to; undefined means the public one. */
  readonly otherCloud?: string;
}

/** What the wizard needs from the world besides Azure's own ports. */
export interface WizardDeps {
  readonly accounts: WizardAccounts;
  readonly clock: Clock;
  catalogFor(accountId: string): Catalog;
  environment(): Promise<WizardEnvironment>;
  /** Opens VS Code's own dialog; the window may reload because of it. */
  openFolder(): Promise<void>;
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
    signal: AbortSignal,
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
  /** Begins to take a project back: shows what would go, and asks. */
  undo(request: { readonly accountId: string; readonly spec: ProjectSpec }): Promise<void>;
  /** @returns what was done, where nothing else shows it */
  performDoneAction(action: Exclude<DoneAction, 'undo'>): Promise<string | undefined>;
}
