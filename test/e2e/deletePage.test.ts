import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UndoState } from '../../src/contract/undoState.ts';
import { intentsOf, showState } from './pageServer.ts';
import { Pages } from './pages.ts';
import { undoStates } from './undoStates.ts';

const HOSTILE = '<img src=x onerror="window.hacked=1">"><script>window.hacked=1</script>';

describe('The page that deletes a project', () => {
  let pages: Pages;
  let page: Page;
  let revision = 0;
  const refused: string[] = [];

  beforeAll(async () => {
    pages = await Pages.open();
    page = await pages.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') refused.push(message.text());
    });
    page.on('pageerror', (error) => refused.push(error.message));
  });

  afterAll(async () => {
    await pages.close();
  });

  beforeEach(async () => {
    refused.length = 0;
    await page.goto(`${pages.address}delete`);
  });

  const show = async (name: string, change: Partial<UndoState> = {}): Promise<void> => {
    revision += 1;
    await showState(page, { ...need(name), ...change, revision });
    await page.evaluate('void (window.intents.length = 0)');
  };

  it('lets what holds data be ticked one by one, with what is in it said beside the box', async () => {
    await show('delete-look');
    const vault = page.getByRole('checkbox', { name: /^Delete Key vault/ });
    expect(await vault.isChecked()).toBe(false);
    await vault.focus();
    await page.keyboard.press('Space');
    expect(await intentsOf(page)).toEqual([{ kind: 'tick', key: 'vault', on: true }]);
    const about = await vault.getAttribute('aria-describedby');
    expect(await page.locator(`#${about ?? 'none'}`).textContent()).toContain('May hold secrets');
  });

  it('deletes nothing before its name is typed', async () => {
    await show('delete-look');
    await page.getByRole('button', { name: 'Delete Project' }).click({ force: true });
    expect(await intentsOf(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Project name, to confirm' }).fill('vision');
    expect(await intentsOf(page)).toContainEqual({ kind: 'type', value: 'vision' });
    await show('delete-look-ready');
    await page.getByRole('button', { name: 'Delete Project' }).click();
    expect(await intentsOf(page)).toEqual([{ kind: 'undo' }]);
  });

  it('shows the ring while Azure is asked, whatever is told meanwhile, and else Look Again', async () => {
    const waiting = page.getByText('Looking at what the project has made…');
    const again = page.getByRole('button', { name: 'Look Again' });
    for (const name of ['delete-looking', 'delete-looking-refused']) {
      await show(name);
      expect([await waiting.isVisible(), await again.isVisible()], name).toEqual([true, false]);
    }
    await show('delete-look-failed');
    expect([await waiting.isVisible(), await again.isVisible()]).toEqual([false, true]);
  });

  it('counts steps, as what only loses its tags does not go', async () => {
    await show('delete-running');
    expect(await page.getByText('3 of 8 steps are done.').isVisible()).toBe(true);
    const kept = page.locator('[data-key=tags]');
    expect(await kept.textContent()).toContain('Stays, and loses the project’s tags');
  });

  it('begins each screen at its heading and says what happens', async () => {
    await show('delete-look');
    await show('delete-running', { announcement: 'Storage account x is gone, 1 of 8.' });
    const focused = 'document.activeElement.textContent';
    expect(await page.evaluate(focused)).toBe('Deleting the project vision');
    expect(await page.getByRole('status').textContent()).toContain('1 of 8');
  });

  it('shows whatever Azure names as text, runs none of it and leaves the policy nothing to refuse', async () => {
    for (const name of Object.keys(undoStates)) {
      await show(name);
      revision += 1;
      await showState(page, { ...poisoned(need(name)), revision });
    }
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(refused).toEqual([]);
  });
});

function need(name: string): UndoState {
  const state = undoStates[name];
  if (state === undefined) throw new Error(`there is no state ${name}`);
  return state;
}

/** The state with every text in it replaced; values and codes that decide something stay. */
function poisoned(state: UndoState): UndoState {
  const fixed = new Set(['step', 'status', 'decision', 'outcome', 'key', 'code']);
  const poison = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return fixed.has(key) ? value : HOSTILE;
    if (Array.isArray(value)) return value.map((each: unknown) => poison(each, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, poison(each, name)]),
    );
  };
  return poison(state, '') as UndoState;
}
