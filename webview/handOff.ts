import { t } from '@vscode/l10n';
import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import type { HandOffView } from '../src/contract/wizardState.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import { button } from './toolkit.ts';

/** What we may not do: who may is given the very commands, and the rest runs without them. */
export function handOffCard(
  { steps, text }: HandOffView,
  what: string,
  send: (intent: WizardIntent) => void,
): HTMLElement {
  const copy = button({
    label: t('Copy Commands'),
    onClick: () => send({ kind: 'handOff', action: 'copy' }),
  });
  const open = button({
    label: t('Open as Document'),
    onClick: () => send({ kind: 'handOff', action: 'open' }),
  });
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, icon('handedOff'), element('span', { text: t('For an administrator') })),
    element('p', { class: 'what', text: what }),
    element(
      'ul',
      { class: 'items' },
      ...steps.map((step) => element('li', { class: 'item', text: step })),
    ),
    element(
      'details',
      {},
      element('summary', { text: t('Commands') }),
      // A long line scrolls, so the keyboard has to reach it.
      element('pre', { text, attributes: { tabindex: '0', 'aria-label': t('Commands') } }),
    ),
    element('div', { class: 'buttons' }, copy.element, open.element),
  );
}
