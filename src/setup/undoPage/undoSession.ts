import { t } from '@vscode/l10n';
import type { UndoIntent } from '../../contract/undoIntent.ts';
import type {
  UndoReceiptView,
  UndoState,
  UndoStep,
  UndoStepView,
} from '../../contract/undoState.ts';
import type { ProblemView } from '../../contract/wizardState.ts';
import { asSetupError, isCancellation } from '../errors.ts';
import { beingSetUp } from '../sameProject.ts';
import { isHeld } from '../undoLocks.ts';
import type { UndoPlan } from '../undoPlan.ts';
import type { UndoReceipt } from '../undoReceipt.ts';
import { problemView, userError } from '../wizard/problem.ts';
import type { Disposable } from '../wizard/wizardDeps.ts';
import { lookView, type UndoChoices } from './lookView.ts';
import { receiptMarkdown } from './receiptMarkdown.ts';
import { receiptView } from './receiptView.ts';
import type { UndoDeps, UndoRequest } from './undoDeps.ts';
import { afterUndoEvent, announcementOfUndo, removals, undoProgressView } from './undoProgress.ts';
import type { UndoSnapshot } from './undoSnapshot.ts';

interface Shown {
  readonly view: UndoReceiptView;
  readonly text: string;
  /** Gone after a reload: then nothing can be purged from here. */
  readonly receipt?: UndoReceipt;
  readonly plan?: UndoPlan;
}

/**
 * Deleting a project, without its page: it looks, asks, removes and ends in a receipt. Nothing goes
 * unasked: whatever cut it off, it begins again with a look, which finds what is left.
 */
export class UndoSession {
  readonly #deps: UndoDeps;
  readonly #request: UndoRequest;
  readonly #listeners = new Set<() => void>();
  #step: UndoStep = 'looking';
  #choices: UndoChoices = {
    ticked: new Set(),
    cleansFolders: true,
    withoutServer: false,
    typed: '',
  };
  /** While it is `looking`: Azure has not answered yet. */
  #asking = false;
  #plan: UndoPlan | undefined;
  #items: readonly UndoStepView[] = [];
  #shown: Shown | undefined;
  /** A look, a run or a purge. */
  #controller: AbortController | undefined;
  #problem: ProblemView | undefined;
  #notice: string | undefined;
  #announcement: string | undefined;
  #revision = 0;
  #disposed = false;

  constructor(deps: UndoDeps, snapshot: UndoSnapshot) {
    const { accountId, spec, running, receipt } = snapshot;
    this.#deps = deps;
    this.#request = { accountId, spec };
    if (receipt !== undefined) {
      this.#shown = { ...receipt, view: withoutPurge(receipt.view) };
      this.#step = 'receipt';
      return;
    }
    void this.#look(running ? problemView(interruptedError()) : undefined);
  }

  get request(): UndoRequest {
    return this.#request;
  }

  get state(): UndoState {
    return {
      revision: this.#revision,
      projectName: this.#request.spec.name,
      step: this.#step,
      ...this.#ofStep(),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...(this.#notice === undefined ? {} : { notice: this.#notice }),
      ...(this.#announcement === undefined ? {} : { announcement: this.#announcement }),
    };
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  snapshot(): UndoSnapshot {
    const { accountId, spec } = this.#request;
    const shown = this.#step === 'receipt' ? this.#shown : undefined;
    const receipt = shown && { view: shown.view, text: shown.text };
    return {
      schema: 1,
      accountId,
      spec,
      running: this.#step === 'running',
      ...(receipt === undefined ? {} : { receipt }),
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
    this.#controller?.abort();
  }

  dispatch(intent: UndoIntent): void {
    switch (intent.kind) {
      case 'ready': {
        this.#changed();
        return;
      }
      case 'lookAgain': {
        if (this.#step !== 'running') void this.#look();
        return;
      }
      case 'tick': {
        this.#tick(intent.key, intent.on);
        return;
      }
      case 'tickFolders': {
        this.#choose({ cleansFolders: intent.on });
        return;
      }
      case 'withoutServer': {
        if (this.#step !== 'look') return;
        this.#choices = { ...this.#choices, withoutServer: intent.on };
        void this.#look();
        return;
      }
      case 'type': {
        this.#choose({ typed: intent.value });
        return;
      }
      case 'undo': {
        void this.#undo();
        return;
      }
      case 'cancel': {
        this.#cancel();
        return;
      }
      case 'leave':
        // The page's own: it closes, and nothing changes here.
        return;
      case 'purge': {
        void this.#act(() => this.#purge(intent.key));
        return;
      }
      case 'openReceipt': {
        void this.#act(() => this.#open());
        return;
      }
      case 'saveReceipt': {
        void this.#act(() => this.#save());
        return;
      }
    }
  }

  #ofStep(): Pick<UndoState, 'asking' | 'look' | 'progress' | 'receipt'> {
    const isCancelling = this.#controller?.signal.aborted === true;
    switch (this.#step) {
      case 'looking':
        return { asking: this.#asking };
      case 'look': {
        const folders = this.#deps.folders(this.#request.spec);
        return this.#plan === undefined
          ? {}
          : { look: lookView(this.#plan, folders, this.#choices) };
      }
      case 'running':
        return { progress: undoProgressView(this.#items, isCancelling) };
      case 'receipt':
        return this.#shown === undefined ? {} : { receipt: this.#shown.view };
    }
  }

  /** @param problem why it is looked at again, shown with what is found */
  async #look(problem?: ProblemView): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.#step = 'looking';
    this.#asking = true;
    this.#problem = problem;
    this.#notice = undefined;
    this.#changed(t('Looking at what the project has made.'));
    try {
      const { withoutServer } = this.#choices;
      const plan = await this.#deps.look({ ...this.#request, withoutServer }, controller.signal);
      if (this.#controller !== controller) return;
      this.#plan = plan;
      this.#step = 'look';
      this.#changed(saidOf(plan));
    } catch (thrown) {
      // A later look has cut this one off; any other cancellation is a person's, who closed a sign-in.
      if (this.#controller !== controller) return;
      this.#asking = false;
      this.#problem = problemView(isCancellation(thrown) ? notLooked() : asSetupError(thrown));
      this.#changed(this.#problem.message);
    }
  }

  #tick(key: string, on: boolean): void {
    const item = this.#plan?.items.find((each) => each.key === key);
    if (item?.decision !== 'ask') return;
    const ticked = new Set(this.#choices.ticked);
    if (on) ticked.add(key);
    else ticked.delete(key);
    this.#choose({ ticked });
  }

  #choose(change: Partial<UndoChoices>): void {
    if (this.#step !== 'look') return;
    this.#choices = { ...this.#choices, ...change };
    this.#changed();
  }

  async #undo(): Promise<void> {
    const plan = this.#plan;
    const folders = this.#deps.folders(this.#request.spec);
    if (this.#step !== 'look' || plan === undefined) return;
    if (!lookView(plan, folders, this.#choices).canUndo) return;
    if (this.#deps.isBeingSetUp(this.#request.spec)) {
      this.#problem = problemView(beingSetUp(this.#request.spec.name));
      this.#changed(this.#problem.message);
      return;
    }
    const controller = new AbortController();
    this.#controller = controller;
    const { ticked, withoutServer } = this.#choices;
    this.#items = removals(plan, ticked);
    this.#step = 'running';
    this.#problem = undefined;
    this.#changed(t('Deleting the project {0}.', plan.project.spec.name));
    try {
      const receipt = await this.#deps.undo(
        { ...this.#request, plan, withoutServer },
        {
          ticked,
          signal: controller.signal,
          report: (event) => {
            this.#items = afterUndoEvent(this.#items, event);
            this.#changed(announcementOfUndo(this.#items, event));
          },
        },
      );
      await this.#ended(plan, receipt, folders.length > 0);
    } catch (thrown) {
      // In use again, or not to be asked: nothing has gone, and a look says what there is.
      const error = isCancellation(thrown) ? notDeleted() : asSetupError(thrown);
      if (!this.#disposed) await this.#look(problemView(error));
    }
  }

  async #ended(plan: UndoPlan, receipt: UndoReceipt, hasFolders: boolean): Promise<void> {
    const { spec } = this.#request;
    let files: UndoReceiptView['files'] = [];
    this.#problem = undefined;
    if (receipt.outcome === 'done' && hasFolders && this.#choices.cleansFolders) {
      try {
        files = await this.#deps.cleanFolders(spec);
      } catch (thrown) {
        // What is gone from Azure is gone: the receipt comes all the same.
        this.#problem = problemView(asSetupError(thrown));
      }
    }
    const view = receiptView(receipt, files);
    const text = receiptMarkdown(spec, receipt, view, this.#deps.clock.now());
    this.#shown = { view, text, receipt, plan };
    this.#step = 'receipt';
    this.#choices = { ...this.#choices, typed: '' };
    this.#changed(view.summary);
    this.#deps.onChanged(spec, receipt.outcome);
  }

  #cancel(): void {
    if (this.#step !== 'running' || this.#controller?.signal.aborted !== false) return;
    this.#controller.abort();
    this.#changed(t('Cancelling.'));
  }

  async #purge(key: string): Promise<string | undefined> {
    const { receipt, plan, view, text } = this.#shown ?? {};
    const vault = receipt?.inBin.find((line) => line.key === key);
    if (vault === undefined || plan === undefined || view === undefined || text === undefined) {
      return undefined;
    }
    if (!(await this.#deps.confirmPurge(vault.name))) return undefined;
    const controller = new AbortController();
    this.#controller = controller;
    this.#notice = t('Purging {0}.', vault.name);
    this.#changed(this.#notice);
    await this.#deps.purge({ ...this.#request, plan, vault }, controller.signal);
    const purged = { ...view, inBin: view.inBin.filter((line) => line.key !== key) };
    const said = t('{0} is purged: its name is free.', vault.name);
    this.#shown = {
      ...this.#shown,
      view: purged,
      text: `${text}\n${said}\n`,
    };
    return said;
  }

  async #open(): Promise<undefined> {
    if (this.#shown !== undefined) await this.#deps.openDocument(this.#shown.text);
  }

  async #save(): Promise<string | undefined> {
    if (this.#shown === undefined) return undefined;
    const name = `dstack-receipt-${this.#request.spec.name}.md`;
    const isSaved = await this.#deps.saveDocument(this.#shown.text, name);
    return isSaved ? t('The receipt is saved.') : undefined;
  }

  /** Does what a button says; what came of it, or why it failed, stands on the page. */
  async #act(work: () => Promise<string | undefined>): Promise<void> {
    this.#problem = undefined;
    this.#notice = undefined;
    try {
      this.#notice = await work();
      this.#changed(this.#notice);
    } catch (thrown) {
      this.#notice = undefined;
      if (!isCancellation(thrown)) this.#problem = problemView(asSetupError(thrown));
      this.#changed(this.#problem?.message);
    }
  }

  #changed(announcement?: string): void {
    if (this.#disposed) return;
    if (announcement !== undefined) this.#announcement = announcement;
    this.#revision += 1;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What a screen reader says of a plan. */
function saidOf({ blockers: [blocker], items }: UndoPlan): string {
  if (blocker !== undefined) return blocker.message;
  return items.some(isHeld)
    ? t('Locks hold some of what would go. Nothing has been deleted yet.')
    : t('This is what would go. Nothing has been deleted yet.');
}

/** A receipt that a reload has brought back: what a purge needs is not kept with it. */
function withoutPurge(view: UndoReceiptView): UndoReceiptView {
  const inBin = view.inBin.map((line) => {
    if (!line.canPurge) return line;
    const where = t('To purge it, look in the Azure portal under Key vaults.');
    return { ...line, note: [line.note, where].filter(Boolean).join(' '), canPurge: false };
  });
  return { ...view, inBin };
}

function interruptedError() {
  return userError(
    'interrupted',
    t('Deleting was interrupted when the window closed.'),
    t('Below is what is left. Confirm once more to go on.'),
  );
}

function notLooked() {
  return userError(
    'cancelled',
    t('Looking at what the project has made was cancelled.'),
    t('Look again when you want to go on; looking deletes nothing.'),
  );
}

function notDeleted() {
  return userError(
    'cancelled',
    t('Deleting was cancelled before it began.'),
    t('Nothing was deleted this time. Below is what would go.'),
  );
}
