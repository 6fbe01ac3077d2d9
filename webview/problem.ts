import { t } from '@vscode/l10n';
import type { ProblemView } from '../src/contract/wizardState.ts';
import { element } from './dom.ts';
import { icon, type IconName } from './icons.ts';
import { button } from './toolkit.ts';

/** What failed and what to do next, as the person reads it. */
export function problemText(problem: ProblemView, sign: IconName = 'failed'): readonly Node[] {
  return [
    icon(sign),
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

/** What stands still because somebody wanted it so, or has to be waited for: no failure. */
const CALM: readonly string[] = ['handed_off', 'cancelled', 'interrupted'];

/** A problem of the whole page, with a button where one click helps. */
export function problemBanner(
  problem: ProblemView,
  onAction?: (action: NonNullable<ProblemView['action']>['id']) => void,
): HTMLElement {
  const { action } = problem;
  const isCalm = CALM.includes(problem.code);
  return element(
    'section',
    {
      class: isCalm ? 'banner warning' : 'banner',
      attributes: { 'aria-label': isCalm ? t('Note') : t('Problem') },
    },
    ...problemText(problem, isCalm ? 'warning' : 'failed'),
    action === undefined || onAction === undefined
      ? undefined
      : button({ label: action.label, onClick: () => onAction(action.id) }).element,
  );
}
