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
      onDidChangeWorkspaceFolders: nothing,
      onDidGrantWorkspaceTrust: (listener: () => void) => {
        window.trusted.push(listener);
        return nothing();
      },
    },
    window: {
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
  let cli: { path: string; version: string } | undefined;

  beforeEach(() => {
    state.clear();
    failures.length = 0;
    bindings = createBindings(memory);
    cli = { path: '/usr/bin/dstack', version: '0.20.24' };
    const folders = ['one', 'two'].map((name) => ({ uri: { toString: () => `file:///${name}` } }));
    Object.assign(window, { folders, isTrusted: true, answer: undefined });
    for (const list of [window.said, window.typed, window.trusted]) list.length = 0;
  });

  /** A window opens; what it has to say it has said then. */
  async function open(): Promise<void> {
    const programs = () =>
      Promise.resolve({
        oldCli: () => Promise.resolve(cli),
        installCommand: () => Promise.resolve('uv tool install'),
      });
    const errors = { report: (error: unknown) => void failures.push(error) };
    watchForOldCli({ bindings, programs, memory, errors });
    await settled();
  }

  async function settled(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(failures).toEqual([]);
  }

  it('is named when a window opens whose folder has a project, with its place and its version', async () => {
    await bindings.set('file:///one', binding);
    await open();
    expect(window.said).toHaveLength(1);
    expect(window.said[0]).toMatch(/\/usr\/bin\/dstack is version 0\.20\.24\. Before 0\.20\.28/);
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

  it('is nobody’s concern without a project, or where it is new enough', async () => {
    await open();
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
