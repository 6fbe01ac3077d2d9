import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { setAttribute } from './dom.ts';
import { onPress } from './press.ts';

/*
 * The only file that knows @vscode/webview-ui-toolkit, which is archived: to exchange it, write this
 * file again. Its faults that are worked around here:
 *  - the progress ring is an assertive live region that says "Loading" over everything else: it is
 *    hidden from screen readers, and the page's own live region speaks;
 *  - it turns even for people who want no motion, in a shadow root: page.css stops it by its part;
 *  - a description outside of a text field can't be named by id, because its input sits in a shadow
 *    root: the input gets the element itself (`ariaDescribedByElements`);
 *  - `aria-invalid` on the host does not reach the input: it is set there;
 *  - a button that is disabled while it has the focus loses it to the body: it is `aria-disabled`.
 */

/** Registers the components that are used, and no other: each brings style sheets of its own. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing(), vsCodeTextField());
}

/** What is used of the component; its own type is a class, which `createElement` does not give. */
type TextFieldElement = HTMLElement & {
  value: string;
  maxlength: number;
  disabled: boolean;
};

export interface ButtonParts {
  readonly label: string;
  readonly primary?: boolean;
  /** What it does, where the label alone does not say it. */
  readonly title?: string;
  readonly onClick: () => void;
}

/** A button. Disabled, it can still be reached and says why nothing happens. */
export interface ToolkitButton {
  readonly element: HTMLElement;
  setLabel(label: string): void;
  /** What it does, where the label alone does not say it. */
  setTitle(title: string): void;
  setDisabled(disabled: boolean): void;
  setPrimary(primary: boolean): void;
}

export function button(parts: ButtonParts): ToolkitButton {
  const made = document.createElement('vscode-button') as HTMLElement & { appearance: string };
  const setPrimary = (primary: boolean): void => {
    made.appearance = primary ? 'primary' : 'secondary';
  };
  setPrimary(parts.primary === true);
  made.textContent = parts.label;
  if (parts.title !== undefined) made.setAttribute('aria-label', parts.title);
  onPress(made, () => {
    if (made.getAttribute('aria-disabled') !== 'true') parts.onClick();
  });
  return {
    element: made,
    setLabel: (label) => {
      if (made.textContent !== label) made.textContent = label;
    },
    setTitle: (title) => setAttribute(made, 'aria-label', title),
    setDisabled: (disabled) => setAttribute(made, 'aria-disabled', disabled ? 'true' : undefined),
    setPrimary,
  };
}

/** A ring that turns. What it stands for is said in words elsewhere. */
export function progressRing(): HTMLElement {
  const ring = document.createElement('vscode-progress-ring');
  ring.className = 'ring';
  ring.setAttribute('aria-hidden', 'true');
  // The component sets these as it is connected, so they are taken away after that.
  queueMicrotask(() => {
    for (const name of ['aria-live', 'aria-label', 'alt', 'role']) ring.removeAttribute(name);
  });
  return ring;
}

export interface TextFieldParts {
  readonly label: string;
  readonly maxLength: number;
  readonly onInput: (value: string) => void;
  /** The elements that describe it: hint and problem. */
  readonly describedBy: readonly Element[];
}

export interface ToolkitTextField {
  readonly element: HTMLElement;
  setValue(value: string): void;
  setInvalid(invalid: boolean): void;
  setDisabled(disabled: boolean): void;
  focus(): void;
}

export function textField(parts: TextFieldParts): ToolkitTextField {
  const made = document.createElement('vscode-text-field') as TextFieldElement;
  made.textContent = parts.label;
  made.maxlength = parts.maxLength;
  made.spellcheck = false;
  made.setAttribute('autocomplete', 'off');
  let hostValue: string | undefined;
  made.addEventListener('input', () => {
    hostValue = undefined;
    parts.onInput(made.value);
  });
  // Pasted with spaces: the host has trimmed it already, and here it must not change while typing.
  made.addEventListener('focusout', () => (made.value = hostValue ?? made.value.trim()));
  // The inner input exists once the component is connected and has rendered.
  const control = (): HTMLInputElement | undefined =>
    made.shadowRoot?.querySelector('input') ?? undefined;
  const describe = (invalid: boolean): void => {
    const input = control();
    if (input === undefined) return;
    setAttribute(input, 'aria-invalid', invalid ? 'true' : undefined);
    input.ariaDescribedByElements = [...parts.describedBy];
  };
  let invalid = false;
  requestAnimationFrame(() => describe(invalid));
  return {
    element: made,
    setValue: (value) => {
      // While the person types, the page is ahead of the host: an older answer must not undo it.
      // What the host has made of it (an ID without its braces) is shown once they leave the field.
      if (hasFocus(made)) hostValue = value;
      else if (made.value !== value) made.value = value;
    },
    setInvalid: (now) => {
      invalid = now;
      made.classList.toggle('invalid', now);
      describe(now);
    },
    setDisabled: (disabled) => {
      if (made.disabled !== disabled) made.disabled = disabled;
    },
    focus: () => made.focus(),
  };
}

function hasFocus(field: HTMLElement): boolean {
  return document.activeElement === field;
}
