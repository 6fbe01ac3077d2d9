import { config as configureTexts, t } from '@vscode/l10n';
import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import type { WizardState, WizardStep } from '../src/contract/wizardState.ts';
import { doneScreen } from './done.ts';
import { element, setAttribute, setChildren, setText, setVisible } from './dom.ts';
import { formScreen } from './form.ts';
import { connectHost } from './host.ts';
import { problemBanner } from './problem.ts';
import { progressScreen } from './progress.ts';
import { reviewScreen } from './review.ts';
import type { Screen, ScreenParts } from './screen.ts';
import { registerToolkit } from './toolkit.ts';

const STEPS: readonly WizardStep[] = ['form', 'review', 'progress', 'done'];

function start(app: HTMLElement): void {
  configureTexts({ contents: app.dataset['strings'] ?? '{}' });
  registerToolkit();
  const host = connectHost<WizardState, WizardIntent>();
  const live = element('div', {
    class: 'visually-hidden',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  const parts: ScreenParts = {
    send: (intent) => host.send(intent),
    announce: (text) => setText(live, text),
  };
  const heading = element('h1', { attributes: { tabindex: '-1' } });
  const steps = element('ol', { class: 'rail', attributes: { 'aria-label': t('Steps') } });
  const rail = STEPS.map((step) => element('li', { text: stepLabel(step) }));
  steps.append(...rail);
  const banner = element('div', { class: 'page-problem' });
  const place = element('div');
  const notice = element('p', { class: 'notice' });
  app.append(steps, heading, banner, place, notice, live);

  const screens = new Map<WizardStep, Screen>();
  let shown: WizardStep | undefined;
  let problem = '';
  let announced: string | undefined;
  host.onState((state: WizardState) => {
    const screen = screens.get(state.step) ?? makeScreen(state.step, parts);
    screens.set(state.step, screen);
    screen.update(state);
    setText(heading, screen.title);
    if (state.step !== shown) {
      const first = shown === undefined;
      shown = state.step;
      markStep(rail, state.step);
      setChildren(place, [screen.element]);
      // A new screen begins at its heading; the first one leaves the focus to VS Code.
      if (!first) heading.focus();
      window.scrollTo(0, 0);
    }
    const now = JSON.stringify(state.problem);
    if (now !== problem) {
      problem = now;
      setChildren(
        banner,
        state.problem === undefined
          ? []
          : [
              problemBanner(state.problem, (action) =>
                host.send({ kind: 'problemAction', action }),
              ),
            ],
      );
    }
    setVisible(notice, state.notice !== undefined);
    setText(notice, state.notice ?? '');
    if (state.announcement !== undefined && state.announcement !== announced) {
      announced = state.announcement;
      parts.announce(announced);
    }
  });
  host.send({ kind: 'ready' });
}

function makeScreen(step: WizardStep, parts: ScreenParts): Screen {
  switch (step) {
    case 'form':
      return formScreen(parts);
    case 'review':
      return reviewScreen(parts);
    case 'progress':
      return progressScreen(parts);
    case 'done':
      return doneScreen(parts);
  }
}

function markStep(rail: readonly HTMLElement[], current: WizardStep): void {
  const reached = STEPS.indexOf(current);
  for (const [index, item] of rail.entries()) {
    item.classList.toggle('past', index < reached);
    setAttribute(item, 'aria-current', index === reached ? 'step' : undefined);
  }
}

function stepLabel(step: WizardStep): string {
  switch (step) {
    case 'form':
      return t('Choose');
    case 'review':
      return t('Review');
    case 'progress':
      return t('Create');
    case 'done':
      return t('Done');
  }
}

const app = document.getElementById('app');
if (app !== null) start(app);
