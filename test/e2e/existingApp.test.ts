import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import { Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

const wrong = 'canary~wrong.secret';

describe('An app registration that exists', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    scene = await Scene.open();
  });

  afterAll(async () => {
    await scene.close();
  });

  const radio = (name: string) => scene.webview.content.getByRole('radio', { name, exact: true });
  const secret = () => scene.webview.content.getByLabel('Client secret', { exact: true });
  const onPage = () => scene.webview.content.locator('body').evaluate(htmlOf);

  it('is asked for in a part of its own, when the place is known', async () => {
    const page = await scene.openForm();
    await page.field('Project name').fill('with-app');
    await page.choose('Location', /^East US(?! 2)/);
    await page.choose('Storage account', /^Create a new/);
    await page.press('Next: Access');
    await radio('An app registration that exists').check();
    // As somebody copies it out of a registry or a script.
    await page.field('Client ID').fill(`{${SINGLE.clientId.toUpperCase()}}`);
    await page.field('Client ID').blur();
    await expect.poll(() => page.field('Client ID').inputValue()).toBe(SINGLE.clientId);
  });

  it('is not taken with a wrong secret, which is said at the secret', async () => {
    const { page } = scene;
    await secret().fill(wrong);
    await secret().press('Enter');
    await page.shows('The app’s client secret is wrong.');
    await page.press(/^Review/);
    await page.shows('The app’s client secret is wrong.');
    expect(await page.button(/^Create/).count()).toBe(0);
    expect(await onPage()).not.toContain(wrong);
    expect(scene.changes()).toEqual([]);
  });

  it('signs in with the right one, and the plan gives it its roles', async () => {
    const { page } = scene;
    await secret().fill(`  ${SINGLE.clientSecret} `);
    await secret().press('Enter');
    await page.shows('The app has signed in.');
    expect(await onPage()).not.toContain(SINGLE.clientSecret);
    await page.press(/^Review/);
    await page.shows(/\d+ to create/);
    await page.press(/^Create/);
    await page.finished();
    const given = scene.azure.requests.entries.filter(
      ({ method, path }) => method === 'PUT' && /roleDefinitions/i.test(path),
    );
    expect(given.length).toBe(2);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});

/** What the page holds, values of fields included. */
function htmlOf(body: {
  readonly outerHTML: string;
  querySelectorAll(selector: string): Iterable<{ readonly value: string }>;
}): string {
  return body.outerHTML + [...body.querySelectorAll('input')].map(({ value }) => value).join();
}
