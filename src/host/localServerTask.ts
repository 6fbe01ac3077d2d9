import * as vscode from 'vscode';
import { asSetupError, isCancellation } from '../setup/errors.ts';
import { redact } from '../setup/redact.ts';
import { restriction } from './cloud.ts';
import { usableDstack, type LocalServerCommandParts } from './localServerCommands.ts';

export const TASK_TYPE = 'dstackAzure';
const TASK = 'localServer';

/** The task "dstack: local server": the server, with its output in a terminal. */
export function provideLocalServerTask(parts: LocalServerCommandParts): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: () => [taskOf({ type: TASK_TYPE, task: TASK }, parts)],
    resolveTask: ({ definition }) =>
      definition['task'] === TASK ? taskOf(definition, parts) : undefined,
  });
}

function taskOf(definition: vscode.TaskDefinition, parts: LocalServerCommandParts): vscode.Task {
  const task = new vscode.Task(
    definition,
    vscode.TaskScope.Workspace,
    vscode.l10n.t('local server'),
    'dstack',
    new vscode.CustomExecution(() => Promise.resolve(new ServerTerminal(parts))),
  );
  task.isBackground = true;
  task.detail = vscode.l10n.t('Runs the dstack server of this machine until the task is ended');
  return task;
}

/** Runs the server as long as the terminal is open. */
class ServerTerminal implements vscode.Pseudoterminal {
  readonly #parts: LocalServerCommandParts;
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number>();
  readonly #abort = new AbortController();
  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;
  #listening: vscode.Disposable | undefined;
  #isStarter = false;

  constructor(parts: LocalServerCommandParts) {
    this.#parts = parts;
  }

  open(): void {
    const { server } = this.#parts;
    this.#listening = vscode.Disposable.from(
      server.onDidPrint((line) => this.#print(line)),
      server.onDidChange(() => {
        if (this.#isStarter && server.known === 'stopped') this.#end(0);
      }),
    );
    void this.#start();
  }

  close(): void {
    this.#abort.abort();
    this.#listening?.dispose();
    if (this.#isStarter) void this.#parts.server.stop();
    this.#isStarter = false;
  }

  async #start(): Promise<void> {
    try {
      const restricted = restriction();
      if (restricted !== undefined) throw restricted;
      const { server } = this.#parts;
      if (['starting', 'running'].includes(await server.state())) {
        this.#runsAlready();
        return;
      }
      const command = await usableDstack(this.#parts);
      if (command === undefined) {
        this.#print(vscode.l10n.t('No dstack server can be started here.'));
        this.#end(1);
        return;
      }
      // A task ends with its terminal, whatever the setting says of servers that no task runs.
      this.#isStarter = await server.start(command, this.#abort.signal, false);
      if (!this.#isStarter) this.#runsAlready();
    } catch (error) {
      this.#fail(error);
    }
  }

  #runsAlready(): void {
    this.#print(vscode.l10n.t('A local dstack server runs already.'));
    this.#end(0);
  }

  #fail(error: unknown): void {
    if (!isCancellation(error)) {
      const { message, remedy } = asSetupError(error);
      this.#print(redact(`${message} ${remedy}`));
    }
    this.#end(1);
  }

  #print(line: string): void {
    this.#write.fire(`${line}\r\n`);
  }

  #end(code: number): void {
    this.#isStarter = false;
    this.#listening?.dispose();
    this.#close.fire(code);
  }
}
