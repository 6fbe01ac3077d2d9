import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFile } from '../../../src/local/newFile.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const file = { path: 'fleet.dstack.yml', text: 'type: fleet\n' };

describe('A new file of a folder', () => {
  it('is written where there is none', async () => {
    const folder = await temporaryFolder();
    expect(await createFile(folder, file)).toMatchObject({ path: file.path, change: 'created' });
    expect(await readFile(join(folder, file.path), 'utf8')).toBe(file.text);
    expect((await stat(join(folder, file.path))).mode & 0o777).toBe(0o644);
  });

  it.each(['type: fleet\nname: mine\n', ''])(
    'never replaces what is there (%j)',
    async (theirs: string) => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, file.path), theirs);
      expect((await createFile(folder, file)).change).toBe('unchanged');
      expect(await readFile(join(folder, file.path), 'utf8')).toBe(theirs);
    },
  );

  it('is not written through a link that leads out of the folder', async () => {
    const [folder, outside] = [await temporaryFolder(), await temporaryFolder()];
    await symlink(join(outside, 'victim.yml'), join(folder, file.path));
    const act = createFile(folder, file);
    await expect(act).rejects.toMatchObject({ code: 'link_leads_outside' });
  });

  it('is written once when two windows create it at the same time', async () => {
    const folder = await temporaryFolder();
    const texts = Array.from({ length: 8 }, (_, index) => `# ${index.toString()}\n`);
    const changes = await Promise.all(
      texts.map((text) => createFile(folder, { path: file.path, text })),
    );
    const winner = changes.findIndex(({ change }) => change === 'created');
    expect(changes.filter(({ change }) => change === 'created')).toHaveLength(1);
    expect(await readFile(join(folder, file.path), 'utf8')).toBe(texts[winner]);
  });
});
