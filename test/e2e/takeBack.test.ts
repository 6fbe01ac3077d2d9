import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { worldNamed } from '../simulators/azure/core/worlds.ts';
import { projectsTree, Scene } from '../vscode/scene.ts';
import { themeNames } from '../vscode/themes.ts';
import { runCommands, withAdministrator } from './administrator.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

describe('A project that is taken back', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.openForm();
  });

  afterAll(async () => {
    await scene.close();
  });

  const look = async (screen: string): Promise<void> => {
    for (const theme of themeNames) {
      await scene.workbench.setTheme(theme);
      await scene.workbench.screenshot(screen);
      expect(await scene.webview.accessibilityViolations(), `${screen} ${theme}`).toEqual([]);
    }
    await scene.workbench.setTheme('light');
  };

  const confirmation = () => scene.page.field('Project name, to confirm');

  /** What there is in Azure of ours: objects, groups, roles. */
  const ours = (): readonly string[] => {
    const { groups, roleAssignments } = scene.azure.state;
    const roles = [...roleAssignments.values()]
      .filter(({ description }) => description?.startsWith('dstack-azure/') === true)
      .map(({ scope }) => `role at ${scope}`);
    return [...groups.keys(), ...scene.existing(), ...roles];
  };

  it('tries a failed step again alone, and the run goes on to its end', async () => {
    const { page } = scene;
    await scene.plan('retried');
    const body = { error: { code: 'AuthorizationFailed', message: 'Not for you.' } };
    const fault = { method: 'PUT', path: 'userAssignedIdentities', times: 1, status: 403, body };
    scene.disturb({ ...fault, when: 'before' });
    await page.press(/^Create/);
    await page.step(/runner-identity/, 'failed');
    await page.button('Continue').waitFor();
    const puts = (part: RegExp): number =>
      scene.changes().filter((call) => call.method === 'PUT' && part.test(call.path)).length;
    await page.press(/^Retry Managed identity/);
    await page.finished();
    // What a fault keeps from Azure changes nothing there and is not counted.
    expect(puts(/userAssignedIdentities\//)).toBe(1);
    expect(puts(/\/storageAccounts\/[^/?]+\?/)).toBe(1);
  });

  it('is looked at first: what goes and why is shown, and nothing has gone', async () => {
    const { workbench, page } = scene;
    await workbench.openContainer('dstack for Azure');
    const item = workbench.treeItem(projectsTree, /^retried/);
    scene.azure.requests.clear();
    await workbench.chooseFromMenu(item, /Delete Project/);
    await page.shows('Delete the project retried?');
    await page.shows('Will be deleted');
    await look('delete');
    expect(scene.changes()).toEqual([]);
  });

  it('goes only when its name is typed, and a receipt says what is gone', async () => {
    const { page } = scene;
    await confirmation().fill('other');
    await page.shows('Type the name of the project to confirm.');
    expect(await page.button('Delete Project').isDisabled()).toBe(true);
    await confirmation().fill('retried');
    await page.text('Type the name of the project to confirm.').waitFor({ state: 'hidden' });
    await page.press('Delete Project');
    await page.shows('The project retried is deleted', 120_000);
    await look('receipt');
    expect(ours()).toEqual([]);
    const config = path.join(scene.stage.workspace, '.dstack', 'config.yml');
    await expect(access(config)).rejects.toThrow();
    const bar = scene.workbench.page.locator('.statusbar').getByText('retried');
    await bar.waitFor({ state: 'hidden' });
    await scene.workbench.treeItem(projectsTree, /^retried/).waitFor({ state: 'hidden' });
  });

  it('goes on when its tab is left, as a notification, and is there again when it is opened', async () => {
    const { page, workbench } = scene;
    await page.press('Close');
    await workbench.runCommand('dstack: Create Azure Project');
    await page.chosen('Subscription', 'Contoso Development');
    await scene.plan('cancelled');
    scene.disturb({ path: '/asyncoperations/', when: 'before', seconds: 40 });
    await page.press(/^Create/);
    await page.step(/Storage account/, 'running');
    await page.press('Leave Running');
    const notification = workbench.toast('Creating the dstack project');
    await notification.waitFor();
    await workbench.runCommand('dstack: Create Azure Project');
    await page.step(/Storage account/, 'running');
    await page.step(/Resource group/, 'done');
    await notification.waitFor({ state: 'hidden' });
  });

  it('is taken back too when it was cancelled half made', async () => {
    const { page } = scene;
    await page.press('Cancel');
    await page.shows(/was cancelled/);
    scene.azure.faults.clear();
    await page.press('Delete What Was Made…');
    await page.shows('Delete the project cancelled?');
    await confirmation().fill('cancelled');
    await page.press('Delete Project');
    await page.shows('The project cancelled is deleted', 120_000);
    expect(ours()).toEqual([]);
    await page.press('Close');
    // The wizard's tab offers no Continue for what is gone.
    await page.chosen('Subscription', 'Contoso Development');
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

describe('A project of somebody who may not give roles', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open({ world: withAdministrator(worldNamed('contributor-only')) });
    await scene.openForm();
  });

  afterAll(async () => {
    await scene.close();
  });

  it('hands the roles to an administrator, makes the rest, and ends when they have done them', async () => {
    const { page, workbench } = scene;
    await scene.plan('handed-over');
    await page.shows('For an administrator');
    await page.press(/^Create/);
    await page.shows('Waiting for an administrator');
    await page.step(/Storage account/, 'done');
    await page.step(/Storage Blob Data Contributor/, 'handedOff');
    await workbench.screenshot('handed-off');
    expect(await scene.webview.accessibilityViolations()).toEqual([]);
    const commands = await scene.webview.content.locator('pre').textContent();
    expect(await runCommands(scene.azure, commands ?? '')).toBeGreaterThan(2);
    await page.press('Copy Commands');
    await page.shows('The commands are copied. They hold no secret.');
    await page.press('Continue');
    await page.finished();
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});
