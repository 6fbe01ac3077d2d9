import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeConfig } from '../../src/homeConfig.ts';
import { temporaryFolder } from './local/temporaryFolder.ts';

const project = { name: 'gpu', url: 'https://dstack.example.com' };
const entry = { ...project, token: 'canary', makeDefault: false, replaceOtherServer: false };

async function homeWith(text?: string) {
  const home = await temporaryFolder();
  const file = join(home, '.dstack', 'config.yml');
  if (text !== undefined) {
    await mkdir(join(home, '.dstack'));
    await writeFile(file, text);
  }
  return { config: homeConfig(home), file };
}

const OTHERS = '# mine\nprojects:\n- name: a\n  url: http://a\n  token: t\n  default: true\n';

it('A home without a file gets one for its owner alone, with the project as the default', async () => {
  const { config, file } = await homeWith();
  expect(await config.look(project)).toEqual({});
  expect(await config.add(entry)).toBe(true);
  expect(await readFile(file, 'utf8')).toContain('default: true');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await config.add(entry)).toBe(false);
});

it('The default project of the CLI is named, and stays unless the person gives its place away', async () => {
  const { config, file } = await homeWith(OTHERS);
  expect(await config.look(project)).toEqual({ defaultProject: 'a' });
  await config.add(entry);
  const kept = await readFile(file, 'utf8');
  expect(kept.startsWith(OTHERS)).toBe(true);
  expect(kept.match(/default: true/g)).toHaveLength(1);
  await config.add({ ...entry, makeDefault: true });
  expect((await config.look(project)).defaultProject).toBeUndefined();
  expect((await config.look({ ...project, name: 'a', url: 'http://a' })).defaultProject).toBe(
    'gpu',
  );
});

it('A project of that name on another server is named without its password, and stays until asked', async () => {
  const text = 'projects:\n- name: gpu\n  url: http://me:canary-password@other\n  token: t\n';
  const { config, file } = await homeWith(text);
  expect(await config.look(project)).toEqual({ otherServer: 'http://other' });
  expect(await config.add(entry)).toBe(false);
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(await config.add({ ...entry, replaceOtherServer: true })).toBe(true);
  expect(await config.look(project)).toEqual({});
});

it('A file that the CLI could not read is refused by line and stays', async () => {
  const { config, file } = await homeWith('projects:\n- name: [\n');
  await expect(config.look(project)).rejects.toMatchObject({ code: 'yaml_refused' });
  await expect(config.add(entry)).rejects.toMatchObject({ code: 'yaml_refused' });
  expect(await readFile(file, 'utf8')).toBe('projects:\n- name: [\n');
});
