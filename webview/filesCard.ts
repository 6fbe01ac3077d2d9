import { t } from '@vscode/l10n';
import { element } from './dom.ts';
import { icon } from './icons.ts';

/** The files of the folder: those that will be written, and later those that were. */
export function filesCard(
  files: readonly { readonly path: string; readonly note: string }[],
): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, icon('file'), element('span', { text: t('Files in this folder') })),
    element(
      'ul',
      { class: 'items' },
      ...files.map(({ path, note }) =>
        element(
          'li',
          { class: 'item' },
          element(
            'div',
            { class: 'item-head' },
            element('code', { class: 'name', text: path }),
            element('span', { class: 'note', text: note }),
          ),
        ),
      ),
    ),
  );
}
