import { element, setText } from './dom.ts';

/** A box to tick, with its label beside it and, below, what it is about. */
export interface Checkbox {
  readonly element: HTMLElement;
  update(state: { readonly checked: boolean; readonly label: string }): void;
}

let made = 0;

/** Native: the toolkit's box has no accessible description and ignores the theme's contrast. */
export function checkbox(parts: {
  readonly onChange: (on: boolean) => void;
  /** What describes it to a screen reader. */
  readonly describedBy?: HTMLElement;
}): Checkbox {
  made += 1;
  const id = `checkbox-${made.toString()}`;
  const input = element('input', { id, class: 'checkbox', attributes: { type: 'checkbox' } });
  const text = element('label', { attributes: { for: id } });
  input.addEventListener('change', () => parts.onChange(input.checked));
  if (parts.describedBy !== undefined) {
    parts.describedBy.id = `${id}-about`;
    input.setAttribute('aria-describedby', parts.describedBy.id);
  }
  return {
    element: element('div', { class: 'check' }, input, text),
    update({ checked, label }) {
      input.checked = checked;
      setText(text, label);
    },
  };
}
