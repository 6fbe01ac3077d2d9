import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SignInOrderFile } from '../../../src/local/signInOrderFile.ts';
import { temporaryFolder } from './temporaryFolder.ts';

describe('The file of the local server’s sign-in', () => {
  let file = '';

  beforeEach(async () => {
    file = join(await temporaryFolder(), 'storage', 'server-sign-in.json');
  });

  it('is made with its folder, for its owner only, and read by the next window', async () => {
    const order = new SignInOrderFile(file);
    expect(await order.all()).toEqual([]);
    await order.change((ids) => [...ids, 'one']);
    await order.change((ids) => [...ids, 'two']);
    expect(await new SignInOrderFile(file).all()).toEqual(['one', 'two']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('loses no change of two windows that write at the same time', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(
      names.map((name) => new SignInOrderFile(file).change((ids) => [...ids, name])),
    );
    expect([...(await new SignInOrderFile(file).all())].sort()).toEqual(names);
  });

  it.each(['not json', '[]', '{"schema":2,"projectIds":["one"]}', '{"schema":1,"projectIds":{}}'])(
    'names nobody if it holds %s, and is written anew',
    async (text) => {
      const order = new SignInOrderFile(file);
      await order.change(() => ['one']);
      await writeFile(file, text);
      expect(await order.all()).toEqual([]);
      await order.change((ids) => [...ids, 'two']);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ schema: 1, projectIds: ['two'] });
    },
  );
});
