import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import type { WizardState } from '../src/contract/wizardState.ts';

/** One of the page's four screens. */
export interface Screen {
  readonly element: HTMLElement;
  /** What the page's heading says while it is shown; it may change with an update. */
  readonly title: string;
  update(state: WizardState): void;
}

export interface ScreenParts {
  readonly send: (intent: WizardIntent) => void;
  readonly announce: (text: string) => void;
}
