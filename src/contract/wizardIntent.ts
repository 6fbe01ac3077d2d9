import type {
  DoneAction,
  ExportFormat,
  Extra,
  FieldAction,
  FieldName,
  FormPart,
  HandOffAction,
  ProblemAction,
  SecretFieldName,
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
  /** A secret, on its only way up; empty takes back what was given. */
  | { readonly kind: 'secret'; readonly field: SecretFieldName; readonly value: string }
  | { readonly kind: 'extra'; readonly extra: Extra; readonly checked: boolean }
  | { readonly kind: 'showPart'; readonly part: FormPart; readonly open: boolean }
  /** This part is done: go on to the next one, or to what is missing in it. */
  | { readonly kind: 'nextPart'; readonly part: FormPart }
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
  /** Tries one failed step again, and what waits for it; other failed ones stay as they are. */
  | { readonly kind: 'retryStep'; readonly key: string }
  /** Copies the administrator's part, or shows it as a document. */
  | { readonly kind: 'handOff'; readonly action: HandOffAction }
  /** Shows the plan as a document. Nothing is written. */
  | { readonly kind: 'exportPlan'; readonly format: ExportFormat }
  /** Closes the page; the run goes on. */
  | { readonly kind: 'leave' }
  /** Takes back what a run that stands still has made. */
  | { readonly kind: 'undo' }
  | { readonly kind: 'doneAction'; readonly action: DoneAction };
