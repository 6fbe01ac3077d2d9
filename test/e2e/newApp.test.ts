import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SINGLE, singleWorld } from '../simulators/azure/core/worlds/single.ts';
import { Scene } from '../vscode/scene.ts';
import { withAdministrator } from './administrator.ts';
import { AzureCli } from './azureCli.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

describe('A new app registration', () => {
  let scene: Scene;
  let cli: AzureCli;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    cli = await AzureCli.install();
    const world = withAdministrator(singleWorld());
    scene = await Scene.open({ world, vscode: { env: cli.env } });
  });

  afterAll(async () => {
    await scene.close();
    await cli.remove();
  });

  const way = () => scene.webview.content.getByRole('radio', { name: 'A new app registration' });
  const apps = () => [
    ...(scene.azure.state.directory.tenant(SINGLE.tenantId)?.applications.values() ?? []),
  ];

  it('can’t be had while nobody is signed in to Azure CLI, which the form says', async () => {
    const page = await scene.openForm();
    await page.field('Project name').fill('own-app');
    await page.choose('Location', /^East US(?! 2)/);
    await page.choose('Storage account', /^Create a new/);
    await page.press('Next: Access');
    await page.shows(/Azure CLI is not installed here, or nobody is signed in to it/);
    expect(await way().isDisabled()).toBe(true);
  });

  it('can’t be had from another person’s Azure CLI, and both are named', async () => {
    await cli.signIn('admin@contoso.example');
    await scene.page.press('Look for Azure CLI Again');
    await scene.page.shows(/admin@contoso\.example/);
    expect(await way().isDisabled()).toBe(true);
  });

  it('is planned with its secret’s end once Azure CLI is signed in as the same person', async () => {
    const { page } = scene;
    await cli.signIn(SINGLE.username);
    await page.press('Look for Azure CLI Again');
    await page.shows(`Azure CLI is signed in as ${SINGLE.username}`);
    await way().check();
    await page.field('Days that the secret is good for').fill('30');
    await scene.workbench.screenshot('new-app');
    await page.press(/^Review/);
    await page.shows(/\d+ to create/);
    await page.shows(/App registration/);
    expect(apps()).toHaveLength(1);
  });

  it('is made in Entra, once, with one secret, which is in no file', async () => {
    const { page } = scene;
    await page.press('Create Project');
    await page.finished();
    const [made, ...others] = apps().filter(({ appId }) => appId !== SINGLE.clientId);
    expect(others).toEqual([]);
    expect(made?.uniqueName).toMatch(/^dstack-azure-[0-9a-f-]{36}$/);
    expect([...(made?.secrets.values() ?? [])]).toHaveLength(1);
    const secret = [...(made?.secrets.values() ?? [])][0]?.value ?? 'none';
    const { workspace } = scene.stage.vscode.dirs;
    const grep = promisify(execFile)('grep', ['-rlF', '--', secret, workspace]);
    await expect(grep).rejects.toMatchObject({ code: 1 });
    expect(await scene.webview.content.locator('html').innerHTML()).not.toContain(secret);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});
