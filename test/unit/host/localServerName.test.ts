import { beforeEach, describe, expect, it, vi } from 'vitest';
import { configFiles } from '../../../src/configFiles.ts';
import { askToReplace, checkLocalName } from '../../../src/host/localServerName.ts';
import { temporaryFolder } from '../local/temporaryFolder.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';

const window = vi.hoisted(() => ({
  asked: [] as (readonly string[])[],
  answer: undefined as string | undefined,
}));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  window: {
    showWarningMessage: (_: string, options: unknown, ...buttons: readonly string[]) => {
      expect(options).toMatchObject({ modal: true });
      window.asked.push(buttons);
      return Promise.resolve(window.answer);
    },
  },
}));

const replace = 'Replace It on the Server';
const spec = sampleSpec({ server: { kind: 'local' } });
const other = { ...spec, subscriptionId: '99999999-9999-4999-8999-999999999999' };
const taken = { code: 'local_server_name_taken' };

describe('A name that the local server has for another project', () => {
  let parts = { files: () => Promise.resolve(configFiles), serverDirectory: '' };

  beforeEach(async () => {
    window.asked.length = 0;
    window.answer = undefined;
    parts = { ...parts, serverDirectory: await temporaryFolder() };
    await configFiles.writeServerConfig({
      directory: parts.serverDirectory,
      project: { spec, storageAccountId: 'a', resources: [] },
    });
  });

  it('is refused before anything is made for a new project', async () => {
    await expect(checkLocalName(other, parts)).rejects.toMatchObject(taken);
    await expect(checkLocalName(spec, parts)).resolves.toBeUndefined();
  });

  it('is asked about when a project is used, and stays where the answer is no', async () => {
    await expect(askToReplace(other, parts)).rejects.toMatchObject(taken);
    window.answer = replace;
    expect(await askToReplace(other, parts)).toBe(true);
    expect(window.asked).toEqual([[replace], [replace]]);
  });

  it('is nothing to ask about for the project itself, nor for a server elsewhere', async () => {
    const remote = { kind: 'remote' as const, url: 'https://dstack.example' };
    expect(await askToReplace(spec, parts)).toBe(false);
    expect(await askToReplace({ ...other, server: remote }, parts)).toBe(false);
    expect(window.asked).toEqual([]);
  });
});
