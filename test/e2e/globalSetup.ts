import { findBrowser } from '../vscode/browser.ts';
import { installVSCodeServer } from '../vscode/install.ts';
import { packedProduct } from '../vscode/product.ts';

/** Once before all scenarios: what they run on, and the extension packed as a user gets it. */
export default async function setup(): Promise<void> {
  await installVSCodeServer(console.error);
  process.env['DSTACK_AZURE_BROWSER'] = await findBrowser(console.error);
  process.env['DSTACK_TEST_VSIX'] = await packedProduct();
}
