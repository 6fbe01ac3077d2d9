import { t } from '@vscode/l10n';
import type { RightsView } from '../src/contract/wizardState.ts';
import { element } from './dom.ts';
import { icon, type IconName } from './icons.ts';

type Check = RightsView['checks'][number];

/** What the account may do of what the plan needs; folded away while there is nothing to look at. */
export function rightsCard({ summary, isClear, checks }: RightsView): HTMLElement {
  const heading = element(
    'h2',
    {},
    icon(isClear ? 'done' : 'warning'),
    element('span', { text: t('Your rights') }),
  );
  const details = element(
    'details',
    {},
    element('summary', {}, heading),
    element('ul', { class: 'items' }, ...checks.map(row)),
  );
  details.open = !isClear;
  return element(
    'section',
    { class: 'card' },
    details,
    element('p', { class: 'card-note', text: summary }),
  );
}

function row({ action, scope, verdict, why, remedy }: Check): HTMLElement {
  return element(
    'li',
    { class: 'item', attributes: { 'data-verdict': verdict } },
    element(
      'div',
      { class: 'item-head' },
      icon(sign(verdict)),
      element('span', { class: 'verdict', text: words(verdict) }),
      element('code', { class: 'action', text: action }),
    ),
    element('p', { class: 'scope', text: scope }),
    why === '' ? undefined : element('p', { class: 'reason', text: why }),
    remedy === undefined ? undefined : element('p', { class: 'reason', text: remedy }),
  );
}

function sign(verdict: Check['verdict']): IconName {
  switch (verdict) {
    case 'may':
      return 'done';
    case 'mayNot':
      return 'failed';
    case 'cantTell':
      return 'unknown';
  }
}

function words(verdict: Check['verdict']): string {
  switch (verdict) {
    case 'may':
      return t('may');
    case 'mayNot':
      return t('may not');
    case 'cantTell':
      return t('can’t tell');
  }
}
