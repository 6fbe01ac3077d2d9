import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JournalFile } from '../../../src/local/journalFile.ts';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import { Crash, crashingFileSystem } from './crashingFileSystem.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const projectId = '33333333-3333-3333-3333-333333333333';
const file = `journal-${projectId}.jsonl`;

function entry(time: number): JournalEntry {
  return { schema: 1, time, projectId, runId: 'r', event: 'failed', key: 'k', code: 'c' };
}

describe('the journal', () => {
  it('gives back what was appended, in order, to another process too', async () => {
    const folder = join(await temporaryFolder(), 'journals');
    const journal = new JournalFile(folder);
    await Promise.all([1, 2, 3].map((time) => journal.append(entry(time))));
    expect(await new JournalFile(folder).read(projectId)).toEqual([1, 2, 3].map(entry));
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  it('is empty before anything was written and after forget', async () => {
    const folder = await temporaryFolder();
    const journal = new JournalFile(folder);
    expect(await journal.read(projectId)).toEqual([]);
    await journal.append(entry(1));
    await journal.forget(projectId);
    expect(await readdir(folder)).toEqual([]);
    await journal.forget(projectId);
  });

  it('passes over a torn last line and goes on behind it', async () => {
    const folder = await temporaryFolder();
    const journal = new JournalFile(folder);
    await journal.append(entry(1));
    await appendFile(join(folder, file), '{"schema":1,"ti');
    expect(await journal.read(projectId)).toEqual([entry(1)]);
    await journal.append(entry(2));
    expect(await journal.read(projectId)).toEqual([entry(1), entry(2)]);
  });

  it('after a crash at any file operation holds every entry whose append had resolved', async () => {
    for (let at = 0; ; at += 1) {
      const folder = await temporaryFolder();
      const { fileSystem } = crashingFileSystem(at);
      const journal = new JournalFile(folder, fileSystem);
      const resolved: JournalEntry[] = [];
      const outcome = await appendAll(journal, resolved);
      const survivor = new JournalFile(folder);
      const found = await survivor.read(projectId);
      expect(found.slice(0, resolved.length)).toEqual(resolved);
      expect(found.length).toBeLessThanOrEqual(resolved.length + 1);
      await survivor.append(entry(99));
      expect(await survivor.read(projectId)).toEqual([...found, entry(99)]);
      if (outcome === 'done') break;
      expect(outcome).toBeInstanceOf(Crash);
    }
  });

  it('of a newer version is not read as if it were empty', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, file), '{"schema":2}\n');
    await expect(new JournalFile(folder).read(projectId)).rejects.toMatchObject({
      code: 'journal_too_new',
    });
  });

  it('never leaves its folder, whatever the project id', async () => {
    const journal = new JournalFile(await temporaryFolder());
    await expect(journal.read('../../etc/passwd')).rejects.toThrow(TypeError);
  });

  it('holds one entry per line', async () => {
    const folder = await temporaryFolder();
    await new JournalFile(folder).append({ ...entry(1), runId: 'a\nb' });
    expect((await readFile(join(folder, file), 'utf8')).split('\n')).toHaveLength(2);
  });
});

async function appendAll(journal: JournalFile, resolved: JournalEntry[]): Promise<unknown> {
  try {
    for (const time of [1, 2, 3]) {
      await journal.append(entry(time));
      resolved.push(entry(time));
    }
    return 'done';
  } catch (error) {
    return error;
  }
}
