import { t } from '@vscode/l10n';
import type { DoneAction, DoneView, WizardState } from '../src/contract/wizardState.ts';
import { element, setChildren } from './dom.ts';
import { filesCard } from './filesCard.ts';
import { icon } from './icons.ts';
import { keptBy } from './kept.ts';
import type { Screen, ScreenParts } from './screen.ts';
import { button } from './toolkit.ts';

/** The last screen: what there is now, what is still on its way, and what to do next. */
export function doneScreen({ send }: ScreenParts): Screen {
  const body = element('div', { class: 'stack' });
  const nextSteps = element('div', { class: 'buttons' });
  const others = element('div', { class: 'buttons' });
  const buttonOf = keptBy((action: DoneAction) =>
    button({ label: actionLabel(action), onClick: () => send({ kind: 'doneAction', action }) }),
  );
  let drawn = '';
  return {
    element: element('div', { class: 'screen' }, body, nextSteps, others),
    title: () => t('The project is ready'),
    update({ done }: WizardState) {
      const key = JSON.stringify(done);
      if (done === undefined || key === drawn) return;
      drawn = key;
      setChildren(body, doneNodes(done));
      const draw = (action: DoneAction): HTMLElement => {
        const made = buttonOf(action);
        made.setPrimary(action === done.actions[0]);
        return made.element;
      };
      const isNext = (action: DoneAction) => NEXT_STEPS.includes(action);
      setChildren(nextSteps, done.actions.filter(isNext).map(draw));
      setChildren(others, done.actions.filter((action) => !isNext(action)).map(draw));
    },
  };
}

/** What leads to a first run, in a row of its own; the rest is there to look around. */
const NEXT_STEPS: readonly DoneAction[] = [
  'startServer',
  'restartServer',
  'openTerminal',
  'createFleet',
  'createHelloGpu',
];

function doneNodes(done: DoneView): readonly Node[] {
  return [
    element(
      'div',
      { class: 'banner success' },
      icon('done'),
      element(
        'span',
        {},
        element('strong', { text: done.projectName }),
        element('span', { class: 'done-summary', text: done.summary }),
      ),
    ),
    ...(done.warnings ?? []).map((text) =>
      element('div', { class: 'banner warning' }, icon('warning'), element('span', { text })),
    ),
    ...(done.pending.length === 0 ? [] : [pendingNode(done.pending)]),
    ...(done.files.length === 0 ? [] : [filesCard(done.files)]),
  ];
}

function pendingNode(pending: readonly string[]): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, icon('waiting'), element('span', { text: t('Still on its way') })),
    element(
      'ul',
      { class: 'items' },
      ...pending.map((text) => element('li', { class: 'item', text })),
    ),
  );
}

function actionLabel(action: DoneAction): string {
  switch (action) {
    case 'startServer':
      return t('Start Local dstack Server');
    case 'restartServer':
      return t('Restart Local dstack Server');
    case 'openTerminal':
      return t('Open Terminal');
    case 'createFleet':
      return t('Create Fleet File');
    case 'createHelloGpu':
      return t('Create Hello GPU Task');
    case 'openConfig':
      return t('Open CLI Configuration');
    case 'copyCliCommand':
      return t('Copy CLI Command');
    case 'openPortal':
      return t('Open in Azure Portal');
    case 'showInTree':
      return t('Show in Projects');
    case 'createAnother':
      return t('Create Another Project');
    case 'undo':
      return t('Delete Project…');
  }
}
