import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const scopes = ['https://management.core.windows.net/.default'];

describe('Signing in inside a real VS Code', () => {
  it('is refused by VS Code in tests to an extension that nobody trusts', async () => {
    // The tests themselves run as the companion "driver", which is on no list of trusted extensions.
    await assert.rejects(async () => {
      await vscode.authentication.getSession('microsoft', scopes, { createIfNone: true });
    }, /refused to show dialog in tests/);
  });

  it('knows the person who is signed in, without a question', async () => {
    const accounts = await vscode.authentication.getAccounts('microsoft');
    assert.deepEqual(
      accounts.map(({ label }) => label),
      ['dev@contoso.example'],
    );
  });
});
