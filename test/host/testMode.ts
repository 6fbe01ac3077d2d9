import { format } from 'node:util';
import type { Page } from 'playwright-core';
import { textOfTestLine } from './results.ts';
import { productId } from '../vscode/product.ts';
import type { RunningVSCode } from '../vscode/server.ts';
import { Workbench } from '../vscode/workbench.ts';

const patienceMs = 10 * 60_000;

export interface TestModeRun {
  /** Path of the module whose `run()` VS Code calls. */
  readonly tests: string;
  /** One extension that VS Code treats as under development: without one there is no test mode. */
  readonly developed: string;
  /** What Mocha reports. */
  readonly print: (line: string) => void;
}

/**
 * Runs tests in the extension host of a VS Code that was started with `testMode`, in a hidden
 * browser. Resolves to the exit code. The product may use accounts without a question: VS Code
 * refuses every modal in this mode.
 */
export async function runInTestMode(vscode: RunningVSCode, run: TestModeRun): Promise<number> {
  const { promise: ended, resolve: end, reject: fail } = withResolvers<number>();
  const workbench = await Workbench.open(vscode, {
    url: testModeUrl(vscode, run),
    trusted: [productId],
    prepare: (page) => listen(page, run.print, end),
  });
  const timer = setTimeout(() => fail(new Error('VS Code did not end the tests.')), patienceMs);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
    await workbench.close();
  }
}

function testModeUrl(vscode: RunningVSCode, { tests, developed }: TestModeRun): string {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${vscode.port}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(developed)],
    ['extensionTestsPath', remote(tests)],
  ];
  return `${vscode.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** The two functions through which a browser's VS Code speaks to whoever tests it. */
async function listen(
  page: Page,
  print: (line: string) => void,
  end: (code: number) => void,
): Promise<void> {
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    const text = textOfTestLine(format(...args));
    if (text !== undefined) print(text);
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => end(code));
}

/** As Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
