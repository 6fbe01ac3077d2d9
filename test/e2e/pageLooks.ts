import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { themeNames, type Theme } from '../vscode/themes.ts';
import { pageStates } from './pageStates.ts';
import { undoStates } from './undoStates.ts';

interface ThemeVariables {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a real VS Code gives a webview; readThemes.ts reads it. */
const variablesOf = JSON.parse(
  await readFile(path.join(import.meta.dirname, 'themes.json'), 'utf8'),
) as Readonly<Record<Theme, ThemeVariables>>;

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A pane as usual in every theme; a narrow one and 200% zoom in one each. */
export const PANES = [
  ...themeNames.map((theme) => ({ size: 'wide', theme, width: 900, scale: 1 })),
  { size: 'narrow', theme: 'dark' as const, width: 320, scale: 1 },
  { size: 'zoomed', theme: 'light' as const, width: 450, scale: 2 },
] as const;

/** Every screen of both pages, the ugly ones included: the page's place, and its states by name. */
export const SCREENS: readonly (readonly [
  place: string,
  states: Readonly<Record<string, { readonly revision: number }>>,
])[] = [
  ['', pageStates],
  ['delete', undoStates],
];

/** States that are also looked at with a list open. */
export const OPEN_LISTS: Readonly<Record<string, string>> = {
  'form-filled': 'Location',
  'form-tenants': 'Tenant',
};

export async function setTheme(page: Page, theme: Theme): Promise<void> {
  // As text: these files' types know no DOM.
  const { bodyClass, variables } = variablesOf[theme];
  await page.evaluate(`{
    document.body.className = ${JSON.stringify(bodyClass)};
    for (const [name, value] of Object.entries(${JSON.stringify(variables)})) {
      document.documentElement.style.setProperty(name, value);
    }
  }`);
}

/** What is wrong with the page as it is drawn now: what axe-core finds, and a page wider than its pane. */
export async function faultsIn(page: Page): Promise<readonly string[]> {
  const isWider = await page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return [
    ...(isWider ? ['wider than its pane'] : []),
    ...violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
    ),
  ];
}
