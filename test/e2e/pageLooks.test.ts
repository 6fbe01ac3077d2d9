import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsIn, OPEN_LISTS, PANES, SCREENS, setTheme } from './pageLooks.ts';
import { Pages } from './pages.ts';
import { showState } from './pageServer.ts';
import { pageStates } from './pageStates.ts';

/** What moves by itself, inside of the toolkit's elements too. */
const MOVING = `(() => {
  const roots = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((each) =>
    each.shadowRoot === null ? [] : roots(each.shadowRoot))];
  return roots(document).flatMap((root) => root.getAnimations())
    .filter(({ playState }) => playState === 'running').length;
})()`;

describe('Every screen of both pages', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await Pages.open();
  });

  afterAll(async () => {
    await pages.close();
  });

  /** Looks at every state of both pages in turn. */
  async function inEveryState(
    options: BrowserContextOptions,
    look: (page: Page, name: string) => Promise<void>,
  ): Promise<void> {
    for (const [place, states] of SCREENS) {
      const page = await pages.newPage(options);
      await page.goto(pages.address + place);
      for (const [revision, [name, state]] of Object.entries(states).entries()) {
        await showState(page, { ...state, revision });
        await look(page, name);
      }
      await page.close();
    }
  }

  it.each(PANES)(
    'has nothing for axe-core to find and fits its pane: $theme, $size',
    async ({ theme, width, scale }) => {
      const faults: string[] = [];
      let looked = 0;
      const note = async (page: Page, name: string) => {
        looked += 1;
        for (const fault of await faultsIn(page)) faults.push(`${name}: ${fault}`);
      };
      const options = { viewport: { width, height: 900 }, deviceScaleFactor: scale };
      // A color on its way to another one would be judged as it is for a moment.
      await inEveryState({ ...options, reducedMotion: 'reduce' }, async (page, name) => {
        await setTheme(page, theme);
        await note(page, name);
        const list = OPEN_LISTS[name];
        if (list === undefined) return;
        await page.getByRole('combobox', { name: list }).click();
        await note(page, `${name}, open`);
        await page.keyboard.press('Escape');
      });
      expect(faults).toEqual([]);
      const states = SCREENS.flatMap(([, each]) => Object.keys(each));
      expect(looked).toBe(states.length + Object.keys(OPEN_LISTS).length);
    },
  );

  it('stands still for people who want no motion, and for nobody else', async () => {
    const moving: string[] = [];
    await inEveryState({ reducedMotion: 'reduce' }, async (page, name) => {
      if ((await page.evaluate<number>(MOVING)) > 0) moving.push(name);
    });
    expect(moving).toEqual([]);
    const page = await pages.newPage();
    await page.goto(pages.address);
    await showState(page, pageStates['progress'] ?? {});
    expect(await page.evaluate<number>(MOVING)).toBeGreaterThan(0);
    await page.close();
  });

  it('would be found out: a pale text and a wide picture are', async () => {
    const page = await pages.newPage({ viewport: { width: 320, height: 900 } });
    await page.goto(pages.address);
    await setTheme(page, 'light');
    await page.evaluate(`document.body.innerHTML = '<main><h1>Pale</h1><p id="pale">pale</p></main>';
      const pale = document.getElementById('pale');
      pale.style.setProperty('color', '#eeeeee'); pale.style.setProperty('width', '900px');`);
    expect(await faultsIn(page)).toEqual(['wider than its pane', 'color-contrast: #pale']);
    await page.close();
  });
});
