import * as vscode from 'vscode';

/** Shows a Markdown text in a tab of its own. It is in no file until the person saves it. */
export async function openMarkdown(text: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: text });
  await vscode.window.showTextDocument(document, { preview: false });
}
