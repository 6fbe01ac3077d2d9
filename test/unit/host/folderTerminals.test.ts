import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { createBindings, type Binding } from '../../../src/host/binding.ts';
import { keepFolderTerminals } from '../../../src/host/folderTerminals.ts';

interface Folder {
  readonly uri: { readonly toString: () => string };
}

/** The window: its folders, whether they are trusted, and who listens to changes of either. */
const window = vi.hoisted(() => ({
  folders: undefined as readonly { uri: { toString: () => string } }[] | undefined,
  isTrusted: true,
  changed: [] as (() => void)[],
}));

vi.mock('vscode', () => {
  const listen = (listener: () => void) => {
    window.changed.push(listener);
    return { dispose: () => undefined };
  };
  return {
    l10n: { t: (text: string) => text },
    Disposable: { from: (...all: readonly unknown[]) => all },
    workspace: {
      get workspaceFolders() {
        return window.folders;
      },
      get isTrusted() {
        return window.isTrusted;
      },
      onDidChangeWorkspaceFolders: listen,
      onDidGrantWorkspaceTrust: listen,
    },
  };
});

const folder = (name: string): Folder => ({ uri: { toString: () => `file:///${name}` } });
const [first, second] = [folder('first'), folder('second')];

function binding(projectName: string): Binding {
  const serverUrl = `https://${projectName}.example`;
  return { projectName, serverUrl, tenantId: 'contoso', storageAccountId: `/${projectName}` };
}

describe('The terminals of a window', () => {
  const variables = new Map<string, Map<string, string>>();
  const state = new Map<string, unknown>();
  const failures: unknown[] = [];
  const bindings = createBindings({
    get: (key) => state.get(key),
    update: (key, value) => Promise.resolve(void state.set(key, value)),
  });

  const projects = (): readonly (readonly (string | undefined)[])[] =>
    [first, second].map(({ uri }) => {
      const own = variables.get(uri.toString());
      return ['DSTACK_PROJECT', 'DSTACK_SERVER_URL', 'DSTACK_TOKEN'].map((name) => own?.get(name));
    });
  const nothing = [undefined, undefined, undefined];
  const all = (name: string) => [name, `https://${name}.example`, `token of ${name}`];

  beforeEach(() => {
    variables.clear();
    state.clear();
    window.folders = [first, second];
    window.isTrusted = true;
    window.changed.length = 0;
    const collection = {
      getScoped: ({ workspaceFolder }: { workspaceFolder: Folder }) => {
        const key = workspaceFolder.uri.toString();
        const own = variables.get(key) ?? new Map<string, string>();
        variables.set(key, own);
        return {
          replace: (name: string, value: string) => void own.set(name, value),
          delete: (name: string) => void own.delete(name),
        };
      },
    };
    keepFolderTerminals(
      collection as unknown as vscode.GlobalEnvironmentVariableCollection,
      bindings,
      {
        token: ({ projectName }) => Promise.resolve(`token of ${projectName}`),
        tokenOrNew: () => Promise.reject(new Error('Nobody asks for a new token here.')),
        setToken: () => Promise.resolve(),
        removeToken: () => Promise.resolve(),
      },
      { onDidChange: () => ({ dispose: () => undefined }) } as unknown as vscode.SecretStorage,
      { report: (error) => void failures.push(error) },
    );
    expect((collection as { persistent?: boolean }).persistent).toBe(false);
  });

  it('have the project of their own folder, and of no other', async () => {
    await bindings.set(first.uri.toString(), binding('alpha'));
    await expect.poll(projects).toEqual([all('alpha'), nothing]);
    await bindings.set(second.uri.toString(), binding('beta'));
    await expect.poll(projects).toEqual([all('alpha'), all('beta')]);
    await bindings.remove(first.uri.toString());
    await expect.poll(projects).toEqual([nothing, all('beta')]);
    expect(failures).toEqual([]);
  });

  it('have it too in a folder that joins the window later', async () => {
    window.folders = [first];
    await bindings.set(second.uri.toString(), binding('beta'));
    await expect.poll(projects).toEqual([nothing, nothing]);
    window.folders = [first, second];
    for (const tell of window.changed) tell();
    await expect.poll(projects).toEqual([nothing, all('beta')]);
  });

  it('have nothing where no folder is open, or nobody trusts it', async () => {
    window.folders = undefined;
    await bindings.set(first.uri.toString(), binding('alpha'));
    await expect.poll(projects).toEqual([nothing, nothing]);
    window.folders = [first];
    window.isTrusted = false;
    for (const tell of window.changed) tell();
    // Trusted at last: what comes is what was kept back before.
    await expect.poll(() => variables.has(first.uri.toString())).toBe(true);
    expect(projects()).toEqual([nothing, nothing]);
    window.isTrusted = true;
    for (const tell of window.changed) tell();
    await expect.poll(projects).toEqual([all('alpha'), nothing]);
  });
});
