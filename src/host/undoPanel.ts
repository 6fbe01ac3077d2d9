import * as vscode from 'vscode';
import { parseUndoIntent } from '../contract/undoGuard.ts';
import type { UndoIntent } from '../contract/undoIntent.ts';
import type { UndoState } from '../contract/undoState.ts';
import { SetupError } from '../setup/errors.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { isSameProject } from '../setup/sameProject.ts';
import type { UndoRequest } from '../setup/undoPage/undoDeps.ts';
import { watchLeftRun } from './leftRun.ts';
import { PagePanel, type PageLogic, type PagePanelParts } from './pagePanel.ts';

export const UNDO_VIEW_TYPE = 'dstackAzure.deleteProject';

/** Deleting, as the panel sees it. */
export interface UndoLogic extends PageLogic<UndoState, UndoIntent> {
  readonly request: UndoRequest;
}

/** The tab in which a project is deleted. */
export class UndoPanel extends PagePanel<UndoState, UndoIntent, UndoLogic> {
  constructor(parts: PagePanelParts<UndoLogic>) {
    super(parts, {
      viewType: UNDO_VIEW_TYPE,
      title: () => vscode.l10n.t('Delete dstack Project'),
      script: 'undo.js',
      snapshotKey: 'dstackAzure.undo',
      parse: parseUndoIntent,
      outlives: ({ step }) => step === 'running',
      onLeft: (logic) => watchLeftRun(leftRunOf(logic), () => void this.open()),
    });
  }

  /** Whether this very project is being deleted. */
  deletes(spec: ProjectSpec): boolean {
    const { logic } = this;
    return logic?.state.step === 'running' && isSameProject(logic.request.spec, spec);
  }

  /**
   * Shows what deleting the project would do; one that is being deleted already is shown as it goes.
   * @throws SetupError while another project is being deleted
   */
  async openFor(request: UndoRequest): Promise<void> {
    const { logic } = this;
    if (logic?.state.step !== 'running') {
      await this.startOver({ schema: 1, ...request, running: false });
      return;
    }
    const isSame = this.deletes(request.spec);
    await this.open();
    if (!isSame) throw busy(logic.request.spec.name);
  }
}

function busy(name: string): SetupError {
  return new SetupError({
    code: 'undo_running',
    source: 'user',
    message: vscode.l10n.t('The project {0} is being deleted.', name),
    remedy: vscode.l10n.t('Wait for its receipt, then delete the next one.'),
  });
}

function leftRunOf(logic: PageLogic<UndoState, UndoIntent>): Parameters<typeof watchLeftRun>[0] {
  return {
    title: vscode.l10n.t('Deleting the dstack project'),
    onDidChange: (listener) => logic.onDidChange(listener),
    cancel: () => logic.dispatch({ kind: 'cancel' }),
    look: () => {
      const { progress, receipt, problem } = logic.state;
      if (progress !== undefined) {
        return { state: 'runs', done: progress.done, total: progress.total };
      }
      const text = receipt?.summary ?? problem?.message ?? '';
      return { state: receipt?.outcome === 'done' ? 'done' : 'stopped', text };
    },
  };
}
