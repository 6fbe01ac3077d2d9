import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { createBindings } from '../../../src/host/binding.ts';
import { useEverywhere } from '../../../src/host/useEverywhere.ts';
import { homeConfig } from '../../../src/homeConfig.ts';
import { temporaryFolder } from '../local/temporaryFolder.ts';

interface Question {
  readonly text: string;
  readonly buttons: readonly string[];
}

const window = vi.hoisted(() => ({
  asked: [] as Question[],
  answers: [] as (string | undefined)[],
  said: [] as string[],
  isTrusted: true,
}));

vi.mock('vscode', () => {
  const ask = (text: string, options: unknown, ...buttons: readonly string[]) => {
    expect(options).toEqual({ modal: true });
    window.asked.push({ text, buttons });
    return Promise.resolve(window.answers.shift());
  };
  return {
    l10n: {
      t: (text: string, ...values: readonly string[]) =>
        text.replace(/\{(\d)\}/g, (_, index: string) => values[Number(index)] ?? ''),
    },
    workspace: {
      get isTrusted() {
        return window.isTrusted;
      },
    },
    window: {
      showWarningMessage: ask,
      showInformationMessage: ask,
      setStatusBarMessage: (text: string) => void window.said.push(text),
    },
  };
});

const uri = { toString: () => 'file:///folder' };
const folder = { uri } as unknown as vscode.WorkspaceFolder;
const serverUrl = 'http://127.0.0.1:3000';
const other = '- name: other\n  url: https://o.example\n  token: t\n  default: true\n';
const clash = '- name: vision\n  url: https://me:canary@elsewhere.example\n  token: t\n';
const [replace, make, keep] = ['Replace', 'Make “vision” the Default', 'Keep “other”'];

describe('“Use Project Everywhere”', () => {
  const state = new Map<string, unknown>();
  const bindings = createBindings({
    get: (key) => state.get(key),
    update: (key, value) => Promise.resolve(void state.set(key, value)),
  });
  let token: string | undefined;

  beforeEach(async () => {
    token = 'canary-token';
    window.isTrusted = true;
    for (const list of [window.asked, window.answers, window.said]) list.length = 0;
    const place = { tenantId: 't', storageAccountId: '/vision' };
    await bindings.set('file:///folder', { projectName: 'vision', serverUrl, ...place });
  });

  /** Uses the project everywhere at a home with these entries, and says what the file is then. */
  async function use(entries: string, ...answers: readonly (string | undefined)[]) {
    const home = await temporaryFolder();
    const file = join(home, '.dstack', 'config.yml');
    await mkdir(join(home, '.dstack'));
    const before = entries === '' ? '' : `projects:\n${entries}`;
    if (before !== '') await writeFile(file, before);
    window.answers.push(...answers);
    const secrets = { token: () => Promise.resolve(token) };
    const parts = { bindings, secrets, home: () => Promise.resolve(homeConfig(home)) };
    const outcome = await useEverywhere(folder, parts)
      .then(() => 'done')
      .catch((error: unknown) => (error as { code?: string; name: string }).code ?? 'closed');
    const text = await readFile(file, 'utf8').catch(() => undefined);
    return { outcome, before, text };
  }

  it('asks nothing where the file is new, and makes the project the default', async () => {
    const { outcome, text } = await use('');
    expect(outcome).toBe('done');
    expect(text).toMatch(/name: vision/);
    expect(text).toMatch(/default: true/);
    expect(window.asked).toEqual([]);
    expect(window.said).toEqual(['dstack knows the project vision in every terminal now.']);
  });

  it('takes the place of the default only where the person says so', async () => {
    const made = await use(other, make);
    expect(window.asked[0]?.buttons).toEqual([make, keep]);
    expect(made.text).toMatch(/name: vision[^]*default: true/);
    expect(made.text).not.toMatch(/o\.example\n {2}token: t\n {2}default: true/);
    const kept = await use(other, keep);
    expect(kept.outcome).toBe('done');
    expect(kept.text?.startsWith(kept.before)).toBe(true);
    expect(kept.text).toMatch(/name: vision/);
  });

  it('changes nothing when the question about the default is closed', async () => {
    const { outcome, before, text } = await use(other, undefined);
    expect([outcome, text]).toEqual(['closed', before]);
    expect(window.said).toEqual([]);
  });

  it('replaces an entry of the name on another server only where the person says so', async () => {
    const closed = await use(clash, undefined);
    expect([closed.outcome, closed.text]).toEqual(['closed', closed.before]);
    expect(window.asked[0]?.text).toContain('https://elsewhere.example');
    expect(window.asked[0]?.text).not.toContain('canary');
    const replaced = await use(clash, replace);
    expect(replaced.outcome).toBe('done');
    expect(replaced.text).toContain(serverUrl);
    expect(replaced.text).not.toContain('elsewhere');
  });

  it('says so where dstack knew it already', async () => {
    const known = `- name: vision\n  url: ${serverUrl}\n  token: canary-token\n  default: true\n`;
    const { before, text } = await use(known);
    expect(text).toBe(before);
    expect(window.said).toEqual(['dstack knew the project vision in every terminal already.']);
  });

  it('asks nothing and writes nothing without a token, or in Restricted Mode', async () => {
    token = undefined;
    expect(await use('')).toMatchObject({ outcome: 'token_missing', text: undefined });
    window.isTrusted = false;
    expect(await use('')).toMatchObject({ outcome: 'restricted_mode', text: undefined });
    expect(window.asked).toEqual([]);
  });
});
