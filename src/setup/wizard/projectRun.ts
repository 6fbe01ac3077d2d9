import { t } from '@vscode/l10n';
import type {
  DoneView,
  PlanView,
  ProblemView,
  ProgressItemView,
  ProgressView,
} from '../../contract/wizardState.ts';
import type { RunResult } from '../apply.ts';
import { asSetupError, isCancellation, type SetupError } from '../errors.ts';
import type { ProjectPlan } from '../planProject.ts';
import { problemView, userError } from './problem.ts';
import {
  afterEvent,
  announcementOf,
  doneKeys,
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

/** One approved plan on its way: it runs, stops, goes on, ends. */
export class ProjectRun {
  readonly #options: ProjectRunOptions;
  #saved: InterruptedRun | undefined;
  #items: readonly ProgressItemView[];
  #controller: AbortController | undefined;
  #problem: ProblemView | undefined;
  #done: DoneView | undefined;

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
    return progressView(this.#items, {
      canCancel: running && !cancelling,
      cancelling,
      canContinue: !running && this.#saved !== undefined,
    });
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
    const controller = new AbortController();
    this.#controller = controller;
    this.#saved = savedRun(approved);
    this.#items = startItems(this.#saved.steps, doneKeys(this.#items));
    this.#problem = undefined;
    this.#options.onChange(t('Creating the project {0}.', approved.plan.spec.name));
    try {
      await this.#run(approved, controller.signal);
    } catch (thrown) {
      const cancelled = isCancellation(thrown);
      this.#fail(cancelled ? cancelledError() : asSetupError(thrown));
    }
    this.#controller = undefined;
    this.#options.onChange(this.problem?.message);
  }

  cancel(): void {
    if (this.#controller === undefined) return;
    this.#controller.abort();
    this.#options.onChange(t('Cancelling.'));
  }

  async #run(approved: Approved, signal: AbortSignal): Promise<void> {
    let finishing: Promise<boolean> | undefined;
    const result = await this.#options.deps.apply(approved, {
      signal,
      report: (event) => {
        this.#items = afterEvent(this.#items, event);
        this.#options.onChange(announcementOf(this.#items, event));
      },
      onEssentialsDone: (outcomes) => {
        finishing = this.#finish(approved, outcomes, signal);
      },
    });
    if (result.outcome === 'done') finishing ??= this.#finish(approved, result.outcomes, signal);
    const finished = (await finishing) ?? false;
    this.#end(result, finished);
  }

  /** Registers the project and writes the workspace: the last step of the list. */
  async #finish(
    approved: Approved,
    outcomes: RunResult['outcomes'],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { deps } = this.#options;
    const { clock } = deps;
    const startedAt = clock.now();
    this.#workspaceStep({ status: 'running', startedAt });
    try {
      const done = await deps.finish({ ...approved, outcomes }, signal);
      this.#done = done;
      this.#workspaceStep({ status: 'done', durationMs: clock.now() - startedAt }, done.summary);
      return true;
    } catch (thrown) {
      if (isCancellation(thrown)) this.#workspaceStep({ status: 'waiting' });
      else this.#workspaceStep({ status: 'failed', problem: problemView(asSetupError(thrown)) });
      return false;
    }
  }

  #workspaceStep(
    change: Pick<ProgressItemView, 'status' | 'startedAt' | 'durationMs' | 'problem'>,
    announcement?: string,
  ): void {
    this.#items = this.#items.map(({ key, kindLabel, name, ...rest }) =>
      key === WORKSPACE_STEP
        ? { key, kindLabel, name, ...change }
        : { key, kindLabel, name, ...rest },
    );
    this.#options.onChange(announcement ?? change.problem?.message);
  }

  #end(result: RunResult, finished: boolean): void {
    for (const error of result.failures.values()) this.#options.onFailure(error);
    if (result.outcome === 'done' && finished) {
      this.#saved = undefined;
      // Whatever was still on its way has arrived.
      if (this.#done !== undefined) this.#done = { ...this.#done, pending: [] };
    } else if (result.outcome === 'cancelled') {
      const names = this.#items
        .filter(({ key }) => result.stillRunning.includes(key))
        .map(({ name }) => name);
      this.#problem = problemView(cancelledError(names));
    } else {
      this.#problem = problemView(failedError(result));
    }
  }

  #fail(error: SetupError): void {
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
  const [first] = result.failures.values();
  const count = result.failures.size;
  const message =
    count > 1 ? t('{0} steps failed.', count) : (first?.message ?? t('A step failed.'));
  return userError('run_failed', message, t('Put it right and continue; nothing is made twice.'));
}
