import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

const BUDGET_MS = 300;
/** What the form may take longer than an empty page, where that alone uses up the budget. */
const OVER_EMPTY_MS = 100;
const TRIES = 20;

/** Of the page in the shown tab: nothing is drawn before the whole form is. Undefined until then. */
const PAINTED_AT = `(() => {
  const [first] = performance.getEntriesByName('first-contentful-paint');
  return first && performance.timeOrigin + first.startTime;
})()`;

const CREATE = `await vscode.commands.executeCommand('dstackAzure.createProject');`;
/** What no page can beat: VS Code's own way to a page with one word. */
const EMPTY = `vscode.window.createWebviewPanel('empty', 'Empty', 1, {}).webview.html =
  '<!doctype html><html lang="en"><head><title>Empty</title></head><body>Word</body></html>';`;

describe('The form of a host that is warm', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.openForm();
    await scene.workbench.driver.executeCommand('workbench.action.closeActiveEditor');
  });

  afterAll(async () => {
    await scene.close();
  });

  /** From just before the command, in the extension host, to the first paint, by the same clock. */
  async function timeToPaint(command: string, text: string): Promise<number> {
    const { driver } = scene.workbench;
    const begun = (await driver.run(`const now = Date.now(); ${command} return now`)) as number;
    await scene.webview.content.getByText(text, { exact: true }).first().waitFor();
    const frame = await scene.webview.frame();
    const painted = () => frame.evaluate<number | undefined>(PAINTED_AT);
    await expect.poll(painted, { timeout: 10_000 }).toBeTypeOf('number');
    const at = (await painted()) ?? Infinity;
    await driver.executeCommand('workbench.action.closeActiveEditor');
    await scene.workbench.page.locator('iframe.webview.ready').waitFor({ state: 'detached' });
    return at - begun;
  }

  it(`is painted within ${BUDGET_MS.toString()} ms of its command`, async () => {
    const ours: number[] = [];
    const floor: number[] = [];
    // A busy machine is slow at times; a page that is too heavy is always.
    const budget = () => Math.max(BUDGET_MS, Math.min(...floor) + OVER_EMPTY_MS);
    while (ours.length < 5 || (Math.min(...ours) >= budget() && ours.length < TRIES)) {
      floor.push(await timeToPaint(EMPTY, 'Word'));
      ours.push(await timeToPaint(CREATE, 'Create Azure Project'));
    }
    console.log(
      `From the command to the first paint: ${figures(ours)}; an empty page: ${figures(floor)}`,
    );
    expect(Math.min(...ours)).toBeLessThan(budget());
  }, 120_000);
});

function figures(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b).map(Math.round);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return `median ${median.toString()} ms, fastest ${(sorted[0] ?? NaN).toString()} ms of ${times.length.toString()}`;
}
