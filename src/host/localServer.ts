import { access } from 'node:fs/promises';
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

export interface LocalServerStart extends KeptServerSearch {
  readonly command: FoundDstack;
  readonly directory: string;
  /** Whether it goes on when the window closes. */
  readonly keep: boolean;
}

/** How a server that an earlier window left running is found, and followed. */
export interface KeptServerSearch {
  readonly url: string;
  readonly token: string;
  readonly credentials?: AppSignIn | undefined;
  readonly kept: KeptServerFiles;
  /** What the server prints, line by line, without secrets. */
  readonly onLine: (line: string) => void;
}

/** The traces of a server that goes on when the window closes. */
export interface KeptServerFiles {
  readonly record: string;
  readonly log: string;
}

/** What the server signs in to Azure with, where it does not use what the machine has. */
export interface AppSignIn {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A server of ours: it can be stopped from here. */
export interface OwnServer {
  readonly isOurs: true;
  /** It goes on when the window closes; an earlier window may have started it. */
  readonly isKept: boolean;
  /** Settles when it has ended: whether another window had asked it to. */
  readonly ended: Promise<boolean>;
  readonly stop: () => Promise<void>;
  /** For a window that closes: the server ends too, unless it is kept. */
  readonly release: () => void;
}

/** A server that answers: ours, or one that another window runs and that takes our token. */
export type RunningServer = { readonly isOurs: false } | OwnServer;

/** dstack's programs; made of `src/local` and `src/dstack`, which `host` does not know. */
export interface LocalServerPrograms {
  find(where: {
    readonly configured: string | undefined;
    readonly python: string | undefined;
  }): Promise<FoundDstack | undefined>;
  /** The CLI that terminals find; finding it starts nothing. */
  cliPath(): Promise<string | undefined>;
  /** The version of that CLI if it is too old to read server and token from terminals; starts it. */
  oldVersionAt(path: string): Promise<string | undefined>;
  /** The one command that installs dstack here, or brings it up to date. */
  installCommand(): Promise<string>;
  /** Whether a dstack server answers at the URL. */
  isUp(url: string): Promise<boolean>;
  start(request: LocalServerStart, signal: AbortSignal): Promise<RunningServer>;
  /**
   * The server that an earlier window left running.
   * @returns `isProven`: it answers, takes our token, and was to go on; without that it can only be
   * stopped
   */
  findKept(
    search: KeptServerSearch,
    signal: AbortSignal,
  ): Promise<{ readonly server: OwnServer; readonly isProven: boolean } | undefined>;
}

export interface LocalServerParts {
  readonly programs: () => Promise<LocalServerPrograms>;
  readonly secrets: Pick<Secrets, 'token' | 'tokenOrNew'>;
  readonly directory: string;
  readonly kept: KeptServerFiles;
  readonly newToken: () => string;
  /** The app that projects of this server sign in with; undefined: what this machine has. */
  readonly credentials: () => Promise<AppSignIn | undefined>;
  /** The Python that is selected in VS Code. */
  readonly python: () => string | undefined;
}

/** Our one user of the local server: every project of this machine's server shares the token. */
const AT = { serverUrl: LOCAL_SERVER_URL, projectName: 'main' };

/** `elsewhere`: a dstack server answers on our port that this window can't stop. */
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
  #running: OwnServer | undefined;

  constructor(parts: LocalServerParts) {
    this.#parts = parts;
  }

  /** What this window knows without asking. */
  get known(): 'stopped' | 'starting' | 'running' {
    if (this.#starting !== undefined) return 'starting';
    return this.#running === undefined ? 'stopped' : 'running';
  }

  /** Whether the server that runs goes on when this window closes. */
  get isKept(): boolean {
    return this.#running?.isKept === true;
  }

  /** What is true now: also sees a server that another window or a terminal started. */
  async state(): Promise<LocalServerState> {
    await this.look();
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

  /** Finds a server that an earlier window left running. Loads nothing where none was left. */
  async look(): Promise<void> {
    const before = this.known;
    if (before !== 'stopped' || restriction() !== undefined) return;
    const found = await this.#findKept();
    if (found === undefined) return;
    // Meanwhile this window may have started one, or another look has found it.
    if (found.isProven && this.known === 'stopped') this.#follow(found.server);
    else found.server.release();
  }

  /**
   * Starts the server, or waits for the start that is under way.
   * @param keep whether it goes on when the window closes; as the setting says unless told
   * @returns false if another window's server runs already
   * @throws SetupError; an AbortError if `stop` or the signal came first
   */
  async start(
    command: FoundDstack,
    signal: AbortSignal,
    keep = keepsLocalServer(),
  ): Promise<boolean> {
    const restricted = restriction();
    if (restricted !== undefined) throw restricted;
    if (this.#running !== undefined) return true;
    if (this.#starting === undefined) {
      const abort = new AbortController();
      const done = this.#start({ command, keep }, AbortSignal.any([abort.signal, signal]));
      this.#starting = { done, abort };
      this.#changes();
    }
    return this.#starting.done;
  }

  /**
   * Stops the server that this window started, or its start, or one that an earlier window left.
   * @returns false if there is none of ours
   */
  async stop(): Promise<boolean> {
    const starting = this.#starting;
    starting?.abort.abort();
    await starting?.done.catch(() => undefined);
    // One that hangs is ours to stop although it no longer answers.
    const running = this.#running ?? (await this.#findKept())?.server;
    this.#running = undefined;
    await running?.stop();
    this.#changes();
    return starting !== undefined || running !== undefined;
  }

  showLog(): void {
    this.#log().show(true);
  }

  /** With the window. The server ends by itself once it is told to, unless it is kept. */
  dispose(): void {
    this.#starting?.abort.abort();
    const running = this.#running;
    this.#running = undefined;
    running?.release();
    this.#channel?.dispose();
    for (const emitter of [this.#changed, this.#printed, this.#endedByItself]) emitter.dispose();
  }

  async #start(
    { command, keep }: Pick<LocalServerStart, 'command' | 'keep'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const { programs, secrets, directory, newToken } = this.#parts;
      const token = await secrets.tokenOrNew(AT, newToken);
      const search = await this.#search(token);
      const server = await (
        await programs()
      ).start({ ...search, command, directory, keep }, signal);
      if (!server.isOurs) return false;
      if (signal.aborted) {
        await server.stop();
        throw cancellation();
      }
      this.#follow(server);
      return true;
    } finally {
      this.#starting = undefined;
      this.#changes();
    }
  }

  async #findKept(): ReturnType<LocalServerPrograms['findKept']> {
    const { kept, programs, secrets } = this.#parts;
    if (!(await exists(kept.record))) return undefined;
    // Without a token it is not proven to be of use, but can be stopped.
    const token = (await secrets.token(AT)) ?? '';
    const { signal } = new AbortController();
    return (await programs()).findKept(await this.#search(token), signal);
  }

  async #search(token: string): Promise<KeptServerSearch> {
    return {
      url: LOCAL_SERVER_URL,
      token,
      credentials: await this.#parts.credentials(),
      kept: this.#parts.kept,
      onLine: (line) => this.#print(line),
    };
  }

  #follow(server: OwnServer): void {
    this.#running = server;
    void server.ended.then((wasAsked) => this.#ended(server, wasAsked));
    this.#changes();
  }

  #ended(server: OwnServer, wasAsked: boolean): void {
    if (this.#running !== server) return;
    this.#running = undefined;
    this.#changes();
    if (!wasAsked) this.#endedByItself.fire();
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

/** Whether a server that is started now shall go on when the window closes. */
function keepsLocalServer(): boolean {
  return vscode.workspace.getConfiguration('dstackAzure').get<boolean>('keepLocalServer', false);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
