/** What the page that deletes a project says to the host: what the person wants. */
export type UndoIntent =
  /** The page has loaded and shows nothing yet: send the state. */
  | { readonly kind: 'ready' }
  /** Asks Azure again what there is: after a failure, a cancellation, or when something has changed. */
  | { readonly kind: 'lookAgain' }
  /** An object that holds data shall go, or stay. */
  | { readonly kind: 'tick'; readonly key: string; readonly on: boolean }
  | { readonly kind: 'tickFolders'; readonly on: boolean }
  | { readonly kind: 'withoutServer'; readonly on: boolean }
  /** The project's name, typed to confirm. */
  | { readonly kind: 'type'; readonly value: string }
  | { readonly kind: 'undo' }
  | { readonly kind: 'cancel' }
  /** Closes the page; what runs goes on. */
  | { readonly kind: 'leave' }
  /** Frees the name of a vault in Azure's bin; the host asks once more. */
  | { readonly kind: 'purge'; readonly key: string }
  | { readonly kind: 'openReceipt' }
  | { readonly kind: 'saveReceipt' };
