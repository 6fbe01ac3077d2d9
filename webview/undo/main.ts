import { config as configureTexts } from '@vscode/l10n';
import type { UndoIntent } from '../../src/contract/undoIntent.ts';
import type { UndoState, UndoStep } from '../../src/contract/undoState.ts';
import { element, setChildren, setText, setVisible } from '../dom.ts';
import { connectHost } from '../host.ts';
import { problemBanner } from '../problem.ts';
import { registerToolkit } from '../toolkit.ts';
import { lookScreen } from './look.ts';
import { lookingScreen } from './looking.ts';
import { receiptScreen } from './receipt.ts';
import { runningScreen } from './running.ts';
import type { SendUndo, UndoScreen } from './screen.ts';

function start(app: HTMLElement): void {
  configureTexts({ contents: app.dataset['strings'] ?? '{}' });
  registerToolkit();
  const host = connectHost<UndoState, UndoIntent>();
  const live = element('div', {
    class: 'visually-hidden',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  const heading = element('h1', { attributes: { tabindex: '-1' } });
  const banner = element('div', { class: 'page-problem' });
  const place = element('div');
  const notice = element('p', { class: 'notice' });
  app.append(heading, banner, place, notice, live);

  const screens = new Map<UndoStep, UndoScreen>();
  let shown: UndoStep | undefined;
  let problem = '';
  host.onState((state) => {
    const screen = screens.get(state.step) ?? makeScreen(state.step, (i) => host.send(i));
    screens.set(state.step, screen);
    screen.update(state);
    setText(heading, screen.title(state));
    if (state.step !== shown) {
      const first = shown === undefined;
      shown = state.step;
      setChildren(place, [screen.element]);
      // A new screen begins at its heading; the first one leaves the focus to VS Code.
      if (!first) heading.focus();
      window.scrollTo(0, 0);
    }
    const now = JSON.stringify(state.problem);
    if (now !== problem) {
      problem = now;
      const nodes = state.problem === undefined ? [] : [problemBanner(state.problem)];
      setChildren(banner, nodes);
    }
    setVisible(notice, state.notice !== undefined);
    setText(notice, state.notice ?? '');
    if (state.announcement !== undefined) setText(live, state.announcement);
  });
  host.send({ kind: 'ready' });
}

function makeScreen(step: UndoStep, send: SendUndo): UndoScreen {
  switch (step) {
    case 'looking':
      return lookingScreen(send);
    case 'look':
      return lookScreen(send);
    case 'running':
      return runningScreen(send);
    case 'receipt':
      return receiptScreen(send);
  }
}

const app = document.getElementById('app');
if (app !== null) start(app);
