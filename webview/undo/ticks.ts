import { t } from '@vscode/l10n';
import type { UndoItemView } from '../../src/contract/undoState.ts';
import { checkbox, type Checkbox } from '../checkbox.ts';
import { element, setChildren, setText, setVisible } from '../dom.ts';
import { icon } from '../icons.ts';
import { keptBy } from '../kept.ts';
import type { SendUndo } from './screen.ts';

interface Tick {
  readonly element: HTMLElement;
  readonly box: Checkbox;
  readonly why: HTMLElement;
}

/** What holds data, each with a box of its own: it stays unless its box is ticked. */
export function ticksCard(send: SendUndo): {
  readonly element: HTMLElement;
  update(items: readonly UndoItemView[]): void;
} {
  const list = element('ul', { class: 'items' });
  const card = element(
    'section',
    { class: 'card' },
    element(
      'h2',
      {},
      icon('warning'),
      element('span', { text: t('Holds data: stays unless you tick it') }),
    ),
    list,
  );
  const tickOf = keptBy((key: string): Tick => {
    const why = element('p', { class: 'reason' });
    const box = checkbox({
      onChange: (on) => send({ kind: 'tick', key, on }),
      describedBy: why,
    });
    const row = element('li', { class: 'item', attributes: { 'data-key': key } }, box.element, why);
    return { element: row, box, why };
  });
  return {
    element: card,
    update(items) {
      const asked = items.filter(({ decision }) => decision === 'ask');
      const rows = asked.map(({ key, kindLabel, name, why, ticked }) => {
        const tick = tickOf(key);
        const label = t('Delete {0} {1}', kindLabel, name);
        tick.box.update({ checked: ticked === true, label });
        setText(tick.why, why);
        return tick.element;
      });
      setChildren(list, rows);
      setVisible(card, rows.length > 0);
    },
  };
}
