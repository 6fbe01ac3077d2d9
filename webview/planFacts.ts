import { t } from '@vscode/l10n';
import type { CostsView, PortView } from '../src/contract/wizardState.ts';
import { element } from './dom.ts';
import { icon, type IconName } from './icons.ts';

/** What may come in from the internet. */
export function portsCard(ports: readonly PortView[]): HTMLElement {
  return card(
    'open',
    t('Open to the internet'),
    ports.map((port) => row(t('Port {0}', port.ports), port.purpose)),
  );
}

/** What costs money, and roughly how much. */
export function costsCard({ items, note }: CostsView): HTMLElement {
  const rows = items.map(({ what, price }) => row(what, price));
  const made = card('cost', t('Costs'), rows);
  made.append(element('p', { class: 'card-note', text: note }));
  return made;
}

function card(sign: IconName, title: string, rows: readonly HTMLElement[]): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, icon(sign), element('span', { text: title })),
    element('ul', { class: 'items' }, ...rows),
  );
}

function row(name: string, text: string): HTMLElement {
  return element(
    'li',
    { class: 'item' },
    element('p', { class: 'name', text: name }),
    element('p', { class: 'purpose', text }),
  );
}
