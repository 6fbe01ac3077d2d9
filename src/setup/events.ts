import type { PlanAction } from '../contract/wizardState.ts';

/** What a run tells the page, the tree and `npm run setup`. Every code of an event is listed here. */
export type SetupEvent =
  | (EventBase & {
      readonly code: 'runStarted';
      readonly runId: string;
      readonly planId: string;
      readonly steps: number;
    })
  | (EventBase & {
      readonly code: 'stepStarted';
      readonly resource: string;
      readonly action: PlanAction;
    })
  /** Azure has it in hand; the next poll is in `waitMs`. */
  | (EventBase & {
      readonly code: 'stepRunning';
      readonly resource: string;
      readonly waitMs: number;
    })
  | (EventBase & {
      readonly code: 'stepRetrying';
      readonly resource: string;
      readonly reason: string;
      readonly message: string;
      readonly waitMs: number;
      readonly attempt: number;
    })
  | (EventBase & {
      readonly code: 'stepDone';
      readonly resource: string;
      readonly action: PlanAction;
      readonly id: string;
      readonly durationMs: number;
    })
  | (EventBase & {
      readonly code: 'stepFailed';
      readonly resource: string;
      readonly error: string;
      readonly message: string;
      readonly remedy: string;
      readonly durationMs: number;
    })
  /** Something that it depends on failed, or the run was cancelled before it began. */
  | (EventBase & {
      readonly code: 'stepSkipped';
      readonly resource: string;
      readonly because: string;
    })
  | (EventBase & {
      readonly code: 'runEnded';
      readonly outcome: 'done' | 'failed' | 'cancelled';
      readonly stillRunning: readonly string[];
    });

/** What an undo tells. The codes are apart from those of a run: one window may show both. */
export type UndoEvent =
  | (EventBase & { readonly code: 'undoStarted'; readonly runId: string; readonly steps: number })
  | (EventBase & { readonly code: 'removeStarted'; readonly resource: string })
  /** Azure has it in hand, or something has to spread first; the next look is in `waitMs`. */
  | (EventBase & {
      readonly code: 'removeWaiting';
      readonly resource: string;
      readonly reason?: string;
      readonly waitMs: number;
    })
  | (EventBase & { readonly code: 'removeDone'; readonly resource: string; readonly id: string })
  | (EventBase & { readonly code: 'removeKept'; readonly resource: string; readonly why: string })
  | (EventBase & {
      readonly code: 'removeFailed';
      readonly resource: string;
      readonly error: string;
      readonly message: string;
      readonly remedy: string;
    })
  | (EventBase & {
      readonly code: 'undoEnded';
      readonly outcome: 'done' | 'failed' | 'cancelled';
    });

/** Where the events of an undo go. Never throws, never waits. */
export type ReportUndo = (event: UndoEvent) => void;

interface EventBase {
  /** Unix ms. */
  readonly time: number;
}

/** Where events go. Never throws, never waits. */
export type Report = (event: SetupEvent) => void;
