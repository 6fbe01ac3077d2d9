import { t } from '@vscode/l10n';
import type { UndoProgressView, UndoStepView } from '../../contract/undoState.ts';
import type { UndoEvent } from '../events.ts';
import type { UndoPlan } from '../undoPlan.ts';
import { isToGo, labelOf } from './lookView.ts';

/** Everything that something will happen to, waiting. */
export function removals(plan: UndoPlan, ticked: ReadonlySet<string>): readonly UndoStepView[] {
  return plan.items
    .filter((item) => isToGo(item, ticked))
    .map((item) => ({
      key: item.key,
      kindLabel: labelOf(item),
      name: item.name,
      status: 'waiting',
      ...(item.decision === 'untag'
        ? { stays: true, note: t('Stays, and loses the project’s tags') }
        : {}),
    }));
}

export function undoProgressView(
  items: readonly UndoStepView[],
  cancelling: boolean,
): UndoProgressView {
  const done = endedIn(items);
  const total = items.length;
  return {
    items,
    fraction: total === 0 ? 1 : done / total,
    canCancel: !cancelling,
    cancelling,
    done,
    total,
  };
}

function endedIn(items: readonly UndoStepView[]): number {
  return items.filter(({ status }) => status === 'done' || status === 'skipped').length;
}

/** The items after an event; the same array if it changes none. */
export function afterUndoEvent(
  items: readonly UndoStepView[],
  event: UndoEvent,
): readonly UndoStepView[] {
  if (event.code === 'undoStarted' || event.code === 'undoEnded') return items;
  return items.map((item) => (item.key === event.resource ? itemAfter(item, event) : item));
}

type RemoveEvent = Exclude<UndoEvent, { readonly code: 'undoStarted' | 'undoEnded' }>;

function itemAfter(item: UndoStepView, event: RemoveEvent): UndoStepView {
  const { key, kindLabel, name, stays, note, startedAt = event.time } = item;
  const base = {
    ...{ key, kindLabel, name, startedAt },
    ...(stays === true && note !== undefined ? { stays, note } : {}),
  };
  const durationMs = event.time - startedAt;
  switch (event.code) {
    case 'removeStarted':
      return { ...base, startedAt: event.time, status: 'running' };
    case 'removeWaiting':
      return { ...base, status: 'running' };
    case 'removeDone':
      return { ...base, status: 'done', durationMs };
    case 'removeKept':
      return { ...base, status: 'skipped', note: t('Stays: {0}', event.why) };
    case 'removeFailed': {
      const problem = { code: event.error, message: event.message, remedy: event.remedy };
      return { ...base, status: 'failed', durationMs, problem };
    }
  }
}

/** What a screen reader says about an event, if anything. */
export function announcementOfUndo(
  items: readonly UndoStepView[],
  event: UndoEvent,
): string | undefined {
  if (event.code !== 'removeDone' && event.code !== 'removeFailed') return undefined;
  const item = items.find(({ key }) => key === event.resource);
  if (item === undefined) return undefined;
  const what = `${item.kindLabel} ${item.name}`;
  if (event.code === 'removeFailed') return t('{0} failed: {1}', what, event.message);
  const ended = endedIn(items);
  return item.stays === true
    ? t('{0} stays without the project’s tags, {1} of {2}.', what, ended, items.length)
    : t('{0} is gone, {1} of {2}.', what, ended, items.length);
}
