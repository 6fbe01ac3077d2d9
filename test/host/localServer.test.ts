import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

const SERVER = 'http://127.0.0.1:3000';

/** A program in dstack's place: says its version, serves what the extension asks a server. */
const STAND_IN = `#!${process.execPath}
if (process.argv.includes('--version')) { console.log('0.21.5'); process.exit(); }
const answers = {
  '/healthcheck': { status: 'running' },
  '/api/server/get_info': { server_version: '0.21.5' },
  '/api/users/get_my_user': { username: 'admin', global_role: 'admin' },
  '/api/backends/list_types': ['azure'],
};
require('node:fs').writeFileSync(__dirname + '/seen.json', JSON.stringify(process.env));
console.log('The stand-in serves');
require('node:http').createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answers[request.url] ?? null));
}).listen(3000, '127.0.0.1');
`;

describe('The local dstack server', () => {
  const settings = () => vscode.workspace.getConfiguration('dstackAzure');
  let place = '';

  before(async () => {
    assert.equal(await isUp(), false, 'something listens on port 3000: stop it for this test');
    place = await mkdtemp(join(tmpdir(), 'dstack-stand-in-'));
    const program = join(place, 'dstack');
    await writeFile(program, STAND_IN);
    await chmod(program, 0o755);
    await settings().update('dstackPath', program, vscode.ConfigurationTarget.Global);
  });

  after(async () => {
    await vscode.commands.executeCommand('dstackAzure.stopLocalServer');
    await settings().update('dstackPath', undefined, vscode.ConfigurationTarget.Global);
    await rm(place, { recursive: true });
  });

  it('is started by its command, with a directory in the storage of the extension', async () => {
    await vscode.commands.executeCommand('dstackAzure.startLocalServer');
    assert.equal(await isUp(), true);
    const environment = JSON.parse(await readFile(join(place, 'seen.json'), 'utf8')) as Record<
      string,
      string
    >;
    assert.match(environment['DSTACK_SERVER_DIR'] ?? '', /globalStorage.dstack-azure.*.server$/);
    assert.equal(environment['DSTACK_SERVER_URL'], SERVER);
    assert.ok((environment['DSTACK_SERVER_ADMIN_TOKEN'] ?? '').length > 20);
    assert.equal(environment['DSTACK_TOKEN'], undefined);
  });

  it('stays the same one when it is started again', async () => {
    await vscode.commands.executeCommand('dstackAzure.startLocalServer');
    assert.equal(await isUp(), true);
  });

  it('is stopped by its command', async () => {
    await vscode.commands.executeCommand('dstackAzure.stopLocalServer');
    assert.equal(await isUp(), false);
  });

  it('is kept where the setting says so: it writes its log to a file, and is stopped by its command', async () => {
    await settings().update('keepLocalServer', true, vscode.ConfigurationTarget.Global);
    try {
      await vscode.commands.executeCommand('dstackAzure.startLocalServer');
      assert.equal(await isUp(), true);
      const seen = JSON.parse(await readFile(join(place, 'seen.json'), 'utf8')) as Record<
        string,
        string
      >;
      const storage = dirname(seen['DSTACK_SERVER_DIR'] ?? '');
      assert.equal(seen['DSTACK_SERVER_LOG_LEVEL'], 'WARNING');
      assert.match(await readFile(join(storage, 'server.log'), 'utf8'), /The stand-in serves/);
      const record = join(storage, 'server.json');
      assert.match(await readFile(record, 'utf8'), /"url":"http:\/\/127\.0\.0\.1:3000"/);
      await vscode.commands.executeCommand('dstackAzure.stopLocalServer');
      assert.equal(await isUp(), false);
      await assert.rejects(readFile(record));
    } finally {
      await settings().update('keepLocalServer', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('is a task too, which runs as long as the server', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'dstackAzure' });
    assert.deepEqual(
      tasks.map(({ source, name }) => `${source}: ${name}`),
      ['dstack: local server'],
    );
    const [task] = tasks;
    assert.ok(task);
    const execution = await vscode.tasks.executeTask(task);
    await until(isUp);
    execution.terminate();
    await until(async () => !(await isUp()));
  });
});

async function isUp(): Promise<boolean> {
  const response = await fetch(`${SERVER}/healthcheck`).catch(() => undefined);
  return response?.ok === true;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 100) {
    if (await isSo()) return;
    await sleep(100);
  }
  assert.fail('It did not come to be within 15 s.');
}
