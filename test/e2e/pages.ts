import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { findBrowser } from '../vscode/browser.ts';
import { PageServer } from './pageServer.ts';

/** Our pages in a Chromium, without VS Code: for what needs many of them, or none of VS Code. */
export class Pages {
  /** Where the wizard is; deleting is at `delete` below it. */
  readonly address: string;
  readonly #server: PageServer;
  readonly #browser: Browser;

  private constructor(server: PageServer, browser: Browser) {
    this.address = server.address;
    this.#server = server;
    this.#browser = browser;
  }

  /** @param strings the pages' texts, English to translated */
  static async open(strings?: Readonly<Record<string, string>>): Promise<Pages> {
    const server = await PageServer.start(strings);
    const browser = await chromium.launch({
      executablePath: await findBrowser(console.error),
      args: ['--no-sandbox', '--disable-gpu'],
    });
    return new Pages(server, browser);
  }

  newPage(options?: BrowserContextOptions): Promise<Page> {
    return this.#browser.newPage(options);
  }

  newContext(options?: BrowserContextOptions): Promise<BrowserContext> {
    return this.#browser.newContext(options);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.stop();
  }
}
