import { config as configureTexts } from '@vscode/l10n';
import type { ProblemAction, ProblemView } from '../src/contract/wizardState.ts';
import { element, setChildren, setText, setVisible } from './dom.ts';
import { hasLostFocus, isTyping } from './focus.ts';
import { connectHost } from './host.ts';
import { problemBanner } from './problem.ts';
import { registerToolkit } from './toolkit.ts';

/** What every state has, whatever page it is of. */
export interface PageState {
  readonly revision: number;
  readonly step: string;
  readonly problem?: ProblemView;
  readonly notice?: string;
  readonly announcement?: string;
}

/** One of a page's screens, built once and updated with each state. */
export interface PageScreen<State> {
  readonly element: HTMLElement;
  /** What the page's heading says while it is shown. */
  title(state: State): string;
  update(state: State): void;
  /** What the last update has brought, for a screen reader; said where the host says nothing. */
  readonly news?: string | undefined;
}

/** What a screen may do besides drawing. */
export interface ScreenParts<Intent> {
  readonly send: (intent: Intent) => void;
  readonly announce: (text: string) => void;
}

export interface PageParts<State extends PageState, Intent> {
  readonly makeScreen: (step: State['step'], parts: ScreenParts<Intent>) => PageScreen<State>;
  /** Above the heading: where among the steps the page is. */
  readonly rail?: { readonly element: HTMLElement; mark(step: State['step']): void };
  /** The intent of the button in a problem. */
  readonly toIntent?: (action: ProblemAction['id']) => Intent;
}

/**
 * What every page has around its screens: heading, problem, notice, the one live region, and the
 * focus, which is never lost and goes to a problem that has come up.
 */
export function startPage<State extends PageState, Intent extends object>(
  makeParts: () => PageParts<State, Intent>,
): void {
  const app = document.getElementById('app');
  if (app === null) return;
  configureTexts({ contents: app.dataset['strings'] ?? '{}' });
  registerToolkit();
  new Frame(app, makeParts()).start();
}

class Frame<State extends PageState, Intent extends object> {
  readonly #parts: PageParts<State, Intent>;
  readonly #host = connectHost<State, Intent | { readonly kind: 'ready' }>();
  readonly #screens = new Map<State['step'], PageScreen<State>>();
  readonly #heading = element('h1', { attributes: { tabindex: '-1' } });
  readonly #banner = element('div', { class: 'page-problem' });
  readonly #place = element('div');
  readonly #notice = element('p', { class: 'notice' });
  readonly #live = element('div', {
    class: 'visually-hidden',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  readonly #app: HTMLElement;
  #shown: State | undefined;

  constructor(app: HTMLElement, parts: PageParts<State, Intent>) {
    this.#app = app;
    this.#parts = parts;
  }

  start(): void {
    // What will speak has to be there before it does; the rest comes with the first state at once.
    this.#app.append(this.#live);
    this.#host.onState((state) => this.#show(state));
    this.#host.send({ kind: 'ready' });
  }

  #show(state: State): void {
    const before = this.#shown;
    const focused = document.activeElement;
    const screen = this.#screenOf(state.step);
    screen.update(state);
    setText(this.#heading, screen.title(state));
    if (before === undefined) this.#fill();
    const isNewScreen = state.step !== before?.step;
    if (isNewScreen) this.#turnTo(screen, state.step);
    this.#showProblem(state, before);
    setVisible(this.#notice, state.notice !== undefined);
    setText(this.#notice, state.notice ?? '');
    this.#shown = state;
    this.#say(state, before, screen.news);
    // The first screen leaves the focus to VS Code.
    if (before === undefined) return;
    // A new screen begins at its heading; so does whoever had the focus on what is gone.
    if (isNewScreen || hasLostFocus(focused)) this.#heading.focus();
  }

  #fill(): void {
    const { rail } = this.#parts;
    const content = [this.#heading, this.#banner, this.#place, this.#notice];
    this.#live.before(...(rail === undefined ? [] : [rail.element]), ...content);
  }

  #screenOf(step: State['step']): PageScreen<State> {
    const announce = (text: string): void => setText(this.#live, text);
    const send = (intent: Intent): void => this.#host.send(intent);
    const screen = this.#screens.get(step) ?? this.#parts.makeScreen(step, { send, announce });
    this.#screens.set(step, screen);
    return screen;
  }

  #turnTo(screen: PageScreen<State>, step: State['step']): void {
    this.#parts.rail?.mark(step);
    setChildren(this.#place, [screen.element]);
    window.scrollTo(0, 0);
  }

  #showProblem({ problem, step }: State, before: State | undefined): void {
    if (JSON.stringify(problem) === JSON.stringify(before?.problem)) return;
    const { toIntent } = this.#parts;
    const onAction = toIntent && ((id: ProblemAction['id']) => this.#host.send(toIntent(id)));
    const banner = problem && problemBanner(problem, onAction);
    setChildren(this.#banner, banner === undefined ? [] : [banner]);
    if (banner === undefined || step !== before?.step || isTyping()) return;
    banner.tabIndex = -1;
    banner.focus();
  }

  /** At most one message for a state: what the host says, else what is new on the screen. */
  #say(state: State, before: State | undefined, news: string | undefined): void {
    const { announcement } = state;
    const isNew = announcement !== undefined && announcement !== before?.announcement;
    const text = isNew ? announcement : before === undefined ? undefined : news;
    if (text !== undefined) setText(this.#live, text);
  }
}
