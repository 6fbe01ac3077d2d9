import { t } from '@vscode/l10n';
import type { PlanItemView, ProgressItemView, ProgressView } from '../../contract/wizardState.ts';
import type { SetupEvent } from '../events.ts';

/** The step that follows the plan's own: files, binding, terminals. */
export const WORKSPACE_STEP = '+workspace';

/** A step as it was approved. */
export type ApprovedStep = Pick<PlanItemView, 'key' | 'kindLabel' | 'name' | 'action'>;

/**
 * All steps, waiting; those that an earlier try has finished stay finished.
 * @param failed those that are not tried now, as they are shown
 */
export function startItems(
  steps: readonly ApprovedStep[],
  done: ReadonlySet<string>,
  failed: readonly ProgressItemView[] = [],
): readonly ProgressItemView[] {
  const items = steps.map(
    ({ key, kindLabel, name }): ProgressItemView =>
      failed.find((item) => item.key === key) ?? {
        key,
        kindLabel,
        name,
        status: done.has(key) ? 'done' : 'waiting',
      },
  );
  const workspace: ProgressItemView = {
    key: WORKSPACE_STEP,
    kindLabel: t('Workspace'),
    name: t('Files and terminals of this folder'),
    status: 'waiting',
  };
  return [...items, workspace];
}

export function doneKeys(items: readonly ProgressItemView[]): ReadonlySet<string> {
  return new Set(items.filter(({ status }) => status === 'done').map(({ key }) => key));
}

export function progressView(
  items: readonly ProgressItemView[],
  flags: Pick<ProgressView, 'canCancel' | 'cancelling' | 'canContinue'>,
): ProgressView {
  const done = doneKeys(items).size;
  return { items, ...flags, done, total: items.length, fraction: done / items.length };
}

/** The items after an event; the same array if it changes none. */
export function afterEvent(
  items: readonly ProgressItemView[],
  event: SetupEvent,
): readonly ProgressItemView[] {
  if (event.code === 'runStarted') return items;
  if (event.code === 'runEnded') return items.map(stopped);
  return items.map((item) => (item.key === event.resource ? itemAfter(items, item, event) : item));
}

type StepEvent = Exclude<SetupEvent, { readonly code: 'runStarted' | 'runEnded' }>;

function itemAfter(
  items: readonly ProgressItemView[],
  item: ProgressItemView,
  event: StepEvent,
): ProgressItemView {
  const { key, kindLabel, name, startedAt } = item;
  const base = { key, kindLabel, name, ...(startedAt === undefined ? {} : { startedAt }) };
  switch (event.code) {
    case 'stepStarted':
      // Looked at once more after Continue: it is done, and need not look as if it were not.
      if (item.status === 'done' && event.action === 'keep') return item;
      return { key, kindLabel, name, status: 'running', startedAt: event.time };
    case 'stepRunning':
      return { ...base, status: 'running' };
    case 'stepRetrying':
      return { ...base, status: 'running', note: retryNote(event) };
    case 'stepDone':
      return { ...base, status: 'done', durationMs: event.durationMs };
    case 'stepFailed': {
      if (event.error === HANDED_OFF)
        return { ...base, status: 'handedOff', note: t('Waits for an administrator.') };
      const problem = { code: event.error, message: event.message, remedy: event.remedy };
      return { ...base, status: 'failed', durationMs: event.durationMs, problem };
    }
    case 'stepSkipped':
      return { ...base, status: 'skipped', note: skipNote(items, event.because) };
  }
}

/** The code of a step that only an administrator can do. */
export const HANDED_OFF = 'handed_off';

function skipNote(items: readonly ProgressItemView[], because: string): string {
  const name = items.find(({ key }) => key === because)?.name ?? because;
  return t('Waits for {0}.', name);
}

function retryNote(event: Extract<SetupEvent, { readonly code: 'stepRetrying' }>): string {
  const seconds = Math.ceil(event.waitMs / 1000).toString();
  return t('{0} Next try in {1} s.', event.message, seconds);
}

/** When the run is over nothing runs any more. */
function stopped(item: ProgressItemView): ProgressItemView {
  if (item.status !== 'running' || item.key === WORKSPACE_STEP) return item;
  const { key, kindLabel, name } = item;
  return { key, kindLabel, name, status: 'waiting' };
}

/** What a screen reader says about an event, if anything. */
export function announcementOf(
  items: readonly ProgressItemView[],
  event: SetupEvent,
): string | undefined {
  if (event.code !== 'stepDone' && event.code !== 'stepFailed') return undefined;
  const item = items.find(({ key }) => key === event.resource);
  if (item === undefined) return undefined;
  const what = `${item.kindLabel} ${item.name}`;
  if (item.status === 'handedOff') return t('{0} waits for an administrator.', what);
  if (event.code === 'stepFailed') return t('{0} failed: {1}', what, event.message);
  return t('{0} is done, {1} of {2}.', what, doneKeys(items).size, items.length);
}
