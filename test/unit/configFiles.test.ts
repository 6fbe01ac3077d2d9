import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFiles } from '../../src/configFiles.ts';
import { temporaryFolder } from './local/temporaryFolder.ts';

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
