import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { parseIntent } from '../contract/intentGuard.ts';
import type { WizardIntent } from '../contract/wizardIntent.ts';
import type { WizardState } from '../contract/wizardState.ts';
import type { ErrorReport } from './errorReport.ts';
import type { Log } from './log.ts';
import { wizardHtml } from './wizardHtml.ts';

export const WIZARD_VIEW_TYPE = 'dstackAzure.wizard';

/** The wizard's logic, as the panel sees it: intents in, states out. */
export interface WizardLogic {
  readonly state: WizardState;
  dispatch(intent: WizardIntent): void;
  onDidChange(listener: () => void): { dispose(): void };
  /** What a reload must not lose. Holds no secret. */
  snapshot(): unknown;
  dispose(): void;
}

export interface WizardPanelParts {
  readonly extensionUri: vscode.Uri;
  /** Starts the logic; with a snapshot it goes on from there. */
  readonly start: (snapshot: unknown) => Promise<WizardLogic>;
  /** Where the snapshot survives a reload of the window. */
  readonly memory: vscode.Memento;
  /** The page's own texts: English to translated. */
  readonly strings: Readonly<Record<string, string>>;
  readonly errors: ErrorReport;
  readonly log: Log;
}

const SNAPSHOT_KEY = 'dstackAzure.wizard';

/**
 * The page's tab: at most one in a window. The state lives in the logic, here in the host; the page
 * is thrown away when it is hidden and gets the whole state again when it is back.
 */
export class WizardPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: WizardPanelParts;
  #panel: vscode.WebviewPanel | undefined;
  #logic: WizardLogic | undefined;
  #subscriptions: { dispose(): unknown }[] = [];

  constructor(parts: WizardPanelParts) {
    this.#parts = parts;
  }

  /** Whether there is a page, or a run whose page was closed. */
  get isOpen(): boolean {
    return this.#panel !== undefined || this.#logic !== undefined;
  }

  /** Shows the page: the one that is open, a run that is still going on, or a new form. */
  async open(): Promise<void> {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      WIZARD_VIEW_TYPE,
      vscode.l10n.t('Create Azure Project'),
      vscode.ViewColumn.Active,
      this.#options(),
    );
    await this.#attach(panel, this.#parts.memory.get(SNAPSHOT_KEY));
  }

  /** Closes the page and forgets what it showed; the next `open` shows a new form. */
  async startOver(): Promise<void> {
    this.#endLogic();
    await this.#parts.memory.update(SNAPSHOT_KEY, undefined);
    const panel = this.#panel;
    if (panel === undefined) return this.open();
    this.#detach();
    await this.#attach(panel, undefined);
  }

  /** VS Code brings the tab back after a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel !== undefined) {
      panel.dispose();
      return;
    }
    panel.webview.options = this.#options();
    await this.#attach(panel, this.#parts.memory.get(SNAPSHOT_KEY));
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
      localResourceRoots: [vscode.Uri.joinPath(this.#parts.extensionUri, 'dist')],
    };
  }

  async #attach(panel: vscode.WebviewPanel, snapshot: unknown): Promise<void> {
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.#parts.extensionUri, 'media', 'dstack-azure.svg');
    this.#subscriptions.push(panel.onDidDispose(() => this.#closed()));
    try {
      const logic = (this.#logic ??= await this.#parts.start(snapshot));
      // The tab may have been closed while the logic was loading.
      if (this.#panel !== panel) return;
      this.#connect(panel, logic);
      panel.webview.html = this.#html(panel.webview);
    } catch (error) {
      panel.dispose();
      throw error;
    }
  }

  #connect(panel: vscode.WebviewPanel, logic: WizardLogic): void {
    const send = () => void panel.webview.postMessage(logic.state);
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        const intent = parseIntent(message);
        if (intent === undefined) {
          this.#parts.log.warn('The page sent a message that is no intent; it was dropped.');
        } else if (intent.kind === 'ready') {
          send();
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

  #remember(logic: WizardLogic): void {
    const snapshot = logic.snapshot();
    const { memory, errors } = this.#parts;
    if (JSON.stringify(memory.get(SNAPSHOT_KEY)) === JSON.stringify(snapshot)) return;
    memory.update(SNAPSHOT_KEY, snapshot).then(undefined, (error: unknown) => errors.report(error));
  }

  /** A run goes on when its tab is closed: stopping it is what Cancel is for. */
  #closed(): void {
    this.#detach();
    this.#panel = undefined;
    if (this.#logic === undefined || hasRun(this.#logic.state)) return;
    this.#endLogic();
    this.#forget();
  }

  #forget(): void {
    const { memory, errors } = this.#parts;
    memory
      .update(SNAPSHOT_KEY, undefined)
      .then(undefined, (error: unknown) => errors.report(error));
  }

  #detach(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }

  #endLogic(): void {
    this.#logic?.dispose();
    this.#logic = undefined;
  }

  #html(webview: vscode.Webview): string {
    const asset = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.#parts.extensionUri, 'dist', name)).toString();
    return wizardHtml({
      nonce: randomBytes(16).toString('base64'),
      scriptUri: asset('page.js'),
      styleUri: asset('page.css'),
      language: vscode.env.language,
      title: vscode.l10n.t('Create Azure Project'),
      strings: this.#parts.strings,
    });
  }
}

/** Whether steps run or wait to be continued. The record may wait for its role when all else is done. */
function hasRun({ step, progress }: WizardState): boolean {
  if (step === 'progress') return true;
  return step === 'done' && (progress?.items.some(({ status }) => status === 'running') ?? false);
}
