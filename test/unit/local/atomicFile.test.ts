import { execFile } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readTextFile, updateTextFile } from '../../../src/local/atomicFile.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { Crash, crashingFileSystem } from './crashingFileSystem.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const newMode = 0o600;

describe('a file that is replaced', () => {
  it('is made with 0600, in folders that are made too, and nothing else is left', async () => {
    const root = await temporaryFolder();
    const file = join(root, '.dstack', 'config.yml');
    expect(await updateTextFile(file, () => 'a', { root, newMode })).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(root, '.dstack'))).toEqual(['config.yml']);
  });

  it('keeps its mode', async () => {
    const root = await temporaryFolder();
    const file = join(root, 'a');
    await writeFile(file, 'old');
    await chmod(file, 0o640);
    await updateTextFile(file, () => 'new', { root, newMode });
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it('is not touched when its text stays the same', async () => {
    const root = await temporaryFolder();
    const file = join(root, 'a');
    await writeFile(file, '\uFEFFold');
    const before = await stat(file);
    expect(await updateTextFile(file, (text) => text, { root, newMode })).toBe(false);
    expect(await updateTextFile(file, () => undefined, { root, newMode })).toBe(false);
    expect((await stat(file)).ino).toBe(before.ino);
  });

  it('is not touched when the edit refuses', async () => {
    const root = await temporaryFolder();
    const file = join(root, 'a');
    await writeFile(file, 'old');
    const refuse = (): never => {
      throw new RangeError('no');
    };
    await expect(updateTextFile(file, refuse, { root, newMode })).rejects.toThrow(RangeError);
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(root)).toEqual(['a']);
  });

  it('is edited again when another program wrote it in between', async () => {
    const root = await temporaryFolder();
    const file = join(root, 'a');
    await writeFile(file, '0');
    const seen: string[] = [];
    const edit = (text = ''): string => {
      seen.push(text);
      return `${text}+ours`;
    };
    const { fileSystem } = crashingFileSystem(Infinity);
    let reads = 0;
    const meddling = {
      ...fileSystem,
      realpath: fileSystem.realpath,
      readFile: (async (...args: Parameters<typeof fileSystem.readFile>) => {
        if (++reads === 2) await writeFile(file, 'theirs');
        return fileSystem.readFile(...args);
      }) as typeof fileSystem.readFile,
    };
    await updateTextFile(file, edit, { root, newMode, fileSystem: meddling });
    expect(seen).toEqual(['0', 'theirs']);
    expect(await readFile(file, 'utf8')).toBe('theirs+ours');
  });

  it('that is not UTF-8 is refused and stays', async () => {
    const root = await temporaryFolder();
    const file = join(root, 'a');
    await writeFile(file, Buffer.from([0xff, 0xfe, 0x61]));
    const error = await refusalOf(updateTextFile(file, () => 'x', { root, newMode }));
    expect(error.code).toBe('file_not_text');
    expect(await readFile(file)).toEqual(Buffer.from([0xff, 0xfe, 0x61]));
  });

  it.each([
    ['EROFS', 'file_not_writable'],
    ['EACCES', 'file_not_writable'],
    ['ENOSPC', 'disk_full'],
  ])('answers %s with a sentence about it, and has left nothing behind', async (code, expected) => {
    for (let at = 3; ; at += 1) {
      const root = await temporaryFolder();
      const file = join(root, 'a');
      await writeFile(file, 'old');
      const failure = Object.assign(new Error(code), { code });
      const { fileSystem, operations } = crashingFileSystem(at, failure);
      const options = { root, newMode, fileSystem };
      const outcome = await updateTextFile(file, () => 'new', options).catch((e: unknown) => e);
      if (outcome === true) {
        expect(operations()).toBeGreaterThan(10);
        break;
      }
      expect(outcome).toBeInstanceOf(SetupError);
      expect((outcome as SetupError).code).toBe(expected);
      expect(await readFile(file, 'utf8')).toMatch(/^(?:old|new)$/);
      expect(await readdir(root)).toEqual(['a']);
    }
  });
});

describe('a link', () => {
  it('inside of the folder is followed and stays a link', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'real'));
    await writeFile(join(root, 'real', 'file'), 'old');
    await symlink(join('real', 'file'), join(root, 'link'));
    await updateTextFile(join(root, 'link'), () => 'new', { root, newMode });
    expect((await lstat(join(root, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(root, 'real', 'file'), 'utf8')).toBe('new');
  });

  it.each(['file', 'folder', 'dangling', 'dangling folder'])(
    'that leads out of the folder is refused: a %s',
    async (kind) => {
      const outside = await temporaryFolder();
      const root = await temporaryFolder();
      await writeFile(join(outside, 'file'), 'old');
      const file = join(root, '.dstack', 'file');
      if (kind === 'folder') await symlink(outside, join(root, '.dstack'));
      else if (kind === 'dangling folder')
        await symlink(join(outside, 'no'), join(root, '.dstack'));
      else {
        await mkdir(join(root, '.dstack'));
        await symlink(join(outside, kind === 'file' ? 'file' : 'no'), file);
      }
      const error = await refusalOf(updateTextFile(file, () => 'new', { root, newMode }));
      expect(error.code).toBe('link_leads_outside');
      expect(await readFile(join(outside, 'file'), 'utf8')).toBe('old');
      expect(await readdir(outside)).toEqual(['file']);
      expect((await refusalOf(readTextFile(file, { root }))).code).toBe('link_leads_outside');
    },
  );

  it('to nothing but itself, or a folder in the place of the file, is refused', async () => {
    const root = await temporaryFolder();
    await symlink('loop', join(root, 'loop'));
    await mkdir(join(root, 'folder'));
    for (const name of ['loop', 'folder']) {
      const error = await refusalOf(updateTextFile(join(root, name), () => 'x', { root, newMode }));
      expect(error.code).toBe('not_a_file');
    }
  });
});

describe('a crash', () => {
  it.each([undefined, 'old content'])(
    'at any file operation leaves the old or the new content (before: %s)',
    async (before) => {
      const outcomes = new Set<string | undefined>();
      for (let at = 0; ; at += 1) {
        const root = await temporaryFolder();
        const file = join(root, 'config.yml');
        if (before !== undefined) await writeFile(file, before);
        const { fileSystem, operations } = crashingFileSystem(at);
        const options = { root, newMode, fileSystem };
        const outcome = await updateTextFile(file, () => 'new content', options).catch(
          (error: unknown) => error,
        );
        if (outcome === true) {
          expect(operations()).toBeGreaterThan(10);
          break;
        }
        expect(outcome).toBeInstanceOf(Crash);
        const after = await readTextFile(file, { root });
        outcomes.add(after);
        // What is left of the write has the one name that .gitignore knows.
        for (const name of await readdir(root, { recursive: true })) {
          expect(name).toMatch(/^(?:config\.yml|\.dstack-azure-\w+(?:\/config\.yml)?)$/);
        }
        // The next process is not disturbed by what the dead one left.
        expect(await updateTextFile(file, () => 'next', { root, newMode })).toBe(true);
      }
      expect([...outcomes].sort()).toEqual([before, 'new content'].sort());
    },
  );

  it('leaves a temporary folder that a later write removes', async () => {
    const root = await temporaryFolder();
    const left = join(root, '.dstack-azure-0123456789ab');
    await mkdir(left);
    await writeFile(join(left, 'config.yml'), 'secret');
    await utimes(left, 0, 0);
    await updateTextFile(join(root, 'config.yml'), () => 'x', { root, newMode });
    expect(await readdir(root)).toEqual(['config.yml']);
  });
});

describe('racing writers', () => {
  it('lose nothing: 200 in one process', async () => {
    const root = await temporaryFolder();
    const file = join(root, 'a');
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    await Promise.all(
      numbers.map((n) => updateTextFile(file, (text = '') => `${text}${n}\n`, { root, newMode })),
    );
    expect(await linesOf(file)).toEqual(numbers.map(String).sort());
  });

  it('lose nothing: 200 in four processes', { timeout: 60_000 }, async () => {
    const root = await temporaryFolder();
    const file = join(root, 'a');
    const script = join(import.meta.dirname, 'racingWriter.ts');
    const prefixes = ['a', 'b', 'c', 'd'];
    await Promise.all(
      prefixes.map((prefix) =>
        promisify(execFile)(process.execPath, [
          ...['--import', 'tsx', script, file, root, prefix, '50'],
        ]),
      ),
    );
    const expected = prefixes.flatMap((prefix) =>
      Array.from({ length: 50 }, (_, index) => `${prefix}${index}`),
    );
    expect(await linesOf(file)).toEqual(expected.sort());
  });
});

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').sort();
}

async function refusalOf(act: Promise<unknown>): Promise<SetupError> {
  const error: unknown = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SetupError);
  return error as SetupError;
}
