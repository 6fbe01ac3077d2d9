import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PagePanel, type PageLogic, type PagePanelParts } from '../../../src/host/pagePanel.ts';

interface Tab {
  readonly webview: {
    html: string;
    options: unknown;
    postMessage(state: unknown): Promise<boolean>;
    onDidReceiveMessage(listener: (message: unknown) => void): { dispose(): void };
  };
  onDidDispose(listener: () => void): { dispose(): void };
  reveal(): void;
  dispose(): void;
  /** Something is pressed on the page. */
  press(message: unknown): void;
}

const window = vi.hoisted(() => ({ tabs: [] as unknown[] }));

vi.mock('vscode', () => ({
  ViewColumn: { Active: -1 },
  Uri: { joinPath: () => ({}) },
  Disposable: { from: () => ({ dispose: () => undefined }) },
  env: { language: 'en' },
  workspace: { fs: { readFile: () => Promise.resolve(new Uint8Array()) } },
  window: {
    createWebviewPanel: () => {
      const tab = newTab();
      window.tabs.push(tab);
      return tab;
    },
  },
}));

function newTab(): Tab {
  const pressed = new Set<(message: unknown) => void>();
  const closed = new Set<() => void>();
  const on = <T>(listeners: Set<T>, listener: T) => {
    listeners.add(listener);
    return { dispose: () => void listeners.delete(listener) };
  };
  return {
    webview: {
      html: '',
      options: {},
      postMessage: () => Promise.resolve(true),
      onDidReceiveMessage: (listener) => on(pressed, listener),
    },
    onDidDispose: (listener) => on(closed, listener),
    reveal: () => undefined,
    dispose: () => {
      for (const listener of [...closed]) listener();
    },
    press: (message) => {
      for (const listener of [...pressed]) listener(message);
    },
  };
}

interface Press {
  readonly kind: string;
}

/** A page's logic that notes what reaches it, and whether it has ended. */
class Noting implements PageLogic<string, Press> {
  readonly state = 'shown';
  readonly got: string[] = [];
  isEnded = false;
  readonly from: unknown;

  constructor(from: unknown) {
    this.from = from;
  }

  dispatch({ kind }: Press): void {
    this.got.push(kind);
  }
  onDidChange(): { dispose(): void } {
    return { dispose: () => undefined };
  }
  snapshot(): unknown {
    return this.from;
  }
  dispose(): void {
    this.isEnded = true;
  }
}

describe('A page whose logic takes its time to start', () => {
  /** One per start, in their order: each ends when the test says so. */
  let starts: { readonly logic: Noting; finish(): void; fail(error: Error): void }[];
  let page: PagePanel<string, Press, Noting>;
  const tab = (): Tab => window.tabs.at(-1) as Tab;

  beforeEach(() => {
    window.tabs.length = 0;
    starts = [];
    const stored = new Map<string, unknown>();
    const parts = {
      extensionUri: {},
      start: (snapshot: unknown) =>
        new Promise<Noting>((resolve, reject) => {
          const logic = new Noting(snapshot);
          starts.push({ logic, finish: () => resolve(logic), fail: reject });
        }),
      memory: {
        get: (key: string) => stored.get(key),
        update: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
      },
      strings: {},
      errors: { report: () => expect.unreachable() },
      log: { warn: () => undefined },
    } as unknown as PagePanelParts<Noting>;
    page = new PagePanel(parts, {
      viewType: 'test',
      title: () => 'Test',
      script: 'test.js',
      snapshotKey: 'test',
      parse: (message) => message as Press,
      outlives: () => false,
    });
  });

  /** Lets everything go on that waits for nothing of ours. */
  const settle = async () => {
    for (let turns = 0; turns < 5; turns++) await turn();
  };

  async function finish(...order: readonly number[]): Promise<void> {
    for (const index of order) {
      starts[index]?.finish();
      await settle();
    }
  }

  it.each([
    ['in their order', [0, 1]],
    ['the other way round', [1, 0]],
  ])('has one logic after two starts that end %s, and it is the second', async (_, order) => {
    const both = [page.startOver('first'), settle().then(() => page.startOver('second'))];
    await settle();
    await finish(...order);
    await Promise.all(both);
    tab().press({ kind: 'confirm' });
    expect(window.tabs).toHaveLength(1);
    expect(starts.map(({ logic }) => [logic.from, logic.got, logic.isEnded])).toEqual([
      ['first', [], true],
      ['second', ['confirm'], false],
    ]);
    expect(page.logic).toBe(starts[1]?.logic);
  });

  it('begins anew although the first start ends while the snapshot is being stored', async () => {
    const first = page.startOver('first');
    await settle();
    const second = page.startOver('second');
    starts[0]?.finish();
    await settle();
    await finish(1);
    await Promise.all([first, second]);
    tab().press({ kind: 'confirm' });
    expect(starts.map(({ logic }) => logic.got)).toEqual([[], ['confirm']]);
  });

  it('is ended with its tab, and a new tab gets a logic of its own', async () => {
    const first = page.open();
    await settle();
    tab().dispose();
    await finish(0);
    await first;
    expect(starts[0]?.logic.isEnded).toBe(true);
    expect(page.isOpen).toBe(false);
    const second = page.open();
    await settle();
    await finish(1);
    await second;
    tab().press({ kind: 'confirm' });
    expect(starts[1]?.logic.got).toEqual(['confirm']);
  });

  it('keeps the tab when only a start fails that was overtaken', async () => {
    const both = [page.startOver('first'), settle().then(() => page.startOver('second'))];
    await settle();
    starts[0]?.fail(new Error('too late'));
    await settle();
    await finish(1);
    await Promise.all(both);
    expect(page.logic).toBe(starts[1]?.logic);
  });

  it('closes the tab when the start fails, and says why', async () => {
    const opening = page.open();
    await settle();
    starts[0]?.fail(new Error('no such project'));
    await expect(opening).rejects.toThrow('no such project');
    expect(page.isOpen).toBe(false);
  });
});
