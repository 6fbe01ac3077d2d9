import { t } from '@vscode/l10n';
import type { WizardIntent } from '../contract/wizardIntent.ts';
import type {
  DoneAction,
  DoneView,
  ExportFormat,
  HandOffAction,
  PlanView,
  ProblemView,
  ProgressView,
  WizardState,
  WizardStep,
} from '../contract/wizardState.ts';
import { asSetupError, isCancellation, type SetupError } from './errors.ts';
import { specFromTags } from './foundSpec.ts';
import { onlyFinishes } from './plan.ts';
import type { ProjectPlan } from './planProject.ts';
import type { FoundProject } from './ports.ts';
import type { ProjectSpec } from './projectSpec.ts';
import { PlanOutdated } from './runProject.ts';
import { beingDeleted, isSameProject } from './sameProject.ts';
import { createForm, type Form, type PlanRequest } from './wizard/form.ts';
import { blockerOf, environmentProblem, formView } from './wizard/formView.ts';
import { problemView, withContinue } from './wizard/problem.ts';
import { ProjectRun, type Approved } from './wizard/projectRun.ts';
import { parseSnapshot, type InterruptedRun, type WizardSnapshot } from './wizard/snapshot.ts';
import type { Disposable, WizardDeps } from './wizard/wizardDeps.ts';

/** The wizard without its page: intents in, states out. */
export interface WizardSession {
  readonly state: WizardState;
  dispatch(intent: WizardIntent): void;
  onDidChange(listener: () => void): Disposable;
  /** What a reload must not lose: form values, and what of a run is left. Holds no secret. */
  snapshot(): WizardSnapshot;
  /** The project has been taken back: what was shown of it is shown no more. */
  forget(spec: ProjectSpec): void;
  /** Whether a set-up of this very project runs. */
  runs(spec: ProjectSpec): boolean;
  /** Stops whatever is under way. */
  dispose(): void;
}

/**
 * @param snapshot an earlier session's snapshot, as it was stored; anything else starts afresh.
 *   A run that was interrupted is shown and offers Continue; nothing is written unasked.
 */
export function createWizardSession(deps: WizardDeps, snapshot?: unknown): WizardSession {
  return new Session(deps, parseSnapshot(snapshot));
}

type FormIntent = Parameters<Form['dispatch']>[0];

class Session implements WizardSession {
  readonly #deps: WizardDeps;
  readonly #listeners = new Set<() => void>();
  readonly #form: Form;
  #run: ProjectRun;
  #step: WizardStep;
  /** What the plan on the review screen was asked for. */
  #planned: (Approved & { readonly asked: string }) | undefined;
  #done: DoneView | undefined;
  #problem: ProblemView | undefined;
  #notice: string | undefined;
  /** The project that the last run was for, to be taken back. */
  #made: WizardSnapshot['made'];
  /** A plan is being made, or waits for the form's last answer. */
  #planning: { readonly asked?: string; readonly controller: AbortController } | undefined;
  /** The folder is being set up for a project that exists. */
  #using: AbortController | undefined;
  #announcement: string | undefined;
  #revision = 0;
  #state: WizardState | undefined;
  #disposed = false;

  constructor(deps: WizardDeps, snapshot: WizardSnapshot | undefined) {
    this.#deps = deps;
    this.#done = snapshot && doneAfterReload(snapshot);
    this.#made = snapshot?.made;
    this.#run = this.#newRun(snapshot?.run);
    this.#step =
      snapshot?.done !== undefined ? 'done' : snapshot?.run !== undefined ? 'progress' : 'form';
    this.#form = createForm({
      deps,
      restored: snapshot?.form,
      reviewing: () => this.#planning !== undefined || this.#using !== undefined,
      onChange: () => this.#formChanged(),
      onUseProject: (project, accountId) => void this.#useProject(project, accountId),
    });
  }

  get state(): WizardState {
    return (this.#state ??= this.#makeState());
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  snapshot(): WizardSnapshot {
    const run = this.#run.unfinished;
    return {
      schema: 1,
      form: this.#form.values(),
      ...(run === undefined ? {} : { run }),
      ...(this.#done === undefined ? {} : { done: this.#done }),
      ...(this.#made === undefined ? {} : { made: this.#made }),
    };
  }

  forget(spec: ProjectSpec): void {
    const shown = this.#run.unfinished ?? this.#made;
    if (this.#run.running || shown === undefined || !isSameProject(shown.spec, spec)) return;
    this.#stopPlanning();
    this.#made = undefined;
    this.#done = undefined;
    this.#planned = undefined;
    this.#problem = undefined;
    this.#notice = undefined;
    this.#run = this.#newRun();
    this.#step = 'form';
    this.#changed(t('The project {0} has been deleted.', spec.name));
  }

  runs(spec: ProjectSpec): boolean {
    const made = this.#made;
    return this.#run.running && made !== undefined && isSameProject(made.spec, spec);
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
    this.#stopPlanning();
    this.#run.cancel();
    this.#form.dispose();
  }

  dispatch(intent: WizardIntent): void {
    switch (intent.kind) {
      case 'ready': {
        this.#changed();
        return;
      }
      case 'choose':
      case 'search':
      case 'type':
      case 'secret':
      case 'extra':
      case 'showPart':
      case 'nextPart':
      case 'useSuggestion':
      case 'fieldAction':
      case 'retryField': {
        this.#edit(intent);
        return;
      }
      case 'problemAction': {
        if (intent.action === 'openFolder') this.#openFolder();
        else this.#continue();
        return;
      }
      case 'review': {
        this.#review();
        return;
      }
      case 'backToForm': {
        this.#backToForm();
        return;
      }
      case 'apply': {
        this.#apply(intent.planId);
        return;
      }
      case 'cancel': {
        this.#cancel();
        return;
      }
      case 'continue': {
        this.#continue();
        return;
      }
      case 'retryStep': {
        this.#retry(intent.key);
        return;
      }
      case 'handOff': {
        this.#handOff(intent.action);
        return;
      }
      case 'exportPlan': {
        this.#export(intent.format);
        return;
      }
      case 'leave': {
        // The page's own: it closes, and nothing changes here.
        return;
      }
      case 'undo': {
        this.#undo();
        return;
      }
      case 'doneAction': {
        this.#doneAction(intent.action);
        return;
      }
    }
  }

  #edit(intent: FormIntent): void {
    // An intent that crossed a change of step was meant for a form that is no longer shown.
    if (this.#step !== 'form') return;
    if (intent.kind !== 'search' && intent.kind !== 'showPart') {
      this.#stopPlanning();
      this.#problem = undefined;
    }
    this.#form.dispatch(intent);
  }

  /** The form's values may have changed: no plan outlives what it was asked for. */
  #formChanged(): void {
    if (this.#disposed) return;
    const asked = this.#asked();
    if (this.#step === 'review' && this.#planned?.asked !== asked) {
      this.#step = 'form';
      this.#planned = undefined;
    }
    if (this.#planning?.asked !== undefined && this.#planning.asked !== asked) this.#stopPlanning();
    this.#changed();
    if (this.#planning !== undefined && this.#planning.asked === undefined) this.#review();
  }

  #asked(): string | undefined {
    const request = this.#form.request();
    return request && JSON.stringify(request);
  }

  #stopPlanning(): void {
    this.#planning?.controller.abort();
    this.#planning = undefined;
    this.#using?.abort();
    this.#using = undefined;
  }

  /** Asks for the plan; while an answer of the form is on its way, as soon as it is there. */
  #review(): void {
    if (this.#step !== 'form' || this.#planning?.asked !== undefined || this.#using) return;
    this.#problem = undefined;
    if (this.#planning === undefined) this.#form.attempt();
    const blocker = blockerOf(this.#form.model);
    const request = this.#form.request();
    if (blocker?.waiting === true) {
      this.#planning ??= { controller: new AbortController() };
      this.#changed();
      return;
    }
    this.#stopPlanning();
    if (blocker !== undefined || request === undefined) {
      // What it waited for may have gone wrong in a part that is closed.
      this.#form.showWrong();
      this.#changed(blocker?.message);
      return;
    }
    void this.#plan(request);
  }

  async #plan(request: PlanRequest, interrupted?: InterruptedRun): Promise<void> {
    if (this.#isRefused(request.spec)) return;
    const planning = { asked: JSON.stringify(request), controller: new AbortController() };
    this.#planning = planning;
    this.#changed(t('Comparing with what exists in Azure.'));
    try {
      const plan = await this.#deps.plan(request, planning.controller.signal);
      if (this.#planning !== planning) return;
      this.#planning = undefined;
      this.#plannedNow(request, plan, interrupted);
    } catch (thrown) {
      if (this.#planning !== planning) return;
      this.#planning = undefined;
      if (!isCancellation(thrown)) this.#planFailed(asSetupError(thrown));
      this.#changed(this.#problem?.message);
    }
  }

  #plannedNow(request: PlanRequest, plan: ProjectPlan, interrupted?: InterruptedRun): void {
    const { accountId } = request;
    const planned = { accountId, plan, view: this.#deps.toPlanView(plan) };
    this.#planned = { ...planned, asked: JSON.stringify(request) };
    if (interrupted !== undefined && finishesOnly(interrupted, plan)) {
      this.#start(planned);
      return;
    }
    this.#step = 'review';
    this.#problem = interrupted === undefined ? undefined : problemView(new PlanOutdated(plan));
    this.#changed(this.#problem?.message ?? t('The plan: {0}.', planned.view.summary));
  }

  #planFailed(error: SetupError): void {
    if (this.#step === 'form' && this.#form.place(error)) return;
    // On the other screens a button that asks again stands already.
    const isAlone = this.#step === 'form' || this.#step === 'done';
    this.#problem = problemView(error, isAlone ? 'continue' : undefined);
  }

  #apply(planId: string): void {
    const planned = this.#planned;
    if (this.#step !== 'review' || planned?.view.planId !== planId) return;
    if (!planned.view.canApply) return;
    this.#start(planned);
  }

  /** A set-up and a deletion of one project would undo each other's work. */
  #isRefused(spec: ProjectSpec): boolean {
    if (!this.#deps.isBeingDeleted(spec)) return false;
    this.#planFailed(beingDeleted(spec.name));
    this.#changed(this.#problem?.message);
    return true;
  }

  #start(approved: Approved): void {
    if (this.#run.running || this.#isRefused(approved.plan.spec)) return;
    this.#step = 'progress';
    this.#problem = undefined;
    this.#notice = undefined;
    this.#done = undefined;
    this.#made = { accountId: approved.accountId, spec: approved.plan.spec };
    void this.#run.start(approved);
  }

  #newRun(interrupted?: InterruptedRun): ProjectRun {
    return new ProjectRun({
      deps: this.#deps,
      interrupted,
      onChange: (announcement) => this.#runChanged(announcement),
      onFailure: (error) => this.#runFailed(error),
    });
  }

  #runChanged(announcement: string | undefined): void {
    const { done } = this.#run;
    if (done !== undefined && this.#step === 'progress') this.#step = 'done';
    if (done !== undefined && this.#step === 'done') this.#done = done;
    this.#changed(announcement);
  }

  #runFailed(error: SetupError): void {
    this.#form.place(error);
    if (!(error instanceof PlanOutdated) || this.#planned === undefined) return;
    const { accountId, asked } = this.#planned;
    this.#planned = {
      accountId,
      asked,
      plan: error.plan,
      view: this.#deps.toPlanView(error.plan),
    };
    this.#run = this.#newRun();
    this.#step = 'review';
    this.#problem = problemView(error);
  }

  #continue(): void {
    if (this.#planning !== undefined || this.#run.running) return;
    if (this.#step === 'form') {
      this.#review();
      return;
    }
    const unfinished = this.#run.unfinished;
    if (unfinished === undefined || this.#step === 'review') return;
    if (this.#planned !== undefined) {
      this.#start(this.#planned);
      return;
    }
    this.#problem = undefined;
    const { accountId, spec } = unfinished;
    void this.#plan({ accountId, spec }, unfinished);
  }

  #backToForm(): void {
    const stopped = this.#step === 'progress' && !this.#run.running;
    if (this.#step !== 'review' && !stopped) return;
    this.#stopPlanning();
    this.#step = 'form';
    this.#planned = undefined;
    this.#problem = undefined;
    this.#notice = undefined;
    this.#run = this.#newRun();
    this.#changed();
  }

  #cancel(): void {
    if (this.#run.running) {
      this.#run.cancel();
      return;
    }
    this.#stopPlanning();
    this.#changed();
  }

  #openFolder(): void {
    this.#deps.openFolder().catch((thrown: unknown) => this.#actionFailed(thrown));
  }

  #retry(key: string): void {
    if (this.#step !== 'progress' || this.#planned === undefined) return;
    if (this.#isRefused(this.#planned.plan.spec)) return;
    this.#problem = undefined;
    void this.#run.retry(this.#planned, key);
  }

  #handOff(action: HandOffAction): void {
    const text =
      this.#step === 'review'
        ? this.#planned?.view.handOff?.text
        : this.#run.progress.handOff?.text;
    if (text === undefined) return;
    if (action === 'open') void this.#act(() => this.#deps.openDocument(text));
    else void this.#act(() => this.#copyHandOff(text));
  }

  #export(format: ExportFormat): void {
    const planned = this.#planned;
    if (this.#step !== 'review' || planned === undefined) return;
    void this.#act(() => this.#deps.exportPlan(planned.plan, format));
  }

  async #copyHandOff(text: string): Promise<string> {
    await this.#deps.copyText(text);
    return t('The commands are copied. They hold no secret.');
  }

  #undo(): void {
    const made = this.#step === 'done' ? this.#made : this.#run.unfinished;
    if (made === undefined || this.#run.running || this.#planning !== undefined) return;
    if (this.#step !== 'done' && this.#step !== 'progress') return;
    const { accountId, spec } = made;
    void this.#act(() => this.#deps.undo({ accountId, spec }));
  }

  #doneAction(action: DoneAction): void {
    if (this.#step !== 'done') return;
    if (action === 'undo') this.#undo();
    else void this.#act(() => this.#deps.performDoneAction(action));
  }

  /** Does what a button says; what came of it, or why it failed, stands on the page. */
  async #act(work: () => Promise<unknown>): Promise<void> {
    this.#problem = undefined;
    this.#notice = undefined;
    try {
      const said = await work();
      if (typeof said === 'string') this.#notice = said;
      this.#changed(this.#notice);
    } catch (thrown) {
      this.#actionFailed(thrown);
    }
  }

  async #useProject(project: FoundProject, accountId: string): Promise<void> {
    const controller = new AbortController();
    this.#using = controller;
    this.#changed(t('Setting up this folder for the project {0}.', project.projectName));
    try {
      const done = await this.#deps.useProject({ accountId, project }, controller.signal);
      if (this.#using !== controller) return;
      this.#using = undefined;
      this.#done = done;
      this.#made = { accountId, spec: specFromTags(project) };
      this.#step = 'done';
      this.#changed(done.summary);
    } catch (thrown) {
      if (this.#using !== controller) return;
      this.#using = undefined;
      this.#actionFailed(thrown);
    }
  }

  #actionFailed(thrown: unknown): void {
    if (!isCancellation(thrown)) this.#problem = problemView(asSetupError(thrown));
    this.#changed(this.#problem?.message);
  }

  #changed(announcement?: string): void {
    if (this.#disposed) return;
    if (announcement !== undefined) this.#announcement = announcement;
    this.#revision += 1;
    this.#state = undefined;
    for (const listener of this.#listeners) listener();
  }

  #makeState(): WizardState {
    const step = this.#step;
    const problem = this.#shownProblem();
    const plan: PlanView | undefined = step === 'form' ? undefined : this.#planned?.view;
    const notice = this.#comparing ? t('Comparing with what exists in Azure…') : this.#notice;
    return {
      revision: this.#revision,
      step,
      form: formView(this.#form.model),
      ...(plan === undefined ? {} : { plan }),
      ...(step === 'progress' || step === 'done' ? { progress: this.#progress() } : {}),
      ...(this.#done !== undefined && step === 'done' ? { done: this.#done } : {}),
      ...(problem === undefined ? {} : { problem }),
      ...(notice === undefined ? {} : { notice }),
      ...(this.#announcement === undefined ? {} : { announcement: this.#announcement }),
    };
  }

  /** Continue was pressed after a reload: a new plan says whether it may go on unasked. */
  get #comparing(): boolean {
    return this.#planning !== undefined && this.#step !== 'form';
  }

  #progress(): ProgressView {
    const { progress } = this.#run;
    return this.#comparing ? { ...progress, canContinue: false, canCancel: true } : progress;
  }

  #shownProblem(): ProblemView | undefined {
    if (this.#problem !== undefined || this.#comparing) return this.#problem;
    switch (this.#step) {
      case 'form':
        return environmentProblem(this.#form.model);
      case 'review':
        return undefined;
      case 'progress':
        return this.#run.problem;
      case 'done': {
        // The folder is set up, but the record has stopped on its way.
        const { problem, progress } = this.#run;
        return problem !== undefined && progress.canContinue ? withContinue(problem) : problem;
      }
    }
  }
}

/** What was on its way when the window closed is so no more: Continue brings it. */
function doneAfterReload({ done, run }: WizardSnapshot): DoneView | undefined {
  return done && run !== undefined ? { ...done, pending: [] } : done;
}

/** Whether a plan made after a reload does nothing but what was confirmed before it. */
function finishesOnly(interrupted: InterruptedRun, now: ProjectPlan): boolean {
  const actions = new Map(interrupted.steps.map(({ key, action }) => [key, action]));
  const changes = now.changes.flatMap((change) => {
    const action = actions.get(change.resource.key);
    return action === undefined ? [] : [{ ...change, action }];
  });
  return onlyFinishes({ ...now, projectId: interrupted.projectId, changes }, now);
}
