import { t } from '@vscode/l10n';
import type { ProblemView } from '../src/contract/wizardState.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import { button } from './toolkit.ts';

/** What failed and what to do next, as the person reads it. */
export function problemText(problem: ProblemView): readonly Node[] {
  return [
    icon('failed'),
    element(
      'span',
      { class: 'problem-text' },
      element('span', { text: problem.message }),
      problem.remedy === '' ? undefined : document.createTextNode(' '),
      problem.remedy === ''
        ? undefined
        : element('span', { class: 'remedy', text: problem.remedy }),
    ),
  ];
}

/** A problem of the whole page, with a button where one click helps. */
export function problemBanner(
  problem: ProblemView,
  onAction: (action: NonNullable<ProblemView['action']>['id']) => void,
): HTMLElement {
  const { action } = problem;
  return element(
    'section',
    { class: 'banner', attributes: { 'aria-label': t('Problem') } },
    ...problemText(problem),
    action === undefined
      ? undefined
      : button({ label: action.label, onClick: () => onAction(action.id) }).element,
  );
}
