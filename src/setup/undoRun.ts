import type { SetupError } from './errors.ts';
import type { ReportUndo } from './events.ts';
import type { JournalBase } from './journal.ts';
import { withRetry } from './retry.ts';
import type { ResourceKind } from './resource.ts';
import type { UndoItem, UndoPlan } from './undoPlan.ts';
import type { UndoPorts } from './undoPorts.ts';

/** Everything that an undo hands around. */
export interface UndoRun {
  readonly runId: string;
  readonly plan: UndoPlan;
  readonly ports: UndoPorts;
  readonly report: ReportUndo;
  readonly signal: AbortSignal;
  readonly ticked: ReadonlySet<string>;
  /** Keys and lower-case ids of what is gone by now. */
  readonly gone: Set<string>;
  /** Rights that this undo has given itself to look into containers; they go with the others. */
  readonly granted: UndoItem[];
  /** Keys of deletes that Azure has accepted and not finished. */
  readonly inAzure: Set<string>;
}

/** Whether a person has asked for this one object to go, data and all. */
export function isTicked(run: UndoRun, item: UndoItem): boolean {
  return item.decision === 'ask' && run.ticked.has(item.key);
}

/** The head that every journal entry of the undo shares. */
export function undoHead({ ports, plan, runId }: UndoRun): JournalBase {
  return { schema: 1, time: ports.clock.now(), projectId: plan.project.projectId, runId };
}

/** `withRetry` with the undo's ports, saying each wait aloud. */
export async function retriedUndo<T>(
  run: UndoRun,
  about: { readonly key: string; readonly kind: ResourceKind },
  call: () => Promise<T>,
): Promise<T> {
  const onRetry = (error: SetupError, waitMs: number): void =>
    run.report({
      time: run.ports.clock.now(),
      code: 'removeWaiting',
      resource: about.key,
      reason: error.code,
      waitMs,
    });
  return await withRetry(call, about, run.ports, run.signal, onRetry);
}
