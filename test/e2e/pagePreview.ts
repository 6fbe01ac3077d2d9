import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { faultsIn, OPEN_LISTS, PANES, SCREENS, setTheme } from './pageLooks.ts';
import { Pages } from './pages.ts';
import { showState } from './pageServer.ts';

/*
 * A tool: draws both pages without VS Code, in every state, theme and width, as pictures, and lets
 * axe-core look at each. Ends with 1 if anything is wrong.
 *   npx tsx test/e2e/pagePreview.ts [--only NAME] [--out FOLDER]
 */

const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1];
const only = process.argv.includes('--only') ? argument('--only') : undefined;
const out = process.argv.includes('--out')
  ? (argument('--out') ?? '')
  : await mkdtemp(path.join(tmpdir(), 'dstack-azure-page-'));
await mkdir(out, { recursive: true });

const problems: string[] = [];
const pages = await Pages.open();
let pictures = 0;
for (const { size, theme, width, scale } of PANES) {
  const context = await pages.newContext({
    viewport: { width, height: 900 },
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${theme}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`${theme}: ${error.message}`));
  for (const [place, states] of SCREENS) {
    for (const [name, state] of Object.entries(states)) {
      if (only !== undefined && !name.includes(only)) continue;
      await page.goto(pages.address + place);
      await setTheme(page, theme);
      await showState(page, state);
      await page.waitForTimeout(200);
      await look(page, `${name}.${theme}.${size}`);
      const list = OPEN_LISTS[name];
      if (list === undefined) continue;
      await page.getByRole('combobox', { name: list }).click();
      await look(page, `${name}-open.${theme}.${size}`);
    }
  }
  await context.close();
}
await pages.close();
console.log(`${pictures.toString()} pictures in ${out}`);
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function look(page: Page, name: string): Promise<void> {
  pictures += 1;
  await page.screenshot({ path: path.join(out, `${name}.png`), fullPage: true });
  for (const fault of await faultsIn(page)) problems.push(`${name}: ${fault}`);
}
