import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

describe('A project made by the quick path', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open();
  });

  afterAll(async () => {
    await scene.close();
  });

  it('keeps nothing of questions that were closed', async () => {
    const { workbench } = scene;
    await workbench.runCommand('dstack: Create Azure Project with Defaults');
    const { quickInput } = workbench;
    await quickInput.title.filter({ hasText: '(1/3)' }).waitFor();
    await quickInput.answer('not this one');
    await quickInput.message.filter({ hasText: /letters, digits, dashes/ }).waitFor();
    await quickInput.answer('abandoned');
    await quickInput.row('Contoso Development').waitFor();
    await workbench.page.keyboard.press('Escape');
    await quickInput.widget.waitFor({ state: 'hidden' });
    expect(scene.changes()).toEqual([]);
  });

  it('asks three questions, with a way back, and shows the plan', async () => {
    const { workbench, page } = scene;
    const { quickInput } = workbench;
    await workbench.runCommand('dstack: Create Azure Project with Defaults');
    await quickInput.title.filter({ hasText: '(1/3)' }).waitFor();
    await quickInput.answer('quick');
    await quickInput.row('Contoso Development').waitFor();
    await quickInput.back();
    await quickInput.title.filter({ hasText: '(1/3)' }).waitFor();
    // What was typed is still there.
    expect(await quickInput.input.inputValue()).toBe('quick');
    await quickInput.input.press('Enter');
    await quickInput.pick('Contoso Development');
    await quickInput.title.filter({ hasText: '(3/3)' }).waitFor();
    await quickInput.input.fill('eastus');
    await quickInput.pick(/^East US(?! 2)/);
    await page.shows(/\d+ to create/);
    await page.shows('dstack-quick');
    expect(scene.changes()).toEqual([]);
  });

  it('shows that plan as a document that is in no file', async () => {
    const { workbench, page } = scene;
    await page.press('Export as Markdown');
    await workbench.page.getByRole('tab', { name: /Plan for the dstack project quick/ }).waitFor();
    expect(scene.changes()).toEqual([]);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});
