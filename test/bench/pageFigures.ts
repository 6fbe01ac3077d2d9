import { chromium, type Browser, type Page } from 'playwright-core';
import type { WizardIntent } from '../../src/contract/wizardIntent.ts';
import type { WizardSession } from '../../src/setup/wizardSession.ts';
import { PageServer } from '../e2e/pageServer.ts';
import { crowdedForm } from './crowdedForm.ts';

/** How long a person waits for the page, one for each time, in ms. */
export interface PageFigures {
  /** From a key in the list of storage accounts to the frame that shows the host's answer. */
  readonly keyToPaintMs: readonly number[];
  /** From the navigation to the first frame that shows the form, on a browser that is warm. */
  readonly firstPaintMs: readonly number[];
}

const WARM_UPS = 2;
const LOADS = 10;
/** Each key and its taking back searches 5,000 accounts. */
const KEYS = ['l', 'o', 'b', '0', '1', '2', '3'].flatMap((key) => [key, 'Backspace', key]);

/**
 * In place of the host's stand-in: sends intents out of the page, and takes the time of the frame
 * after a state. As text: these files' types know no DOM.
 */
const INSTRUMENTS = `
  Object.defineProperty(window, 'intents', { set() {}, get: () => ({ push: (intent) => window.toHost(intent) }) });
  window.paints = [];
  window.addEventListener('keydown', (event) => { window.keyAt = event.timeStamp; }, true);
  window.addEventListener('message', ({ data }) => requestAnimationFrame(() => setTimeout(() =>
    window.paints.push({ at: performance.now(), search: data.form.storageAccount.search ?? '' }))));`;

/** Draws the page in a browser, with a session of the wizard in this process behind it. */
export async function pageFigures(executablePath: string): Promise<PageFigures> {
  const session = await crowdedForm();
  const server = await PageServer.start();
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    // Waiting for a condition evaluates it as text, which the page's policy forbids.
    const page = await browser.newPage({ bypassCSP: true });
    await connect(page, session);
    const firstPaintMs: number[] = [];
    for (let load = 0; load < WARM_UPS + LOADS; load += 1) {
      firstPaintMs.push(await firstPaint(page, server.address));
    }
    const keyToPaintMs: number[] = [];
    await page.locator('#storageAccount-input').click();
    await page.keyboard.press('Backspace');
    let typed = '';
    for (const key of KEYS) {
      typed = key === 'Backspace' ? typed.slice(0, -1) : typed + key;
      keyToPaintMs.push(await keyToPaint(page, key, typed));
    }
    return { keyToPaintMs, firstPaintMs: firstPaintMs.slice(WARM_UPS) };
  } finally {
    await browser?.close();
    server.stop();
    session.dispose();
  }
}

async function connect(page: Page, session: WizardSession): Promise<void> {
  const send = () => page.evaluate(`window.postMessage(${JSON.stringify(session.state)}, '*')`);
  await page.exposeFunction('toHost', async (intent: WizardIntent) => {
    if (intent.kind === 'ready') await send();
    else session.dispatch(intent);
  });
  session.onDidChange(() => void send());
  await page.addInitScript(INSTRUMENTS);
}

async function firstPaint(page: Page, address: string): Promise<number> {
  await page.goto(address);
  await page.waitForFunction('window.paints.length > 0');
  return page.evaluate<number>(
    `Math.max(window.paints[0].at, performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)`,
  );
}

async function keyToPaint(page: Page, key: string, typed: string): Promise<number> {
  await page.evaluate('void (window.paints.length = 0)');
  await page.keyboard.press(key);
  const painted = `window.paints.find(({ search }) => search === ${JSON.stringify(typed)})`;
  await page.waitForFunction(painted);
  return page.evaluate<number>(`${painted}.at - window.keyAt`);
}
