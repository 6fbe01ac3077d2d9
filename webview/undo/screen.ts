import type { UndoIntent } from '../../src/contract/undoIntent.ts';
import type { UndoState } from '../../src/contract/undoState.ts';

/** One of the screens of the page that deletes a project. */
export interface UndoScreen {
  readonly element: HTMLElement;
  /** What the page's heading says while it is shown. */
  title(state: UndoState): string;
  update(state: UndoState): void;
}

export type SendUndo = (intent: UndoIntent) => void;
