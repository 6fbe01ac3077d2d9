import { t } from '@vscode/l10n';
import type { SecretField, SecretFieldName } from '../src/contract/wizardState.ts';
import { element, setAttribute, setVisible } from './dom.ts';
import { Field, type FormControl, type Send } from './fields.ts';
import { icon } from './icons.ts';
import { button } from './toolkit.ts';

/** No secret of Azure or dstack is longer. */
const MAX_LENGTH = 2000;

/**
 * A secret goes up once, when the field is left or Enter is pressed, and is gone from the page: then
 * it only says that the host has it.
 */
export class SecretControl extends Field implements FormControl<SecretField> {
  readonly #input: HTMLInputElement;
  readonly #stored: HTMLElement;
  readonly #replace: ReturnType<typeof button>;
  #replacing = false;
  #field: SecretField = { stored: false, loading: false, disabled: false, canRetry: false };

  constructor(name: SecretFieldName, parts: { readonly label: string; readonly send: Send }) {
    super(name, parts);
    const label = element('label', { class: 'label', text: parts.label });
    label.htmlFor = `${name}-input`;
    this.#input = element('input', {
      id: label.htmlFor,
      class: 'combobox-input secret-input',
      attributes: {
        type: 'password',
        autocomplete: 'off',
        spellcheck: 'false',
        maxlength: MAX_LENGTH.toString(),
        'aria-describedby': `${this.hint.id} ${this.problem.id}`,
      },
    });
    this.#replace = button({
      label: t('Replace'),
      title: t('Replace: {0}', parts.label),
      onClick: () => this.#startReplacing(),
    });
    this.#stored = element(
      'div',
      { class: 'stored' },
      icon('done'),
      element('span', { text: t('Stored; this page no longer knows it.') }),
      this.#replace.element,
    );
    this.control.append(label, this.#input, this.#stored);
    this.#input.addEventListener('change', () => this.#submit(name, parts.send));
    this.#input.addEventListener('blur', () => this.#left());
  }

  get hasError(): boolean {
    return this.#field.error !== undefined;
  }

  update(field: SecretField): void {
    this.#field = field;
    this.#show();
    setAttribute(this.#input, 'aria-invalid', this.hasError ? 'true' : undefined);
    this.draw(field);
  }

  focus(): void {
    if (this.#input.hidden) this.#replace.element.focus();
    else this.#input.focus();
  }

  #submit(name: SecretFieldName, send: Send): void {
    const { value } = this.#input;
    this.#input.value = '';
    this.#replacing = false;
    if (value.trim() !== '') send({ kind: 'secret', field: name, value });
  }

  #startReplacing(): void {
    this.#replacing = true;
    this.#show();
    this.#input.focus();
  }

  #left(): void {
    this.#replacing = false;
    this.#show();
  }

  #show(): void {
    const typing = this.#input.value !== '' || this.#replacing;
    const asks = !this.#field.stored || this.hasError || typing;
    const hadFocus = document.activeElement === this.#input;
    setVisible(this.#input, asks);
    setVisible(this.#stored, !asks);
    if (hadFocus && !asks) this.#replace.element.focus();
  }
}
