import type { SetupError } from '../setup/errors.ts';
import type { SetupEvent, UndoEvent } from '../setup/events.ts';
import { handOff } from '../setup/handOff.ts';
import type { Plan } from '../setup/plan.ts';
import type { Preflight } from '../setup/preflight.ts';
import { hasHandOff, planSummary } from '../setup/planView.ts';
import type { UndoCommandEvent } from './undoOutput.ts';

/** One JSON line per event on standard output: what a script reads. */
export function printEvent(event: SetupEvent | UndoEvent | CommandEvent | UndoCommandEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** What the command itself says, besides the events of a run. */
export type CommandEvent =
  | {
      readonly time: number;
      readonly code: 'plan';
      readonly planId: string;
      readonly summary: string;
      readonly changes: readonly object[];
    }
  | {
      readonly time: number;
      readonly code: 'preflight';
      readonly problems: readonly object[];
      readonly notes: readonly string[];
      /** Keys of steps for an administrator, and what to give them. */
      readonly handedOff: readonly string[];
      readonly handOff?: string;
    }
  | { readonly time: number; readonly code: 'serverChecked'; readonly warning?: string }
  | {
      readonly time: number;
      readonly code: 'serverRegistered';
      readonly url: string;
      readonly project: string;
      readonly backend: string;
    }
  /** Fresh roles have not reached all of Azure yet; the server is asked again in `waitMs`. */
  | {
      readonly time: number;
      readonly code: 'registrationWaiting';
      readonly reason: string;
      readonly message: string;
      readonly waitMs: number;
    }
  | { readonly time: number; readonly code: 'filesWritten'; readonly files: readonly object[] }
  | {
      readonly time: number;
      readonly code: 'error';
      readonly error: string;
      readonly message: string;
      readonly remedy: string;
      readonly field?: string;
    };

export function planEvent(plan: Plan, time: number): CommandEvent {
  return {
    time,
    code: 'plan',
    planId: plan.planId,
    summary: planSummary(plan),
    changes: plan.changes.map(({ resource, action, reason }) => ({
      resource: resource.key,
      kind: resource.kind,
      name: resource.name,
      action,
      reason,
    })),
  };
}

export function errorEvent(error: SetupError, time: number): CommandEvent {
  return {
    time,
    code: 'error',
    error: error.code,
    message: error.message,
    remedy: error.remedy,
    ...(error.field === undefined ? {} : { field: error.field }),
  };
}

export function preflightEvent(plan: Plan, preflight: Preflight, time: number): CommandEvent {
  const handedOff = [...preflight.handedOff.keys()];
  return {
    time,
    code: 'preflight',
    problems: preflight.problems.map(({ code, message, remedy }) => ({ code, message, remedy })),
    notes: preflight.notes,
    handedOff,
    ...(hasHandOff(plan, preflight) ? { handOff: handOff(plan, preflight).markdown } : {}),
  };
}
