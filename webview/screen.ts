import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import type { WizardState } from '../src/contract/wizardState.ts';
import type { PageScreen, ScreenParts as Parts } from './frame.ts';

/** One of the wizard's four screens. */
export type Screen = PageScreen<WizardState>;

export type ScreenParts = Parts<WizardIntent>;
