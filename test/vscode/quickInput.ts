import type { Locator, Page } from 'playwright-core';

/** Command palette, quick pick and input box: the same widget. */
export class QuickInput {
  readonly #page: Page;
  readonly widget: Locator;
  readonly input: Locator;
  readonly title: Locator;
  /** What the input box says about the value. */
  readonly message: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.widget = page.locator('.quick-input-widget');
    this.input = this.widget.locator('input.input');
    this.title = this.widget.locator('.quick-input-title');
    this.message = this.widget.locator('.quick-input-message');
  }

  /** A row by its whole label; description and keys may follow it. */
  row(label: string | RegExp): Locator {
    const name = typeof label === 'string' ? new RegExp(`^${escape(label)}(,|$)`) : label;
    return this.widget.getByRole('option', { name });
  }

  async pick(label: string | RegExp): Promise<void> {
    // Enter would take the first fuzzy hit, which need not be this one.
    await this.row(label).first().click();
  }

  async answer(text: string): Promise<void> {
    await this.input.fill(text);
    await this.input.press('Enter');
  }

  async back(): Promise<void> {
    await this.widget.getByRole('button', { name: 'Back' }).click();
  }

  /** Opens the palette with `text` in it. F1 is lost while the window is still starting: tried again. */
  async openPalette(text: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      await this.#page.keyboard.press('F1');
      try {
        await this.input.waitFor({ timeout: 2_000 });
        break;
      } catch (error) {
        if (attempt === 9) throw error;
      }
    }
    await this.input.fill(text);
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
