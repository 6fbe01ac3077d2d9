import { t } from '@vscode/l10n';
import type { SetupError } from './errors.ts';
import type { UndoItem } from './undoPlan.ts';

/** One object in a receipt. */
export type ReceiptLine = Pick<UndoItem, 'key' | 'kind' | 'id' | 'name'>;

/** What an undo has done: every object of the plan is in exactly one of its lists. */
export interface UndoReceipt {
  readonly outcome: 'done' | 'failed' | 'cancelled';
  readonly runId: string;
  /** Removed by this undo, or found gone. */
  readonly gone: readonly ReceiptLine[];
  /** Lost our tags and stayed. */
  readonly untagged: readonly ReceiptLine[];
  readonly kept: readonly (ReceiptLine & { readonly why: string })[];
  readonly failed: readonly (ReceiptLine & { readonly error: SetupError })[];
  /** Not reached: the undo was cancelled, or the server did not let go. */
  readonly left: readonly ReceiptLine[];
  /** Of those, what Azure had in hand when we stopped: it may still finish there. */
  readonly stillRunning: readonly string[];
  /** Gone, but in Azure's bin, with what that means for its name and for who wants it back. */
  readonly inBin: readonly (ReceiptLine & { readonly note: string })[];
}

/** How one object came out. */
export type UndoResult =
  | { readonly status: 'gone' }
  | { readonly status: 'untagged' }
  | { readonly status: 'kept'; readonly why: string }
  | { readonly status: 'failed'; readonly error: SetupError }
  | { readonly status: 'left' };

/** Puts the results of all items together. */
export function receiptOf(
  runId: string,
  results: ReadonlyMap<UndoItem, UndoResult>,
  stillRunning: readonly string[],
): UndoReceipt {
  const lines = [...results].map(([item, result]) => ({ line: lineOf(item), result }));
  const of = (status: UndoResult['status']): readonly ReceiptLine[] =>
    lines.filter(({ result }) => result.status === status).map(({ line }) => line);
  const failed = lines.flatMap(({ line, result }) =>
    result.status === 'failed' ? [{ ...line, error: result.error }] : [],
  );
  const left = of('left');
  const gone = of('gone');
  return {
    outcome: failed.length > 0 ? 'failed' : left.length > 0 ? 'cancelled' : 'done',
    runId,
    gone,
    untagged: of('untagged'),
    kept: lines.flatMap(({ line, result }) =>
      result.status === 'kept' ? [{ ...line, why: result.why }] : [],
    ),
    failed,
    left,
    stillRunning,
    inBin: gone.flatMap((line) => {
      const note = NOTES_OF_BIN[line.kind]?.();
      return note === undefined ? [] : [{ ...line, note }];
    }),
  };
}

/** What Azure keeps for a while after a delete (azure-facts 1.4, 1.5 and 4). */
const NOTES_OF_BIN: Partial<Readonly<Record<ReceiptLine['kind'], () => string>>> = {
  keyVault: () => t('Azure keeps it for seven days; its name stays taken until it is purged.'),
  logAnalyticsWorkspace: () =>
    t('Azure keeps it for 14 days: the same name in the same group brings it back.'),
  application: () =>
    t('Can be restored for 30 days, in the Azure portal under deleted applications.'),
};

function lineOf({ key, kind, id, name }: UndoItem): ReceiptLine {
  return { key, kind, id, name };
}
