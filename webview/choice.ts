import type { Option, SelectField, SelectFieldName } from '../src/contract/wizardState.ts';
import { element, setAttribute, setChildren, setText } from './dom.ts';
import { Field, type FormControl, type Send } from './fields.ts';
import { keptBy } from './kept.ts';

interface Row {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  update(option: Option): void;
}

/** A few ways of which one is taken: all of them in sight, with what each means. */
export class ChoiceControl extends Field implements FormControl<SelectField> {
  readonly #name: SelectFieldName;
  readonly #send: Send;
  readonly #options = element('div', { class: 'choices' });
  readonly #rowOf = keptBy((value: string) => this.#row(value));
  #rows: readonly Row[] = [];
  #made = 0;
  #hasError = false;

  constructor(name: SelectFieldName, parts: { readonly label: string; readonly send: Send }) {
    super(name, parts);
    this.#name = name;
    this.#send = parts.send;
    const legend = element('span', { id: `${name}-label`, class: 'label', text: parts.label });
    const group = element(
      'div',
      {
        attributes: {
          role: 'radiogroup',
          'aria-labelledby': legend.id,
          'aria-describedby': `${this.hint.id} ${this.problem.id}`,
        },
      },
      legend,
      this.#options,
    );
    this.control.append(group);
  }

  get hasError(): boolean {
    return this.#hasError;
  }

  update(field: SelectField): void {
    this.#hasError = field.error !== undefined;
    this.#rows = field.options.map((option) => {
      const row = this.#rowOf(option.value);
      row.update(option);
      return row;
    });
    setChildren(
      this.#options,
      this.#rows.map((row) => row.element),
    );
    for (const { input } of this.#rows) input.checked = input.value === field.value;
    this.draw(field);
  }

  focus(): void {
    const inputs = this.#rows.map(({ input }) => input).filter(({ disabled }) => !disabled);
    (inputs.find(({ checked }) => checked) ?? inputs[0])?.focus();
  }

  #row(value: string): Row {
    // By what was made when: with its place in the list, another row could have had it before.
    const id = `${this.#name}-${this.#made.toString()}`;
    this.#made += 1;
    const attributes = { type: 'radio', name: this.#name, value };
    const input = element('input', { id, class: 'radio', attributes });
    input.addEventListener('change', () =>
      this.#send({ kind: 'choose', field: this.#name, value }),
    );
    const label = element('label', { attributes: { for: id } });
    const detail = element('p', { id: `${id}-detail`, class: 'choice-detail' });
    const root = element('div', { class: 'choice' }, input, element('div', {}, label, detail));
    return {
      element: root,
      input,
      update(option) {
        const reason = option.disabledReason ?? option.detail;
        setText(label, option.label);
        setText(detail, reason ?? '');
        setAttribute(input, 'aria-describedby', reason === undefined ? undefined : detail.id);
        input.disabled = option.disabledReason !== undefined;
        root.classList.toggle('disabled', input.disabled);
      },
    };
  }
}
