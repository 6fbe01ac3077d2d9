import type { ProblemView, ProgressItemView } from './wizardState.ts';

/**
 * What the host says to the page that deletes a project: always the whole state. No secret is ever
 * in it. All text is text: the page never parses it.
 */
export interface UndoState {
  /** Grows with every change, so that the page can drop what is older than what it shows. */
  readonly revision: number;
  readonly projectName: string;
  readonly step: UndoStep;
  /** With `looking`: whether Azure is being asked now; if not, it could not be, and can be once more. */
  readonly asking?: boolean;
  /** There while `look` is shown. */
  readonly look?: UndoLookView;
  /** There while it runs. */
  readonly progress?: UndoProgressView;
  readonly receipt?: UndoReceiptView;
  /** Why it stands still, or what happened to it. */
  readonly problem?: ProblemView;
  /** What an action has just done. */
  readonly notice?: string;
  /** The last thing worth saying to a screen reader: one message per change of state. */
  readonly announcement?: string;
}

/** Azure is asked what there is; it is shown and confirmed; it goes; what became of it. */
export type UndoStep = 'looking' | 'look' | 'running' | 'receipt';

/** What would go, before anything goes. */
export interface UndoLookView {
  readonly items: readonly UndoItemView[];
  /** Names of objects of the group that are not the project's; never touched. */
  readonly foreign: readonly string[];
  /** Which locks hold what would go, what could not be read, what of the record is not believed. */
  readonly notes: readonly string[];
  /** What stops it: VMs and fleets in use with their names, a server that does not answer. */
  readonly blockers: readonly ProblemView[];
  /** The server does not answer: it can be done without telling it. */
  readonly withoutServer?: boolean;
  /** The folders of this window that use the project, and whether they are cleaned up too. */
  readonly folders?: { readonly names: readonly string[]; readonly ticked: boolean };
  /** What has been typed to confirm it. */
  readonly typed: string;
  readonly canUndo: boolean;
  readonly whyNot?: string;
}

export interface UndoItemView {
  readonly key: string;
  readonly kindLabel: string;
  readonly name: string;
  /** `ask` holds data: it stays unless it is ticked. `locked` would go, but a lock holds it. */
  readonly decision: 'remove' | 'untag' | 'ask' | 'keep' | 'locked';
  readonly why: string;
  /** With `ask`. */
  readonly ticked?: boolean;
}

/** An object on its way out. */
export interface UndoStepView extends ProgressItemView {
  /** Only the project's tags go; the object is somebody else's, or others are in it. */
  readonly stays?: true;
}

export interface UndoProgressView {
  readonly items: readonly UndoStepView[];
  /** 0 to 1. */
  readonly fraction: number;
  readonly canCancel: boolean;
  readonly cancelling: boolean;
  readonly done: number;
  readonly total: number;
}

/** What has become of each object. */
export interface UndoReceiptView {
  readonly outcome: 'done' | 'failed' | 'cancelled';
  /** One sentence. */
  readonly summary: string;
  readonly gone: readonly ReceiptLineView[];
  /** Stay, and lost the project's tags. */
  readonly untagged: readonly ReceiptLineView[];
  /** With why, in `note`. */
  readonly kept: readonly ReceiptLineView[];
  readonly failed: readonly (ReceiptLineView & { readonly problem: ProblemView })[];
  readonly left: readonly ReceiptLineView[];
  /** Gone, and kept by Azure for a while. */
  readonly inBin: readonly (ReceiptLineView & { readonly canPurge: boolean })[];
  readonly files: readonly { readonly path: string; readonly note: string }[];
}

export interface ReceiptLineView {
  readonly key: string;
  readonly kindLabel: string;
  readonly name: string;
  readonly note?: string;
}
