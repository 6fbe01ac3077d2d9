import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectsTree, Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

const project = 'shared-project';

describe('A project in a second folder', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);
  let second: string;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.openForm();
    await scene.create(project);
    await scene.page.finished();
    second = path.join(path.dirname(scene.stage.workspace), 'second-folder');
    await mkdir(second);
    scene.azure.requests.clear();
    const url = new URL(scene.stage.vscode.url);
    url.searchParams.set('folder', second);
    await scene.reopen({ url: url.href });
  });

  afterAll(async () => {
    await scene.close();
  });

  const item = () => scene.workbench.treeItem(projectsTree, new RegExp(`^${project}`));
  const statusBar = () => scene.workbench.page.locator('.statusbar').getByText(project);

  it('is in the tree, and the folder does not use it yet', async () => {
    await scene.workbench.openContainer('dstack for Azure');
    await item().waitFor();
    expect(await item().getAttribute('aria-label')).not.toContain('used here');
    expect(await statusBar().count()).toBe(0);
  });

  it('is used there by one click: the same files as in the first folder', async () => {
    await scene.workbench.chooseFromMenu(item(), 'Use in This Folder');
    await statusBar().waitFor();
    for (const name of ['config.yml', '.gitignore', 'profiles.yml']) {
      const [a, b] = await Promise.all(
        [scene.stage.workspace, second].map((folder) =>
          readFile(path.join(folder, '.dstack', name), 'utf8'),
        ),
      );
      expect(b, name).toBe(a);
    }
    expect((await stat(path.join(second, '.dstack', 'config.yml'))).mode & 0o777).toBe(0o600);
    await scene.workbench.treeItem(projectsTree, /^shared-project.*used here/).waitFor();
  });

  it('gives terminals of that folder the same three variables', async () => {
    await scene.workbench.driver.run(
      `vscode.window.createTerminal('variables')
         .sendText('printenv | grep -E "^DSTACK_(SERVER_URL|PROJECT|TOKEN)=" > seen.txt; echo . >> seen.txt');`,
    );
    const seen = () => readFile(path.join(second, 'seen.txt'), 'utf8').catch(() => '');
    await expect.poll(seen, { timeout: 20_000 }).toMatch(/^\.$/m);
    const config = parse(
      await readFile(path.join(scene.stage.workspace, '.dstack', 'config.yml'), 'utf8'),
    ) as { projects: { url: string; token: string }[] };
    const [entry] = config.projects;
    expect((await seen()).split('\n').toSorted().slice(-3)).toEqual([
      `DSTACK_PROJECT=${project}`,
      `DSTACK_SERVER_URL=${entry?.url ?? ''}`,
      `DSTACK_TOKEN=${entry?.token ?? ''}`,
    ]);
  });

  it('is used no more after Stop Using, and the files stay', async () => {
    await scene.workbench.chooseFromMenu(item(), 'Stop Using Project in This Folder');
    await statusBar().waitFor({ state: 'hidden' });
    await readFile(path.join(second, '.dstack', 'config.yml'));
  });

  it('has cost no change in Azure', () => {
    expect(scene.changes()).toEqual([]);
    expect(scene.faultsOfOurs()).toEqual([]);
  });
});
