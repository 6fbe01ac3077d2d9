import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import { projectsTree, Scene } from '../vscode/scene.ts';
import { themeNames } from '../vscode/themes.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

const project = 'first-project';

describe('A first project, from a click to the configuration of the CLI', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    // Nobody is signed in, and VS Code asks whether the product may use the account.
    scene = await Scene.open({ signedIn: [] }, { trusted: [] });
  });

  afterAll(async () => {
    await scene.close();
  });

  /** The screen in every theme: a picture to look at, and nothing for axe to find. */
  const look = async (screen: string): Promise<void> => {
    for (const theme of themeNames) {
      await scene.workbench.setTheme(theme);
      await scene.workbench.screenshot(screen);
      if (screen === 'welcome') continue;
      expect(await scene.webview.accessibilityViolations(), `${screen} ${theme}`).toEqual([]);
    }
    await scene.workbench.setTheme('light');
  };

  const inWorkspace = (...names: string[]): string => path.join(scene.stage.workspace, ...names);

  it('begins in the Projects view, which says what to do before anybody has signed in', async () => {
    await scene.workbench.openContainer('dstack for Azure');
    const create = scene.workbench.page.getByRole('button', { name: 'Create Azure Project' });
    await create.last().waitFor();
    await scene.workbench.widenSideBar(110);
    await look('welcome');
    expect(scene.azure.requests.entries).toEqual([]);
    await create.last().click();
  });

  it('asks for the sign-in and then knows all that can be known', async () => {
    const { page } = scene;
    await page.press('Sign In');
    await scene.workbench.answerConsent('Allow');
    await page.chosen('Account', SINGLE.username);
    await page.chosen('Tenant', 'Contoso');
    await page.chosen('Subscription', 'Contoso Development');
    await look('form-empty');
  });

  it('shows the locations of dstack, and why the others can’t be chosen', async () => {
    const { page } = scene;
    await page.list('Location').click();
    await page.shows('East US 2');
    await look('form-list');
    await page.list('Location').press('Escape');
  });

  it('says beside the fields what is missing or wrong', async () => {
    const { page } = scene;
    await page.field('Project name').fill('two words!');
    await page.press(/^Review/);
    await page.shows('Open the list and choose.');
    await page.shows(/1 to 50 letters/);
    await look('form-errors');
  });

  it('plans before it makes anything', async () => {
    const { page } = scene;
    await page.field('Project name').fill(project);
    await page.choose('Location', /^East US(?! 2)/);
    // Nothing is registered yet, and then Azure checks no names.
    await page.shows(/^Azure will say whether this name is free/);
    await page.shows('GPU quota here: 1 × A100, 2 × T4.');
    await look('form-filled');
    await page.press(/^Review/);
    await page.shows(/\d+ to create/);
    await look('plan');
    expect(scene.changes()).toEqual([]);
  });

  it('shows each object on its way, and a failed one with its reason', async () => {
    const { page } = scene;
    const body = { error: { code: 'AuthorizationFailed', message: 'Not for you.' } };
    const fault = { method: 'PUT', path: 'userAssignedIdentities', times: 1, status: 403, body };
    scene.disturb({ ...fault, when: 'before', seconds: 12 });
    await page.press(/^Create/);
    await page.step(/runner-identity/, 'running');
    await look('progress');
    await page.step(/runner-identity/, 'failed');
    await page.button('Continue').waitFor();
    await look('progress-failed');
  });

  it('goes on and ends with the project in the tree', async () => {
    const { page, workbench } = scene;
    await page.press('Continue');
    await page.finished();
    const item = workbench.treeItem(projectsTree, new RegExp(`^${project}`));
    await item.waitFor();
    await look('done');
    await page.press('Show in Projects');
    for (const name of ['Location', 'Storage account', 'Resources', 'Configuration']) {
      await workbench.treeItem(projectsTree, new RegExp(`^${name}`)).waitFor();
    }
    await workbench.treeItem(projectsTree, /^Location/).click();
    await workbench.treeItem(projectsTree, /^NCads A100 v4, room for 24 vCPUs/).waitFor();
    await look('tree-quota');
    await workbench.treeItem(projectsTree, /^Location/).click();
    await workbench.treeItem(projectsTree, /^Resources/).click();
    await workbench.treeItem(projectsTree, /^dstackfirstproj.*Storage account/).waitFor();
    await workbench.treeItem(projectsTree, /^Configuration/).click();
    await workbench.treeItem(projectsTree, /^my-project/).waitFor();
    await look('tree');
  });

  it('has made what the plan said, each thing once', () => {
    const existing = scene.existing();
    const [account] = existing.filter((name) => name.startsWith('storageAccounts/'));
    expect(account).toMatch(/^storageAccounts\/dstackfirstproje[0-9a-f]{8}$/);
    expect(existing.some((name) => name.endsWith('-runner-identity'))).toBe(true);
    const puts = scene.changes().filter(({ method }) => method === 'PUT');
    const places = puts.map(({ host, path: place }) => `${host}${place.split('?')[0] ?? ''}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('has written the configuration of the CLI, for this person alone and out of Git', async () => {
    const file = inWorkspace('.dstack', 'config.yml');
    const config = parse(await readFile(file, 'utf8')) as { projects: Record<string, unknown>[] };
    expect(Object.keys(config)).toEqual(['projects']);
    expect(config.projects).toEqual([
      {
        name: project,
        url: 'http://127.0.0.1:3000',
        token: expect.stringMatching(/^\S{20,}$/) as unknown,
        default: true,
      },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(inWorkspace('.dstack', '.gitignore'), 'utf8')).toMatch(/config\.yml/);
    expect(parse(await readFile(inWorkspace('.dstack', 'profiles.yml'), 'utf8'))).toMatchObject({
      profiles: [{ backends: ['azure'], regions: ['eastus'] }],
    });
  });

  it('names the project in the status bar and gives terminals what the CLI needs', async () => {
    const { workbench, page } = scene;
    await workbench.page.locator('.statusbar').getByText(project).waitFor();
    await page.press('Open Terminal');
    await workbench.page.locator('.terminal-wrapper .xterm').first().waitFor();
    await workbench.page.waitForTimeout(1_000);
    await workbench.page.keyboard.type(
      'printenv | grep -E "^DSTACK_(SERVER_URL|PROJECT|TOKEN)=" > seen.txt; echo . >> seen.txt',
    );
    await workbench.page.keyboard.press('Enter');
    const seen = async () => readFile(inWorkspace('seen.txt'), 'utf8').catch(() => '');
    await expect.poll(seen, { timeout: 20_000 }).toMatch(/\.$/m);
    const lines = (await seen()).split('\n');
    const config = await readFile(inWorkspace('.dstack', 'config.yml'), 'utf8');
    expect(lines).toContain(`DSTACK_PROJECT=${project}`);
    expect(lines).toContain('DSTACK_SERVER_URL=http://127.0.0.1:3000');
    const token = lines.find((line) => line.startsWith('DSTACK_TOKEN='))?.slice(13) ?? 'none';
    const { projects } = parse(config) as { projects: { token: string }[] };
    expect(projects.map((each) => each.token)).toEqual([token]);
  });

  it('writes a first fleet, above which stands the command that applies it', async () => {
    const { workbench, page } = scene;
    await page.press('Create Fleet File');
    const lens = workbench.page.locator('.codelens-decoration').getByText('dstack apply');
    await lens.waitFor();
    await workbench.screenshot('fleet-file');
    expect(parse(await readFile(inWorkspace('fleet.dstack.yml'), 'utf8'))).toMatchObject({
      ...{ type: 'fleet', backends: ['azure'], regions: ['eastus'] },
    });
    await lens.click();
    const terminals = workbench.page.locator('.integrated-terminal .tabs-list');
    await terminals.getByText('dstack apply').waitFor();
  });

  it('shows the same page when the command runs once more', async () => {
    await scene.workbench.runCommand('dstack: Create Azure Project');
    await scene.page.shows(/is ready/i);
    const tabs = scene.workbench.page.getByRole('tab', { name: /^Create Azure Project/ });
    expect(await tabs.count()).toBe(1);
  });

  it('has broken no policy, printed no error and asked Azure nothing unknown', () => {
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});
