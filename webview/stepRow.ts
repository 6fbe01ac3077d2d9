import { t } from '@vscode/l10n';
import type { ProgressItemView, ProgressStatus } from '../src/contract/wizardState.ts';
import { element, setChildren, setText, setVisible } from './dom.ts';
import { icon } from './icons.ts';
import { problemText } from './problem.ts';
import { button, progressRing } from './toolkit.ts';

/** One step of a run: what it is, how it is, how long it takes, and why it failed. */
export interface StepRow {
  readonly element: HTMLElement;
  update(item: ProgressItemView): void;
  /** A second has passed. */
  tick(): void;
}

export function stepRow(onRetry: (key: string) => void): StepRow {
  const state = element('span', { class: 'step-state' });
  const kind = element('span', { class: 'kind' });
  const name = element('span', { class: 'name' });
  const status = element('span', { class: 'visually-hidden' });
  const time = element('span', { class: 'time', attributes: { 'aria-hidden': 'true' } });
  const note = element('p', { class: 'reason' });
  const problem = element('p', { class: 'problem' });
  let shown: ProgressItemView | undefined;
  const retry = button({
    label: t('Retry'),
    onClick: () => {
      if (shown !== undefined) onRetry(shown.key);
    },
  });
  const actions = element('div', { class: 'step-actions' }, retry.element);
  const row = element(
    'li',
    { class: 'item' },
    element('div', { class: 'item-head' }, state, kind, name, status, time),
    note,
    problem,
    actions,
  );
  const tick = (): void => {
    if (shown !== undefined) setText(time, timeText(shown));
  };
  return {
    element: row,
    tick,
    update(item) {
      const before = shown?.status;
      shown = item;
      row.dataset['key'] = item.key;
      row.dataset['status'] = item.status;
      setText(kind, item.kindLabel);
      setText(name, item.name);
      name.title = item.name;
      setText(status, statusText(item.status));
      if (before !== item.status) setChildren(state, [statusIcon(item.status)]);
      setVisible(note, item.note !== undefined);
      setText(note, item.note ?? '');
      setVisible(problem, item.problem !== undefined);
      setChildren(problem, item.problem === undefined ? [] : problemText(item.problem));
      setVisible(actions, item.canRetry === true);
      retry.setTitle(t('Retry {0} {1}', item.kindLabel, item.name));
      tick();
    },
  };
}

function statusIcon(status: ProgressStatus): Element {
  return status === 'running' ? progressRing() : icon(status);
}

function statusText(status: ProgressStatus): string {
  switch (status) {
    case 'waiting':
    case 'handedOff':
      return t('waiting');
    case 'running':
      return t('running');
    case 'done':
      return t('done');
    case 'failed':
      return t('failed');
    case 'skipped':
      return t('skipped');
  }
}

function timeText({ status, startedAt, durationMs }: ProgressItemView): string {
  if (durationMs !== undefined) return seconds(durationMs);
  if (status !== 'running' || startedAt === undefined) return '';
  return seconds(Math.max(0, Date.now() - startedAt));
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 1_000);
  if (whole < 1) return t('under 1 s');
  if (whole < 60) return t('{0} s', whole);
  return t('{0} min {1} s', Math.floor(whole / 60), whole % 60);
}
