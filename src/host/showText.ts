import * as vscode from 'vscode';

/** Shows a Markdown text in a tab of its own. It is in no file until the person saves it. */
export async function openMarkdown(text: string): Promise<void> {
  await openText(text, 'markdown');
}

/** The same for a text in any of the editor's languages. */
export async function openText(text: string, language: 'markdown' | 'json'): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language, content: text });
  await vscode.window.showTextDocument(document, { preview: false });
}

/**
 * Asks where to save a text, beginning in the folder that is open.
 * @returns false if the person closed the question
 */
export async function saveText(text: string, fileName: string): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) }),
    filters: { Markdown: ['md'] },
  });
  if (uri === undefined) return false;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return true;
}
