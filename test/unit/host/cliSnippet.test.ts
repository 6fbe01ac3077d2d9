import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { createBindings } from '../../../src/host/binding.ts';
import { copyCliCommand } from '../../../src/host/cliSnippet.ts';

const clipboard = vi.hoisted(() => ({ text: undefined as string | undefined }));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  env: {
    clipboard: { writeText: (text: string) => Promise.resolve(void (clipboard.text = text)) },
  },
}));

const folder = { uri: { toString: () => 'file:///folder' } } as unknown as vscode.WorkspaceFolder;
const at = { projectName: 'vision', serverUrl: 'https://dstack.example:8443/sub' };

describe('“Copy CLI Command”', () => {
  const state = new Map<string, unknown>();
  const bindings = createBindings({
    get: (key) => state.get(key),
    update: (key, value) => Promise.resolve(void state.set(key, value)),
  });
  let token: string | undefined;
  const secrets = { token: () => Promise.resolve(token) };

  beforeEach(async () => {
    clipboard.text = undefined;
    token = 'canary-token';
    await bindings.set('file:///folder', { ...at, tenantId: 't', storageAccountId: '/vision' });
  });

  it('puts the command of the folder’s project with its token into the clipboard', async () => {
    await copyCliCommand(folder, { bindings, secrets });
    expect(clipboard.text).toBe(
      'dstack project add --name vision --url https://dstack.example:8443/sub --token canary-token',
    );
  });

  it('says what was copied, without the token', async () => {
    expect(await copyCliCommand(folder, { bindings, secrets })).toMatch(/^The command is copied/);
    expect(await copyCliCommand(folder, { bindings, secrets })).not.toContain('canary');
  });

  it('gives a shell the very token, whatever characters it is made of', async () => {
    token = `$(touch x) 'a' "b" \`c\` ;|&>\\ !$HOME *`;
    await copyCliCommand(folder, { bindings, secrets });
    const script = `dstack() { printf '%s\\n' "$@"; }\n${clipboard.text ?? ''}`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    const words = ['project', 'add', '--name', at.projectName, '--url', at.serverUrl];
    expect(stdout.trimEnd().split('\n')).toEqual([...words, '--token', token]);
  });

  it('copies nothing where no project is used, or no token held', async () => {
    const error = { code: 'token_missing' };
    await expect(copyCliCommand(undefined, { bindings, secrets })).rejects.toMatchObject(error);
    token = undefined;
    await expect(copyCliCommand(folder, { bindings, secrets })).rejects.toMatchObject(error);
    expect(clipboard.text).toBeUndefined();
  });
});
