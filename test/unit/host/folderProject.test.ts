import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { configFiles } from '../../../src/configFiles.ts';
import { createBindings } from '../../../src/host/binding.ts';
import { cleanFolders } from '../../../src/host/folderCleanup.ts';
import { useInFolder, type FolderSetupParts } from '../../../src/host/folderProject.ts';
import type { LocalServerState } from '../../../src/host/localServer.ts';
import { createSecrets } from '../../../src/host/secrets.ts';
import { createStarterFile } from '../../../src/host/starterFiles.ts';
import { temporaryFolder } from '../local/temporaryFolder.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';

const window = vi.hoisted(() => ({ folders: [] as unknown[] }));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  workspace: {
    isTrusted: true,
    getConfiguration: () => ({ get: (_: string, otherwise: unknown) => otherwise }),
    get workspaceFolders() {
      return window.folders;
    },
  },
}));

const url = 'https://dstack.example';
const storageAccountId = `/subscriptions/${sampleSpec().subscriptionId}/resourceGroups/dstack-vision/providers/Microsoft.Storage/storageAccounts/dstackvision1a2b3c4d`;

const stored = new Map<string, unknown>();
const bindings = createBindings({
  get: (key) => stored.get(key),
  update: (key, value) => Promise.resolve(void stored.set(key, value)),
});
const tokens = new Map<string, string>();
const secrets = createSecrets({
  get: (key) => Promise.resolve(tokens.get(key)),
  store: (key, value) => Promise.resolve(void tokens.set(key, value)),
  delete: (key) => Promise.resolve(void tokens.delete(key)),
});
let place = '';
let state: LocalServerState;

beforeEach(async () => {
  stored.clear();
  tokens.clear();
  place = await temporaryFolder();
  state = 'stopped';
});

const parts = (): FolderSetupParts => ({
  errors: { report: () => expect.unreachable() },
  bindings,
  secrets,
  files: () => Promise.resolve(configFiles),
  serverDirectory: join(place, 'server'),
  newToken: () => 'new-token',
  localServer: { state: () => Promise.resolve(state) },
});
const folderAt = (uri: string): vscode.WorkspaceFolder => {
  const scheme = uri.split(':')[0] ?? '';
  const folder = { name: 'app', index: 0, uri: { scheme, fsPath: place, toString: () => uri } };
  return folder as unknown as vscode.WorkspaceFolder;
};

describe('A folder that begins to use a project', () => {
  async function firstActions(server: 'local' | 'remote') {
    const spec = sampleSpec({
      server: server === 'local' ? { kind: 'local' } : { kind: 'remote', url },
    });
    await secrets.setToken({ serverUrl: url, projectName: spec.name }, 'remote-token');
    const project = { spec, storageAccountId, resources: [] };
    const { actions } = await useInFolder(project, folderAt(`file://${place}`), parts());
    return actions.slice(0, 2);
  }

  it.each([
    ['stopped', 'startServer'],
    ['starting', 'restartServer'],
    ['running', 'restartServer'],
  ] as const)('offers first what a local server that is %s needs', async (now, action) => {
    state = now;
    expect(await firstActions('local')).toEqual([action, 'openTerminal']);
  });

  it('offers first what can be done from here with a local server of another window', async () => {
    state = 'elsewhere';
    expect((await firstActions('local'))[0]).toBe('openTerminal');
  });

  it('offers to start no local server where its server is elsewhere', async () => {
    expect((await firstActions('remote'))[0]).toBe('openTerminal');
    expect(existsSync(join(place, 'server'))).toBe(false);
  });
});

describe.each(['memfs:/app', 'vscode-vfs://github/octo/hello', 'ssh://box/home/me/app'])(
  'A folder that is not on a disk (%s)',
  (uri) => {
    const folder = folderAt(uri);
    const refusal = { code: 'folder_not_on_disk' };
    const bind = () =>
      bindings.set(uri, {
        projectName: 'vision',
        serverUrl: url,
        tenantId: 'contoso',
        storageAccountId,
        location: 'westeurope',
      });

    it('uses no project, and nothing is written where its path leads', async () => {
      const project = { spec: sampleSpec(), storageAccountId, resources: [] };
      await expect(useInFolder(project, folder, parts())).rejects.toMatchObject(refusal);
      expect(bindings.of(uri)).toBeUndefined();
      expect(tokens.size).toBe(0);
      expect(await readdir(place)).toEqual([]);
    });

    it('gets no first file', async () => {
      await bind();
      await expect(createStarterFile('fleet', folder, parts())).rejects.toMatchObject(refusal);
      expect(await readdir(place)).toEqual([]);
    });

    it('is let go of with its project, and no file is looked for', async () => {
      await bind();
      window.folders = [folder];
      await secrets.setToken({ serverUrl: url, projectName: 'vision' }, 'remote-token');
      const files = () => Promise.reject(new Error('no files'));
      expect(await cleanFolders(sampleSpec(), { ...parts(), files })).toEqual([]);
      expect(bindings.of(uri)).toBeUndefined();
      expect(tokens.size).toBe(0);
    });
  },
);
