import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { createBindings } from '../../../src/host/binding.ts';
import { performDoneAction } from '../../../src/host/doneActions.ts';
import type { FolderSetupParts } from '../../../src/host/folderProject.ts';
import { commandTable, type CommandParts } from '../../../src/host/projectCommands.ts';
import { showFolderProject } from '../../../src/host/showFolderProject.ts';
import { createWizardFolder } from '../../../src/host/wizardFolder.ts';
import { cancellation } from '../../../src/setup/errors.ts';
import { account, listed } from '../projects/azureWorld.ts';

const window = vi.hoisted((): { folders: unknown[]; picked: unknown } => ({
  folders: [],
  picked: undefined,
}));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  commands: { executeCommand: () => Promise.resolve() },
  workspace: {
    isTrusted: true,
    get workspaceFolders() {
      return window.folders;
    },
  },
  // The wizard's tab is in front: no editor is active.
  window: { showWorkspaceFolderPick: () => Promise.resolve(window.picked) },
}));

const folderOf = (name: string) =>
  ({ name, uri: { toString: () => `file:///${name}` } }) as unknown as vscode.WorkspaceFolder;
const [first, second] = [folderOf('first'), folderOf('second')];

describe('With two folders in the window', () => {
  let stored: Map<string, unknown>;
  const memory = {
    get: (key: string) => stored.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
  } as unknown as vscode.Memento;
  const bindings = createBindings({
    get: (key) => stored.get(key),
    update: (key, value) => memory.update(key, value),
  });

  beforeEach(() => {
    stored = new Map();
    window.folders = [first, second];
    window.picked = second;
  });

  it('the last screen shows the project of its own folder in the view', async () => {
    for (const { name, uri } of [first, second]) {
      const { id: storageAccountId } = account(name);
      const names = { projectName: name, serverUrl: 'http://127.0.0.1:3000', tenantId: 'contoso' };
      await bindings.set(uri.toString(), { ...names, storageAccountId });
    }
    const shown: string[] = [];
    const parts = {
      bindings,
      tree: {
        projectOf: (id: string) => {
          const project = listed(id.split('/').at(-1) ?? '');
          return Promise.resolve({ kind: 'project' as const, id, project, usedHere: true });
        },
      },
      view: {
        reveal: (node: { readonly id: string }) => Promise.resolve(void shown.push(node.id)),
      },
    };
    await performDoneAction('showInTree', {
      folder: () => second,
      folderSetup: {} as FolderSetupParts,
      startOver: () => Promise.reject(new Error('nothing begins anew')),
      showInTree: (folder) => showFolderProject(parts, folder),
    });
    expect(shown).toEqual([account('second').id]);
    await showFolderProject(parts);
    expect(shown.at(-1)).toBe(account('first').id);
  });

  function quickly(ask: (folderName: string) => Promise<unknown>) {
    const wizardFolder = createWizardFolder(memory);
    const begun: (string | undefined)[] = [];
    const table = commandTable({
      wizardFolder,
      wizard: {
        isBusy: false,
        startOver: () => Promise.resolve(void begun.push(wizardFolder.current()?.name)),
      },
      quickCreate: () =>
        Promise.resolve(({ folderName }: { folderName: string }) => ask(folderName)),
    } as unknown as CommandParts);
    const create = async () => table['dstackAzure.createProjectWithDefaults'](undefined);
    return { wizardFolder, begun, create };
  }

  it('the quick path names the project after the folder that was picked, and sets it up there', async () => {
    const asked: string[] = [];
    const { begun, create } = quickly((name) => Promise.resolve(asked.push(name)));
    await create();
    expect(asked).toEqual(['second']);
    expect(begun).toEqual(['second']);
  });

  it('a form that is open stays with its folder when the quick path is left', async () => {
    const { wizardFolder, begun, create } = quickly(() => Promise.reject(cancellation()));
    await wizardFolder.use(first);
    await expect(create()).rejects.toMatchObject({ name: 'AbortError' });
    expect(wizardFolder.current()).toBe(first);
    expect(begun).toEqual([]);
  });
});
