import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { DriverAnswer } from '../companion/driver/extension.ts';

const patienceMs = 30_000;

/** An error that the driven code threw inside the extension host. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
}

/**
 * Runs code inside the extension host through the companion `driver`. After a reload of the window the
 * host is another process, which the driver file then names: it is read again for each call.
 */
export class Driver {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** `code` is the body of an async function of (vscode, require, input); resolves to its JSON result. */
  async run(code: string, input?: unknown): Promise<unknown> {
    const answer = await this.#post(JSON.stringify({ code, input }));
    if ('error' in answer) throw new DriverError(answer.error);
    return answer.value;
  }

  /** Waits for the command's result: don't await it when the command shows a dialog. */
  async executeCommand(command: string, ...args: unknown[]): Promise<unknown> {
    return this.run('return vscode.commands.executeCommand(...input)', [command, ...args]);
  }

  /** A user setting, effective at once. */
  async setSetting(name: string, value: unknown): Promise<void> {
    const target = 'vscode.ConfigurationTarget.Global';
    await this.run(
      `await vscode.workspace.getConfiguration().update(input.name, input.value, ${target})`,
      { name, value },
    );
  }

  /** To be called before a page is (re)loaded: what runs now belongs to the page before. */
  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  /** Resolves when a host answers, whatever time VS Code needs to start it. */
  async ready(): Promise<void> {
    await this.run('return true');
  }

  async #post(body: string): Promise<DriverAnswer> {
    const patience = Date.now() + patienceMs;
    let last: unknown;
    while (Date.now() < patience) {
      try {
        const { port, token } = JSON.parse(await readFile(this.#file, 'utf8')) as {
          port: number;
          token: string;
        };
        return await send(port, token, body);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        last = error;
        await delay(50);
      }
    }
    throw new Error('The driver in the extension host does not answer.', { cause: last });
  }
}

async function send(port: number, token: string, body: string): Promise<DriverAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    // No kept connection: the host at its other end may be gone at the next call.
    headers: { authorization: `Bearer ${token}`, connection: 'close' },
    body,
  });
  if (!response.ok) throw new Error(`The driver answered HTTP ${response.status}.`);
  return (await response.json()) as DriverAnswer;
}

/** Not listening (yet): nothing of the code has run, so that another try can't run it twice. */
function isUnreachable(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown }).code;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}
