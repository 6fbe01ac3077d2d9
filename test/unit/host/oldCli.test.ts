import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createBindings, type Binding } from '../../../src/host/binding.ts';
import { watchForOldCli } from '../../../src/host/oldCli.ts';

const window = vi.hoisted(() => ({
  folders: [] as { uri: { toString: () => string } }[],
  isTrusted: true,
  said: [] as string[],
  /** Which of a message's buttons the person presses, if any. */
  answer: undefined as string | undefined,
  typed: [] as string[],
  trusted: [] as (() => void)[],
  terminals: [] as string[],
  opened: [] as (() => void)[],
  folderChanges: [] as (() => void)[],
}));

vi.mock('vscode', () => {
  const nothing = () => ({ dispose: () => undefined });
  return {
    l10n: {
      t: (text: string, ...values: readonly string[]) =>
        text.replace(/\{(\d)\}/g, (_, index: string) => values[Number(index)] ?? ''),
    },
    Disposable: { from: nothing },
    workspace: {
      get workspaceFolders() {
        return window.folders;
      },
      get isTrusted() {
        return window.isTrusted;
      },
      onDidChangeWorkspaceFolders: (listener: () => void) => {
        window.folderChanges.push(listener);
        return nothing();
      },
      onDidGrantWorkspaceTrust: (listener: () => void) => {
        window.trusted.push(listener);
        return nothing();
      },
    },
    window: {
      get terminals() {
        return window.terminals;
      },
      onDidOpenTerminal: (listener: () => void) => {
        window.opened.push(listener);
        return nothing();
      },
      showWarningMessage: (text: string) => {
        window.said.push(text);
        return Promise.resolve(window.answer);
      },
      createTerminal: () => ({
        show: () => undefined,
        sendText: (text: string, isRun: boolean) => window.typed.push(`${text} ${String(isRun)}`),
      }),
    },
  };
});

const binding: Binding = {
  projectName: 'vision',
  serverUrl: 'http://127.0.0.1:3000',
  tenantId: 'contoso',
  storageAccountId: '/vision',
};

describe('A dstack CLI that is too old for its terminals', () => {
  const state = new Map<string, unknown>();
  const failures: unknown[] = [];
  const memory = {
    get: (key: string) => state.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void state.set(key, value)),
  };
  let bindings = createBindings(memory);
  let cli: { path: string; version: string | undefined } | undefined;
  /** The paths of the CLIs that were started to learn their version. */
  const started: string[] = [];

  beforeEach(() => {
    state.clear();
    failures.length = 0;
    bindings = createBindings(memory);
    cli = { path: '/usr/bin/dstack', version: '0.20.24' };
    const folders = ['one', 'two'].map((name) => ({ uri: { toString: () => `file:///${name}` } }));
    Object.assign(window, { folders, isTrusted: true, answer: undefined });
    const { said, typed, trusted, terminals, opened, folderChanges } = window;
    for (const list of [said, typed, trusted, terminals, opened, folderChanges, started]) {
      list.length = 0;
    }
  });

  /** A window opens, with the terminals that were open in it; what it has to say it has said then. */
  async function open(terminals: readonly string[] = ['bash']): Promise<void> {
    // The window that was open until now is gone with all that it listened to.
    bindings = createBindings(memory);
    for (const list of [window.trusted, window.opened, window.folderChanges]) list.length = 0;
    window.terminals = [...terminals];
    const programs = () =>
      Promise.resolve({
        cliPath: () => Promise.resolve(cli?.path),
        oldVersionAt: (path: string) => {
          started.push(path);
          return Promise.resolve(cli?.version);
        },
        installCommand: () => Promise.resolve('uv tool install'),
      });
    const errors = { report: (error: unknown) => void failures.push(error) };
    watchForOldCli({ bindings, programs, memory, errors });
    await settled();
  }

  async function openTerminal(): Promise<void> {
    window.terminals.push('bash');
    for (const listener of window.opened) listener();
    await settled();
  }

  async function settled(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(failures).toEqual([]);
  }

  it('is named when a terminal opens in a folder that has a project, with its place and its version', async () => {
    await bindings.set('file:///one', binding);
    await open([]);
    await openTerminal();
    expect(window.said).toHaveLength(1);
    expect(window.said[0]).toMatch(/\/usr\/bin\/dstack is version 0\.20\.24\. Before 0\.20\.28/);
  });

  it('is named when a window opens with the terminals that it had', async () => {
    await bindings.set('file:///one', binding);
    await open(['bash']);
    expect(window.said).toHaveLength(1);
  });

  it('is not started by a window without a terminal, not even when a folder or trust comes to it', async () => {
    await bindings.set('file:///one', binding);
    await open([]);
    for (const changed of [...window.folderChanges, ...window.trusted]) changed();
    await settled();
    expect(started).toEqual([]);
    expect(window.said).toEqual([]);
  });

  it('is started once in a window, whatever opens and changes there', async () => {
    await bindings.set('file:///one', binding);
    await open([]);
    await openTerminal();
    await openTerminal();
    await bindings.set('file:///two', binding);
    for (const changed of window.folderChanges) changed();
    await settled();
    expect(started).toEqual(['/usr/bin/dstack']);
    expect(window.said).toHaveLength(2);
  });

  it('is started once in a window too where it proves to be new enough, and again at another place', async () => {
    await bindings.set('file:///one', binding);
    cli = { path: '/usr/bin/dstack', version: undefined };
    await open();
    await openTerminal();
    expect(started).toEqual(['/usr/bin/dstack']);
    cli = { path: '/opt/bin/dstack', version: '0.20.24' };
    await openTerminal();
    expect(started).toEqual(['/usr/bin/dstack', '/opt/bin/dstack']);
    expect(window.said).toHaveLength(1);
  });

  it('is named when a folder gets a project, without waiting for a terminal', async () => {
    await open([]);
    await bindings.set('file:///one', binding);
    await settled();
    expect(window.said).toHaveLength(1);
  });

  it('is named when a folder with a project comes to a window that has a terminal', async () => {
    await bindings.set('file:///two', binding);
    const [one, two] = window.folders;
    window.folders = one === undefined ? [] : [one];
    await open();
    expect(window.said).toEqual([]);
    window.folders = [one, two].flatMap((folder) => folder ?? []);
    for (const changed of window.folderChanges) changed();
    await settled();
    expect(window.said).toHaveLength(1);
  });

  it('is named once for a folder, again for another version, and again for another folder', async () => {
    await bindings.set('file:///one', binding);
    await open();
    await open();
    expect(window.said).toHaveLength(1);
    cli = { path: '/usr/bin/dstack', version: '0.20.25' };
    await open();
    expect(window.said).toHaveLength(2);
    await bindings.set('file:///two', binding);
    await settled();
    expect(window.said).toHaveLength(3);
  });

  it('is nobody’s concern without a project, or where there is none', async () => {
    await open();
    expect(started).toEqual([]);
    cli = undefined;
    await bindings.set('file:///one', binding);
    await settled();
    await open();
    expect(window.said).toEqual([]);
  });

  it('is not looked for in Restricted Mode, but as soon as the folder is trusted', async () => {
    window.isTrusted = false;
    await bindings.set('file:///one', binding);
    await open();
    expect(window.said).toEqual([]);
    window.isTrusted = true;
    for (const granted of window.trusted) granted();
    await settled();
    expect(window.said).toHaveLength(1);
  });

  it('can be updated by a command that is typed into a terminal, not run', async () => {
    window.answer = 'Type the Update in a Terminal';
    await bindings.set('file:///one', binding);
    await open();
    expect(window.typed).toEqual(['uv tool install false']);
  });
});
