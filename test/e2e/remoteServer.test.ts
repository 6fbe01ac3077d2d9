import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SimulatedDstack } from '../simulators/dstack/simulatedDstack.ts';
import { Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';
import { networksOf } from './serverNetworks.ts';

describe('A project for a dstack server elsewhere', () => {
  let scene: Scene;
  let server: SimulatedDstack;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    server = await new SimulatedDstack().start();
    scene = await Scene.open();
  });

  afterAll(async () => {
    await scene.close();
    await server.stop();
  });

  const choose = async (label: RegExp): Promise<void> => {
    await scene.webview.content.getByRole('radio', { name: label }).click();
  };
  const typeToken = async (token: string): Promise<void> => {
    const input = scene.webview.content.getByLabel('Your token on it', { exact: true });
    await input.fill(token);
    await input.press('Enter');
  };

  it('tries the server on the spot, and says at the token that it is not accepted', async () => {
    const page = await scene.openForm();
    await page.field('Project name').fill('team-gpu');
    await page.choose('Location', /^East US(?! 2)/);
    await page.choose('Storage account', /^Create a new/);
    await page.press('Next: Access');
    await page.press('Next: Server');
    await choose(/^Elsewhere/);
    await page.field('URL of the server').fill(`${server.url}/`);
    await typeToken('canary-of-another-server');
    await page.shows(/does not accept the token/);
    expect(scene.changes()).toEqual([]);
  });

  it('registers the project there once Azure has it, and waits for what the server could not make', async () => {
    const { page } = scene;
    // At its first attempt the server has no rights yet; it answers as if it had made everything.
    const networks = await networksOf(scene, server);
    server.onBackend = () => Promise.resolve(void (server.onBackend = networks));
    await typeToken(server.token);
    await page.shows(/knows you as admin/);
    await page.press(/^Review/);
    await page.shows(/\d+ to create/);
    await page.press(/^Create/);
    await page.shows(/could not make .*-default-security-group.*is asked again in 15 seconds/);
    await page.finished();
    expect(server.callsOf(/(create|update)_yaml$/)).toBe(2);
    expect(server.projects.map(({ name }) => name)).toEqual(['team-gpu']);
    expect(server.projects[0]?.backend).toMatchObject({
      type: 'azure',
      regions: ['eastus'],
      resource_group: 'dstack-team-gpu',
      creds: { type: 'default' },
    });
  });

  it('gives the folder that server and that token, and the page neither', async () => {
    const file = path.join(scene.stage.workspace, '.dstack', 'config.yml');
    expect(parse(await readFile(file, 'utf8'))).toMatchObject({
      projects: [{ name: 'team-gpu', url: server.url, token: server.token }],
    });
    const page = await scene.webview.content.locator('html').innerHTML();
    expect(page).not.toContain('canary');
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});
