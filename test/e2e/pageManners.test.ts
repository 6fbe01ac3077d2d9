import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { UndoState } from '../../src/contract/undoState.ts';
import type { WizardState } from '../../src/contract/wizardState.ts';
import { Pages } from './pages.ts';
import { listen, saidOn, showState } from './pageServer.ts';
import { pageStates } from './pageStates.ts';
import { undoStates } from './undoStates.ts';

/** Whatever speaks by itself, the toolkit's own elements included. */
const SPEAKING = `(() => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap((each) =>
    each.shadowRoot === null ? [each] : [each, ...all(each.shadowRoot)]);
  return all(document).filter((each) => each.matches(
    '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], [role=timer]')).length;
})()`;

const FOCUSED = 'document.activeElement.textContent';
const PLACES = [
  ['the wizard', '', pageStates],
  ['the page that deletes a project', 'delete', undoStates],
] as const;

describe('What a page says and where it puts the focus', () => {
  let pages: Pages;
  let page: Page;
  let revision = 0;

  beforeAll(async () => {
    pages = await Pages.open();
  });

  afterAll(async () => {
    await pages.close();
  });

  afterEach(() => page.close());

  async function open(place = ''): Promise<void> {
    page = await pages.newPage();
    await page.goto(pages.address + place);
  }

  async function show(state: object): Promise<void> {
    revision += 1;
    await showState(page, { ...state, revision });
  }

  const said = () => saidOn(page);

  it.each(PLACES)(
    'says one thing for each change of state of %s, on every screen, and nothing for a second that passes',
    async (_name, place, states) => {
      page = await pages.newPage();
      await page.clock.install();
      await page.goto(pages.address + place);
      await listen(page);
      for (const [name, state] of Object.entries<object>(states)) {
        await show({ ...state, announcement: `Now ${name}.` });
        expect(await said(), name).toEqual([`Now ${name}.`]);
        await show({ ...state, announcement: `Now ${name}.` });
        await page.clock.runFor(3_000);
        expect(await said(), name).toEqual([]);
        expect(await page.evaluate(SPEAKING), name).toBe(1);
      }
    },
  );

  it('says the plan that the quick path opens with', async () => {
    await open();
    await listen(page);
    await show({ ...wizard('review'), announcement: 'The plan: 9 to create.' });
    expect(await said()).toEqual(['The plan: 9 to create.']);
  });

  it('says an error with its field when it comes up, once, and nothing of what is out of sight', async () => {
    await open();
    await listen(page);
    const right = wizard('access-app-right').form;
    const wrong = wizard('access-app-wrong').form;
    const asking = { ...right, clientSecret: { ...right.clientSecret, loading: true } };
    await show({ ...wizard('access-app-right'), form: asking });
    expect(await said()).toEqual([]);
    await show(wizard('access-app-right'));
    expect(await said()).toEqual(['Client secret: The app has signed in.']);
    await show({
      ...wizard('access-app-right'),
      form: { ...right, clientSecret: wrong.clientSecret },
    });
    await show({
      ...wizard('access-app-right'),
      form: { ...right, clientSecret: wrong.clientSecret },
    });
    expect(await said()).toEqual([
      'Client secret: This is the id of a client secret, not its value.',
    ]);
    // The part Where is folded away.
    const where = { ...right, projectName: wizard('form-errors').form.projectName };
    await show({
      ...wizard('access-app-right'),
      form: { ...where, clientSecret: wrong.clientSecret },
    });
    expect(await said()).toEqual([]);
  });

  it('goes to a problem that comes up, unless somebody types', async () => {
    await open();
    await show(wizard('form-filled'));
    await page.getByRole('button', { name: 'Review Plan' }).focus();
    await show({ ...wizard('form-filled'), problem: wizard('progress-failed').problem });
    expect(await page.evaluate(FOCUSED)).toContain('You may not give roles');
    await show(wizard('form-filled'));
    await page.getByRole('textbox', { name: 'Project name' }).focus();
    await show({ ...wizard('form-filled'), problem: wizard('progress-failed').problem });
    expect(await page.evaluate('document.activeElement.localName')).toBe('vscode-text-field');
  });

  it('goes to what Review finds missing, unless somebody has gone on to a field meanwhile', async () => {
    const reviewing = wizard('form-errors');
    await open();
    await show(wizard('form-filled'));
    for (const isElsewhere of [false, true]) {
      await page.getByRole('button', { name: 'Review Plan' }).click();
      await show({ ...reviewing, form: { ...reviewing.form, reviewing: true } });
      if (isElsewhere) await page.getByRole('textbox', { name: 'Project name' }).focus();
      await show(reviewing);
      const focused = await page.evaluate(
        'document.activeElement.closest("[data-field]")?.dataset.field',
      );
      expect(focused === 'projectName').toBe(isElsewhere);
      expect(focused).toBeDefined();
    }
  });

  it('goes to what has stopped a run, and to the heading when that goes on', async () => {
    await open();
    await show(wizard('progress'));
    await page.getByRole('button', { name: 'Cancel', exact: true }).focus();
    await show(wizard('progress-failed'));
    expect(await page.evaluate(FOCUSED)).toContain('You may not give roles');
    await page.getByRole('button', { name: 'Continue', exact: true }).focus();
    await show(wizard('progress'));
    expect(await page.evaluate(FOCUSED)).toBe('Creating the project');
    await show(wizard('done'));
    expect(await page.evaluate(FOCUSED)).toBe('The project is ready');
  });

  it('never loses the focus on the page that deletes a project', async () => {
    await open('delete');
    await show(undo('delete-look-failed'));
    await page.getByRole('button', { name: 'Look Again' }).focus();
    await show(undo('delete-looking'));
    expect(await page.evaluate(FOCUSED)).toBe('Delete the project vision');
    await show(undo('delete-look-failed'));
    expect(await page.evaluate(FOCUSED)).toContain('Azure could not be reached.');
    await show(undo('delete-look'));
    expect(await page.evaluate(FOCUSED)).toBe('Delete the project vision?');
    await show(undo('delete-receipt'));
    expect(await page.evaluate(FOCUSED)).toBe('The project vision is deleted');
  });
});

function wizard(name: string): WizardState {
  const state = pageStates[name];
  if (state === undefined) throw new Error(`there is no state ${name}`);
  return state;
}

function undo(name: string): UndoState {
  const state = undoStates[name];
  if (state === undefined) throw new Error(`there is no state ${name}`);
  return state;
}
