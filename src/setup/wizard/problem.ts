import { t } from '@vscode/l10n';
import type { ProblemAction, ProblemView } from '../../contract/wizardState.ts';
import { SetupError } from '../errors.ts';

/** A failure as the page shows it. Nothing but its words leaves: no cause, no request. */
export function problemView(error: SetupError, action?: ProblemAction['id']): ProblemView {
  const { code, message, remedy } = error;
  return {
    code,
    message,
    remedy,
    ...(action === undefined ? {} : { action: { id: action, label: actionLabel(action) } }),
  };
}

/** A problem of something that stands still and can go on. */
export function withContinue(problem: ProblemView): ProblemView {
  return { ...problem, action: { id: 'continue', label: actionLabel('continue') } };
}

function actionLabel(action: ProblemAction['id']): string {
  switch (action) {
    case 'continue':
      return t('Continue');
    case 'openFolder':
      return t('Open Folder');
  }
}

/** Something that the person can put right in the form. */
export function userError(code: string, message: string, remedy: string): SetupError {
  return new SetupError({ code, source: 'user', message, remedy });
}
