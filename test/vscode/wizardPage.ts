import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { Webview } from './webview.ts';

/** The wizard page by what a person reads on it: labels, buttons, headings. */
export class WizardPage {
  readonly #webview: Webview;

  constructor(webview: Webview) {
    this.#webview = webview;
  }

  field(label: string | RegExp): Locator {
    return this.#webview.content.getByRole('textbox', named(label));
  }

  list(label: string | RegExp): Locator {
    return this.#webview.content.getByRole('combobox', named(label));
  }

  /** Of the list that is open. */
  option(label: string | RegExp): Locator {
    return this.#webview.content.getByRole('option', { name: label }).first();
  }

  button(label: string | RegExp): Locator {
    return this.#webview.content.getByRole('button', named(label));
  }

  async choose(label: string | RegExp, option: string | RegExp): Promise<void> {
    await this.list(label).click();
    // What is disabled can be pressed too: it says why. A forced click is not tried again by itself
    // where the page draws the row anew under it.
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.option(option).click({ force: true });
        return;
      } catch (error) {
        if (attempt === 5 || !/not visible/.test(String(error))) throw error;
      }
    }
  }

  /** Waits until a list has this choice, whether it is drawn as text or as an input's value. */
  async chosen(label: string | RegExp, choice: string, timeoutMs = 30_000): Promise<void> {
    const list = this.list(label);
    await list.waitFor({ timeout: timeoutMs });
    const patience = Date.now() + timeoutMs;
    for (;;) {
      const seen = await list.evaluate(
        (node: { value?: string; textContent: string }) =>
          `${node.value ?? ''} ${node.textContent}`,
      );
      if (seen.includes(choice)) return;
      if (Date.now() > patience) throw new Error(`${String(label)} has ${seen}, not ${choice}.`);
      await delay(50);
    }
  }

  /** Waits until a step of the run, found by its words, is in this state. */
  async step(
    words: string | RegExp,
    status: 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'handedOff',
    timeoutMs = 60_000,
  ): Promise<void> {
    const row = this.#webview.content.locator(`li[data-status="${status}"]`);
    await row.filter({ hasText: words }).first().waitFor({ timeout: timeoutMs });
  }

  async press(label: string | RegExp): Promise<void> {
    await this.button(label).click();
  }

  text(text: string | RegExp): Locator {
    return this.#webview.content.getByText(text).first();
  }

  /** Waits until the page shows this text. */
  async shows(text: string | RegExp, timeoutMs = 60_000): Promise<void> {
    await this.text(text).waitFor({ timeout: timeoutMs });
  }

  /** Waits for the last screen with nothing on its way any more: no call of the run is still to come. */
  async finished(timeoutMs = 60_000): Promise<void> {
    await this.shows(/is ready/i, timeoutMs);
    await this.text('Still on its way').waitFor({ state: 'hidden', timeout: timeoutMs });
  }
}

/** A string is the whole name: "Account" is not "Storage account". */
function named(name: string | RegExp): { name: string | RegExp; exact: boolean } {
  return { name, exact: true };
}
