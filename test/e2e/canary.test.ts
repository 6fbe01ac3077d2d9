import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SINGLE, singleWorld } from '../simulators/azure/core/worlds/single.ts';
import type { World } from '../simulators/azure/core/world.ts';
import { SimulatedDstack } from '../simulators/dstack/simulatedDstack.ts';
import { Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';
import { networksOf } from './serverNetworks.ts';

/** In every secret that is typed, the wrong ones too, and in nothing else. */
const CANARY = /canary(~|-server-token|-of-another-server)/;
const SECRET = 'canary~App.Secret-4f1c9b7e2d';

/** The world `single`, whose app has a secret by which it can be told apart. */
function world(): World {
  const single = singleWorld();
  return {
    ...single,
    apps: single.apps.map((app) => ({
      ...app,
      secrets: app.secrets.map((secret) => ({ ...secret, value: SECRET })),
    })),
  };
}

/** Keeps every message that reaches the page. As text: these files' types know no DOM. */
const LISTEN = `{
  window.heard = [];
  window.addEventListener('message', ({ data }) => window.heard.push(JSON.stringify(data)));
}`;

describe('A secret that is typed into the form', () => {
  let scene: Scene;
  let server: SimulatedDstack;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    server = await new SimulatedDstack().start();
    scene = await Scene.open({
      world: world(),
      vscode: { logsAll: true, settings: { 'dstackAzure.keepTokenInVSCode': true } },
    });
  });

  afterAll(async () => {
    await scene.close();
    await server.stop();
  });

  const secretField = (label: string) => scene.webview.content.getByLabel(label, { exact: true });
  const give = async (label: string, secret: string): Promise<void> => {
    await secretField(label).fill(secret);
    await secretField(label).press('Enter');
  };
  const radio = (name: RegExp) => scene.webview.content.getByRole('radio', { name });

  it('is asked for again after a reload of the window, which brings every other answer back', async () => {
    const page = await scene.openForm();
    await page.field('Project name').fill('watched');
    await page.choose('Location', /^East US(?! 2)/);
    await page.choose('Storage account', /^Create a new/);
    await page.press('Next: Access');
    await radio(/^An app registration that exists/).check();
    await page.field('Client ID').fill(SINGLE.clientId);
    await give('Client secret', 'canary~wrong');
    await page.shows('The app’s client secret is wrong.');
    await give('Client secret', SECRET);
    await page.shows('The app has signed in.');
    await page.press('Next: Server');
    await radio(/^Elsewhere/).check();
    await page.field('URL of the server').fill(server.url);
    await give('Your token on it', server.token);
    await page.shows(/knows you as admin/);

    // VS Code in a browser stores its tabs and an extension's memory every few seconds.
    const stored = async () => JSON.stringify(await scene.workbench.state());
    await expect.poll(stored, { timeout: 30_000 }).toMatch(/mainThreadWebview-dstackAzure\.wizard/);
    await expect.poll(stored, { timeout: 30_000 }).toContain(server.url);
    await scene.workbench.reload();
    await page.field('URL of the server').waitFor();
    expect(await page.field('URL of the server').inputValue()).toBe(server.url);
    expect(await radio(/^Elsewhere/).isChecked()).toBe(true);
    expect(await secretField('Your token on it').inputValue()).toBe('');
    await page.press(/^Access/);
    expect(await page.field('Client ID').inputValue()).toBe(SINGLE.clientId);
    expect(await secretField('Client secret').inputValue()).toBe('');
    await page.press(/^Where/);
    await page.chosen('Location', 'East US');
    expect(await page.field('Project name').inputValue()).toBe('watched');
  });

  it('is checked without a word of it to the page', async () => {
    const { page } = scene;
    await listen();
    await give('Client secret', SECRET);
    await page.shows('The app has signed in.');
    await give('Your token on it', 'canary-of-another-server');
    await page.shows(/does not accept the token/);
    await give('Your token on it', server.token);
    await page.shows(/knows you as admin/);
    await page.press(/^Review/);
    await page.shows(/\d+ to create/);
    await heardNothing();
  });

  it.each([
    ['Export as Markdown', 'markdown', /^# Plan for the dstack project watched/],
    ['Export as ARM Template', 'json', /deploymentTemplate\.json/],
  ])('is in no document: %s', async (button, language, text) => {
    const { page, workbench } = scene;
    await page.press(button);
    const shown = async (): Promise<string> => {
      const code = `const { document } = vscode.window.activeTextEditor ?? {};
        return document?.languageId === input ? document.getText() : ''`;
      return (await workbench.driver.run(code, language)) as string;
    };
    await expect.poll(shown).toMatch(text);
    expect(await shown()).toContain('dstack-watched');
    expect(await shown()).not.toMatch(CANARY);
    await workbench.screenshot(`export-${language}`);
    await workbench.page.getByRole('tab', { name: 'Create Azure Project' }).click();
    await page.shows(/\d+ to create/);
  });

  it('goes to the server with the project, and to nobody else', async () => {
    const { page } = scene;
    await listen();
    server.onBackend = await networksOf(scene, server, SECRET);
    await page.press('Create Project');
    await page.finished();
    expect(server.projects[0]?.backend).toMatchObject({
      creds: { type: 'client', client_secret: SECRET },
    });
    await heardNothing();
    const body = await scene.webview.content.locator('html').innerHTML();
    expect(body).toContain('watched');
    expect(body).not.toMatch(CANARY);
  });

  async function listen(): Promise<void> {
    await (await scene.webview.frame()).evaluate(LISTEN);
  }

  /** Since `listen`, of the secret. */
  async function heardNothing(): Promise<void> {
    const frame = await scene.webview.frame();
    const heard = await frame.evaluate<readonly string[]>('window.heard');
    expect(heard.length).toBeGreaterThan(5);
    expect(heard.filter((message) => CANARY.test(message))).toEqual([]);
  }

  // The log of the extension itself is in test/unit/host/logSecrets.test.ts: this server keeps none.
  it('is in no file and in nothing that VS Code remembers, its logs of every level included', async () => {
    const { workspace, log } = scene.stage.vscode.dirs;
    const places = [path.dirname(log), workspace];
    const files = (await Promise.all(places.map(filesBelow))).flat();
    expect(files.some((file) => file.endsWith(path.join('.dstack', 'profiles.yml')))).toBe(true);
    const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')));
    expect(files.filter((_, index) => CANARY.test(texts[index] ?? ''))).toEqual([]);
    const remembered = JSON.stringify(await scene.workbench.state(), decoded);
    expect(remembered).toContain('watched');
    expect(remembered).toMatch(/\[trace\]/);
    expect(remembered).not.toMatch(CANARY);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

/** VS Code in a browser keeps its log files as bytes, which come as base64. */
function decoded(key: string, value: unknown): unknown {
  const isBytes = key === 'b' && typeof value === 'string';
  return isBytes ? Buffer.from(value, 'base64').toString('utf8') : value;
}

/** Without the programs of others, which are no place of ours. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${path.sep}extensions${path.sep}`));
}
