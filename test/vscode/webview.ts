import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';

const inner = 'iframe#active-frame';

/** Hidden tabs keep their webviews in the page. */
function shown(page: Page): Locator {
  return page.locator('iframe.webview.ready').filter({ visible: true });
}

/** A page that an extension draws: two iframes deep. */
export class Webview {
  /** What a person sees of it. */
  readonly content: FrameLocator;

  constructor(page: Page) {
    this.content = shown(page).contentFrame().locator(inner).contentFrame();
  }

  /** Themes reach a webview a moment after the workbench: resolves when all visible ones have it. */
  static async allFollow(workbench: Page, themeId: string): Promise<void> {
    for (const outer of await shown(workbench).all()) {
      const page = outer.contentFrame().locator(inner).contentFrame();
      await page.locator(`body[data-vscode-theme-id=${JSON.stringify(themeId)}]`).waitFor();
    }
  }

  body(): Locator {
    return this.content.locator('body');
  }

  /** For scripts; goes stale when the webview is drawn anew. */
  async frame(): Promise<Frame> {
    const body = await this.body().elementHandle();
    const frame = await body.ownerFrame();
    if (frame === null) throw new Error('No webview is shown.');
    return frame;
  }

  /**
   * Violations that axe-core finds in the page, each as one line: rule, impact, what, where. The page
   * must have a background of its own: on a transparent one axe misjudges dark themes' contrast.
   */
  async accessibilityViolations(): Promise<string[]> {
    const frame = await this.frame();
    // Not by a script tag, which the page's policy refuses.
    await frame.evaluate(await axeSource());
    const results = await frame.evaluate<AxeResults>('axe.run(document)');
    return results.violations.map((violation) => {
      const where = violation.nodes.map((node) => node.target.join(' ')).join(', ');
      return `${violation.id} (${violation.impact ?? 'unknown'}): ${violation.help}: ${where}`;
    });
  }
}

let source: Promise<string> | undefined;

function axeSource(): Promise<string> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return source;
}
