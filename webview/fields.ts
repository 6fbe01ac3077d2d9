import { t } from '@vscode/l10n';
import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import {
  TEXT_FIELDS,
  type FieldAction,
  type FieldName,
  type ProblemView,
  type SelectField,
  type SelectFieldName,
  type TextField,
  type TextFieldName,
} from '../src/contract/wizardState.ts';
import { Combobox } from './combobox.ts';
import { element, setChildren, setVisible } from './dom.ts';
import { keptBy } from './kept.ts';
import { problemText } from './problem.ts';
import { button, progressRing, textField, type ToolkitTextField } from './toolkit.ts';

/** What a button below a field does. */
type Help = 'useSuggestion' | 'retryField' | FieldAction['id'];

export type Send = (intent: WizardIntent) => void;

/** A field as the form sees it, whatever it is drawn as. */
export interface FormControl<View> {
  readonly element: HTMLElement;
  readonly hasError: boolean;
  /** What the last update has brought: an error, or what came of a check. */
  readonly news: string | undefined;
  update(view: View): void;
  focus(): void;
}

/** What all fields of the form have: label, help, own spinner, own error, own action. */
export abstract class Field {
  readonly element: HTMLElement;
  protected readonly control: HTMLElement;
  protected readonly hint: HTMLElement;
  protected readonly problem: HTMLElement;
  readonly #name: FieldName;
  readonly #send: Send;
  readonly #actions: HTMLElement;
  readonly #label: string;
  readonly #buttonOf = keptBy((help: Help) =>
    button({ label: '', onClick: () => this.#help(help) }),
  );
  /** Made when something is waited for: most fields never wait, and each ring costs a paint. */
  #ring: HTMLElement | undefined;
  #drawn = '';
  #was: { readonly error?: ProblemView; readonly loading: boolean } | undefined;
  #news: string | undefined;

  protected constructor(
    name: FieldName,
    { label, send }: { readonly label: string; readonly send: Send },
  ) {
    this.#name = name;
    this.#label = label;
    this.#send = send;
    this.hint = element('p', { id: `${name}-hint`, class: 'hint' });
    this.problem = element('p', { id: `${name}-problem`, class: 'problem' });
    this.#actions = element('div', { class: 'field-actions' });
    this.control = element('div', { class: 'control' });
    this.element = element(
      'div',
      { class: 'field', attributes: { 'data-field': name } },
      this.control,
      this.hint,
      this.problem,
      this.#actions,
    );
  }

  get news(): string | undefined {
    return this.#news;
  }

  /** Draws what changed; a button stays the same one, so that no press and no focus is lost. */
  protected draw(field: {
    readonly loading: boolean;
    readonly error?: ProblemView;
    readonly hint?: string;
    readonly action?: FieldAction;
    readonly suggestion?: string;
    readonly canRetry: boolean;
  }): void {
    this.element.classList.toggle('loading', field.loading);
    if (field.loading && this.#ring === undefined) {
      this.#ring = progressRing();
      this.control.append(this.#ring);
    }
    this.#note(field);
    const { error, hint, action, suggestion, canRetry } = field;
    const drawn = JSON.stringify([error, hint, action, suggestion, canRetry]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    setVisible(this.hint, field.hint !== undefined);
    this.hint.textContent = field.hint ?? '';
    setVisible(this.problem, field.error !== undefined);
    setChildren(this.problem, field.error === undefined ? [] : problemText(field.error));
    const actions = this.#buttons(field);
    setVisible(this.#actions, actions.length > 0);
    setChildren(this.#actions, actions);
  }

  /** An error is said when it comes up, a hint when what was waited for is there. */
  #note(field: {
    readonly loading: boolean;
    readonly error?: ProblemView;
    readonly hint?: string;
  }): void {
    const was = this.#was;
    this.#was = field;
    this.#news = undefined;
    if (was === undefined || field.loading) return;
    const { error, hint } = field;
    const isNewError = error !== undefined && error.message !== was.error?.message;
    const text = isNewError ? error.message : was.loading && error === undefined ? hint : undefined;
    if (text !== undefined) this.#news = `${this.#label}: ${text}`;
  }

  /** Focus to what helps: the first button, else the problem itself. */
  protected focusHelp(): void {
    const first = this.#actions.firstElementChild;
    const target = first instanceof HTMLElement ? first : this.problem;
    if (target === this.problem) this.problem.tabIndex = -1;
    target.focus();
  }

  #buttons(field: {
    readonly action?: FieldAction;
    readonly suggestion?: string;
    readonly canRetry: boolean;
  }): readonly HTMLElement[] {
    const { action, suggestion, canRetry } = field;
    const buttons: HTMLElement[] = [];
    const add = (help: Help, label: string): void => {
      const made = this.#buttonOf(help);
      made.setLabel(label);
      buttons.push(made.element);
    };
    if (suggestion !== undefined) add('useSuggestion', t('Use {0}', suggestion));
    if (action !== undefined) add(action.id, action.label);
    if (canRetry) {
      const isCli = this.#name === 'credentials';
      add('retryField', isCli ? t('Look for Azure CLI Again') : t('Try Again'));
    }
    return buttons;
  }

  #help(help: Help): void {
    const field = this.#name;
    if (help === 'retryField') this.#send({ kind: help, field });
    else if (help !== 'useSuggestion') this.#send({ kind: 'fieldAction', field, action: help });
    else if (isTextFieldName(field)) this.#send({ kind: help, field });
  }
}

/** A list to choose from. */
export class SelectControl extends Field implements FormControl<SelectField> {
  readonly #combobox: Combobox;
  #hasError = false;

  constructor(
    name: SelectFieldName,
    parts: {
      readonly label: string;
      readonly send: Send;
      readonly announce: (text: string) => void;
    },
  ) {
    super(name, parts);
    const label = element('label', { id: `${name}-label`, class: 'label', text: parts.label });
    label.htmlFor = `${name}-input`;
    this.#combobox = new Combobox({
      id: `${name}-input`,
      labelId: label.id,
      describedBy: `${this.hint.id} ${this.problem.id}`,
      onChoose: (value) => parts.send({ kind: 'choose', field: name, value }),
      onAction: (action) => parts.send({ kind: 'fieldAction', field: name, action }),
      onSearch: (text) => parts.send({ kind: 'search', field: name, text }),
      announce: parts.announce,
    });
    this.control.append(label, this.#combobox.element);
  }

  get hasError(): boolean {
    return this.#hasError;
  }

  update(field: SelectField): void {
    this.#hasError = field.error !== undefined;
    this.#combobox.update(field, this.#hasError);
    const hint = field.emptyReason ?? field.hint;
    this.draw({ ...field, ...(hint === undefined ? {} : { hint }) });
  }

  focus(): void {
    // A list that did not come can't take the focus; the button that asks for it again can.
    if (this.#combobox.isDisabled) this.focusHelp();
    else this.#combobox.focus();
  }
}

/** A name to type. */
export class TextControl extends Field implements FormControl<TextField> {
  readonly #field: ToolkitTextField;
  #hasError = false;

  constructor(
    name: TextFieldName,
    parts: { readonly label: string; readonly maxLength: number; readonly send: Send },
  ) {
    super(name, parts);
    this.#field = textField({
      label: parts.label,
      maxLength: parts.maxLength,
      onInput: (value) => parts.send({ kind: 'type', field: name, value }),
      describedBy: [this.hint, this.problem],
    });
    this.control.append(this.#field.element);
  }

  get hasError(): boolean {
    return this.#hasError;
  }

  update(field: TextField): void {
    this.#hasError = field.error !== undefined;
    this.#field.setValue(field.value);
    this.#field.setDisabled(field.disabled);
    this.#field.setInvalid(this.#hasError);
    this.draw(field);
  }

  focus(): void {
    this.#field.focus();
  }
}

function isTextFieldName(name: FieldName): name is TextFieldName {
  return TEXT_FIELDS.some((each) => each === name);
}
