import type { UndoIntent } from '../../src/contract/undoIntent.ts';
import type { UndoState } from '../../src/contract/undoState.ts';
import type { PageScreen } from '../frame.ts';

/** One of the screens of the page that deletes a project. */
export type UndoScreen = PageScreen<UndoState>;

export type SendUndo = (intent: UndoIntent) => void;
