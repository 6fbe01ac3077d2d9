import { t } from '@vscode/l10n';
import type {
  ProgressItemView,
  ProgressStatus,
  ProgressView,
  WizardState,
} from '../src/contract/wizardState.ts';
import { element, setChildren, setText, setVisible } from './dom.ts';
import { icon } from './icons.ts';
import { problemText } from './problem.ts';
import type { Screen, ScreenParts } from './screen.ts';
import { button, progressRing } from './toolkit.ts';

/** The third screen: each object live, with its time and, if it failed, why and what now. */
export function progressScreen({ send }: ScreenParts): Screen {
  const fill = element('div', { class: 'bar-fill' });
  const bar = element(
    'div',
    { class: 'bar', attributes: { role: 'progressbar', 'aria-label': t('Overall progress') } },
    fill,
  );
  const counted = element('p', { class: 'summary' });
  const list = element('ul', { class: 'items steps' });
  const goOn = button({
    label: t('Continue'),
    primary: true,
    onClick: () => send({ kind: 'continue' }),
  });
  const cancel = button({ label: t('Cancel'), onClick: () => send({ kind: 'cancel' }) });
  const back = button({
    label: t('Back to the Form'),
    onClick: () => send({ kind: 'backToForm' }),
  });
  const rows = new Map<string, Row>();
  let title = titleOf();
  const root = element(
    'div',
    { class: 'screen' },
    counted,
    bar,
    element('section', { class: 'card' }, list),
    element('div', { class: 'buttons' }, goOn.element, cancel.element, back.element),
  );
  // Seconds that pass are the page's own business: the host says only when something has begun.
  setInterval(() => {
    for (const row of rows.values()) row.tick();
  }, 1_000);

  const drawRows = (items: readonly ProgressItemView[]): void => {
    const shown = items.map((item) => {
      const row = rows.get(item.key) ?? stepRow();
      rows.set(item.key, row);
      row.update(item);
      return row.element;
    });
    setChildren(list, shown);
  };
  return {
    element: root,
    get title() {
      return title;
    },
    update({ progress }: WizardState) {
      if (progress === undefined) return;
      title = titleOf(progress);
      setText(counted, summary(progress));
      const percent = Math.round(progress.fraction * 100).toString();
      bar.setAttribute('aria-valuenow', percent);
      bar.setAttribute('aria-valuemin', '0');
      bar.setAttribute('aria-valuemax', '100');
      fill.style.setProperty('width', `${percent}%`);
      drawRows(progress.items);
      setVisible(goOn.element, progress.canContinue);
      setVisible(back.element, progress.canContinue);
      setVisible(cancel.element, progress.canCancel || progress.cancelling);
      cancel.setDisabled(progress.cancelling);
      cancel.setLabel(progress.cancelling ? t('Cancelling…') : t('Cancel'));
    },
  };
}

function titleOf(progress?: ProgressView): string {
  if (progress?.cancelling === true) return t('Cancelling');
  return progress?.canContinue === true ? t('The set-up has stopped') : t('Creating the project');
}

function summary({ canContinue, done, total }: ProgressView): string {
  return canContinue
    ? t('Stopped: {0} of {1} steps are done. Continue goes on where it stopped.', done, total)
    : t('{0} of {1} steps are done.', done, total);
}

interface Row {
  readonly element: HTMLElement;
  update(item: ProgressItemView): void;
  tick(): void;
}

function stepRow(): Row {
  const state = element('span', { class: 'step-state' });
  const kind = element('span', { class: 'kind' });
  const name = element('span', { class: 'name' });
  const status = element('span', { class: 'visually-hidden' });
  const time = element('span', { class: 'time', attributes: { 'aria-hidden': 'true' } });
  const note = element('p', { class: 'reason' });
  const problem = element('p', { class: 'problem' });
  const row = element(
    'li',
    { class: 'item' },
    element('div', { class: 'item-head' }, state, kind, name, status, time),
    note,
    problem,
  );
  let shown: ProgressItemView | undefined;
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
