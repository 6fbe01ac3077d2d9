import type { SetupEvent, UndoEvent } from '../setup/events.ts';
import type { Log } from './log.ts';

/**
 * A run's event as a line of the log: for support, in English, with Azure's ids but without a
 * secret (events carry none, and the log hides what looks like one).
 */
export function logEvent(event: SetupEvent, log: Log): void {
  switch (event.code) {
    case 'runStarted':
      log.info(`Run ${event.runId}: ${event.steps.toString()} steps, plan ${event.planId}`);
      return;
    case 'stepStarted':
      log.info(`${event.resource}: ${event.action}`);
      return;
    case 'stepRunning':
      log.debug(`${event.resource}: running in Azure, next look in ${seconds(event.waitMs)}`);
      return;
    case 'stepRetrying':
      log.warn(
        `${event.resource}: attempt ${event.attempt.toString()} failed (${event.reason}: ${event.message}), next in ${seconds(event.waitMs)}`,
      );
      return;
    case 'stepDone':
      log.info(`${event.resource}: done in ${seconds(event.durationMs)}, ${event.id}`);
      return;
    case 'stepFailed':
      log.error(`${event.resource}: ${event.error}: ${event.message} ${event.remedy}`);
      return;
    case 'stepSkipped':
      log.warn(`${event.resource}: skipped because of ${event.because}`);
      return;
    case 'runEnded':
      log.info(`Run ended: ${event.outcome}${stillRunning(event.stillRunning)}`);
      return;
  }
}

/** An undo's event as a line of the log. */
export function logUndoEvent(event: UndoEvent, log: Log): void {
  switch (event.code) {
    case 'undoStarted':
      log.info(`Undo ${event.runId}: ${event.steps.toString()} objects`);
      return;
    case 'removeStarted':
      log.info(`${event.resource}: remove`);
      return;
    case 'removeWaiting':
      log.debug(
        `${event.resource}: ${event.reason ?? 'removing'}, next in ${seconds(event.waitMs)}`,
      );
      return;
    case 'removeDone':
      log.info(`${event.resource}: gone, ${event.id}`);
      return;
    case 'removeKept':
      log.info(`${event.resource}: kept: ${event.why}`);
      return;
    case 'removeFailed':
      log.error(`${event.resource}: ${event.error}: ${event.message} ${event.remedy}`);
      return;
    case 'undoEnded':
      log.info(`Undo ended: ${event.outcome}`);
      return;
  }
}

function stillRunning(keys: readonly string[]): string {
  return keys.length === 0 ? '' : `; Azure goes on with ${keys.join(', ')}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
