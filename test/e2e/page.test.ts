import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CREATE_NEW,
  type Option,
  type SelectField,
  type WizardState,
} from '../../src/contract/wizardState.ts';
import { intentsOf, listen, saidOn, showState } from './pageServer.ts';
import { Pages } from './pages.ts';
import { pageStates } from './pageStates.ts';

const PAYLOADS = [
  'window.hacked=1',
  'window["hacked"]=1',
  'self.hacked=1',
  'top.hacked=1',
  'parent.hacked=1',
  'eval("window.hacked=1")',
  'Function("window.hacked=1")()',
  'setTimeout("window.hacked=1")',
  'document.body.dataset.x=window.hacked=1',
  'import("data:text/javascript,window.hacked=1")',
] as const;

/** Ways into a page, each with each payload. */
const WAYS: readonly ((script: string) => string)[] = [
  (script) => `<script>${script}</script>`,
  (script) => `"><script>${script}</script>`,
  (script) => `</main><script>${script}</script>`,
  (script) => `<img src=x onerror='${script}'>`,
  (script) => `<svg onload='${script}'>`,
  (script) => `<svg><script>${script}</script></svg>`,
  (script) => `<iframe srcdoc='<script>parent.${script}</script>'>`,
  (script) => `<a href='javascript:${script}'>portal</a>`,
  (script) => `<details open ontoggle='${script}'>`,
  (script) => `<input autofocus onfocus='${script}'>`,
  (script) => `<style>*{background:url("javascript:${script}")}</style>`,
  (script) => `<math><mi xlink:href='javascript:${script}'>`,
  (script) => `<template><img src=x onerror='${script}'></template>`,
  (script) => `javascript:${script}//'`,
  (script) => `' onmouseover='${script}' x='`,
  (script) => `{{constructor.constructor('${script}')()}}`,
  (script) => `\${${script}}`,
  (script) => `<!--><img src=x onerror='${script}'>-->`,
  (script) => `\u202E<script>${script}</script>\u0000`,
  (script) => `%3Cscript%3E${script}%3C/script%3E &lt;script&gt;${script}&lt;/script&gt;`,
];

const HOSTILE = WAYS.flatMap((way) => PAYLOADS.map(way));

describe('The page by itself', () => {
  let pages: Pages;
  let page: Page;
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
    await page.goto(pages.address);
    await showState(page, formState());
    await page.evaluate('void (window.intents.length = 0)');
  });

  const list = (name: string) => page.getByRole('combobox', { name, exact: true });

  it('asks for its state when it has loaded', async () => {
    await page.goto(pages.address);
    expect(await intentsOf(page)).toEqual([{ kind: 'ready' }]);
  });

  it('lets a list be searched and chosen from by keyboard alone', async () => {
    await list('Location').focus();
    await page.keyboard.type('location12');
    await page.keyboard.press('Enter');
    expect(await intentsOf(page)).toEqual([
      { kind: 'choose', field: 'location', value: 'location12' },
    ]);
    expect(await list('Location').getAttribute('aria-expanded')).toBe('false');
  });

  it('walks a list with the arrows, says which option is meant, and Escape takes it back', async () => {
    await list('Location').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const active = await list('Location').getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active ?? 'none'}`).textContent()).toContain('Location 4');
    await page.keyboard.press('Escape');
    expect(await list('Location').inputValue()).toBe('Location 3');
    expect(await intentsOf(page)).toEqual([]);
  });

  it('chooses a tenant that needs another sign-in, and signs in at once by the button in its row', async () => {
    await showState(page, { ...need('form-tenants'), revision: 2 });
    await list('Tenant').click();
    const row = page.getByRole('option', { name: /^Fabrikam/ });
    expect(await row.ariaSnapshot()).toMatch(/Fabrikam.*Needs another sign-in/);
    await row.getByText('Sign In', { exact: true }).click();
    const chosen = { kind: 'choose', field: 'tenant', value: 'Fabrikam' };
    const signIn = { kind: 'fieldAction', field: 'tenant', action: 'signInToTenant' };
    expect(await intentsOf(page)).toEqual([chosen, signIn]);
    await list('Tenant').press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await intentsOf(page)).toEqual([chosen, signIn, chosen]);
    await showState(page, { ...need('form-tenant-closed'), revision: 3 });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await intentsOf(page)).toEqual([chosen, signIn, chosen, signIn]);
  });

  it('takes a press on a row that is drawn anew before it ends, once, and lets nothing jump', async () => {
    const { form, ...rest } = formState(2);
    const marked = (mark: string) =>
      form.location.options.map((option) =>
        option.value === 'location12' ? { ...option, mark } : option,
      );
    const drawn = (options: WizardState['form']['location']['options']) => ({
      ...rest,
      form: { ...form, location: { ...form.location, options } },
    });
    await list('Location').click();
    const row = page.getByRole('option', { name: /^Location 12/ });
    await row.hover();
    const place = await row.boundingBox();
    await page.mouse.down();
    await showState(page, { ...drawn(marked('Needs another sign-in')), revision: 3 });
    expect(await row.boundingBox()).toEqual(place);
    await page.mouse.up();
    expect(await intentsOf(page)).toEqual([
      { kind: 'choose', field: 'location', value: 'location12' },
    ]);
  });

  it('leaves the rows of an open list alone when a state says the same of them', async () => {
    await list('Location').click();
    const row = await page.getByRole('option', { name: /^Location 12/ }).elementHandle();
    await showState(page, formState(2));
    expect(await row.evaluate((node: { isConnected: boolean }) => node.isConnected)).toBe(true);
  });

  it('passes on the choice of what can’t be chosen, so that the reason is said, and shows no lie', async () => {
    await list('Location').focus();
    await page.keyboard.type('location20');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await intentsOf(page)).toEqual([
      { kind: 'choose', field: 'location', value: 'location20' },
    ]);
    expect(await list('Location').inputValue()).toBe('Location 3');
  });

  it('asks the host for what a long list does not hold here', async () => {
    const { form, ...rest } = formState(2);
    await showState(page, {
      ...rest,
      form: { ...form, location: { ...form.location, total: 5000 } },
    });
    await list('Location').focus();
    await page.keyboard.type('zz');
    expect(await intentsOf(page)).toContainEqual({ kind: 'search', field: 'location', text: 'zz' });
  });

  describe('searching a list that is longer than what the page has', () => {
    const NEW = { value: CREATE_NEW, label: 'Create a new storage account' };
    const named = (name: string) => ({ value: name, label: name });
    const zeta = named('zeta');
    const account = (page: readonly Option[], more: Partial<SelectField> = {}): WizardState => {
      const { form, ...rest } = formState();
      const options = more.search === undefined ? page : [NEW, ...page];
      const field = { ...form.storageAccount, value: '' };
      return {
        ...{ ...rest, revision: (revision += 1) },
        form: { ...form, storageAccount: { ...field, options, total: 5000, ...more } },
      };
    };
    const first = [
      NEW,
      ...Array.from({ length: 199 }, (_, index) => named(`a${index.toString()}`)),
    ];
    const note = () => page.locator('.combobox-note').allTextContents();
    const chosen = async () =>
      (await intentsOf(page)).filter((each) => JSON.stringify(each).includes('"choose"'));
    let revision = 1;

    beforeEach(async () => {
      revision = 1;
      await showState(page, account(first));
      await list('Storage account').focus();
      await listen(page);
      await page.keyboard.type('zeta');
    });

    it('says nothing of what is found before the host has answered, then once', async () => {
      expect(await note()).toEqual(['Searching…']);
      expect(await list('Storage account').getAttribute('aria-activedescendant')).toBeNull();
      await showState(page, account([], { search: 'zet' }));
      expect(await saidOn(page)).toEqual([]);
      await showState(page, account([zeta], { search: 'zeta' }));
      await showState(page, account([zeta], { search: 'zeta' }));
      expect(await saidOn(page)).toEqual(['2 matches.']);
      expect(await note()).toEqual([]);
      const active = await list('Storage account').getAttribute('aria-activedescendant');
      expect(await page.locator(`#${active ?? 'none'}`).textContent()).toBe('zeta');
      await page.keyboard.press('Enter');
      expect(await chosen()).toEqual([{ kind: 'choose', field: 'storageAccount', value: 'zeta' }]);
    });

    it('takes an early Enter for what is found, and for nothing where nothing is', async () => {
      await page.keyboard.press('Enter');
      expect(await chosen()).toEqual([]);
      await showState(page, account([], { search: 'zeta' }));
      expect(await chosen()).toEqual([]);
      await page.keyboard.type('s');
      await page.keyboard.press('Enter');
      await showState(page, account([named('zetas')], { search: 'zetas' }));
      expect(await chosen()).toEqual([{ kind: 'choose', field: 'storageAccount', value: 'zetas' }]);
    });

    it('says that it shows only the first of very many', async () => {
      const many = Array.from({ length: 199 }, (_, index) => named(`zeta${index.toString()}`));
      await showState(page, account(many, { search: 'zeta' }));
      const text = '200 matches or more: type on to narrow them.';
      expect(await saidOn(page)).toEqual([text]);
      expect(await note()).toEqual([text]);
    });
  });

  it('takes a press on a choice, and on a button below a field, whose words change under it', async () => {
    const state = need('access-default');
    const { credentials } = state.form;
    const shown = (detail: string): WizardState => {
      const options = credentials.options.map((each) => ({ ...each, detail }));
      return { ...state, form: { ...state.form, credentials: { ...credentials, options } } };
    };
    await showState(page, { ...shown('Looking for Azure CLI…'), revision: 2 });
    await page.getByRole('radio', { name: 'An app registration that exists' }).hover();
    await page.mouse.down();
    await showState(page, { ...shown('Azure CLI is signed in.'), revision: 3 });
    await page.mouse.up();
    expect(await intentsOf(page)).toEqual([
      { kind: 'choose', field: 'credentials', value: 'existingApp' },
    ]);
    await page.getByRole('button', { name: 'Look for Azure CLI Again' }).hover();
    await page.mouse.down();
    const told = { ...credentials, hint: 'Azure CLI is there.' };
    const form = { ...state.form, credentials: told };
    await showState(page, { ...state, form, revision: 4 });
    await page.mouse.up();
    expect(await intentsOf(page)).toContainEqual({ kind: 'retryField', field: 'credentials' });
  });

  it('leaves the focus where it is in a list of choices that gets more of them', async () => {
    const state = need('server-choice');
    const { server } = state.form;
    const [first, ...others] = server.options;
    const before = { ...server, options: first === undefined ? [] : [first] };
    await showState(page, { ...state, form: { ...state.form, server: before }, revision: 2 });
    await page.getByRole('radio').focus();
    const after = { ...server, options: [...others, ...before.options] };
    await showState(page, { ...state, form: { ...state.form, server: after }, revision: 3 });
    expect(await page.evaluate('document.activeElement.value')).toBe(first?.value);
    const ids = await page.evaluate<readonly string[]>(
      '[...document.querySelectorAll("[data-field=server] [id]")].map(({ id }) => id)',
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('takes a press on a button of the last screen while the record arrives', async () => {
    await showState(page, { ...need('done-pending'), revision: 2 });
    const open = page.getByRole('button', { name: 'Open Terminal' });
    await open.focus();
    await open.hover();
    await page.mouse.down();
    await showState(page, { ...need('done'), revision: 3 });
    await page.mouse.up();
    expect(await intentsOf(page)).toEqual([{ kind: 'doneAction', action: 'openTerminal' }]);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Open Terminal');
    const { done, ...rest } = need('done');
    const actions = done?.actions.filter((action) => action !== 'startServer') ?? [];
    await showState(page, { ...rest, ...(done && { done: { ...done, actions } }), revision: 4 });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Open Terminal');
    expect(await page.evaluate('document.activeElement.appearance')).toBe('primary');
  });

  it('shows what is newly found about a plan whose changes are the same', async () => {
    const state = need('review');
    const problem = { code: 'forbidden', message: 'You may not give roles.', remedy: 'Ask.' };
    const stopped = state.plan && { ...state.plan, canApply: false, problems: [problem] };
    const create = () =>
      page.getByRole('button', { name: 'Create Project' }).click({ force: true });
    const reasons = page.getByText('You may not give roles.');
    await showState(page, { ...state, ...(stopped && { plan: stopped }), revision: 2 });
    expect(await reasons.count()).toBe(1);
    await create();
    expect(await intentsOf(page)).toEqual([]);
    await showState(page, { ...state, revision: 3 });
    expect(await reasons.count()).toBe(0);
    await create();
    expect(await intentsOf(page)).toEqual([{ kind: 'apply', planId: 'p' }]);
  });

  it('keeps focus, caret and text of a field while states come, older ones included', async () => {
    const field = page.getByRole('textbox', { name: 'Project name' });
    await field.fill('my-robot');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    // The host has not heard of the last keys yet.
    await showState(page, formState(2));
    await page.keyboard.type('X');
    expect(await field.inputValue()).toBe('my-robXot');
    expect(await intentsOf(page)).toContainEqual({
      kind: 'type',
      field: 'projectName',
      value: 'my-robXot',
    });
  });

  it('draws no state that is older than what it shows', async () => {
    await showState(page, { ...need('review'), revision: 9 });
    await showState(page, formState(3));
    await page.getByRole('heading', { name: 'Review the plan' }).waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
  });

  it('begins a new screen at its heading, and after Review goes to what helps with the first error', async () => {
    await page.getByRole('button', { name: 'Review Plan' }).click();
    await showState(page, { ...need('form-errors'), revision: 2 });
    expect(
      await page.evaluate('document.activeElement.closest("[data-field]")?.dataset.field'),
    ).toBe('subscription');
    await showState(page, { ...need('progress'), revision: 3 });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Creating the project');
  });

  it('connects every error with its field for a screen reader', async () => {
    await showState(page, { ...need('form-errors'), revision: 2 });
    const tree = await page.getByRole('textbox', { name: 'Project name' }).ariaSnapshot();
    expect(tree).toContain('Project name');
    const described = await page.evaluate(
      `document.querySelector('[data-field=projectName] vscode-text-field').shadowRoot
        .querySelector('input').ariaDescribedByElements.map((each) => each.textContent).join(' ')`,
    );
    expect(described).toContain('There is a project robots already.');
    const invalid = `document.querySelector('[data-field=projectName] vscode-text-field').shadowRoot.querySelector('input').getAttribute('aria-invalid')`;
    expect(await page.evaluate(invalid)).toBe('true');
  });

  it('sends a secret up once, when it is entered, and keeps nothing of it', async () => {
    await showState(page, { ...need('access-app-wrong'), revision: 2 });
    const field = page.getByLabel('Client secret', { exact: true });
    await field.fill('canary-secret');
    expect(await intentsOf(page)).toEqual([]);
    await field.press('Enter');
    await field.blur();
    expect(await intentsOf(page)).toEqual([
      { kind: 'secret', field: 'clientSecret', value: 'canary-secret' },
    ]);
    await showState(page, { ...need('access-app-right'), revision: 3 });
    expect(await field.isVisible()).toBe(false);
    const left = await page.evaluate<string>(
      'document.body.innerHTML + [...document.querySelectorAll("input")].map((each) => each.value)',
    );
    expect(left).not.toContain('canary');
    await page.getByRole('button', { name: 'Replace: Client secret' }).click();
    expect(await page.evaluate('document.activeElement.id')).toBe('clientSecret-input');
  });

  it('goes from a finished part to the next, and to what is wrong in an unfinished one', async () => {
    const next = page.getByRole('button', { name: 'Next: Access' });
    await next.click();
    expect(await intentsOf(page)).toEqual([{ kind: 'nextPart', part: 'where' }]);
    await showState(page, { ...need('form-errors'), revision: 2 });
    const focused = 'document.activeElement.closest("[data-field]")?.dataset.field';
    expect(await page.evaluate(focused)).toBe('subscription');
    await next.click();
    await showState(page, { ...need('access-default'), revision: 3 });
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Access');
    const head = page.getByRole('button', { name: /^Where/ });
    expect(await head.getAttribute('aria-expanded')).toBe('false');
    await head.click();
    expect(await intentsOf(page)).toContainEqual({ kind: 'showPart', part: 'where', open: true });
  });

  it('takes a choice by keyboard, but not one that can’t work here', async () => {
    await showState(page, { ...need('access-default'), revision: 2 });
    await page.getByRole('radio', { name: 'What the server’s machine has' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await intentsOf(page)).toEqual([
      { kind: 'choose', field: 'credentials', value: 'existingApp' },
      { kind: 'choose', field: 'credentials', value: 'administrator' },
    ]);
    const off = page.getByRole('radio', { name: 'A new app registration' });
    expect(await off.isDisabled()).toBe(true);
    expect(await off.getAttribute('aria-describedby')).toBe('credentials-2-detail');
  });

  it('shows whatever Azure or a person names as text, in every place, and runs none of it', async () => {
    let revision = 10;
    for (const text of HOSTILE) {
      for (const name of [
        'form-errors',
        'access-app-wrong',
        'access-app-right',
        'server-remote',
        'review',
        'progress-failed',
        'done-pending',
      ]) {
        revision += 1;
        await showState(page, { ...poisoned(need(name), text), revision });
      }
    }
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(refused).toEqual([]);
  });

  it('leaves nothing to the policy to refuse', async () => {
    let revision = 100;
    for (const state of Object.values(pageStates)) {
      revision += 1;
      await showState(page, { ...state, revision });
    }
    expect(refused).toEqual([]);
  });
});

function need(name: string): WizardState {
  const state = pageStates[name];
  if (state === undefined) throw new Error(`there is no state ${name}`);
  return state;
}

function formState(revision = 1): WizardState {
  return { ...need('form-filled'), revision };
}

/** The state with every text in it replaced; values and codes that decide something stay. */
function poisoned(state: WizardState, text: string): WizardState {
  const fixed = new Set([
    'step',
    'verdict',
    'status',
    'action',
    'actions',
    'id',
    'key',
    'code',
    'kind',
  ]);
  const poison = (value: unknown, key: string): unknown => {
    if (fixed.has(key) && typeof value !== 'object') return value;
    if (key === 'actions' || key === 'inUse') return value;
    if (typeof value === 'string') return text;
    if (Array.isArray(value)) return value.map((each: unknown) => poison(each, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, poison(each, name)]),
    );
  };
  return poison(state, '') as WizardState;
}
