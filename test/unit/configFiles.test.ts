import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFiles } from '../../src/configFiles.ts';
import type { FolderProject } from '../../src/host/folderProject.ts';
import type { ProjectSpec } from '../../src/setup/projectSpec.ts';
import { record } from './dstack/projectRecords.ts';
import { temporaryFolder } from './local/temporaryFolder.ts';
import { sampleSpec } from './setup/sampleSpec.ts';

describe('The local server’s file, when a project comes', () => {
  it('keeps another project of the name unless that may lose its place', async () => {
    const directory = await temporaryFolder();
    const file = path.join(directory, 'config.yml');
    const write = (spec: ProjectSpec, replacesOther = false) =>
      configFiles.writeServerConfig({
        directory,
        project: { spec, storageAccountId: 'a', resources: [] },
        replacesOther,
      });
    const [here, there] = [
      sampleSpec(),
      sampleSpec({ subscriptionId: '99999999-9999-4999-8999-999999999999' }),
    ];
    await write(here);
    await write(here);
    const before = await readFile(file, 'utf8');
    await expect(write(there)).rejects.toMatchObject({
      code: 'local_server_name_taken',
      field: 'projectName',
    });
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(before).toContain(here.subscriptionId);
    await write(there, true);
    expect(await readFile(file, 'utf8')).toContain(there.subscriptionId);
  });
});

describe('The local server’s file, when a project goes', () => {
  const clear = (directory: string) =>
    configFiles.clearServerConfig({ directory, projectName: 'vision' });

  it('keeps the project’s entry without its backends, and every other project', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'config.yml');
    const others = '- name: other\n    backends:\n    - type: aws\n';
    await writeFile(
      file,
      `projects:\n  - name: vision\n    backends:\n    - type: azure\n      tenant_id: t\n  ${others}`,
    );
    expect(await clear(folder)).toBe(true);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(others);
    expect(text).not.toContain('tenant_id');
    expect(await clear(folder)).toBe(false);
  });

  it('is not missed where there never was one', async () => {
    const folder = await temporaryFolder();
    expect(await clear(folder)).toBe(false);
    expect(await clear(path.join(folder, 'never', 'made'))).toBe(false);
  });
});

describe('The local server’s file, when a project is used', () => {
  const write = (directory: string, resources: FolderProject['resources']) =>
    configFiles.writeServerConfig({
      directory,
      project: { spec: record.spec, storageAccountId: 'account', resources },
    });

  it('keeps the network of the project while only its tags are known', async () => {
    const folder = await temporaryFolder();
    const text = () => readFile(path.join(folder, 'config.yml'), 'utf8');
    await write(folder, record.resources);
    const before = await text();
    expect(before).toContain('subnet_ids:');
    await write(folder, []);
    expect(await text()).toBe(before);
  });

  it('gets what the tags say of a project that it does not have', async () => {
    const folder = await temporaryFolder();
    await write(folder, []);
    const text = await readFile(path.join(folder, 'config.yml'), 'utf8');
    expect(text).toContain('resource_group: dstack-gpu');
    await write(folder, record.resources);
    expect(await readFile(path.join(folder, 'config.yml'), 'utf8')).toContain('subnet_ids:');
  });
});
