import type { Page } from 'playwright-core';

/** What VS Code itself prints in a browser without network, whatever extension runs in it. */
const noise: readonly RegExp[] = [
  /service.?worker/i,
  /ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED|ENOTFOUND|ERR_PROXY|ERR_TUNNEL/,
  /Timed out waiting for authentication provider 'github'/,
  /extension gallery|marketplace|open-vsx|Failed: Server returned 502/i,
  /Failed to load resource/,
  /An iframe which has both allow-scripts and allow-same-origin/,
  /Could not locate the bindings file|build\/Release\/watchdog/,
  /A bad HTTP response code \(404\) was received when fetching the script/,
  /Authentication provider microsoft was not declared/,
  // A reload of the window.
  /Long running operations during shutdown|IndexedDB database .* is closed/,
];

/** Collects what went wrong in the page while a person would have seen nothing of it. */
export class Problems {
  /** Errors printed in the console or thrown, without VS Code's own noise. */
  readonly errors: string[] = [];
  /** Violations of a webview's Content Security Policy. */
  readonly policyViolations: string[] = [];

  /** To be called before the page is opened. */
  constructor(page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#note(message.text(), message.location().url);
    });
    page.on('pageerror', (error) => this.#note(error.message, ''));
  }

  #note(text: string, place: string): void {
    const line = (text.replaceAll('%c', '').split('\n')[0] ?? '').trim().slice(0, 400);
    // By Chromium's own words: a listener for `securitypolicyviolation` set early is lost when VS Code
    // writes an extension's page into its frame.
    if (/Content Security Policy/i.test(line)) this.policyViolations.push(`${line} (${place})`);
    else if (!noise.some((pattern) => pattern.test(text))) this.errors.push(line);
  }
}
