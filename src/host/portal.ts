import * as vscode from 'vscode';

/** The public cloud's portal, the only cloud that projects are made in. */
const PORTAL = 'https://portal.azure.com/';

/**
 * Opens a page of the Azure portal.
 * @param path relative to the portal, e.g. `#@<tenant>/resource<id>`
 */
export async function openInPortal(path: string): Promise<void> {
  // As a string, which VS Code takes although its types do not say so: a `Uri` would be written with
  // %2F for every slash of the fragment (microsoft/vscode#85930), and the portal would not find it.
  await vscode.env.openExternal(`${PORTAL}${path}` as unknown as vscode.Uri);
}
