import * as vscode from 'vscode';
import { asSetupError, isCancellation } from '../setup/errors.ts';
import type { Log } from './log.ts';
import { redact } from '../setup/redact.ts';

/**
 * Tells the user about a failure: what failed, and what to do next. The only caller of
 * `showErrorMessage`. A cancellation is somebody's wish and shows nothing.
 */
export interface ErrorReport {
  report(error: unknown): void;
}

export function createErrorReport(log: Log): ErrorReport {
  return {
    report(error) {
      if (isCancellation(error)) return;
      const failure = asSetupError(error);
      log.error(failure);
      void show(`${failure.message} ${failure.remedy}`, log);
    },
  };
}

async function show(text: string, log: Log): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showErrorMessage(redact(text), showLog)) === showLog) log.show();
}
