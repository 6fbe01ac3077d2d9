import * as vscode from 'vscode';
import { parseIntent } from '../contract/intentGuard.ts';
import type { WizardIntent } from '../contract/wizardIntent.ts';
import type { WizardState } from '../contract/wizardState.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { watchLeftRun } from './leftRun.ts';
import { PagePanel, type PageLogic, type PagePanelParts } from './pagePanel.ts';

export const WIZARD_VIEW_TYPE = 'dstackAzure.wizard';

/** The wizard's logic, as the panel sees it. */
export interface WizardLogic extends PageLogic<WizardState, WizardIntent> {
  /** The project has been taken back: what was shown of it is shown no more. */
  forget(spec: ProjectSpec): void;
  /** Whether a set-up of this very project runs. */
  runs(spec: ProjectSpec): boolean;
}

/** The tab in which projects are set up. */
export class WizardPanel extends PagePanel<WizardState, WizardIntent, WizardLogic> {
  constructor(parts: PagePanelParts<WizardLogic>) {
    super(parts, {
      viewType: WIZARD_VIEW_TYPE,
      title: () => vscode.l10n.t('Create Azure Project'),
      script: 'page.js',
      snapshotKey: 'dstackAzure.wizard',
      parse: parseIntent,
      outlives: hasRun,
      onLeft: (logic) => watchLeftRun(leftRunOf(logic), () => void this.open()),
    });
  }

  /** Steps run, or wait to be continued: what the page shows must not be replaced. */
  get isBusy(): boolean {
    return this.logic !== undefined && hasRun(this.logic.state);
  }
}

/** Whether steps run or wait to be continued. The record may wait for its role when all else is done. */
function hasRun({ step, progress }: WizardState): boolean {
  if (step === 'progress') return true;
  return step === 'done' && (progress?.items.some(({ status }) => status === 'running') ?? false);
}

function leftRunOf(
  logic: PageLogic<WizardState, WizardIntent>,
): Parameters<typeof watchLeftRun>[0] {
  return {
    title: vscode.l10n.t('Creating the dstack project'),
    onDidChange: (listener) => logic.onDidChange(listener),
    cancel: () => logic.dispatch({ kind: 'cancel' }),
    look: () => {
      const { step, progress, problem, done } = logic.state;
      const count = { done: progress?.done ?? 0, total: progress?.total ?? 0 };
      if (step === 'progress' && progress?.canContinue === false)
        return { ...count, state: 'runs' };
      if (step === 'done') return { ...count, state: 'done', text: done?.summary ?? '' };
      const text = problem === undefined ? '' : `${problem.message} ${problem.remedy}`;
      return { ...count, state: 'stopped', text };
    },
  };
}
