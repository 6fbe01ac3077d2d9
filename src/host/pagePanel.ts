import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { ErrorReport } from './errorReport.ts';
import type { Log } from './log.ts';
import { wizardHtml } from './wizardHtml.ts';

/** A page's logic, as its panel sees it: intents in, states out. */
export interface PageLogic<State, Intent> {
  readonly state: State;
  dispatch(intent: Intent): void;
  onDidChange(listener: () => void): { dispose(): void };
  /** What a reload must not lose. Holds no secret. */
  snapshot(): unknown;
  dispose(): void;
}

export interface PagePanelParts<Logic> {
  readonly extensionUri: vscode.Uri;
  /** Starts the logic; with a snapshot it goes on from there. */
  readonly start: (snapshot: unknown) => Promise<Logic>;
  /** Where the snapshot survives a reload of the window. */
  readonly memory: vscode.Memento;
  /** The page's own texts: English to translated. */
  readonly strings: Readonly<Record<string, string>>;
  readonly errors: ErrorReport;
  readonly log: Log;
}

/** What one kind of page differs in from another. */
export interface PageKind<State, Intent> {
  readonly viewType: string;
  readonly title: () => string;
  /** The script of the page in `dist`. */
  readonly script: string;
  /** Where the snapshot lies in the memory. */
  readonly snapshotKey: string;
  /** Whether a message of the page is an intent of it. */
  readonly parse: (message: unknown) => Intent | undefined;
  /** Whether closing the tab must not end what goes on. */
  readonly outlives: (state: State) => boolean;
  /** The tab was closed and the logic goes on: whoever watches it is told of changes until `open`. */
  readonly onLeft?: (logic: PageLogic<State, Intent>) => vscode.Disposable;
}

/**
 * A page's tab: at most one of its kind in a window. The state lives in the logic, here in the host;
 * the page is thrown away when it is hidden and gets the whole state again when it is back.
 */
export class PagePanel<
  State,
  Intent extends { readonly kind: string },
  Logic extends PageLogic<State, Intent> = PageLogic<State, Intent>,
>
  implements vscode.Disposable, vscode.WebviewPanelSerializer
{
  readonly #parts: PagePanelParts<Logic>;
  readonly #kind: PageKind<State, Intent>;
  #panel: vscode.WebviewPanel | undefined;
  #logic: Logic | undefined;
  /** Counts beginnings and ends: a start that another one, or an end, has overtaken is of no use. */
  #generation = 0;
  #left: vscode.Disposable | undefined;
  #assets: Promise<readonly [script: string, style: string]> | undefined;
  #subscriptions: { dispose(): unknown }[] = [];

  constructor(parts: PagePanelParts<Logic>, kind: PageKind<State, Intent>) {
    this.#parts = parts;
    this.#kind = kind;
  }

  /** Whether there is a page, or a run whose page was closed. */
  get isOpen(): boolean {
    return this.#panel !== undefined || this.#logic !== undefined;
  }

  /** The logic of the page that is open, or of the run whose page was closed. */
  get logic(): Logic | undefined {
    return this.#logic;
  }

  /** Shows the page: the one that is open, a run that is still going on, or a new one. */
  async open(): Promise<void> {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      this.#kind.viewType,
      this.#kind.title(),
      vscode.ViewColumn.Active,
      this.#options(),
    );
    await this.#attach(panel, this.#parts.memory.get(this.#kind.snapshotKey));
  }

  /** Forgets what the page showed, and begins anew from the snapshot, if there is one. */
  async startOver(snapshot?: unknown): Promise<void> {
    this.#endLogic();
    await this.#parts.memory.update(this.#kind.snapshotKey, snapshot);
    const panel = this.#panel;
    if (panel === undefined) return this.open();
    this.#detach();
    panel.reveal();
    await this.#attach(panel, snapshot);
  }

  /** Closes the tab; what goes on goes on. */
  close(): void {
    this.#panel?.dispose();
  }

  /** VS Code brings the tab back after a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel !== undefined) {
      panel.dispose();
      return;
    }
    panel.webview.options = this.#options();
    await this.#attach(panel, this.#parts.memory.get(this.#kind.snapshotKey));
  }

  /** The window closes or reloads: the tab stays, VS Code brings it back with `deserializeWebviewPanel`. */
  dispose(): void {
    this.#detach();
    this.#endLogic();
  }

  #options(): vscode.WebviewPanelOptions & vscode.WebviewOptions {
    return {
      enableScripts: true,
      enableForms: false,
      retainContextWhenHidden: false,
      localResourceRoots: [],
    };
  }

  async #attach(panel: vscode.WebviewPanel, snapshot: unknown): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#panel = panel;
    this.#left?.dispose();
    this.#left = undefined;
    panel.iconPath = vscode.Uri.joinPath(this.#parts.extensionUri, 'media', 'dstack-azure.svg');
    this.#subscriptions.push(panel.onDidDispose(() => this.#closed()));
    try {
      const [logic, html] = await Promise.all([
        this.#startLogic(snapshot, generation),
        this.#html(),
      ]);
      // The tab may have been closed, or begun anew, while the logic was loading.
      if (logic === undefined || generation !== this.#generation) return;
      this.#connect(panel, logic);
      panel.webview.html = html;
    } catch (error) {
      if (generation !== this.#generation) return;
      panel.dispose();
      throw error;
    }
  }

  /** The logic that goes on, or a new one; undefined if it was overtaken while it started. */
  async #startLogic(snapshot: unknown, generation: number): Promise<Logic | undefined> {
    if (this.#logic !== undefined) return this.#logic;
    const logic = await this.#parts.start(snapshot);
    if (generation !== this.#generation) {
      logic.dispose();
      return undefined;
    }
    this.#logic = logic;
    return logic;
  }

  #connect(panel: vscode.WebviewPanel, logic: Logic): void {
    const send = () => void panel.webview.postMessage(logic.state);
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        const intent = this.#kind.parse(message);
        if (intent === undefined) {
          this.#parts.log.warn('The page sent a message that is no intent; it was dropped.');
        } else if (intent.kind === 'ready') {
          send();
        } else if (intent.kind === 'leave') {
          this.close();
        } else {
          logic.dispatch(intent);
        }
      }),
      logic.onDidChange(() => {
        send();
        this.#remember(logic);
      }),
    );
  }

  #remember(logic: Logic): void {
    const snapshot = logic.snapshot();
    const { memory } = this.#parts;
    if (JSON.stringify(memory.get(this.#kind.snapshotKey)) === JSON.stringify(snapshot)) return;
    this.#store(snapshot);
  }

  #store(snapshot: unknown): void {
    const { memory, errors } = this.#parts;
    memory
      .update(this.#kind.snapshotKey, snapshot)
      .then(undefined, (error: unknown) => errors.report(error));
  }

  /** A run goes on when its tab is closed: stopping it is what Cancel is for. */
  #closed(): void {
    this.#generation += 1;
    this.#detach();
    this.#panel = undefined;
    const logic = this.#logic;
    if (logic === undefined) return;
    if (!this.#kind.outlives(logic.state)) {
      this.#endLogic();
      this.#store(undefined);
      return;
    }
    // Until the page is back, this is what keeps the snapshot.
    const remembering = logic.onDidChange(() => this.#remember(logic));
    const watching = this.#kind.onLeft?.(logic);
    this.#left = vscode.Disposable.from(remembering, ...(watching === undefined ? [] : [watching]));
  }

  #detach(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }

  #endLogic(): void {
    this.#generation += 1;
    this.#left?.dispose();
    this.#left = undefined;
    this.#logic?.dispose();
    this.#logic = undefined;
  }

  async #html(): Promise<string> {
    const asset = async (name: string): Promise<string> => {
      const file = vscode.Uri.joinPath(this.#parts.extensionUri, 'dist', name);
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    };
    this.#assets ??= Promise.all([asset(this.#kind.script), asset('page.css')]).catch(
      (error: unknown) => {
        this.#assets = undefined;
        throw error;
      },
    );
    const [script, style] = await this.#assets;
    return wizardHtml({
      nonce: randomBytes(16).toString('base64'),
      script,
      style,
      language: vscode.env.language,
      title: this.#kind.title(),
      strings: this.#parts.strings,
    });
  }
}
