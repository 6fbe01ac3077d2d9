import { shownDecision } from '../setup/undoLocks.ts';
import type { UndoPlan } from '../setup/undoPlan.ts';
import type { ReceiptLine, UndoReceipt } from '../setup/undoReceipt.ts';

/** What an undo says, besides its events. */
export type UndoCommandEvent =
  | {
      readonly time: number;
      readonly code: 'undoPlan';
      /**
       * In the order in which they go; `ask` stays unless its key is ticked (`--tick KEY`), `locked`
       * stays for the locks that `heldBy` names.
       */
      readonly items: readonly object[];
      readonly blockers: readonly object[];
      readonly notes: readonly string[];
      readonly foreign: readonly string[];
      /** What the server will keep, because it is not told (`--without-server`). */
      readonly leftOnServer?: string;
    }
  | {
      readonly time: number;
      readonly code: 'receipt';
      readonly outcome: UndoReceipt['outcome'];
      readonly gone: readonly object[];
      readonly untagged: readonly object[];
      readonly kept: readonly object[];
      readonly failed: readonly object[];
      readonly left: readonly object[];
      readonly stillRunning: readonly string[];
      readonly inBin: readonly object[];
      /** What the server still has. */
      readonly leftOnServer?: string;
    };

export function undoPlanEvent(plan: UndoPlan, time: number, left?: string): UndoCommandEvent {
  return {
    time,
    code: 'undoPlan',
    items: plan.items.map((item) => ({
      ...lineOf(item),
      decision: shownDecision(item),
      why: item.why,
      ...(item.heldBy === undefined ? {} : { heldBy: item.heldBy }),
    })),
    blockers: plan.blockers.map(({ code, message, remedy }) => ({ code, message, remedy })),
    notes: plan.notes,
    foreign: plan.foreign,
    ...(left === undefined ? {} : { leftOnServer: left }),
  };
}

export function receiptEvent(receipt: UndoReceipt, time: number, left?: string): UndoCommandEvent {
  const { outcome, stillRunning } = receipt;
  return {
    time,
    code: 'receipt',
    outcome,
    gone: receipt.gone.map(lineOf),
    untagged: receipt.untagged.map(lineOf),
    kept: receipt.kept.map((line) => ({ ...lineOf(line), why: line.why })),
    failed: receipt.failed.map((line) => {
      const { code, message, remedy } = line.error;
      return { ...lineOf(line), error: code, message, remedy };
    }),
    left: receipt.left.map(lineOf),
    stillRunning,
    inBin: receipt.inBin.map((line) => ({ ...lineOf(line), note: line.note })),
    ...(left === undefined ? {} : { leftOnServer: left }),
  };
}

function lineOf({ key, kind, name, id }: ReceiptLine): object {
  return { resource: key, kind, name, id };
}
