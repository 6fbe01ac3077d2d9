import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { useLocally } from './listedProject.ts';

/** A CLI in dstack's place: notes how it was called, and has one offer. */
const STAND_IN = `#!${process.execPath}
if (process.argv.includes('--version')) { console.log('0.21.5'); process.exit(); }
const { DSTACK_SERVER_URL, DSTACK_PROJECT, DSTACK_TOKEN } = process.env;
const call = { DSTACK_SERVER_URL, DSTACK_PROJECT, DSTACK_TOKEN, words: process.argv.slice(2) };
require('node:fs').writeFileSync(__dirname + '/call.json', JSON.stringify(call));
const gpus = [{ name: 'T4', memory_mib: 16384 }];
const resources = { cpus: 4, memory_mib: 28672, spot: false, gpus };
const instance = { name: 'Standard_NC4as_T4_v3', resources };
console.log(JSON.stringify({ offers: [{ instance, price: 0.605, availability: 'unknown' }] }));
`;

interface Call {
  readonly DSTACK_SERVER_URL: string;
  readonly DSTACK_PROJECT: string;
  readonly DSTACK_TOKEN: string;
  readonly words: readonly string[];
}

describe('The GPU offers of a folder', () => {
  const settings = () => vscode.workspace.getConfiguration('dstackAzure');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  let place = '';
  let server: Server;

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'dstack-offers-'));
    const program = join(place, 'dstack');
    await writeFile(program, STAND_IN);
    await chmod(program, 0o755);
    server = createServer((_, response) => response.end('{"status":"running"}'));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(3000, '127.0.0.1', resolve);
    });
    await settings().update('dstackPath', program, vscode.ConfigurationTarget.Global);
    await useLocally('alpha');
  });

  after(async () => {
    await vscode.commands.executeCommand('dstackAzure.stopUsingInFolder');
    await settings().update('dstackPath', undefined, vscode.ConfigurationTarget.Global);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(place, { recursive: true });
  });

  it('are asked of the CLI with the project of the folder, and shown until they are closed', async () => {
    let isOpen = true;
    const shown = vscode.commands
      .executeCommand('dstackAzure.showGpuOffers')
      .then(() => (isOpen = false));
    const call = await called();
    const config = await readFile(join(folder, '.dstack', 'config.yml'), 'utf8');
    assert.equal(call.DSTACK_SERVER_URL, 'http://127.0.0.1:3000');
    assert.equal(call.DSTACK_PROJECT, 'alpha');
    assert.ok(call.DSTACK_TOKEN !== '' && config.includes(call.DSTACK_TOKEN));
    assert.match(call.words.join(' '), /^offer --backend azure --region westeurope /);
    assert.equal(isOpen, true);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await shown;
  });

  async function called(): Promise<Call> {
    for (let waited = 0; waited < 15_000; waited += 100) {
      const text = await readFile(join(place, 'call.json'), 'utf8').catch(() => '');
      if (text.endsWith('}')) return JSON.parse(text) as Call;
      await sleep(100);
    }
    throw new Error('The CLI was not called within 15 s.');
  }
});
