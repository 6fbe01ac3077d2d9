import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { selectedPython } from '../../../src/host/installDstack.ts';
import type {
  FoundDstack,
  LocalServer,
  LocalServerPrograms,
} from '../../../src/host/localServer.ts';
import { startLocalServer, stopLocalServer } from '../../../src/host/localServerCommands.ts';

interface Window {
  readonly said: (readonly string[])[];
  answer: string | undefined;
  readonly typed: (readonly [string, boolean])[];
  readonly ran: string[];
  commands: string[];
  python: unknown;
}

const window = vi.hoisted((): Window => ({
  said: [],
  answer: undefined,
  typed: [],
  ran: [],
  commands: [],
  python: undefined,
}));

vi.mock('vscode', () => {
  const show = (text: string, ...buttons: readonly string[]) => {
    window.said.push([text, ...buttons]);
    return Promise.resolve(window.answer);
  };
  return {
    l10n: {
      t: (text: string, ...values: readonly string[]) =>
        text.replace(/\{(\d)\}/g, (_, index: string) => values[Number(index)] ?? ''),
    },
    ProgressLocation: { Notification: 15 },
    commands: {
      getCommands: () => Promise.resolve(window.commands),
      executeCommand: (name: string) => Promise.resolve(void window.ran.push(name)),
    },
    extensions: { getExtension: () => window.python },
    window: {
      showWarningMessage: show,
      showInformationMessage: show,
      setStatusBarMessage: (text: string) => void window.said.push([text]),
      withProgress: (_: unknown, work: (...all: readonly unknown[]) => unknown) =>
        work(undefined, { onCancellationRequested: () => undefined }),
      createTerminal: () => ({
        show: () => undefined,
        sendText: (text: string, isRun: boolean) => window.typed.push([text, isRun]),
      }),
    },
  };
});

const platform = Object.getOwnPropertyDescriptor(process, 'platform');

describe('The commands of the local server', () => {
  let found: FoundDstack | undefined;
  let state: 'stopped' | 'elsewhere';
  let starts: number;
  let looks: number;

  beforeEach(() => {
    [found, state, starts, looks] = [undefined, 'stopped', 0, 0];
    Object.assign(window, { answer: undefined, commands: [], python: undefined });
    for (const list of [window.said, window.typed, window.ran]) list.length = 0;
  });
  afterEach(() => {
    if (platform !== undefined) Object.defineProperty(process, 'platform', platform);
  });

  const parts = () => {
    const server: Partial<LocalServer> = {
      state: () => Promise.resolve(state),
      find: () => Promise.resolve(((looks += 1), found)),
      start: () => Promise.resolve(((starts += 1), true)),
      stop: () => Promise.resolve(false),
    };
    const programs: Partial<LocalServerPrograms> = {
      installCommand: () => Promise.resolve('uv tool install "dstack[all]" -U'),
    };
    return {
      server: server as LocalServer,
      programs: () => Promise.resolve(programs as LocalServerPrograms),
    };
  };
  const onWindows = () => Object.defineProperty(process, 'platform', { value: 'win32' });

  it('offer WSL first on Windows, before anything is looked for', async () => {
    onWindows();
    window.commands = ['remote-wsl.reopenInWSL'];
    window.answer = 'Reopen in WSL';
    await startLocalServer(parts());
    expect(window.said).toEqual([
      [expect.stringMatching(/no dstack server for Windows.*WSL or on a remote/), 'Reopen in WSL'],
    ]);
    expect(window.ran).toEqual(['remote-wsl.reopenInWSL']);
    expect([looks, starts]).toEqual([0, 0]);
  });

  it('offer no button there that VS Code could not do without its WSL extension', async () => {
    onWindows();
    await startLocalServer(parts());
    expect(window.said.map((each) => each.length)).toEqual([1]);
    expect(starts).toBe(0);
  });

  it('name the one command that installs dstack where it is missing, and run it on request', async () => {
    window.answer = 'Run It in a Terminal';
    await startLocalServer(parts());
    await vi.waitFor(() => expect(window.typed).toHaveLength(1));
    expect(window.said[0]?.[0]).toContain(
      'was not found on this machine. This command installs it',
    );
    expect(window.typed).toEqual([['uv tool install "dstack[all]" -U', undefined]]);
    expect(starts).toBe(0);
  });

  it('say what a dstack lacks that is the CLI alone', async () => {
    found = { path: '/usr/bin/dstack', version: '0.21.5', server: 'no' };
    await startLocalServer(parts());
    await vi.waitFor(() => expect(window.said).toHaveLength(1));
    expect(window.said[0]?.[0]).toContain('/usr/bin/dstack lacks what a server for Azure needs');
    expect(starts).toBe(0);
  });

  it('start the one that is there, and say where it runs', async () => {
    found = { path: '/usr/bin/dstack', version: '0.21.5', server: 'yes' };
    await startLocalServer(parts());
    expect(starts).toBe(1);
    expect(window.said.at(-1)).toEqual(['The local dstack server runs at http://127.0.0.1:3000.']);
  });

  it('leave a server alone that was started elsewhere, and say so', async () => {
    state = 'elsewhere';
    await stopLocalServer(parts());
    expect(window.said[0]?.[0]).toContain('stop it where it was started');
  });
});

describe('The Python that is selected in VS Code', () => {
  const environments = { getActiveEnvironmentPath: () => ({ path: '/venv/bin/python' }) };

  it('is asked of the Python extension where that is active', () => {
    window.python = { isActive: true, exports: { environments } };
    expect(selectedPython()).toBe('/venv/bin/python');
  });

  it.each([
    ['is not there', undefined],
    ['is not active', { isActive: false, exports: { environments } }],
    ['says nothing that we know', { isActive: true, exports: { environments: {} } }],
    ['has no API', { isActive: true, exports: undefined }],
  ])('is none where that extension %s', (_, extension) => {
    window.python = extension;
    expect(selectedPython()).toBeUndefined();
  });
});
