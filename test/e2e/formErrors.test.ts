import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import { FABRIKAM, twoTenantsWorld } from '../simulators/azure/core/worlds/twoTenants.ts';
import type { World } from '../simulators/azure/core/world.ts';
import { projectsTree, Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

/** Somebody else's in the whole world. */
const foreign = 'contosoforeign';
const account = `/subscriptions/${SINGLE.subscriptionId}/resourceGroups/shared/providers/Microsoft.Storage/storageAccounts/contososhared`;

/** Contoso has a project already; in Fabrikam Dana is a guest without any role. */
function world(): World {
  const both = twoTenantsWorld();
  return {
    ...both,
    roleAssignments: both.roleAssignments.filter(
      ({ principalId }) => principalId !== FABRIKAM.userId,
    ),
    foreignNames: [foreign],
    // Where the provider is not registered, Azure does not check names.
    subscriptions: both.subscriptions.map((each) => ({
      ...each,
      registeredProviders: ['Microsoft.Storage', 'Microsoft.Network', 'Microsoft.Compute'],
    })),
    resources: [
      {
        id: account,
        location: 'eastus',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS', tier: 'Standard' },
        tags: {
          'dstack-project': 'Shared-Training',
          'dstack-created-by': 'dstack-azure/5b1f0d9e-2f7a-4f0c-9e11-6b8a51c7d001',
        },
      },
    ],
  };
}

describe('A form that is filled in badly', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open({ world: world(), signedIn: [] }, { trusted: [] });
  });

  afterAll(async () => {
    await scene.close();
  });

  it('stays as it is when the sign-in is cancelled', async () => {
    await scene.workbench.runCommand('dstack: Create Azure Project');
    const { page } = scene;
    await page.press('Sign In');
    await scene.workbench.answerConsent('Cancel');
    await page.button('Sign In').waitFor();
    await page.shows('You are not signed in.');
    expect(await scene.workbench.toast(/./).count()).toBe(0);
    expect(scene.azure.requests.entries).toEqual([]);
  });

  it('marks in the list a tenant that needs another sign-in, with a button that signs in', async () => {
    const { page, workbench } = scene;
    await workbench.driver.executeCommand('dstackAzureTest.signIn.mood', {
      closedTenants: [FABRIKAM.tenantId],
    });
    await page.press('Sign In');
    await workbench.answerConsent('Allow');
    await page.chosen('Account', SINGLE.username);
    await page.list('Tenant').click();
    const fabrikam = page.option(/^Fabrikam/);
    await fabrikam.getByText('Needs another sign-in').waitFor();
    expect(await page.option(/^Contoso/).textContent()).not.toContain('sign-in');
    await workbench.screenshot('tenants');
    await fabrikam.getByText('Sign In', { exact: true }).click();
    await workbench.answerConsent('Allow');
    await page.chosen('Tenant', 'Fabrikam');
    await page.shows(/a role in no subscription of this tenant/);
    await page.list('Tenant').click();
    expect(await fabrikam.textContent()).not.toContain('sign-in');
    const calls = await workbench.driver.executeCommand('dstackAzureTest.signIn.calls');
    expect(calls).toContainEqual({
      what: 'create',
      scopes: expect.arrayContaining([`VSCODE_TENANT:${FABRIKAM.tenantId}`]) as unknown,
      account: SINGLE.username,
    });
    await page.option(/^Contoso/).click();
    await page.chosen('Subscription', 'Contoso Development');
  });

  it('says why a tenant shows no subscription', async () => {
    const { page } = scene;
    await page.choose('Tenant', /^Fabrikam/);
    await page.shows(/a role in no subscription of this tenant/);
    await page.choose('Tenant', /^Contoso/);
    await page.chosen('Subscription', 'Contoso Development');
  });

  it('says why a location can’t be chosen, and keeps what was chosen', async () => {
    const { page } = scene;
    await page.choose('Location', /^East US(?! 2)/);
    await page.list('Location').fill('Australia East');
    await page.option(/^Australia East/).click({ force: true });
    await page.shows(/Australia East can’t be chosen\. dstack does not run here\./);
    await page.chosen('Location', 'East US');
  });

  it('takes a pasted name without the spaces around it', async () => {
    const { page } = scene;
    await page.choose('Location', /^East US(?! 2)/);
    await page.field('Project name').fill('  pasted-name \n');
    await page.field('Project name').blur();
    await expect.poll(() => page.field('Project name').inputValue()).toBe('pasted-name');
    const name = page.field('Name of the new storage account');
    await expect.poll(() => name.inputValue()).toMatch(/^dstackpastedname/);
  });

  it('refuses a project name that dstack would refuse, and offers one that it takes', async () => {
    const { page } = scene;
    await page.field('Project name').fill('größe 1');
    await page.shows(/1 to 50 letters, digits, dashes and underscores/);
    await page.press('Use gr-e-1');
    await expect.poll(() => page.field('Project name').inputValue()).toBe('gr-e-1');
  });

  it('finds a project name taken whatever its case, and offers a free one', async () => {
    const { page } = scene;
    await page.field('Project name').fill('shared-TRAINING');
    await page.shows('There is a project Shared-Training already.');
    await page.button('Use the Project Shared-Training').waitFor();
    await page.press('Use shared-TRAINING-2');
    await expect.poll(() => page.field('Project name').inputValue()).toBe('shared-TRAINING-2');
  });

  it('checks the name of a storage account while it is typed', async () => {
    const { page } = scene;
    const name = page.field('Name of the new storage account');
    await name.fill('My Storage');
    await page.shows(/3 to 24 lower-case letters and digits/);
    await page.press('Use mystorage');
    await expect.poll(() => name.inputValue()).toBe('mystorage');
    await page.shows('This name is free.');
  });

  it('finds a storage name taken by somebody in the world, and offers a free one', async () => {
    const { page } = scene;
    const name = page.field('Name of the new storage account');
    await name.fill('');
    await name.pressSequentially(foreign, { delay: 20 });
    await page.shows(/already taken/);
    // One question for all the keys, and no more than the tries for another name.
    const asked = scene.azure.requests.entries.filter(({ path: place }) =>
      /checkNameAvailability/i.test(place),
    );
    expect(asked.length).toBeLessThan(8);
    await page.press(/^Use dstack/);
    await page.shows('This name is free.');
  });

  it('shows the account of another project as such, and uses that project on request', async () => {
    const { page, workbench } = scene;
    await page.choose('Storage account', /^contososhared/);
    await page.shows(/contososhared can’t be chosen\. Belongs to the project Shared-Training\./);
    await page.press('Use the Project Shared-Training');
    // It has no record, and its tags don't say which server it has.
    await workbench.quickInput.pick(/^The local dstack server/);
    await page.shows(/is ready/i);
    const config = path.join(scene.stage.workspace, '.dstack', 'config.yml');
    expect(await readFile(config, 'utf8')).toContain('name: Shared-Training');
    await workbench.page.locator('.statusbar').getByText('Shared-Training').waitFor();
  });

  it('has changed nothing in Azure with all that', () => {
    expect(scene.changes()).toEqual([]);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

describe('A folder that can’t take a project', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open();
  });

  afterAll(async () => {
    await scene.close();
  });

  const config = (): string => path.join(scene.stage.workspace, '.dstack', 'config.yml');
  const broken = 'projects:\n- name: mine\n  url: http://127.0.0.1:3000\n  token: [unfinished\n';

  it('refuses a configuration with errors, with its line, and leaves every byte of it', async () => {
    await mkdir(path.dirname(config()));
    await writeFile(config(), broken);
    await scene.openForm();
    const { page } = scene;
    await scene.create('first-project');
    await page.step(/Files and terminals/, 'failed');
    await page.shows(/config\.yml.*line [45]/);
    expect(await readFile(config(), 'utf8')).toBe(broken);
  });

  it('goes on when the configuration has been put right, and keeps what was in it', async () => {
    await writeFile(config(), broken.replace('[unfinished', 'mine-token'));
    // The record may still wait for its data role; with this button the run is at its end.
    await scene.page.button('Continue').waitFor();
    scene.azure.requests.clear();
    await scene.page.press('Continue');
    // Somebody else wrote it, so a token goes into it only when the person says so.
    await scene.workbench.answerDialog('Add the Project', /this extension did not write/);
    await scene.page.finished();
    const text = await readFile(config(), 'utf8');
    expect(text).toContain('token: mine-token');
    expect(text).toContain('name: first-project');
    expect(scene.changes()).toEqual([]);
  });

  it('says so before anything is filled in when the folder is read-only', async () => {
    const folder = path.join(path.dirname(scene.stage.workspace), 'read-only');
    await mkdir(folder);
    const undo = await makeReadOnly(folder);
    try {
      const url = new URL(scene.stage.vscode.url);
      url.searchParams.set('folder', folder);
      await scene.reopen({ url: url.href });
      const page = await scene.openForm();
      await page.shows('The folder read-only can’t be written to.');
      await page.button('Open Folder').waitFor();
      await page.press(/^Review/);
      expect(await page.button(/^Create/).count()).toBe(0);
    } finally {
      await undo();
    }
  });

  it('says so when no folder is open', async () => {
    const { origin } = new URL(scene.stage.vscode.url);
    await scene.reopen({ url: `${origin}/?ew=true` });
    const page = await scene.openForm();
    await page.shows(/No folder is open, so there is no place/);
    await page.button('Open Folder').waitFor();
    await scene.workbench.openContainer('dstack for Azure');
    await scene.workbench.treeItem(projectsTree, /^first-project/).waitFor();
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

/** Modes mean nothing to root, but the flag of the file system does. Gives the way back. */
async function makeReadOnly(folder: string): Promise<() => Promise<unknown>> {
  if (process.getuid?.() !== 0) {
    await chmod(folder, 0o555);
    return () => chmod(folder, 0o755);
  }
  const chattr = promisify(execFile);
  await chattr('chattr', ['+i', folder]);
  return () => chattr('chattr', ['-i', folder]);
}
