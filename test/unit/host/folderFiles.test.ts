import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { configFiles } from '../../../src/configFiles.ts';
import { createBindings } from '../../../src/host/binding.ts';
import { writeFolderAsking } from '../../../src/host/folderFiles.ts';
import { temporaryFolder } from '../local/temporaryFolder.ts';

interface Question {
  readonly text: string;
  readonly options: unknown;
  readonly buttons: readonly string[];
}

const window = vi.hoisted(() => ({
  asked: [] as Question[],
  /** What the person presses, question by question; undefined closes it. */
  answers: [] as (string | undefined)[],
  /** What is offered beside, and what is pressed there. */
  offered: [] as string[],
  press: undefined as string | undefined,
}));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  window: {
    showWarningMessage: (text: string, options: unknown, ...buttons: readonly string[]) => {
      window.asked.push({ text, options, buttons });
      return Promise.resolve(window.answers.shift());
    },
    showInformationMessage: (_: string, button: string) => {
      window.offered.push(button);
      return Promise.resolve(window.press);
    },
  },
}));

type Request = Parameters<typeof configFiles.writeFolder>[0];

const project = { name: 'gpu', url: 'http://127.0.0.1:3000', token: 'canary', location: 'eastus' };
const foreign = 'projects:\n- name: theirs # mine\n  url: http://elsewhere\n  token: t\n';
const sameName = foreign.replace('theirs', 'gpu');
const [add, replace] = ['Add the Project', 'Replace the Entry'];

describe('The question about a folder’s CLI configuration', () => {
  const state = new Map<string, unknown>();
  const bindings = createBindings({
    get: (key) => state.get(key),
    update: (key, value) => Promise.resolve(void state.set(key, value)),
  });

  beforeEach(() => {
    state.clear();
    window.asked.length = 0;
    window.answers.length = 0;
    window.offered.length = 0;
    window.press = undefined;
  });

  const errors = { report: (error: unknown) => expect(error).toBeUndefined() };

  /** Writes into a folder with this configuration, and says what has become of it. */
  async function write(text: string, ...answers: readonly (string | undefined)[]) {
    const folder = await temporaryFolder();
    const file = join(folder, '.dstack', 'config.yml');
    await mkdir(join(folder, '.dstack'));
    await writeFile(file, text);
    window.answers.push(...answers);
    const folderUri = `file://${folder}`;
    const outcome = await writeFolderAsking(
      configFiles,
      { bindings, errors },
      { folder, folderUri, project },
    )
      .then(() => 'written')
      .catch((error: unknown) => (error as { code: string }).code);
    return { outcome, text: await readFile(file, 'utf8') };
  }

  it('is asked as a modal with one button, before a foreign file is touched', async () => {
    await write(foreign, undefined);
    expect(window.asked).toEqual([
      {
        text: expect.stringContaining('this extension did not write') as string,
        options: { modal: true },
        buttons: [add],
      },
    ]);
  });

  it.each([undefined, replace])('leaves every byte when the answer is %j', async (answer) => {
    expect(await write(foreign, answer)).toEqual({ outcome: 'config_not_ours', text: foreign });
  });

  it('adds the project below what is there when the answer is yes', async () => {
    const { outcome, text } = await write(foreign, add);
    expect(outcome).toBe('written');
    expect(text.startsWith(foreign)).toBe(true);
    expect(text).toContain('name: gpu');
    expect(window.asked).toHaveLength(1);
  });

  it('asks a second time where an entry of the name leads to another server', async () => {
    const refused = await write(sameName, add, undefined);
    expect(refused).toEqual({ outcome: 'cli_project_name_clash', text: sameName });
    expect(window.asked.map(({ buttons }) => buttons)).toEqual([[add], [replace]]);
    const { outcome, text } = await write(sameName, add, replace);
    expect(outcome).toBe('written');
    expect(text).toContain(project.url);
    expect(text).not.toContain('elsewhere');
  });

  describe('where the folder has profiles of others', () => {
    const theirs = 'profiles:\n- name: spot\n  default: true\n';

    async function useFolder(request: { readonly isBound: boolean }) {
      const folder = await temporaryFolder();
      const file = join(folder, '.dstack', 'profiles.yml');
      await mkdir(join(folder, '.dstack'));
      await writeFile(file, theirs);
      const folderUri = `file://${folder}`;
      if (request.isBound) {
        const place = { tenantId: 't', storageAccountId: 'a', serverUrl: project.url };
        await bindings.set(folderUri, { projectName: project.name, ...place });
      }
      const writeFolder = vi.fn((request: Request) => configFiles.writeFolder(request));
      const asked = { folder, folderUri, project };
      await writeFolderAsking({ writeFolder }, { bindings, errors }, asked);
      await vi.waitFor(() => expect(window.offered).toEqual(['Add the Profile']));
      // What a press leads to begins at once.
      await new Promise(setImmediate);
      return { writeFolder, text: () => readFile(file, 'utf8') };
    }

    it('offers the project’s own, and adds it below theirs on a press', async () => {
      window.press = 'Add the Profile';
      const { text } = await useFolder({ isBound: true });
      await vi.waitFor(async () => expect(await text()).toContain('name: gpu'));
      expect((await text()).startsWith(theirs)).toBe(true);
    });

    it.each([
      ['nobody presses', undefined, true],
      ['the folder uses the project no more', 'Add the Profile', false],
    ])('leaves them as they are where %s', async (_, answer, isBound) => {
      window.press = answer;
      const { writeFolder, text } = await useFolder({ isBound });
      expect(writeFolder).toHaveBeenCalledTimes(1);
      expect(await text()).toBe(theirs);
    });
  });

  it('is not asked where there is nothing to decide', async () => {
    expect((await write('')).outcome).toBe('written');
    expect(window.asked).toEqual([]);
  });

  it('asks nothing about a file that can’t be edited: that is an error', async () => {
    const broken = 'projects: [\n';
    expect(await write(broken)).toEqual({ outcome: 'yaml_refused', text: broken });
    expect(window.asked).toEqual([]);
  });
});
