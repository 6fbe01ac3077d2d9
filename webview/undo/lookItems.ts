import { t } from '@vscode/l10n';
import type { UndoItemView, UndoLookView } from '../../src/contract/undoState.ts';
import { element } from '../dom.ts';
import { icon, type IconName } from '../icons.ts';

/** A group of objects that the same thing happens to. */
export function group(
  title: string,
  sign: IconName,
  rows: readonly HTMLElement[],
  folded = false,
): HTMLElement {
  const heading = element(
    'h2',
    {},
    icon(sign),
    element('span', { text: title }),
    element('span', { class: 'count', text: rows.length.toString() }),
  );
  const list = element('ul', { class: 'items' }, ...rows);
  return folded
    ? element(
        'section',
        { class: 'card' },
        element('details', {}, element('summary', {}, heading), list),
      )
    : element('section', { class: 'card' }, heading, list);
}

export function itemRow(item: UndoItemView): HTMLElement {
  return element(
    'li',
    { class: 'item', attributes: { 'data-key': item.key, 'data-decision': item.decision } },
    element(
      'div',
      { class: 'item-head' },
      element('span', { class: 'kind', text: item.kindLabel }),
      element('span', { class: 'name', text: item.name, attributes: { title: item.name } }),
    ),
    element('p', { class: 'reason', text: item.why }),
  );
}

/** What goes, what loses its tags and what stays; what can be ticked is the screen's own. */
export function lookGroups({ items, foreign }: UndoLookView): {
  readonly going: readonly HTMLElement[];
  readonly staying: readonly HTMLElement[];
} {
  const rows = (decision: UndoItemView['decision']): readonly HTMLElement[] =>
    items.filter((item) => item.decision === decision).map(itemRow);
  const remove = rows('remove');
  const untag = rows('untag');
  const locked = rows('locked');
  const stay = [...rows('keep'), ...foreign.map(foreignRow)];
  return {
    going: [
      ...(remove.length === 0 ? [] : [group(t('Will be deleted'), 'remove', remove)]),
      ...(untag.length === 0
        ? []
        : [group(t('Stays, and loses the project’s tags'), 'update', untag)]),
    ],
    staying: [
      ...(locked.length === 0 ? [] : [group(t('Stays: a lock holds it'), 'locked', locked)]),
      ...(stay.length === 0 ? [] : [group(t('Stays as it is'), 'adopt', stay, true)]),
    ],
  };
}

function foreignRow(name: string): HTMLElement {
  return element(
    'li',
    { class: 'item' },
    element('div', { class: 'item-head' }, element('span', { class: 'name', text: name })),
    element('p', { class: 'reason', text: t('Not of this project. Never touched.') }),
  );
}
