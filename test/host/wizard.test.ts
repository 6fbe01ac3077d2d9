import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

describe('The wizard page', () => {
  after(async () => {
    await vscode.window.tabGroups.close(pages());
  });

  it('opens in a tab of its own', async () => {
    await vscode.commands.executeCommand('dstackAzure.createProject');
    await until(() => pages().length === 1);
    assert.equal(pages()[0]?.label, 'Create Azure Project');
  });

  it('is there once, however often it is asked for', async () => {
    await vscode.commands.executeCommand('dstackAzure.createProject');
    await vscode.commands.executeCommand('dstackAzure.createProject');
    await sleep(300);
    assert.equal(pages().length, 1);
  });

  it('comes back after it was closed', async () => {
    await vscode.window.tabGroups.close(pages());
    await until(() => pages().length === 0);
    await vscode.commands.executeCommand('dstackAzure.createProject');
    await until(() => pages().length === 1);
  });
});

function pages(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('dstackAzure.wizard'),
    );
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 50) {
    assert.ok(waited < 10_000, 'not within 10 s');
    await sleep(50);
  }
}
