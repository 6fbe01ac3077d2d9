import { t } from '@vscode/l10n';
import type { UndoState } from '../../src/contract/undoState.ts';
import { element, setText } from '../dom.ts';
import { steps } from '../steps.ts';
import { button } from '../toolkit.ts';
import type { SendUndo, UndoScreen } from './screen.ts';

/** Each object on its way out. */
export function runningScreen(send: SendUndo): UndoScreen {
  const counted = element('p', { class: 'summary' });
  // A failed object is tried again by another look, which proves once more that it is ours.
  const all = steps(() => undefined);
  const cancel = button({ label: t('Cancel'), onClick: () => send({ kind: 'cancel' }) });
  const leave = button({ label: t('Leave Running'), onClick: () => send({ kind: 'leave' }) });
  return {
    element: element(
      'div',
      { class: 'screen' },
      counted,
      all.bar,
      element('section', { class: 'card' }, all.list),
      element('div', { class: 'buttons' }, cancel.element, leave.element),
    ),
    title: ({ projectName, progress }) =>
      progress?.cancelling === true ? t('Cancelling') : t('Deleting the project {0}', projectName),
    update({ progress }: UndoState) {
      if (progress === undefined) return;
      const { done, total, cancelling } = progress;
      setText(counted, t('{0} of {1} steps are done.', done, total));
      all.update(progress.items, progress.fraction);
      cancel.setDisabled(cancelling);
      cancel.setLabel(cancelling ? t('Cancelling…') : t('Cancel'));
    },
  };
}
