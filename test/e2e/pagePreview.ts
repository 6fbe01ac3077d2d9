import { readFile, mkdir, mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import { chromium, type Page } from 'playwright-core';
import { findBrowser } from '../vscode/browser.ts';
import { themeNames, type Theme } from '../vscode/themes.ts';
import { PageServer, showState } from './pageServer.ts';
import { pageStates } from './pageStates.ts';
import { undoStates } from './undoStates.ts';

/*
 * A tool: draws the wizard's page without VS Code, in every state, theme and width, as pictures, and
 * lets axe-core look at each. Ends with 1 if anything is wrong.
 *   npx tsx test/e2e/pagePreview.ts [--only NAME] [--out FOLDER]
 */

const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1];
const only = process.argv.includes('--only') ? argument('--only') : undefined;
const out = process.argv.includes('--out')
  ? (argument('--out') ?? '')
  : await mkdtemp(path.join(tmpdir(), 'dstack-azure-page-'));
await mkdir(out, { recursive: true });

interface ThemeVariables {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}
const themes = JSON.parse(
  await readFile(path.join(import.meta.dirname, 'themes.json'), 'utf8'),
) as Readonly<Record<Theme, ThemeVariables>>;

/** A pane as usual in every theme; a narrow one and 200% zoom in one each. */
const WIDTHS = [
  { name: 'wide', width: 900, scale: 1, themes: themeNames },
  { name: 'narrow', width: 320, scale: 1, themes: ['dark'] as const },
  { name: 'zoomed', width: 450, scale: 2, themes: ['light'] as const },
];

/** States that are also looked at with a list open. */
const OPEN_LISTS: Readonly<Record<string, string>> = {
  'form-filled': 'Location',
  'form-tenants': 'Tenant',
};

const problems: string[] = [];
const server = await PageServer.start();
const browser = await chromium.launch({
  executablePath: await findBrowser(console.error),
  args: ['--no-sandbox', '--disable-gpu'],
});
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let pictures = 0;
for (const { name: size, width, scale, themes: drawn } of WIDTHS) {
  for (const theme of drawn) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      deviceScaleFactor: scale,
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${theme}: ${message.text()}`);
    });
    page.on('pageerror', (error) => problems.push(`${theme}: ${error.message}`));
    for (const [name, state] of Object.entries({ ...pageStates, ...undoStates })) {
      if (only !== undefined && !name.includes(only)) continue;
      await draw(page, theme, state, Object.hasOwn(undoStates, name) ? 'delete' : '');
      await look(page, `${name}.${theme}.${size}`);
      const list = OPEN_LISTS[name];
      if (list === undefined) continue;
      await page.getByRole('combobox', { name: list }).click();
      await look(page, `${name}-open.${theme}.${size}`);
    }
    await context.close();
  }
}
await browser.close();
server.stop();
console.log(`${pictures.toString()} pictures in ${out}`);
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function draw(
  page: Page,
  theme: Theme,
  state: { readonly revision: number },
  place: string,
): Promise<void> {
  await page.goto(server.address + place);
  // As text: this file's types know no DOM.
  const { bodyClass, variables } = themes[theme];
  await page.evaluate(`{
    document.body.className = ${JSON.stringify(bodyClass)};
    for (const [name, value] of Object.entries(${JSON.stringify(variables)})) {
      document.documentElement.style.setProperty(name, value);
    }
  }`);
  await showState(page, state);
  await page.waitForTimeout(200);
}

async function look(page: Page, name: string): Promise<void> {
  pictures += 1;
  await page.screenshot({ path: path.join(out, `${name}.png`), fullPage: true });
  const overflow = await page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  if (overflow) problems.push(`${name}: wider than its pane`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
  for (const { id, nodes } of violations) {
    problems.push(`${name}: ${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }
}
