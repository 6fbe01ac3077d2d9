import { t } from '@vscode/l10n';
import type { FormPart, PartView } from '../src/contract/wizardState.ts';
import { element, setAttribute, setText, setVisible } from './dom.ts';
import type { Send } from './fields.ts';
import { icon } from './icons.ts';
import { button } from './toolkit.ts';

export interface PartElement {
  readonly element: HTMLElement;
  update(view: PartView): void;
  /** To the button that opens and closes it. */
  focus(): void;
}

/** One part of the form: closed, it says in a line what was answered; open, it can be changed. */
export function formPart(parts: {
  readonly name: FormPart;
  readonly title: string;
  readonly what: string;
  readonly content: readonly Node[];
  readonly send: Send;
  /** What the button at its end says; without it there is none. */
  readonly next?: string;
  readonly onNext?: () => void;
}): PartElement {
  const { name, send } = parts;
  let open = false;
  const mark = icon('done');
  const done = element('span', { class: 'visually-hidden' });
  const summary = element('span', { class: 'part-summary' });
  const head = element(
    'button',
    { class: 'part-head', attributes: { type: 'button', 'aria-controls': `part-${name}` } },
    element('span', { class: 'part-title', text: parts.title }),
    done,
    summary,
    mark,
    icon('chevron'),
  );
  head.addEventListener('click', () => send({ kind: 'showPart', part: name, open: !open }));
  const next =
    parts.next === undefined
      ? undefined
      : button({
          label: parts.next,
          onClick: () => {
            send({ kind: 'nextPart', part: name });
            parts.onNext?.();
          },
        });
  const body = element(
    'div',
    { id: `part-${name}`, class: 'part-body' },
    element('p', { class: 'what', text: parts.what }),
    ...parts.content,
    next && element('div', { class: 'buttons part-next' }, next.element),
  );
  return {
    element: element(
      'section',
      { class: 'card part', attributes: { 'data-part': name } },
      element('h2', {}, head),
      body,
    ),
    update(view) {
      open = view.open;
      setAttribute(head, 'aria-expanded', open ? 'true' : 'false');
      setVisible(body, open);
      setText(summary, open ? '' : view.summary);
      setText(done, view.complete && !open ? t('complete') : '');
      mark.classList.toggle('invisible', !view.complete || open);
    },
    focus: () => head.focus(),
  };
}
