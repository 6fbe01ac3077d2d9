import * as vscode from 'vscode';
import { cancellation } from '../setup/errors.ts';
import { restriction } from './cloud.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';
import type { Secrets } from './secrets.ts';

/** A `dstack` of this machine. */
export interface FoundDstack {
  readonly path: string;
  readonly version: string | undefined;
  /** Whether it can be a server for Azure; only starting it tells where this is unknown. */
  readonly server: 'yes' | 'no' | 'unknown';
}

export interface LocalServerStart {
  readonly command: FoundDstack;
  readonly url: string;
  readonly directory: string;
  readonly token: string;
  readonly credentials?: AppSignIn | undefined;
  /** What the server prints, line by line, without secrets. */
  readonly onLine: (line: string) => void;
}

/** What the server signs in to Azure with, where it does not use what the machine has. */
export interface AppSignIn {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A server that answers: ours, or one of another window that takes our token. */
export type RunningServer =
  | { readonly startedHere: false }
  | {
      readonly startedHere: true;
      readonly ended: Promise<void>;
      readonly stop: () => Promise<void>;
      readonly terminate: () => void;
    };

/** dstack's programs; made of `src/local` and `src/dstack`, which `host` does not know. */
export interface LocalServerPrograms {
  find(where: {
    readonly configured: string | undefined;
    readonly python: string | undefined;
  }): Promise<FoundDstack | undefined>;
  /** The CLI that terminals find, if it is too old to read server and token from them. */
  oldCli(): Promise<{ readonly path: string; readonly version: string } | undefined>;
  /** The one command that installs dstack here, or brings it up to date. */
  installCommand(): Promise<string>;
  /** Whether a dstack server answers at the URL. */
  isUp(url: string): Promise<boolean>;
  start(request: LocalServerStart, signal: AbortSignal): Promise<RunningServer>;
}

export interface LocalServerParts {
  readonly programs: () => Promise<LocalServerPrograms>;
  readonly secrets: Pick<Secrets, 'tokenOrNew'>;
  readonly directory: string;
  readonly newToken: () => string;
  /** The app that projects of this server sign in with; undefined: what this machine has. */
  readonly credentials: () => Promise<AppSignIn | undefined>;
  /** The Python that is selected in VS Code. */
  readonly python: () => string | undefined;
}

/** `elsewhere`: a dstack server answers on our port that this window did not start. */
export type LocalServerState = 'stopped' | 'starting' | 'running' | 'elsewhere';

/** The dstack server of this machine, as far as this window starts and stops it. */
export class LocalServer implements vscode.Disposable {
  readonly #parts: LocalServerParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #printed = new vscode.EventEmitter<string>();
  readonly #endedByItself = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  /** What it prints, line by line. */
  readonly onDidPrint = this.#printed.event;
  /** It has ended, and nobody here had asked for that. */
  readonly onDidEndByItself = this.#endedByItself.event;
  #channel: vscode.OutputChannel | undefined;
  #starting: { readonly done: Promise<boolean>; readonly abort: AbortController } | undefined;
  #running: Extract<RunningServer, { startedHere: true }> | undefined;

  constructor(parts: LocalServerParts) {
    this.#parts = parts;
  }

  /** What this window knows without asking. */
  get known(): 'stopped' | 'starting' | 'running' {
    if (this.#starting !== undefined) return 'starting';
    return this.#running === undefined ? 'stopped' : 'running';
  }

  /** What is true now: also sees a server that another window or a terminal started. */
  async state(): Promise<LocalServerState> {
    if (this.known !== 'stopped') return this.known;
    return (await (await this.#parts.programs()).isUp(LOCAL_SERVER_URL)) ? 'elsewhere' : 'stopped';
  }

  /**
   * The `dstack` that would be started; undefined where there is none.
   * @throws SetupError `dstack_path_wrong`
   */
  async find(): Promise<FoundDstack | undefined> {
    const settings = vscode.workspace.getConfiguration('dstackAzure');
    const configured = settings.get<string>('dstackPath');
    return (await this.#parts.programs()).find({ configured, python: this.#parts.python() });
  }

  /**
   * Starts the server, or waits for the start that is under way.
   * @returns false if another window's server runs already
   * @throws SetupError; an AbortError if `stop` or the signal came first
   */
  async start(command: FoundDstack, signal: AbortSignal): Promise<boolean> {
    const restricted = restriction();
    if (restricted !== undefined) throw restricted;
    if (this.#running !== undefined) return true;
    if (this.#starting === undefined) {
      const abort = new AbortController();
      const done = this.#start(command, AbortSignal.any([abort.signal, signal]));
      this.#starting = { done, abort };
      this.#changes();
    }
    return this.#starting.done;
  }

  /** Stops the server that this window started, or its start. */
  async stop(): Promise<void> {
    const starting = this.#starting;
    starting?.abort.abort();
    await starting?.done.catch(() => undefined);
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
    this.#changes();
  }

  showLog(): void {
    this.#log().show(true);
  }

  /** With the window. The server ends by itself once it is told to. */
  dispose(): void {
    this.#starting?.abort.abort();
    const running = this.#running;
    this.#running = undefined;
    running?.terminate();
    this.#channel?.dispose();
    for (const emitter of [this.#changed, this.#printed, this.#endedByItself]) emitter.dispose();
  }

  async #start(command: FoundDstack, signal: AbortSignal): Promise<boolean> {
    try {
      const { programs, secrets, directory, newToken, credentials } = this.#parts;
      const at = { serverUrl: LOCAL_SERVER_URL, projectName: 'main' };
      const request: LocalServerStart = {
        ...{ command, url: LOCAL_SERVER_URL, directory },
        token: await secrets.tokenOrNew(at, newToken),
        credentials: await credentials(),
        onLine: (line) => this.#print(line),
      };
      const server = await (await programs()).start(request, signal);
      if (!server.startedHere) return false;
      if (signal.aborted) {
        await server.stop();
        throw cancellation();
      }
      this.#running = server;
      void server.ended.then(() => this.#ended(server));
      return true;
    } finally {
      this.#starting = undefined;
      this.#changes();
    }
  }

  #ended(server: RunningServer): void {
    if (this.#running !== server) return;
    this.#running = undefined;
    this.#changes();
    this.#endedByItself.fire();
  }

  #changes(): void {
    void vscode.commands.executeCommand('setContext', 'dstackAzure.localServer', this.known);
    this.#changed.fire();
  }

  #print(line: string): void {
    this.#log().appendLine(line);
    this.#printed.fire(line);
  }

  #log(): vscode.OutputChannel {
    this.#channel ??= vscode.window.createOutputChannel('dstack Server');
    return this.#channel;
  }
}
