import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecretsFile } from '../../../src/local/secretsFile.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const key = {
  projectId: 'project',
  keyId: 'key',
  tenantId: 'tenant',
  clientId: 'client',
  endDateTime: '2027-01-01T00:00:00Z',
};

describe('a file of secrets', () => {
  it('is there, empty and for its owner alone, before there is a secret', async () => {
    const path = join(await temporaryFolder(), 'a.json');
    await new SecretsFile(path).prepare();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await new SecretsFile(path).has('project', 'key')).toBe(false);
  });

  it('keeps what is in it, and closes itself to others again', async () => {
    const path = join(await temporaryFolder(), 'b.json');
    const file = new SecretsFile(path);
    await file.put(key, 'first');
    await chmod(path, 0o644);
    await file.put({ ...key, keyId: 'other' }, 'second');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await file.has('project', 'key')).toBe(true);
    expect(await file.has('project', 'other')).toBe(true);
    expect(await file.has('another project', 'key')).toBe(false);
  });

  it('forgets a project whose app is gone, and nothing else', async () => {
    const path = join(await temporaryFolder(), 'd.json');
    const file = new SecretsFile(path);
    await file.put(key, 'first');
    await file.put({ ...key, projectId: 'other' }, 'second');
    await file.forget('project');
    expect(await file.has('project', 'key')).toBe(false);
    expect(await file.has('other', 'key')).toBe(true);
    expect(await readFile(path, 'utf8')).not.toContain('first');
    await new SecretsFile(join(await temporaryFolder(), 'none.json')).forget('project');
  });

  it('that is something else is refused without a word of its content, and stays', async () => {
    const path = join(await temporaryFolder(), 'c.json');
    await writeFile(path, '{"password": "canary"}');
    const error: unknown = await new SecretsFile(path)
      .put(key, 'x')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'secrets_file_unreadable' });
    expect(JSON.stringify(error) + String(error)).not.toContain('canary');
    expect(await readFile(path, 'utf8')).toBe('{"password": "canary"}');
  });
});
