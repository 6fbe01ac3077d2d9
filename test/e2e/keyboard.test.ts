import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectsTree, Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

const project = 'by-keyboard';

describe('A project made by somebody who has no mouse', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open();
  });

  afterAll(async () => {
    await scene.close();
  });

  const press = (keys: string): Promise<void> => scene.workbench.page.keyboard.press(keys);
  const type = (text: string): Promise<void> => scene.workbench.page.keyboard.type(text);
  const hasFocus = (place: Locator): Promise<boolean> =>
    place.evaluate((node: { matches(selector: string): boolean }) => node.matches(':focus'));

  /** From one thing to the next, as often as it takes, but not for ever. */
  const tabTo = async (place: Locator): Promise<void> => {
    for (let presses = 0; presses < 30; presses++) {
      if (await hasFocus(place)) return;
      await press('Tab');
    }
    throw new Error(`Tab does not reach ${String(place)}.`);
  };

  it('fills in the form from top to bottom', async () => {
    const { page, workbench } = scene;
    await workbench.findCommand('dstack: Create Azure Project');
    await press('Enter');
    await page.chosen('Subscription', 'Contoso Development');
    await tabTo(page.list('Location'));
    await type('eastus');
    await press('Enter');
    await page.chosen('Location', 'East US');
    await tabTo(page.field('Project name'));
    // Tab has selected the name that stood there.
    await type(project);
    expect(await page.field('Project name').inputValue()).toBe(project);
    await page.chosen('Storage account', 'Create a new');
  });

  it('finds the first thing that is wrong under the cursor', async () => {
    const { page } = scene;
    await press('End');
    await type('!');
    await page.shows(/1 to 50 letters/);
    await tabTo(page.button(/^Review/));
    await press('Enter');
    await expect.poll(() => hasFocus(page.field('Project name'))).toBe(true);
    await press('End');
    await press('Backspace');
  });

  it('reads the plan from its heading, and confirms it', async () => {
    const { page, webview } = scene;
    await tabTo(page.button(/^Review/));
    await press('Enter');
    await page.shows(/\d+ to create/);
    const heading = webview.content.getByRole('heading', { level: 1 });
    await expect.poll(() => hasFocus(heading)).toBe(true);
    await tabTo(page.button(/^Create/));
    await press('Space');
    await page.finished();
    await expect.poll(() => hasFocus(heading)).toBe(true);
  });

  it('goes from the last screen to the project in the tree', async () => {
    const { page, workbench } = scene;
    await tabTo(page.button('Show in Projects'));
    await press('Enter');
    const item = workbench.treeItem(projectsTree, new RegExp(`^${project}`));
    await item.waitFor();
    expect(scene.changes().length).toBeGreaterThan(10);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});
