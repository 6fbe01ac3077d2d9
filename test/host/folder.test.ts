import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { useLocally } from './listedProject.ts';

const VARIABLES = ['DSTACK_SERVER_URL', 'DSTACK_PROJECT', 'DSTACK_TOKEN'];

describe('A folder that uses a project', () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const folderUri = vscode.workspace.workspaceFolders?.[0]?.uri;
  let place = '';

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'dstack-terminal-'));
    await useLocally('alpha');
  });

  after(async () => {
    await vscode.commands.executeCommand('dstackAzure.stopUsingInFolder');
    await rm(place, { recursive: true });
  });

  it('has a CLI configuration that only its owner can read', async () => {
    const file = join(folder, '.dstack', 'config.yml');
    assert.match(await readFile(file, 'utf8'), /name: alpha/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('keeps the CLI configuration out of Git, and has a profile for the location', async () => {
    assert.match(await readFile(join(folder, '.dstack', '.gitignore'), 'utf8'), /config\.yml/);
    const profiles = await readFile(join(folder, '.dstack', 'profiles.yml'), 'utf8');
    assert.match(profiles, /westeurope/);
  });

  it('gives its new terminals the server, the project and the token of the file', async () => {
    const [url, name, token] = await variablesOfTerminal(join(place, 'used'));
    assert.equal(url, 'http://127.0.0.1:3000');
    assert.equal(name, 'alpha');
    const config = await readFile(join(folder, '.dstack', 'config.yml'), 'utf8');
    assert.ok(token !== '' && token !== undefined && config.includes(token));
  });

  it('gets a first fleet and a first task once, and keeps what became of them', async () => {
    await vscode.commands.executeCommand('dstackAzure.createFleetFile');
    const file = join(folder, 'fleet.dstack.yml');
    assert.match(await readFile(file, 'utf8'), /^regions: \[westeurope\]$/m);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file);
    await writeFile(file, 'type: fleet\nname: mine\n');
    await vscode.commands.executeCommand('dstackAzure.createFleetFile');
    assert.equal(await readFile(file, 'utf8'), 'type: fleet\nname: mine\n');
    await vscode.commands.executeCommand('dstackAzure.createHelloGpuTask');
    assert.match(await readFile(join(folder, 'hello-gpu.dstack.yml'), 'utf8'), /^type: task$/m);
  });

  it('offers to apply its dstack files, which types the command into a terminal of the folder', async () => {
    const uri = vscode.Uri.file(join(folder, 'hello-gpu.dstack.yml'));
    const [lens] = await lensesOf(uri);
    assert.match(lens?.command?.title ?? '', /dstack apply/);
    assert.ok(lens?.command);
    const { command, arguments: given = [] } = lens.command;
    await vscode.commands.executeCommand(command, ...(given as unknown[]));
    const terminal = vscode.window.terminals.find(({ name }) => name === 'dstack apply');
    assert.ok(terminal);
    assert.deepEqual('cwd' in terminal.creationOptions && terminal.creationOptions.cwd, folderUri);
    terminal.dispose();
    const plain = vscode.Uri.file(join(folder, 'plain.yml'));
    await writeFile(plain.fsPath, 'type: task\n');
    assert.deepEqual(await lensesOf(plain), []);
  });

  it('has the same token for a second project: the local server has one user', async () => {
    const before = await readFile(join(folder, '.dstack', 'config.yml'), 'utf8');
    await vscode.commands.executeCommand('dstackAzure.stopUsingInFolder');
    await useLocally('beta');
    const after = await readFile(join(folder, '.dstack', 'config.yml'), 'utf8');
    assert.ok(after.includes('name: alpha') && after.includes('name: beta'));
    assert.equal(new Set(after.match(/token: \S+/g)).size, 1);
    assert.ok(after.length > before.length);
  });

  it('offers to apply nothing once it has stopped using the project', async () => {
    await vscode.commands.executeCommand('dstackAzure.stopUsingInFolder');
    const lenses = await lensesOf(vscode.Uri.file(join(folder, 'hello-gpu.dstack.yml')));
    assert.deepEqual(lenses, []);
  });

  it('takes the variables from new terminals when it stops using the project', async () => {
    await vscode.commands.executeCommand('dstackAzure.stopUsingInFolder');
    assert.deepEqual(await variablesOfTerminal(join(place, 'stopped')), ['', '', '']);
  });
});

/** Ours: other extensions may have some of their own. */
async function lensesOf(uri: vscode.Uri): Promise<readonly vscode.CodeLens[]> {
  await vscode.workspace.openTextDocument(uri);
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    10,
  );
  return all.filter(({ command }) => command?.command === 'dstackAzure.applyFile');
}

/** What a new terminal of the folder has of our variables. */
async function variablesOfTerminal(file: string): Promise<readonly string[]> {
  // The collection reaches the terminals' side a moment after it has changed.
  await sleep(300);
  const terminal = vscode.window.createTerminal({ name: 'variables', shellPath: '/bin/sh' });
  try {
    const values = VARIABLES.map((name) => `"$${name}"`).join(' ');
    terminal.sendText(`printf '%s\\n' ${values} > '${file}.tmp' && mv '${file}.tmp' '${file}'`);
    for (let waited = 0; waited < 10_000; waited += 100) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined) return text.split('\n').slice(0, VARIABLES.length);
      await sleep(100);
    }
    throw new Error('The terminal wrote nothing within 10 s.');
  } finally {
    terminal.dispose();
  }
}
