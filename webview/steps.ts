import { t } from '@vscode/l10n';
import type { ProgressItemView } from '../src/contract/wizardState.ts';
import { element, setChildren } from './dom.ts';
import { keptBy } from './kept.ts';
import { stepRow, type StepRow } from './stepRow.ts';

/** How far a run is: a bar over all of it, and each step live. */
export interface Steps {
  readonly bar: HTMLElement;
  readonly list: HTMLElement;
  update(items: readonly ProgressItemView[], fraction: number): void;
}

export function steps(onRetry: (key: string) => void): Steps {
  const fill = element('div', { class: 'bar-fill' });
  const bar = element(
    'div',
    {
      class: 'bar',
      attributes: {
        role: 'progressbar',
        'aria-label': t('Overall progress'),
        'aria-valuemin': '0',
        'aria-valuemax': '100',
      },
    },
    fill,
  );
  const list = element('ul', { class: 'items steps' });
  const rowOf = keptBy<string, StepRow>(() => stepRow(onRetry));
  let rows: readonly StepRow[] = [];
  // Seconds that pass are the page's own business: the host says only when something has begun.
  setInterval(() => {
    for (const row of rows) row.tick();
  }, 1_000);
  return {
    bar,
    list,
    update(items, fraction) {
      const percent = Math.round(fraction * 100).toString();
      bar.setAttribute('aria-valuenow', percent);
      fill.style.setProperty('width', `${percent}%`);
      rows = items.map((item) => {
        const row = rowOf(item.key);
        row.update(item);
        return row;
      });
      setChildren(
        list,
        rows.map((row) => row.element),
      );
    },
  };
}
