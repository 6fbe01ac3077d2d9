import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configFiles } from '../../src/configFiles.ts';
import { temporaryFolder } from './local/temporaryFolder.ts';

const project = { name: 'gpu', url: 'http://127.0.0.1:3000', token: 'canary', location: 'eastus' };
const theirs = 'projects:\n- name: theirs\n  url: http://elsewhere\n  token: t\n';

async function folderWith(text: string) {
  const folder = await temporaryFolder();
  const file = join(folder, '.dstack', 'config.yml');
  await mkdir(join(folder, '.dstack'));
  await writeFile(file, text);
  return { folder, text: () => readFile(file, 'utf8') };
}

it('A CLI configuration that came with the repository stays until the person has been asked', async () => {
  const { folder, text } = await folderWith(theirs);
  await expect(configFiles.writeFolder({ folder, project })).rejects.toMatchObject({
    code: 'config_not_ours',
    object: '.dstack/config.yml',
  });
  expect(await text()).toBe(theirs);
  await configFiles.writeFolder({ folder, project, addToForeignConfig: true });
  expect((await text()).startsWith(theirs)).toBe(true);
  expect(await text()).toContain('name: gpu');
});

it('One with our project and another token differs from what we hold: it is asked about too', async () => {
  const { folder } = await folderWith(
    'projects:\n- name: gpu\n  url: http://127.0.0.1:3000\n  token: other\n',
  );
  await expect(configFiles.writeFolder({ folder, project })).rejects.toMatchObject({
    code: 'config_not_ours',
  });
});

it('One that is ours, or holds the project that the folder uses by now, is just edited', async () => {
  const { folder, text } = await folderWith('');
  await configFiles.writeFolder({ folder, project });
  await configFiles.writeFolder({ folder, project });
  await configFiles.writeFolder({
    ...{ folder, project: { ...project, name: 'second' } },
    usedProject: { name: 'gpu', url: 'http://127.0.0.1:3000/' },
  });
  expect(await text()).toContain('name: second');
});

it('An entry of that name on another server is replaced only when that was said', async () => {
  const { folder, text } = await folderWith(theirs.replace('theirs', 'gpu'));
  const request = { folder, project, addToForeignConfig: true };
  await expect(configFiles.writeFolder(request)).rejects.toMatchObject({
    code: 'cli_project_name_clash',
  });
  await configFiles.writeFolder({ ...request, replaceOtherServer: true });
  expect(await text()).not.toContain('elsewhere');
});
