import * as vscode from 'vscode';

/** How a run is whose tab was closed. */
export type LeftRunLook =
  | { readonly state: 'runs'; readonly done: number; readonly total: number }
  | { readonly state: 'done' | 'stopped'; readonly text: string };

export interface LeftRun {
  /** What goes on. */
  readonly title: string;
  onDidChange(listener: () => void): { dispose(): void };
  cancel(): void;
  look(): LeftRunLook;
}

/**
 * Shows a run that was left as a notification with its progress and a Cancel of its own, and at its
 * end what came of it. A run that stands still is not watched: there is nothing to see.
 * @param show brings its page back
 */
export function watchLeftRun(run: LeftRun, show: () => void): vscode.Disposable {
  const ended = new vscode.EventEmitter<boolean>();
  const end = new Promise<boolean>((resolve) => ended.event(resolve));
  if (run.look().state !== 'runs') return new vscode.Disposable(() => ended.dispose());
  const changes = new vscode.EventEmitter<void>();
  const listening = run.onDidChange(() => {
    changes.fire();
    if (run.look().state !== 'runs') ended.fire(true);
  });
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: run.title,
    cancellable: true,
  };
  void vscode.window.withProgress(options, async (progress, cancel) => {
    cancel.onCancellationRequested(() => run.cancel());
    let shown = 0;
    const draw = () => {
      const look = run.look();
      if (look.state !== 'runs') return;
      const percent = (100 * look.done) / Math.max(1, look.total);
      const message = vscode.l10n.t('{0} of {1} steps are done.', look.done, look.total);
      progress.report({ message, increment: percent - shown });
      shown = percent;
    };
    draw();
    changes.event(draw);
    if (await end) void tell(run.look(), show);
  });
  return vscode.Disposable.from(listening, changes, {
    dispose: () => {
      // The page is back: the notification goes.
      ended.fire(false);
      ended.dispose();
    },
  });
}

async function tell(look: LeftRunLook, show: () => void): Promise<void> {
  if (look.state === 'runs') return;
  const open = vscode.l10n.t('Show');
  const asked =
    look.state === 'done'
      ? vscode.window.showInformationMessage(look.text, open)
      : vscode.window.showWarningMessage(look.text, open);
  if ((await asked) === open) show();
}
