import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { editCliConfig, removeFromCliConfig } from '../../../src/dstack/cliConfig.ts';
import { editProfiles, removeProfile } from '../../../src/dstack/profiles.ts';
import { writeWorkspaceFiles } from '../../../src/local/workspaceFiles.ts';
import { removeWorkspaceEntry } from '../../../src/local/workspaceRemoval.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const edits = { editCliConfig, removeFromCliConfig, editProfiles, removeProfile };
const CANARY = 'canary-token-7f3a';
const project = {
  name: 'gpu',
  url: 'http://127.0.0.1:3000',
  token: CANARY,
  location: 'westeurope',
};

describe('the files of a folder', () => {
  it('are three, the one with the token readable for its owner alone', async () => {
    const folder = await temporaryFolder();
    const changes = await writeWorkspaceFiles({ folder, project, edits });
    expect(changes.map(({ path, change }) => [path, change])).toEqual([
      ['.dstack/.gitignore', 'created'],
      ['.dstack/config.yml', 'created'],
      ['.dstack/profiles.yml', 'created'],
    ]);
    expect((await readdir(join(folder, '.dstack'))).sort()).toEqual([
      '.gitignore',
      'config.yml',
      'profiles.yml',
    ]);
    expect(await textIn(folder, '.gitignore')).toBe('config.yml\n');
    expect(await textIn(folder, 'config.yml')).toBe(
      `projects:\n- name: gpu\n  url: http://127.0.0.1:3000\n  token: ${CANARY}\n  default: true\n`,
    );
    expect((await stat(join(folder, '.dstack/config.yml'))).mode & 0o777).toBe(0o600);
  });

  it('are left as they are when everything is right', async () => {
    const folder = await temporaryFolder();
    await writeWorkspaceFiles({ folder, project, edits, addToExistingProfiles: true });
    const again = { folder, project, edits, addToExistingProfiles: true };
    const changes = await writeWorkspaceFiles(again);
    expect(changes.map(({ change }) => change)).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  it('leave the token in VS Code where the user wants that', async () => {
    const folder = await temporaryFolder();
    const changes = await writeWorkspaceFiles({
      folder,
      project: { ...project, token: undefined },
      edits,
    });
    expect(changes.map(({ change }) => change)).toEqual(['created', 'skipped', 'created']);
    expect(await readdir(join(folder, '.dstack'))).not.toContain('config.yml');
  });

  it('leave the profiles of others alone until the user says otherwise', async () => {
    const folder = await folderWith({ 'profiles.yml': 'profiles:\n- name: spot\n' });
    const offered = await writeWorkspaceFiles({ folder, project, edits });
    expect(offered[2]?.change).toBe('skipped');
    expect(await textIn(folder, 'profiles.yml')).toBe('profiles:\n- name: spot\n');
    const added = await writeWorkspaceFiles({
      folder,
      project,
      edits,
      addToExistingProfiles: true,
    });
    expect(added[2]?.change).toBe('updated');
    expect(await textIn(folder, 'profiles.yml')).not.toContain('default');
  });
});

describe('a folder that goes over to another project', () => {
  const next = { ...project, name: 'vision', location: 'swedencentral' };

  it('has the profile of that one as its default, where it had only ours', async () => {
    const folder = await temporaryFolder();
    await writeWorkspaceFiles({ folder, project, edits });
    await writeWorkspaceFiles({ folder, project: next, edits, usedProject: project });
    expect(await textIn(folder, 'profiles.yml')).toBe(
      'profiles:\n- name: vision\n  backends: [azure]\n  regions: [swedencentral]\n  default: true\n',
    );
  });

  it('loses ours from among the profiles of others, and is offered the new one', async () => {
    const theirs = 'profiles:\n- name: spot\n';
    const folder = await folderWith({ 'profiles.yml': theirs });
    await writeWorkspaceFiles({ folder, project, edits, addToExistingProfiles: true });
    const request = { folder, project: next, edits, usedProject: project };
    const [, , profiles] = await writeWorkspaceFiles(request);
    expect(profiles).toMatchObject({ change: 'updated', isOffered: true });
    expect(await textIn(folder, 'profiles.yml')).toBe(theirs);
  });

  it('keeps a profile of ours that somebody made theirs', async () => {
    const folder = await temporaryFolder();
    await writeWorkspaceFiles({ folder, project, edits });
    const theirs = `${await textIn(folder, 'profiles.yml')}  max_price: 2\n`;
    await writeFile(join(folder, '.dstack', 'profiles.yml'), theirs);
    await writeWorkspaceFiles({ folder, project: next, edits, usedProject: project });
    expect(await textIn(folder, 'profiles.yml')).toBe(theirs);
  });

  it('is told that its profiles are right already, where they are', async () => {
    const folder = await temporaryFolder();
    await writeWorkspaceFiles({ folder, project, edits });
    const again = { folder, project, edits, usedProject: project };
    expect((await writeWorkspaceFiles(again))[2]).toMatchObject({ change: 'unchanged' });
  });

  it('is not held up by profiles of others that have errors', async () => {
    const folder = await folderWith({ 'profiles.yml': 'profiles: 1\n' });
    const [, config, profiles] = await writeWorkspaceFiles({ folder, project, edits });
    expect([config?.change, profiles?.change]).toEqual(['created', 'skipped']);
    expect(profiles?.isOffered).toBeUndefined();
  });
});

describe('a token that is to stay in VS Code from now on', () => {
  const withheld = { ...project, token: undefined };

  it('leaves the file that an earlier set-up wrote, and the file with it', async () => {
    const folder = await temporaryFolder();
    await writeWorkspaceFiles({ folder, project, edits });
    const request = { folder, project: withheld, edits, heldToken: CANARY };
    const [, config] = await writeWorkspaceFiles(request);
    expect(config?.change).toBe('deleted');
    expect(await readdir(join(folder, '.dstack'))).not.toContain('config.yml');
    expect((await writeWorkspaceFiles(request))[1]?.change).toBe('skipped');
  });

  it('leaves the entry of the folder’s earlier project too: one server has one token', async () => {
    const other = 'projects:\n- {name: other, url: "http://o", token: t}\n';
    const folder = await folderWith({ 'config.yml': other });
    await writeWorkspaceFiles({ folder, project, edits });
    const next = { ...withheld, name: 'vision' };
    const request = { folder, project: next, edits, usedProject: project, heldToken: CANARY };
    expect((await writeWorkspaceFiles(request))[1]?.change).toBe('updated');
    expect(await textIn(folder, 'config.yml')).toBe(other);
  });

  it('is not taken for another one that somebody wrote there', async () => {
    const theirs = `projects:\n- {name: gpu, url: "${project.url}", token: theirs}\n`;
    const folder = await folderWith({ 'config.yml': theirs });
    const request = { folder, project: withheld, edits, heldToken: CANARY };
    expect((await writeWorkspaceFiles(request))[1]?.change).toBe('skipped');
    expect(await textIn(folder, 'config.yml')).toBe(theirs);
  });
});

describe('nothing at all is written', () => {
  it('where config.yml has errors, and the line is named', async () => {
    const folder = await folderWith({ 'config.yml': 'projects:\n- name: [\n' });
    const error = await refusalOf({ folder });
    expect([error.code, error.line]).toEqual(['yaml_refused', 3]);
    expect(await readdir(join(folder, '.dstack'))).toEqual(['config.yml']);
  });

  it('where profiles.yml, the last of the three, has errors', async () => {
    const folder = await folderWith({ 'profiles.yml': 'profiles: 1\n' });
    const error = await refusalOf({ folder, addToExistingProfiles: true });
    expect([error.code, error.line]).toEqual(['yaml_refused', 1]);
    expect(await readdir(join(folder, '.dstack'))).toEqual(['profiles.yml']);
  });

  it('where an entry of the name leads to another server, until that is confirmed', async () => {
    const theirs = 'projects:\n- {name: gpu, url: "https://me:CANARY@other", token: t}\n';
    const folder = await folderWith({ 'config.yml': theirs });
    const error = await refusalOf({ folder });
    expect(error.code).toBe('cli_project_name_clash');
    expect(error.message).toContain('https://other');
    expect(error.message).not.toContain('CANARY');
    expect(await textIn(folder, 'config.yml')).toBe(theirs);
    await writeWorkspaceFiles({ folder, project, edits, replaceOtherServer: true });
    expect(await textIn(folder, 'config.yml')).toContain(CANARY);
  });

  it('where .dstack is a link out of the folder', async () => {
    const folder = await temporaryFolder();
    const outside = await temporaryFolder();
    await symlink(outside, join(folder, '.dstack'));
    expect((await refusalOf({ folder })).code).toBe('link_leads_outside');
    expect(await readdir(outside)).toEqual([]);
  });

  it('where .dstack is a file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.dstack'), '');
    expect((await refusalOf({ folder })).code).toBe('not_a_file');
  });

  it('where the folder is read-only', { timeout: 30_000 }, async () => {
    // The kernel's own answer, for root too: a folder of the process table can't be written to.
    if (process.platform !== 'linux') return;
    const error = await refusalOf({ folder: '/proc/self' });
    expect(error.code).toBe('file_not_writable');
  });
});

describe('git add -A stages no secret', () => {
  const shapes: [name: string, make: (root: string) => Promise<string>][] = [
    ['in the root of a repository', (root) => Promise.resolve(repository(root))],
    [
      'in a sub-folder of a repository',
      async (root) => {
        repository(root);
        await mkdir(join(root, 'a', 'b'), { recursive: true });
        return join(root, 'a', 'b');
      },
    ],
    [
      'in a submodule',
      async (root) => {
        const [outer, inner] = [join(root, 'outer'), join(root, 'inner')];
        for (const each of [outer, inner]) await mkdir(each);
        commit(repository(inner));
        commit(repository(outer));
        run(outer, ['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner, 'sub']);
        return join(outer, 'sub');
      },
    ],
    [
      'in a worktree',
      async (root) => {
        await mkdir(join(root, 'main'));
        commit(repository(join(root, 'main')));
        run(join(root, 'main'), ['worktree', 'add', '-q', join(root, 'tree')]);
        return join(root, 'tree');
      },
    ],
    [
      'where the repository takes ignoring back',
      async (root) => {
        await writeFile(join(repository(root), '.gitignore'), '*.yml\n!.dstack/\n!config.yml\n');
        await mkdir(join(root, '.dstack'));
        await writeFile(join(root, '.dstack', '.gitignore'), 'config.yml\n!config.yml');
        return root;
      },
    ],
  ];

  it.each(shapes)('%s', async (_, make) => {
    const folder = await make(await temporaryFolder());
    await writeWorkspaceFiles({ folder, project, edits });
    run(folder, ['add', '-A']);
    const staged = run(folder, ['diff', '--cached', '--name-only']);
    expect(staged).toContain('.dstack/.gitignore');
    expect(staged).not.toContain('config.yml');
    expect(run(folder, ['grep', '--cached', '-c', CANARY, '--', ':/'], [0, 1])).toBe('');
  });

  it('after a crash that left the temporary file behind', async () => {
    const folder = repository(await temporaryFolder());
    await writeWorkspaceFiles({ folder, project, edits });
    const left = join(folder, '.dstack', '.dstack-azure-0123456789ab');
    await mkdir(left);
    await writeFile(join(left, 'config.yml'), CANARY);
    run(folder, ['add', '-A']);
    expect(run(folder, ['grep', '--cached', '-c', CANARY, '--', ':/'], [0, 1])).toBe('');
  });

  it('where config.yml is tracked already: it is refused', async () => {
    const folder = repository(await temporaryFolder());
    await mkdir(join(folder, '.dstack'));
    await writeFile(join(folder, '.dstack', 'config.yml'), 'projects: []\n');
    run(folder, ['add', '-A']);
    expect((await refusalOf({ folder })).code).toBe('config_tracked_by_git');
    expect(await readdir(join(folder, '.dstack'))).toEqual(['config.yml']);
    const withoutToken = { ...project, token: undefined };
    await writeWorkspaceFiles({ folder, project: withoutToken, edits });
    expect(await textIn(folder, 'config.yml')).toBe('projects: []\n');
  });

  it('where git would not ignore it, because .gitignore is a link: it is refused', async () => {
    const folder = repository(await temporaryFolder());
    await mkdir(join(folder, '.dstack'));
    await writeFile(join(folder, 'ignore'), 'config.yml\n');
    await symlink('../ignore', join(folder, '.dstack', '.gitignore'));
    expect((await refusalOf({ folder })).code).toBe('config_not_ignored');
    expect(await readdir(join(folder, '.dstack'))).toEqual(['.gitignore']);
  });

  it('where there is no repository', async () => {
    const folder = await temporaryFolder();
    const changes = await writeWorkspaceFiles({ folder, project, edits });
    expect(changes[1]?.change).toBe('created');
  });

  it('where the folder brings a git of its own, which is not run', async () => {
    const folder = await temporaryFolder();
    const own = '#!/bin/sh\ntouch "$0.ran"\n';
    await writeFile(join(folder, 'git'), own, { mode: 0o755 });
    const path = process.env['PATH'];
    // The machine that looks where a process starts, as Windows always does.
    process.env['PATH'] = ['.', path].join(delimiter);
    try {
      await writeWorkspaceFiles({ folder, project, edits });
    } finally {
      process.env['PATH'] = path;
    }
    expect(await readdir(folder)).not.toContain('git.ran');
  });

  it('where there is no git', async () => {
    const folder = repository(await temporaryFolder());
    const path = process.env['PATH'];
    process.env['PATH'] = [folder, '/nowhere'].join(delimiter);
    try {
      const changes = await writeWorkspaceFiles({ folder, project, edits });
      expect(changes[1]?.change).toBe('created');
    } finally {
      process.env['PATH'] = path;
    }
    run(folder, ['add', '-A']);
    expect(run(folder, ['diff', '--cached', '--name-only'])).not.toContain('config.yml');
  });
});

describe('a project that leaves a folder', () => {
  it('takes everything with it that was only for it', async () => {
    const folder = await temporaryFolder();
    await writeWorkspaceFiles({ folder, project, edits });
    const changes = await removeWorkspaceEntry({ folder, project, edits });
    expect(changes.map(({ change }) => change)).toEqual(['deleted', 'deleted', 'deleted']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves what others wrote', async () => {
    const other = 'projects:\n- {name: other, url: "http://o", token: t}\n';
    const folder = await folderWith({
      'config.yml': other,
      '.gitignore': '*.log\n',
      'profiles.yml': 'profiles:\n- name: spot\n',
    });
    await writeWorkspaceFiles({ folder, project, edits, addToExistingProfiles: true });
    await removeWorkspaceEntry({ folder, project, edits });
    expect(await textIn(folder, 'config.yml')).toBe(other);
    expect(await textIn(folder, 'profiles.yml')).toBe('profiles:\n- name: spot\n');
    expect(await textIn(folder, '.gitignore')).toBe('*.log\nconfig.yml\n');
  });

  it('changes nothing in a folder without its files', async () => {
    const folder = await temporaryFolder();
    const changes = await removeWorkspaceEntry({ folder, project, edits });
    expect(changes.every(({ change }) => change === 'unchanged')).toBe(true);
  });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, '.dstack'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, '.dstack', name), text);
  }
  return folder;
}

function textIn(folder: string, name: string): Promise<string> {
  return readFile(join(folder, '.dstack', name), 'utf8');
}

async function refusalOf(
  request: Pick<Parameters<typeof writeWorkspaceFiles>[0], 'folder' | 'addToExistingProfiles'>,
): Promise<SetupError> {
  try {
    await writeWorkspaceFiles({ project, edits, ...request });
  } catch (error) {
    expect(error).toBeInstanceOf(SetupError);
    expect(String(error)).not.toContain(CANARY);
    return error as SetupError;
  }
  throw new Error('nothing was refused');
}

function repository(folder: string): string {
  run(folder, ['init', '-q']);
  return folder;
}

function commit(folder: string): void {
  run(folder, ['commit', '-q', '--allow-empty', '-m', 'first']);
}

function run(folder: string, parameters: string[], codes = [0]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  try {
    return execFileSync('git', [...identity, ...parameters], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    if (codes.includes(status)) return stdout;
    throw error;
  }
}
