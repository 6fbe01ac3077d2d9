import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from 'playwright-core';
import { findBrowser } from './browser.ts';
import { Driver } from './driver.ts';
import { Problems } from './problems.ts';
import { QuickInput } from './quickInput.ts';
import type { RunningVSCode } from './server.ts';
import { themes, type Theme } from './themes.ts';
import { trustExtensions } from './trustedExtensions.ts';
import { Webview } from './webview.ts';

const screenshots = path.resolve(import.meta.dirname, '..', 'e2e', 'screenshots');

export interface WorkbenchOptions {
  /** Default: a hidden browser. */
  readonly headless?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** From {@link Workbench.state} of a workbench on the same port: consents and extension state. */
  readonly state?: BrowserContextOptions['storageState'];
  /** Ids of extensions that may use Microsoft accounts without asking, e.g. in test mode. */
  readonly trusted?: readonly string[];
  /** Asked of the page before it is loaded, e.g. for functions that test mode calls. */
  readonly prepare?: (page: Page) => Promise<void>;
  /** Of the page, if it isn't the server's own. */
  readonly url?: string;
}

/** A person's view of VS Code: a page in a real browser, and how hands and eyes work in it. */
export class Workbench {
  readonly page: Page;
  readonly driver: Driver;
  readonly problems: Problems;
  readonly quickInput: QuickInput;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  #theme: Theme = 'light';

  private constructor(browser: Browser, page: Page, driver: Driver, problems: Problems) {
    this.#browser = browser;
    this.#context = page.context();
    this.page = page;
    this.driver = driver;
    this.problems = problems;
    this.quickInput = new QuickInput(page);
  }

  /** Opens VS Code in a new browser and waits until its window is drawn. */
  static async open(vscode: RunningVSCode, options: WorkbenchOptions = {}): Promise<Workbench> {
    const browser = await chromium.launch({
      executablePath: await findBrowser(console.error),
      headless: options.headless ?? true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-features=LocalNetworkAccessChecks'],
    });
    try {
      const context = await browser.newContext({
        viewport: options.viewport ?? { width: 1280, height: 800 },
        ...(options.state === undefined ? {} : { storageState: options.state }),
      });
      const page = await context.newPage();
      await keepSecrets(page);
      const problems = new Problems(page);
      if (options.trusted !== undefined) await trustExtensions(page, vscode.port, options.trusted);
      await options.prepare?.(page);
      const driver = new Driver(vscode.driverFile);
      await driver.forget();
      await page.goto(options.url ?? vscode.url);
      const workbench = new Workbench(browser, page, driver, problems);
      await workbench.drawn();
      return workbench;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Resolves when the window is drawn, at first or after a reload. */
  async drawn(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Consents and extension state, for another {@link open} on the same port. */
  async state(): Promise<NonNullable<BrowserContextOptions['storageState']>> {
    return this.#context.storageState({ indexedDB: true });
  }

  /** The window anew, as "Developer: Reload Window" does it. */
  async reload(): Promise<void> {
    await this.driver.forget();
    await this.page.reload();
    await this.drawn();
    await this.driver.ready();
  }

  /** By the palette, as a person does; `title` is the whole text of its row, category included. */
  async runCommand(title: string): Promise<void> {
    await this.findCommand(title);
    await this.quickInput.row(title).first().click();
  }

  /** Opens the palette with the command in it: one that was opened too early never learns of it. */
  async findCommand(title: string): Promise<void> {
    const row = this.quickInput.row(title).first();
    for (let attempt = 0; ; attempt++) {
      await this.quickInput.openPalette(`>${title}`);
      try {
        await row.waitFor({ timeout: 3_000 });
        return;
      } catch (error) {
        if (attempt === 9) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Opens a side bar container by its icon, unless it is open. */
  async openContainer(title: string | RegExp): Promise<void> {
    const tab = this.page.getByRole('tab', { name: title }).first();
    await tab.waitFor();
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  }

  /** Drags the border of the side bar, e.g. so that a tree's descriptions can be read. */
  async widenSideBar(byPixels: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('The side bar is closed.');
    const [edge, middle] = [box.x + box.width, box.y + box.height / 2];
    const { mouse } = this.page;
    await mouse.move(edge, middle);
    await mouse.down();
    await mouse.move(edge + byPixels, middle, { steps: 5 });
    await mouse.up();
    // Under the pointer the border is drawn in another colour.
    await mouse.move(edge + byPixels * 3, middle);
  }

  tree(view: string | RegExp): Locator {
    return this.page.getByRole('tree', { name: view });
  }

  /** By the start of its accessible name: VS Code appends words of its own to it. */
  treeItem(view: string | RegExp, name: string | RegExp): Locator {
    return this.tree(view).getByRole('treeitem', { name });
  }

  /** Chooses from an item's context menu. */
  async chooseFromMenu(item: Locator, entry: string | RegExp): Promise<void> {
    await item.click({ button: 'right' });
    const choice = this.page.getByRole('menuitem', { name: entry });
    await choice.waitFor();
    // A click in the first moments is swallowed and leaves the menu open: click until it is gone.
    for (let attempt = 0; attempt < 10 && (await choice.isVisible()); attempt++) {
      await this.page.waitForTimeout(150);
      await choice.click({ timeout: 1_000 }).catch(() => undefined);
    }
  }

  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /** A modal question. */
  dialog(text?: string | RegExp): Locator {
    const dialogs = this.page.locator('.monaco-dialog-box');
    return text === undefined ? dialogs : dialogs.filter({ hasText: text });
  }

  async answerDialog(button: string | RegExp, text?: string | RegExp): Promise<void> {
    const dialog = this.dialog(text).first();
    await dialog.getByRole('button', { name: button }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** The question whether an extension may use a Microsoft account. */
  async answerConsent(answer: 'Allow' | 'Cancel'): Promise<void> {
    await this.answerDialog(answer, /wants to sign in using/);
  }

  /** The webview that is shown. */
  webview(): Webview {
    return new Webview(this.page);
  }

  /** Through the settings, so that it holds over a reload; resolves when all is redrawn. */
  async setTheme(theme: Theme): Promise<void> {
    const { id, workbenchClass } = themes[theme];
    await this.driver.setSetting('workbench.colorTheme', id);
    await this.page.locator(`.monaco-workbench.${workbenchClass}`).waitFor();
    await Webview.allFollow(this.page, id);
    this.#theme = theme;
  }

  /** `test/e2e/screenshots/<name>.<theme>.png`, ignored by git; returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshots, { recursive: true });
    const file = path.join(screenshots, `${name}.${this.#theme}.png`);
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
    return file;
  }
}

/**
 * The server's half of the key with which VS Code keeps secrets in a browser: `code serve-web` gives
 * it, the bare server does not, and secrets would be lost at each reload.
 */
async function keepSecrets(page: Page): Promise<void> {
  const body = Buffer.alloc(32, 7);
  await page.route(/\/mint-key(\?|$)/, (route) => route.fulfill({ body }));
}
