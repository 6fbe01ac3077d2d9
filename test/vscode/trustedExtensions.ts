import type { Page } from 'playwright-core';

const attribute = /(id="vscode-workbench-web-configuration"\s+data-settings=")([^"]*)(")/;

/**
 * Lets the named extensions use Microsoft accounts without a question: for test mode, in which VS Code
 * refuses every modal. Its product configuration holds such a list; on the web it comes in the page.
 */
export async function trustExtensions(
  page: Page,
  port: number,
  extensionIds: readonly string[],
): Promise<void> {
  const microsoft = extensionIds.map((id) => id.toLowerCase());
  await page.route(
    (url) => url.port === String(port) && url.pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const html = await response.text();
      if (!attribute.test(html)) throw new Error("VS Code's page carries no configuration.");
      const body = html.replace(
        attribute,
        (_whole, before: string, text: string, after: string) => {
          const settings = JSON.parse(unescapeHtml(text)) as { productConfiguration?: object };
          const productConfiguration = {
            ...settings.productConfiguration,
            trustedExtensionAuthAccess: { microsoft },
          };
          return `${before}${escapeHtml(JSON.stringify({ ...settings, productConfiguration }))}${after}`;
        },
      );
      await route.fulfill({ response, body });
    },
  );
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
