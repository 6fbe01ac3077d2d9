import type { Option, SelectField, SelectFieldName } from '../src/contract/wizardState.ts';
import { element, setChildren } from './dom.ts';
import { Field, type FormControl, type Send } from './fields.ts';

/** A few ways of which one is taken: all of them in sight, with what each means. */
export class ChoiceControl extends Field implements FormControl<SelectField> {
  readonly #name: SelectFieldName;
  readonly #send: Send;
  readonly #group: HTMLElement;
  readonly #options = element('div', { class: 'choices' });
  #drawn = '';
  #hasError = false;

  constructor(name: SelectFieldName, parts: { readonly label: string; readonly send: Send }) {
    super(name, parts);
    this.#name = name;
    this.#send = parts.send;
    const legend = element('span', { id: `${name}-label`, class: 'label', text: parts.label });
    this.#group = element(
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
    this.control.append(this.#group);
  }

  get hasError(): boolean {
    return this.#hasError;
  }

  update(field: SelectField): void {
    this.#hasError = field.error !== undefined;
    const drawn = JSON.stringify(field.options);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      const focused = this.#inputs().find((input) => input === document.activeElement)?.value;
      setChildren(
        this.#options,
        field.options.map((option, index) => this.#row(option, index)),
      );
      // New rows for what a check has found must not throw anybody out of the group.
      this.#inputs()
        .find(({ value }) => value === focused)
        ?.focus();
    }
    for (const input of this.#inputs()) input.checked = input.value === field.value;
    this.draw(field);
  }

  focus(): void {
    const inputs = this.#inputs().filter(({ disabled }) => !disabled);
    (inputs.find(({ checked }) => checked) ?? inputs[0])?.focus();
  }

  #inputs(): readonly HTMLInputElement[] {
    return [...this.#options.querySelectorAll('input')];
  }

  #row(option: Option, index: number): HTMLElement {
    const id = `${this.#name}-${index.toString()}`;
    const reason = option.disabledReason ?? option.detail;
    const input = element('input', {
      id,
      class: 'radio',
      attributes: {
        type: 'radio',
        name: this.#name,
        value: option.value,
        ...(reason === undefined ? {} : { 'aria-describedby': `${id}-detail` }),
      },
    });
    input.disabled = option.disabledReason !== undefined;
    input.addEventListener('change', () =>
      this.#send({ kind: 'choose', field: this.#name, value: option.value }),
    );
    const label = element('label', { text: option.label });
    label.htmlFor = id;
    const detail = element('p', { id: `${id}-detail`, class: 'choice-detail', text: reason ?? '' });
    const state = input.disabled ? 'choice disabled' : 'choice';
    return element('div', { class: state }, input, element('div', {}, label, detail));
  }
}
