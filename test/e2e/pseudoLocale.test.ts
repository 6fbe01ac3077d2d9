import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pages } from './pages.ts';
import { showState } from './pageServer.ts';
import { pageStates } from './pageStates.ts';
import { leftInEnglish, marked, pseudoTexts } from './pseudoLocale.ts';
import { undoStates } from './undoStates.ts';

/** Every element, those inside the toolkit's included. These files' types know no DOM. */
const ALL = `const all = (root) => [...root.querySelectorAll('*')].flatMap((each) =>
  each.shadowRoot === null ? [each] : [each, ...all(each.shadowRoot)]);`;

/** What is read, seen or heard: text, and the attributes that hold some. */
const READ = `(() => { ${ALL}
  const names = ['aria-label', 'aria-description', 'aria-valuetext', 'aria-roledescription', 'title', 'placeholder', 'alt'];
  return all(document.body).filter((each) => !['SCRIPT', 'STYLE'].includes(each.tagName)).flatMap((each) => [
    ...[...each.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data),
    ...names.map((name) => each.getAttribute(name)).filter((text) => text !== null),
  ]); })()`;

/** What is cut off: what scrolls is not, nor what ends in … and has the whole as its title. */
const CUT = `(() => { ${ALL}
  // What an empty field shows is no part of its scrollWidth.
  const widthOf = (each) => {
    if (each.tagName !== 'INPUT' || each.value !== '' || each.placeholder === '') return each.scrollWidth;
    const brush = document.createElement('canvas').getContext('2d');
    const { font, paddingLeft, paddingRight } = getComputedStyle(each);
    brush.font = font;
    return brush.measureText(each.placeholder).width + parseFloat(paddingLeft) + parseFloat(paddingRight);
  };
  return [document.documentElement, ...all(document.body)].filter((each) => {
    if (each.clientWidth === 0 || widthOf(each) <= each.clientWidth) return false;
    if (each.closest('.visually-hidden') !== null) return false;
    const { overflowX, textOverflow } = getComputedStyle(each);
    if (each !== document.documentElement && ['auto', 'scroll'].includes(overflowX)) return false;
    // The caret walks through what was typed.
    if (each.tagName === 'INPUT' && each.value !== '' && textOverflow !== 'ellipsis') return false;
    return textOverflow !== 'ellipsis' || each.title === '';
  }).map((each) => each.tagName.toLowerCase() + '.' + each.className + ': ' + (each.textContent || each.placeholder || '').slice(0, 80)); })()`;

describe('The pages in a language of longer words', () => {
  let pages: Pages;

  beforeAll(async () => {
    pages = await Pages.open(await pseudoTexts());
  });

  afterAll(async () => {
    await pages.close();
  });

  /** Looks at every state of both pages, and at an open list. */
  async function inEveryState(
    width: number,
    look: (page: Page) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const found = new Set<string>();
    const note = async (page: Page, state: string) => {
      for (const each of await look(page)) found.add(`${state}: ${each}`);
    };
    for (const [place, states] of [
      ['', pageStates],
      ['delete', undoStates],
    ] as const) {
      const page = await pages.newPage({ viewport: { width, height: 900 } });
      await page.goto(pages.address + place);
      for (const [revision, [name, state]] of Object.entries<object>(states).entries()) {
        await showState(page, { ...marked(state), revision });
        await note(page, name);
        if (name !== 'form-filled') continue;
        await page.locator('#location-input').click();
        await note(page, `${name}, open`);
        await page.keyboard.type('no such place');
        await note(page, `${name}, searched`);
        await page.keyboard.press('Escape');
      }
      await page.close();
    }
    return [...found];
  }

  async function english(page: Page): Promise<readonly string[]> {
    const texts = await page.evaluate<readonly string[]>(READ);
    return texts.map(leftInEnglish).filter((text) => text !== '');
  }

  it('have no text of ours that stays English', async () => {
    expect(await inEveryState(900, english)).toEqual([]);
  });

  it.each([320, 900])('cut nothing off in a pane of %i px', async (width) => {
    expect(await inEveryState(width, (page) => page.evaluate(CUT))).toEqual([]);
  });

  it('are found out by both looks where a text is English or too long', async () => {
    const page = await pages.newPage({ viewport: { width: 320, height: 900 } });
    await page.goto(pages.address);
    await page.evaluate(`document.body.innerHTML =
      '<p title="Forgotten" id="long">' + 'x'.repeat(400) + '</p>'`);
    expect(await english(page)).toEqual(['x'.repeat(400), 'Forgotten']);
    expect(await page.evaluate<readonly string[]>(CUT)).not.toEqual([]);
    await page.close();
  });
});
