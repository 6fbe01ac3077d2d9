import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startStage } from '../vscode/stage.ts';
import { themeNames, themes, type Theme } from '../vscode/themes.ts';
import { Webview } from '../vscode/webview.ts';
import { Workbench } from '../vscode/workbench.ts';

/*
 * A tool: reads from a real VS Code what it gives a webview in each theme, for pagePreview.ts.
 * Run after `npm run build`: npx tsx test/e2e/readThemes.ts
 */

const open = `const panel = vscode.window.createWebviewPanel('themes', 'Themes', 1, {});
  panel.webview.html = '<!doctype html><html lang="en"><head><title>Themes</title></head><body>Themes</body></html>';`;

const root = path.resolve(import.meta.dirname, '../..');
const used = new Set<string>();
for (const file of ['dist/page.js', 'dist/page.css']) {
  const text = await readFile(path.join(root, file), 'utf8');
  // The toolkit names its tokens without the prefix that it gives them: take them all.
  for (const [name] of text.matchAll(/--vscode-[\w-]+/g)) used.add(name);
}

const stage = await startStage({ extensions: [] });
const workbench = await Workbench.open(stage.vscode);
try {
  await workbench.driver.ready();
  await workbench.driver.run(open);
  const found: Partial<Record<Theme, { bodyClass: string; variables: Record<string, string> }>> =
    {};
  for (const theme of themeNames) {
    await workbench.setTheme(theme);
    await Webview.allFollow(workbench.page, themes[theme].id);
    const frame = await workbench.webview().frame();
    const bodyClass = await frame.evaluate<string>('document.body.className');
    const all = await frame.evaluate<Record<string, string>>(
      `Object.fromEntries([...document.documentElement.style].map((name) => [name, document.documentElement.style.getPropertyValue(name)]))`,
    );
    const variables = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
    found[theme] = { bodyClass, variables };
  }
  const text = `${JSON.stringify(found, null, 2)}\n`;
  await writeFile(path.join(import.meta.dirname, 'themes.json'), text);
  console.log(themeNames.map((name) => Object.keys(found[name]?.variables ?? {}).length).join(' '));
} finally {
  await workbench.close();
  await stage.stop();
}
