import type {
  DoneAction,
  FieldAction,
  FieldName,
  ProblemAction,
  SelectFieldName,
  TextFieldName,
} from './wizardState.ts';

/** What the page says to the host: what the person wants, never what should happen. */
export type WizardIntent =
  /** The page has loaded and shows nothing yet: send the state. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'choose'; readonly field: SelectFieldName; readonly value: string }
  /** Narrows a list that is too long to be sent whole; empty text shows its beginning again. */
  | { readonly kind: 'search'; readonly field: SelectFieldName; readonly text: string }
  | { readonly kind: 'type'; readonly field: TextFieldName; readonly value: string }
  | { readonly kind: 'useSuggestion'; readonly field: TextFieldName }
  | { readonly kind: 'fieldAction'; readonly field: FieldName; readonly action: FieldAction['id'] }
  | { readonly kind: 'retryField'; readonly field: FieldName }
  | { readonly kind: 'problemAction'; readonly action: ProblemAction['id'] }
  | { readonly kind: 'review' }
  | { readonly kind: 'backToForm' }
  /** Runs exactly the plan with this id. */
  | { readonly kind: 'apply'; readonly planId: string }
  | { readonly kind: 'cancel' }
  /** Goes on after a failure, a cancellation or an interruption. */
  | { readonly kind: 'continue' }
  | { readonly kind: 'doneAction'; readonly action: DoneAction };
