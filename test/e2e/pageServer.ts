import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { wizardHtml } from '../../src/host/wizardHtml.ts';

const NONCE = 'preview';
const root = path.resolve(import.meta.dirname, '../..');

/** Our pages under the host's own policy, without VS Code: the wizard at `/`, deleting at `/delete`. */
export class PageServer {
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port.toString()}/`;
  }

  /** @param strings the pages' texts, English to translated */
  static async start(strings: Readonly<Record<string, string>> = {}): Promise<PageServer> {
    const server = createServer();
    await serve(server, await bundle(), strings);
    return new PageServer(server);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Hands the page a state as the host would. */
export async function showState(page: Page, state: object): Promise<void> {
  // As text: these files' types know no DOM.
  await page.evaluate(`window.postMessage(${JSON.stringify(state)}, '*')`);
  // A message and then a frame: what is drawn is there.
  await page.evaluate('new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn)))');
}

/** What the page has told its host so far. */
export function intentsOf(page: Page): Promise<readonly unknown[]> {
  return page.evaluate<readonly unknown[]>('window.intents');
}

/** From now on, keeps what the page says to a screen reader. */
export async function listen(page: Page): Promise<void> {
  // As text: these files' types know no DOM.
  await page.evaluate(`{
    window.said = [];
    const live = document.querySelector('[role=status]');
    new MutationObserver(() => window.said.push(live.textContent))
      .observe(live, { childList: true, characterData: true, subtree: true });
  }`);
}

/** What the page has said since it was asked last, in order. */
export function saidOn(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>('window.said.splice(0)');
}

/** The page as it ships, from the sources as they are now. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: path.join(root, 'webview/main.ts'), out: 'page' },
      { in: path.join(root, 'webview/undo/main.ts'), out: 'undo' },
      { in: path.join(root, 'webview/page.css'), out: 'page' },
    ],
    outdir: 'x',
    bundle: true,
    write: false,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
  });
  return new Map(outputFiles.map(({ path: name, text }) => [path.basename(name), text]));
}

/** The host's own shell and policy; only VS Code's function is a stand-in. */
async function serve(
  server: Server,
  assets: ReadonlyMap<string, string>,
  strings: Readonly<Record<string, string>>,
): Promise<void> {
  const html = (script: string, title: string): string =>
    wizardHtml({
      ...{ nonce: NONCE, script: assets.get(script) ?? '', style: assets.get('page.css') ?? '' },
      ...{ language: 'en', title, strings },
    });
  const pages = new Map([
    ['/', html('page.js', 'Create Azure Project')],
    ['/delete', html('undo.js', 'Delete dstack Project')],
  ]);
  const stand = `<script nonce="${NONCE}">window.intents = []; window.acquireVsCodeApi = () => ({ postMessage: (intent) => window.intents.push(intent), setState() {} });</script>`;
  server.on('request', ({ url = '/' }, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const page = pages.get(url)?.replace('</head>', () => `${stand}</head>`);
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}
