import { t } from '@vscode/l10n';
import {
  CREATE_NEW,
  OPTIONS_SENT,
  type FieldAction,
  type Option,
  type SelectField,
} from '../src/contract/wizardState.ts';
import { element, setAttribute, setChildren } from './dom.ts';
import { icon } from './icons.ts';

export interface ComboboxParts {
  readonly id: string;
  readonly labelId: string;
  readonly describedBy: string;
  readonly onChoose: (value: string) => void;
  /** The button in an option's row, after it was chosen. */
  readonly onAction: (action: FieldAction['id']) => void;
  /** The list is longer than what the page has: the host narrows it. */
  readonly onSearch: (text: string) => void;
  /** Something worth saying to a screen reader (how many options are left). */
  readonly announce: (text: string) => void;
}

const PAGE = 8;

/**
 * A list to choose from by typing: the toolkit has none. It follows the ARIA pattern "editable
 * combobox with list autocomplete": the focus stays in the input, `aria-activedescendant` names the
 * option, disabled options can be reached and read, but not chosen.
 */
export class Combobox {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #list: HTMLUListElement;
  readonly #parts: ComboboxParts;
  #field: SelectField = { options: [], total: 0, loading: false, disabled: true, canRetry: false };
  #shown: readonly Option[] = [];
  /** The rows of the list as it is drawn, by what they show. */
  #rows: ReadonlyMap<string, HTMLLIElement> = new Map();
  #active = -1;
  /** Where the mouse went down: the row itself may be drawn anew before it comes up. */
  #pressed: string | undefined;
  /** What the person is typing; undefined while the input shows what is chosen. */
  #typed: string | undefined;
  /** Enter was pressed before the host had answered what was typed. */
  #enters = false;

  constructor(parts: ComboboxParts) {
    this.#parts = parts;
    this.#input = element('input', {
      id: parts.id,
      class: 'combobox-input',
      attributes: {
        type: 'text',
        role: 'combobox',
        autocomplete: 'off',
        spellcheck: 'false',
        'aria-autocomplete': 'list',
        'aria-expanded': 'false',
        'aria-controls': `${parts.id}-list`,
        'aria-labelledby': parts.labelId,
        'aria-describedby': parts.describedBy,
      },
    });
    this.#list = element('ul', {
      id: `${parts.id}-list`,
      class: 'combobox-list',
      attributes: { role: 'listbox', 'aria-labelledby': parts.labelId },
    });
    this.#list.hidden = true;
    this.element = element('div', { class: 'combobox' }, this.#input, icon('chevron'), this.#list);
    this.#listen();
  }

  update(field: SelectField, invalid: boolean): void {
    const wasSearching = this.#isSearching;
    this.#field = field;
    this.#input.disabled = field.disabled;
    this.#input.placeholder = field.disabled ? '' : t('Type to search, or choose');
    setAttribute(this.#input, 'aria-invalid', invalid ? 'true' : undefined);
    setAttribute(this.#input, 'aria-busy', field.loading ? 'true' : undefined);
    if (this.#typed === undefined) this.#showChosen();
    if (field.disabled) this.#close();
    else if (this.#isOpen) this.#draw();
    if (wasSearching && this.#isOpen) this.#found();
  }

  focus(): void {
    this.#input.focus();
  }

  get isDisabled(): boolean {
    return this.#field.disabled;
  }

  get #isOpen(): boolean {
    return !this.#list.hidden;
  }

  #listen(): void {
    const input = this.#input;
    input.addEventListener('click', () => this.#open());
    input.addEventListener('focus', () => input.select());
    input.addEventListener('input', () => this.#search(input.value));
    input.addEventListener('keydown', (event) => this.#key(event));
    input.addEventListener('blur', () => this.#close());
    this.#list.addEventListener('mousedown', (event) => {
      // Keeps the focus in the input while an option or the scroll bar is pressed.
      event.preventDefault();
      this.#pressed = event.button === 0 ? this.#optionAt(event)?.value : undefined;
    });
    // Not left to `click`: a browser sends none for a row that was drawn anew since it was pressed.
    this.#list.addEventListener('mouseup', (event) => {
      const pressed = this.#pressed;
      this.#pressed = undefined;
      if (pressed !== undefined && this.#optionAt(event)?.value === pressed) this.#press(event);
    });
    // Screen readers press without a mouse.
    this.#list.addEventListener('click', (event) => this.#press(event));
  }

  #press(event: MouseEvent): void {
    const option = this.#optionAt(event);
    if (option === undefined || !this.#isOpen) return;
    this.#choose(option);
    const isButton = event.target instanceof Element && event.target.matches('.option-action');
    if (isButton && option.action !== undefined) this.#parts.onAction(option.action.id);
  }

  #optionAt({ target }: MouseEvent): Option | undefined {
    const row = target instanceof Element ? target.closest('li') : undefined;
    return this.#shown[Number(row?.dataset['index'] ?? '-1')];
  }

  #key(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: PAGE,
      PageUp: -PAGE,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (this.#isOpen) this.#activate(this.#active + move);
      else this.#open();
    } else if (event.key === 'Enter' && this.#isOpen) {
      event.preventDefault();
      const option = this.#shown[this.#active];
      if (option !== undefined) this.#choose(option);
      else this.#enters = this.#isSearching;
    } else if (event.key === 'Escape' && this.#isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (event.key === 'Tab') {
      this.#close();
    }
  }

  #search(text: string): void {
    this.#typed = text;
    if (this.#isNarrowedByHost) this.#parts.onSearch(text);
    this.#active = -1;
    this.#enters = false;
    this.#open();
    this.#draw();
    this.#found();
  }

  /** Once all that answers what is typed is here, there is a first match, and a number to say. */
  #found(): void {
    if (this.#isSearching) return;
    const enters = this.#enters;
    this.#enters = false;
    if (this.#typed !== '') this.#activate(this.#firstMatch());
    this.#parts.announce(this.#countText());
    const option = this.#shown[this.#active];
    // Blindly only what was looked for: with nothing found, the first option is "create new".
    if (enters && option !== undefined && option.value !== CREATE_NEW) this.#choose(option);
  }

  get #isNarrowedByHost(): boolean {
    return this.#field.total > this.#field.options.length || this.#field.search !== undefined;
  }

  /** The host has not answered yet: what is here was sent for another search. */
  get #isSearching(): boolean {
    return (
      this.#typed !== undefined && this.#isNarrowedByHost && this.#field.search !== this.#typed
    );
  }

  #open(): void {
    if (this.#field.disabled || this.#isOpen) return;
    this.#list.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
    this.#draw();
    const chosen = this.#shown.findIndex(({ value }) => value === this.#field.value);
    if (chosen >= 0) this.#activate(chosen);
  }

  #close(): void {
    const wasSearched = this.#typed !== undefined && this.#field.search !== undefined;
    this.#typed = undefined;
    this.#active = -1;
    this.#enters = false;
    if (this.#isOpen) {
      this.#list.hidden = true;
      this.#input.setAttribute('aria-expanded', 'false');
      this.#input.removeAttribute('aria-activedescendant');
    }
    if (wasSearched) this.#parts.onSearch('');
    this.#showChosen();
  }

  #choose(option: Option): void {
    // Shown at once; the host's answer says the same a moment later. What can't be chosen is not
    // shown, but said: the answer is the reason beside the field, and what to do instead.
    if (isEnabled(option)) this.#field = { ...this.#field, value: option.value };
    this.#close();
    this.#parts.onChoose(option.value);
  }

  #showChosen(): void {
    const chosen = this.#field.options.find(({ value }) => value === this.#field.value);
    const text = chosen?.label ?? '';
    if (this.#input.value !== text) this.#input.value = text;
    // A narrow pane cuts off either.
    const whole = chosen === undefined ? this.#input.placeholder : fullText(chosen);
    setAttribute(this.#input, 'title', whole === '' ? undefined : whole);
  }

  #draw(): void {
    this.#shown = this.#matching();
    const rows = new Map<string, HTMLLIElement>();
    for (const [index, option] of this.#shown.entries()) {
      const key = JSON.stringify([index, option, option.value === this.#field.value]);
      rows.set(key, this.#rows.get(key) ?? this.#row(option, index));
    }
    const note = this.#noteText();
    if (note !== undefined) rows.set(note, this.#rows.get(note) ?? noteRow(note));
    this.#rows = rows;
    setChildren(this.#list, [...rows.values()]);
    this.#mark(Math.min(this.#active, this.#shown.length - 1));
  }

  #matching(): readonly Option[] {
    const words = (this.#typed ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return this.#field.options;
    return this.#field.options.filter((option) => {
      // What to do when nothing else fits answers every search.
      if (option.value === CREATE_NEW) return true;
      const text = fullText(option).toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  /** With something typed, Enter means what was found rather than "create new". */
  #firstMatch(): number {
    const found = this.#shown.findIndex((each) => isEnabled(each) && each.value !== CREATE_NEW);
    return found >= 0 ? found : this.#shown.findIndex(isEnabled);
  }

  #noteText(): string | undefined {
    if (this.#isSearching) return t('Searching…');
    if (this.#shown.length === 0) return t('Nothing matches “{0}”.', this.#typed ?? '');
    if ((this.#typed ?? '') !== '') return this.#isCut ? this.#countText() : undefined;
    const more = this.#field.total - this.#field.options.length;
    return more > 0 ? t('{0} more: type to find them.', more) : undefined;
  }

  /** More may answer the search than the host sends. */
  get #isCut(): boolean {
    return this.#isNarrowedByHost && this.#shown.length >= OPTIONS_SENT;
  }

  #countText(): string {
    const count = this.#shown.length;
    if (count === 0) return t('Nothing matches “{0}”.', this.#typed ?? '');
    if (this.#isCut) return t('{0} matches or more: type on to narrow them.', count);
    return count === 1 ? t('One match.') : t('{0} matches.', count);
  }

  #row(option: Option, index: number): HTMLLIElement {
    const enabled = isEnabled(option);
    const chosen = option.value === this.#field.value;
    const row = element(
      'li',
      {
        id: `${this.#parts.id}-option-${index.toString()}`,
        class: enabled ? 'combobox-option' : 'combobox-option disabled',
        attributes: {
          role: 'option',
          'aria-selected': chosen ? 'true' : 'false',
          ...(enabled ? {} : { 'aria-disabled': 'true' }),
        },
      },
      element('span', { class: 'option-label', text: option.label }),
      detailOf(option),
      ...markOf(option),
    );
    row.dataset['index'] = index.toString();
    return row;
  }

  /** Makes an option the one that Enter means, and shows it: not for a list that is only drawn anew. */
  #activate(index: number): void {
    this.#mark(index)?.scrollIntoView({ block: 'nearest' });
  }

  #mark(index: number): Element | undefined {
    const last = this.#shown.length - 1;
    this.#active = index < 0 ? -1 : Math.min(index, last);
    const rows = [...this.#list.children];
    for (const [position, row] of rows.entries()) {
      row.classList.toggle('active', position === this.#active);
    }
    const row = this.#active < 0 ? undefined : rows[this.#active];
    setAttribute(this.#input, 'aria-activedescendant', row?.id);
    return row;
  }
}

/** An option that can't be chosen: a listbox may hold nothing else. */
function noteRow(text: string): HTMLLIElement {
  const attributes = { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' };
  return element('li', { class: 'combobox-note', text, attributes });
}

function isEnabled(option: Option): boolean {
  return option.disabledReason === undefined;
}

function detailOf(option: Option): HTMLElement | undefined {
  const text = option.disabledReason ?? option.detail;
  return text === undefined ? undefined : element('span', { class: 'option-detail', text });
}

/**
 * That something has to be done first, and the button for it. A listbox may hold nothing but options,
 * so the button is for the mouse alone: who chooses by keyboard finds the same one below the field.
 */
function markOf({ mark, action }: Option): readonly HTMLElement[] {
  const sign = (text: string) =>
    element('span', { class: 'option-mark' }, icon('warning'), element('span', { text }));
  const attributes = { 'aria-hidden': 'true' };
  return [
    ...(mark === undefined ? [] : [sign(mark)]),
    ...(action === undefined
      ? []
      : [element('span', { class: 'option-action', text: action.label, attributes })]),
  ];
}

function fullText(option: Option): string {
  return option.detail === undefined ? option.label : `${option.label} ${option.detail}`;
}
