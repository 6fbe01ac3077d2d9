import { t } from '@vscode/l10n';
import type { UndoState } from '../../src/contract/undoState.ts';
import { element, setVisible } from '../dom.ts';
import { button, progressRing } from '../toolkit.ts';
import type { SendUndo, UndoScreen } from './screen.ts';

/** Azure is being asked; or it could not be, and can be once more. */
export function lookingScreen(send: SendUndo): UndoScreen {
  const waiting = element(
    'p',
    { class: 'looking' },
    progressRing(),
    element('span', { text: t('Looking at what the project has made…') }),
  );
  const again = button({
    label: t('Look Again'),
    primary: true,
    onClick: () => send({ kind: 'lookAgain' }),
  });
  return {
    element: element(
      'div',
      { class: 'screen' },
      waiting,
      element('div', { class: 'buttons' }, again.element),
    ),
    title: ({ projectName }) => t('Delete the project {0}', projectName),
    update({ asking }: UndoState) {
      setVisible(waiting, asking === true);
      setVisible(again.element, asking !== true);
    },
  };
}
