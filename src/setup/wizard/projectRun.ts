import { t } from '@vscode/l10n';
import type {
  DoneView,
  HandOffView,
  PlanView,
  ProblemView,
  ProgressItemView,
  ProgressView,
} from '../../contract/wizardState.ts';
import type { RunResult } from '../apply.ts';
import { asSetupError, isCancellation, type SetupError } from '../errors.ts';
import type { ProjectPlan } from '../planProject.ts';
import type { WaitReport } from '../projectServer.ts';
import { problemView, userError } from './problem.ts';
import {
  afterEvent,
  announcementOf,
  doneKeys,
  HANDED_OFF,
  progressView,
  startItems,
  WORKSPACE_STEP,
} from './progress.ts';
import type { InterruptedRun } from './snapshot.ts';
import type { WizardDeps } from './wizardDeps.ts';

/** What somebody has confirmed. */
export interface Approved {
  readonly accountId: string;
  readonly plan: ProjectPlan;
  readonly view: PlanView;
}

export interface ProjectRunOptions {
  readonly deps: WizardDeps;
  /** A run that a reload of the window cut off. Nothing of it goes on unasked. */
  readonly interrupted: InterruptedRun | undefined;
  readonly onChange: (announcement?: string) => void;
  /** A step failed, or the run was refused: whoever knows the form may have a place for it. */
  readonly onFailure: (error: SetupError) => void;
}

/** How the last step came out. */
type Finish = RunResult['outcome'];

/** One approved plan on its way: it runs, stops, goes on, ends. */
export class ProjectRun {
  readonly #options: ProjectRunOptions;
  #saved: InterruptedRun | undefined;
  #items: readonly ProgressItemView[];
  #controller: AbortController | undefined;
  #problem: ProblemView | undefined;
  #done: DoneView | undefined;
  /** Why steps failed, by key, as long as they have not been tried again. */
  #failures: ReadonlyMap<string, SetupError> = new Map();
  /** Failed steps to try again as soon as those that run have ended. */
  readonly #again = new Set<string>();
  #handOff: HandOffView | undefined;

  constructor(options: ProjectRunOptions) {
    const { interrupted } = options;
    this.#options = options;
    this.#saved = interrupted;
    this.#items = startItems(interrupted?.steps ?? [], new Set(interrupted?.done));
    if (interrupted !== undefined) this.#problem = problemView(interruptedError());
  }

  get progress(): ProgressView {
    const { running } = this;
    const cancelling = this.#controller?.signal.aborted === true;
    const view = progressView(
      this.#items.map((item) => this.#shown(item, cancelling)),
      {
        canCancel: running && !cancelling,
        cancelling,
        canContinue: !running && this.#saved !== undefined,
      },
    );
    return this.#handOff === undefined ? view : { ...view, handOff: this.#handOff };
  }

  #shown(item: ProgressItemView, cancelling: boolean): ProgressItemView {
    if (item.status !== 'failed') return item;
    if (!this.#again.has(item.key)) return cancelling ? item : { ...item, canRetry: true };
    const { key, kindLabel, name } = item;
    const note = t('Tried again as soon as the steps that run have ended.');
    return { key, kindLabel, name, status: 'waiting', note };
  }

  /** Why it stands still. */
  get problem(): ProblemView | undefined {
    return this.#problem;
  }

  /** There as soon as the workspace is set up, although the record may still be on its way. */
  get done(): DoneView | undefined {
    return this.#done;
  }

  get running(): boolean {
    return this.#controller !== undefined;
  }

  /** Enough to go on after a reload; undefined once nothing is left to do. */
  get unfinished(): InterruptedRun | undefined {
    return this.#saved && { ...this.#saved, done: [...doneKeys(this.#items)] };
  }

  /** Starts or goes on: what is done by now is found done again. Never throws. */
  async start(approved: Approved): Promise<void> {
    this.#failures = new Map();
    await this.#start(approved);
    while (this.#again.size > 0) await this.#startAgain(approved);
  }

  /**
   * Tries a failed step again, and what waited for it; other failed ones stay as they are. While
   * others run it waits for their end. Never throws.
   */
  async retry(approved: Approved, key: string): Promise<void> {
    if (this.#items.find((item) => item.key === key)?.status !== 'failed') return;
    this.#again.add(key);
    if (this.running) {
      this.#options.onChange(t('It is tried again as soon as the steps that run have ended.'));
      return;
    }
    while (this.#again.size > 0) await this.#startAgain(approved);
  }

  async #startAgain(approved: Approved): Promise<void> {
    const notNow = new Map([...this.#failures].filter(([key]) => !this.#again.has(key)));
    this.#again.clear();
    this.#failures = notNow;
    await this.#start(approved);
  }

  async #start(approved: Approved): Promise<void> {
    const controller = new AbortController();
    this.#controller = controller;
    this.#saved = savedRun(approved);
    const failed = this.#items.filter(({ key }) => this.#failures.has(key));
    this.#items = startItems(this.#saved.steps, doneKeys(this.#items), failed);
    this.#problem = undefined;
    this.#done = undefined;
    this.#handOff = undefined;
    this.#options.onChange(t('Creating the project {0}.', approved.plan.spec.name));
    try {
      await this.#run(approved, controller.signal);
    } catch (thrown) {
      const cancelled = isCancellation(thrown);
      this.#fail(cancelled ? cancelledError() : asSetupError(thrown));
    }
    this.#controller = undefined;
    this.#settlePending();
    this.#options.onChange(this.problem?.message);
  }

  /** Whatever was still on its way has arrived, or the problem says why not. */
  #settlePending(): void {
    if (this.#done !== undefined) this.#done = { ...this.#done, pending: [] };
  }

  cancel(): void {
    if (this.#controller === undefined) return;
    this.#again.clear();
    this.#controller.abort();
    this.#options.onChange(t('Cancelling.'));
  }

  async #run(approved: Approved, signal: AbortSignal): Promise<void> {
    let finishing: Promise<Finish> | undefined;
    const result = await this.#options.deps.apply(approved, {
      signal,
      notNow: this.#failures,
      report: (event) => {
        this.#items = afterEvent(this.#items, event);
        this.#options.onChange(announcementOf(this.#items, event));
      },
      onEssentialsDone: (outcomes) => {
        finishing = this.#finish(approved, outcomes, signal);
      },
    });
    if (result.outcome === 'done') finishing ??= this.#finish(approved, result.outcomes, signal);
    this.#end(approved, result, await finishing);
  }

  /** Registers the project and writes the workspace: the last step of the list. */
  async #finish(
    approved: Approved,
    outcomes: RunResult['outcomes'],
    signal: AbortSignal,
  ): Promise<Finish> {
    const { deps } = this.#options;
    const { clock } = deps;
    const startedAt = clock.now();
    this.#workspaceStep({ status: 'running', startedAt });
    const onWait: WaitReport = ({ message }, waitMs) => {
      const again = t('The server is asked again in {0} seconds.', Math.round(waitMs / 1_000));
      this.#workspaceStep({ status: 'running', startedAt, note: `${message} ${again}` });
    };
    try {
      const done = await deps.finish({ ...approved, outcomes }, { signal, onWait });
      this.#done = done;
      this.#workspaceStep({ status: 'done', durationMs: clock.now() - startedAt }, done.summary);
      return 'done';
    } catch (thrown) {
      const isCancelled = isCancellation(thrown);
      if (isCancelled) this.#workspaceStep({ status: 'waiting' });
      else this.#workspaceStep({ status: 'failed', problem: problemView(asSetupError(thrown)) });
      return isCancelled ? 'cancelled' : 'failed';
    }
  }

  #workspaceStep(
    change: Pick<ProgressItemView, 'status' | 'startedAt' | 'durationMs' | 'problem' | 'note'>,
    announcement?: string,
  ): void {
    this.#items = this.#items.map(({ key, kindLabel, name, ...rest }) =>
      key === WORKSPACE_STEP
        ? { key, kindLabel, name, ...change }
        : { key, kindLabel, name, ...rest },
    );
    this.#options.onChange(announcement ?? change.problem?.message ?? change.note);
  }

  #end(approved: Approved, result: RunResult, finish: Finish | undefined): void {
    for (const error of result.failures.values()) this.#options.onFailure(error);
    this.#failures = result.failures;
    // The last step is the run's own: what became of it counts as soon as all others are done.
    const outcome = result.outcome === 'done' ? finish : result.outcome;
    if (outcome === 'done') {
      this.#saved = undefined;
    } else if (outcome === 'cancelled') {
      const names = this.#items
        .filter(({ key }) => result.stillRunning.includes(key))
        .map(({ name }) => name);
      this.#problem = problemView(cancelledError(names));
    } else {
      this.#problem = problemView(failedError(result));
      this.#handOff = this.#options.deps.handOff(approved.plan, result);
    }
  }

  #fail(error: SetupError): void {
    this.#again.clear();
    this.#problem = problemView(error);
    this.#options.onFailure(error);
  }
}

function savedRun({ accountId, plan, view }: Approved): InterruptedRun {
  return {
    accountId,
    spec: plan.spec,
    projectId: plan.projectId,
    steps: view.items.map(({ key, kindLabel, name, action }) => ({ key, kindLabel, name, action })),
    done: [],
  };
}

function interruptedError(): SetupError {
  return userError(
    'interrupted',
    t('The set-up was interrupted when the window closed.'),
    t('Continue goes on where it stopped; nothing is made twice.'),
  );
}

function handedOffError(): SetupError {
  return userError(
    HANDED_OFF,
    t('Everything else is done; what is left is for an administrator.'),
    t('Continue when they have run the commands.'),
  );
}

/** @param inAzure names of what Azure had in hand */
function cancelledError(inAzure: readonly string[] = []): SetupError {
  return userError(
    'cancelled',
    inAzure.length === 0
      ? t('The set-up was cancelled.')
      : t(
          'The set-up was cancelled. Azure may still finish what it had begun: {0}.',
          inAzure.join(', '),
        ),
    t('What is there stays as it is. Continue goes on; nothing is made twice.'),
  );
}

function failedError(result: RunResult): SetupError {
  const failures = [...result.failures.values()].filter(({ code }) => code !== HANDED_OFF);
  if (failures.length === 0 && result.failures.size > 0) return handedOffError();
  const [first] = failures;
  const count = failures.length;
  const message =
    count > 1 ? t('{0} steps failed.', count) : (first?.message ?? t('A step failed.'));
  return userError('run_failed', message, t('Put it right and continue; nothing is made twice.'));
}
