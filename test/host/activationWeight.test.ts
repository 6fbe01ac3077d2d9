import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';

/** What every Azure SDK client carries: the start of its user agent. */
const AZURE_SDK = 'azsdk-js';

describe('The weight of the extension', () => {
  it('holds no Azure SDK in memory after activation', async () => {
    const extension = vscode.extensions.getExtension<unknown>('dstack-azure.dstack-azure');
    assert.ok(extension, 'the extension is not installed');
    await extension.activate();
    const loaded = loadedScripts().filter((file) => file.startsWith(extension.extensionPath));
    assert.ok(loaded.includes(join(extension.extensionPath, 'dist', 'extension.js')));
    const withAzure = await filesWith(AZURE_SDK, loaded);
    assert.deepEqual(withAzure, []);
  });

  it('carries the Azure SDKs in a chunk that loads later', async () => {
    const extension = vscode.extensions.getExtension<unknown>('dstack-azure.dstack-azure');
    assert.ok(extension, 'the extension is not installed');
    const chunks = join(extension.extensionPath, 'dist', 'chunks');
    const files = (await readdir(chunks)).map((name) => join(chunks, name));
    assert.notDeepEqual(await filesWith(AZURE_SDK, files), []);
  });
});

/** Every script that this process has loaded, as the debugger's protocol lists them. */
function loadedScripts(): readonly string[] {
  const session = new Session();
  const files: string[] = [];
  session.connect();
  try {
    session.on('Debugger.scriptParsed', ({ params: { url } }) => {
      if (url.startsWith('file://')) files.push(fileURLToPath(url));
    });
    session.post('Debugger.enable');
  } finally {
    session.disconnect();
  }
  return files;
}

async function filesWith(text: string, files: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    files.map(async (file) => ((await readFile(file, 'utf8')).includes(text) ? [file] : [])),
  );
  return found.flat();
}
