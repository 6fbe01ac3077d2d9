import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SINGLE, singleWorld } from '../simulators/azure/core/worlds/single.ts';
import type { World } from '../simulators/azure/core/world.ts';
import { projectsTree, Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

const dataId = `/subscriptions/${SINGLE.subscriptionId}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/contosodata`;

/** With an account that was there before anybody spoke of dstack. */
function worldWithAccount(): World {
  return {
    ...singleWorld(),
    resources: [
      {
        id: dataId,
        location: 'westeurope',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS', tier: 'Standard' },
        tags: { team: 'vision' },
      },
    ],
  };
}

/** Azure is slow with this: what runs can be looked at, stopped, left alone. */
const slowStorage = { path: '/asyncoperations/', when: 'before' } as const;

describe('A run that does not go straight to its end', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open({ world: worldWithAccount() });
    await scene.openForm();
  });

  afterAll(async () => {
    await scene.close();
  });

  /** A project whose account Azure has in hand, and takes its time with. */
  const createSlowly = async (project: string): Promise<void> => {
    scene.azure.requests.clear();
    await scene.plan(project);
    scene.disturb({ ...slowStorage, seconds: 15 });
    await scene.page.press(/^Create/);
    await scene.page.step(/Storage account/, 'running');
    await expect.poll(() => storagePuts(), { timeout: 20_000 }).toBe(1);
  };

  const continueToEnd = async (): Promise<void> => {
    scene.azure.faults.clear();
    await scene.page.press('Continue');
    await scene.page.finished();
  };

  const storagePuts = (): number =>
    scene.changes().filter((call) => call.method === 'PUT' && isAccount(call.path)).length;

  it('says after Cancel what Azure still has in hand, and goes on when asked', async () => {
    await createSlowly('cancelled');
    await scene.page.press('Cancel');
    await scene.page.shows(/was cancelled\. Azure may still finish.*dstackcancelled/);
    const calls = scene.changes().length;
    await scene.workbench.page.waitForTimeout(1_500);
    expect(scene.changes()).toHaveLength(calls);
    await continueToEnd();
    expect(storagePuts()).toBe(1);
  });

  it('says that the network is gone, and goes on when it is back', async () => {
    await scene.startOver();
    await createSlowly('cut-off');
    scene.azure.faults.clear();
    scene.disturb({ path: '^management\\.azure\\.com', when: 'before', cut: true });
    await scene.page.button('Continue').waitFor({ timeout: 90_000 });
    await scene.page.shows(/network|connection|reached/i);
    await continueToEnd();
    expect(storagePuts()).toBe(1);
  });

  it('offers Continue after a reload of the window, and writes nothing unasked', async () => {
    await scene.startOver();
    await createSlowly('reloaded');
    await scene.workbench.reload();
    await scene.page.shows('The set-up was interrupted when the window closed.');
    await scene.page.shows(/^Stopped: \d+ of \d+ steps are done/);
    const calls = scene.changes().length;
    await scene.workbench.page.waitForTimeout(2_000);
    expect(scene.changes()).toHaveLength(calls);
    await continueToEnd();
    expect(storagePuts()).toBe(1);
  });

  it('goes on while its tab is hidden, and shows how far it is when the tab is back', async () => {
    await scene.startOver();
    await createSlowly('hidden');
    const { workbench } = scene;
    await workbench.runCommand('File: New Untitled Text File');
    await workbench.page.getByRole('tab', { name: /^Untitled/ }).waitFor();
    await workbench.page.getByRole('tab', { name: /^Create Azure Project/ }).click();
    await scene.page.step(/Storage account/, 'running');
    await scene.page.step(/Resource group/, 'done');
    await workbench.page.getByRole('tab', { name: /^Untitled/ }).click();
    scene.azure.faults.clear();
    await workbench.openContainer('dstack for Azure');
    await workbench.treeItem(projectsTree, /^hidden/).waitFor({ timeout: 60_000 });
    await workbench.page.getByRole('tab', { name: /^Create Azure Project/ }).click();
    await scene.page.finished();
  });

  it('uses an account and a group that are there, without writing to them', async () => {
    await scene.startOver();
    scene.azure.requests.clear();
    const { page } = scene;
    await page.field('Project name').fill('adopting');
    await page.choose('Location', /^West Europe/);
    await page.choose('Storage account', /^contosodata/);
    await page.press(/^Review/);
    await page.shows(/2 to use as they are/);
    await page.press(/^Create/);
    await page.finished();
    const written = scene
      .changes()
      .filter((call) => call.method === 'PUT' || call.method === 'PATCH');
    expect(written.filter((call) => isAccount(call.path) || isGroup(call.path))).toEqual([]);
    const { tags } = scene.azure.state.resources.get(dataId.toLowerCase()) ?? {};
    expect(tags).toMatchObject({ team: 'vision', 'dstack-project': 'adopting' });
    expect(tags).not.toHaveProperty('dstack-created-by');
  });

  it('changes nothing when the same project is set up once more', async () => {
    await scene.startOver();
    const { page } = scene;
    await page.field('Project name').fill('adopting');
    await page.choose('Location', /^West Europe/);
    await page.choose('Storage account', /^contosodata/);
    const config = path.join(scene.stage.workspace, '.dstack', 'config.yml');
    const before = await readFile(config, 'utf8');
    scene.azure.requests.clear();
    await page.press(/^Review/);
    await page.shows(/^\d+ already right\.$/);
    await page.press(/^Create/);
    await page.finished();
    expect(scene.changes()).toEqual([]);
    expect(await readFile(config, 'utf8')).toBe(before);
  });

  it('has broken no policy, printed no error and asked Azure nothing unknown', () => {
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

describe('A run in an Azure that is slow to spread what it was told', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open({ lag: 'seeded', seed: 7 });
  });

  afterAll(async () => {
    await scene.close();
  });

  it('writes the folder’s files while the record still waits for its role', async () => {
    await scene.openForm();
    await scene.create('patient');
    await scene.page.shows(/is ready/i, 150_000);
    await scene.page.shows('Still on its way');
    await access(path.join(scene.stage.workspace, '.dstack', 'config.yml'));
    await scene.page.text('Still on its way').waitFor({ state: 'hidden', timeout: 120_000 });
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

describe('A run in a tenant that asks for a second factor before every write', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open({ world: 'mfa-for-writes' }, { trusted: [] });
  });

  afterAll(async () => {
    await scene.close();
  });

  it('puts the question to the person once, and goes on with the answer', async () => {
    await scene.workbench.runCommand('dstack: Create Azure Project');
    await scene.page.press('Sign In');
    await scene.workbench.answerConsent('Allow');
    // Somebody is signed in to VS Code already: it lets the person choose.
    await scene.workbench.quickInput.pick(SINGLE.username);
    await scene.page.chosen('Subscription', 'Contoso Development');
    await scene.create('with-mfa');
    await scene.workbench.answerConsent('Allow');
    await scene.page.finished();
    const calls = await scene.workbench.driver.executeCommand('dstackAzureTest.signIn.calls');
    const asked = (calls as { what: string }[]).filter(
      ({ what }) => what === 'createFromChallenge',
    );
    expect(asked).toHaveLength(1);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

function isAccount(place: string): boolean {
  return /\/storageAccounts\/[^/?]+(\?|$)/.test(place);
}

function isGroup(place: string): boolean {
  return /\/resourceGroups\/[^/?]+(\?|$)/i.test(place);
}
