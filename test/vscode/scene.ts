import type { FaultRule } from '../simulators/azure/core/faults.ts';
import type { LoggedRequest } from '../simulators/azure/core/requestLog.ts';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import { productId } from './product.ts';
import { startStage, type Stage, type StageOptions } from './stage.ts';
import type { Webview } from './webview.ts';
import { WizardPage } from './wizardPage.ts';
import { Workbench, type WorkbenchOptions } from './workbench.ts';

export const projectsTree = /Projects/;

/** A person before a window with the product in it, and the simulated Azure behind it. */
export class Scene {
  readonly stage: Stage;
  workbench: Workbench;
  readonly #policyViolations: string[] = [];

  private constructor(stage: Stage, workbench: Workbench) {
    this.stage = stage;
    this.workbench = workbench;
  }

  /** Signed in, and the product may use the account, unless the options say something else. */
  static async open(options: StageOptions = {}, window: WorkbenchOptions = {}): Promise<Scene> {
    const stage = await startStage({ timeScale: 40, signedIn: [SINGLE.username], ...options });
    try {
      const workbench = await Workbench.open(stage.vscode, { trusted: [productId], ...window });
      await workbench.driver.ready();
      return new Scene(stage, workbench);
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  /** Another window of the same VS Code instead of this one, as after closing and opening it. */
  async reopen(window: WorkbenchOptions): Promise<void> {
    const state = await this.workbench.state();
    await this.#leave();
    this.workbench = await Workbench.open(this.stage.vscode, {
      trusted: [productId],
      state,
      ...window,
    });
    await this.workbench.driver.ready();
  }

  /**
   * @throws Error if any window of the scene broke the page's Content Security Policy: no test of the
   *   ring may forget to ask
   */
  async close(): Promise<void> {
    await this.#leave();
    await this.stage.stop();
    if (this.#policyViolations.length > 0) {
      throw new Error(`The page broke its policy: ${this.#policyViolations.join('; ')}`);
    }
  }

  async #leave(): Promise<void> {
    this.#policyViolations.push(...this.workbench.problems.policyViolations);
    await this.workbench.close();
  }

  get webview(): Webview {
    return this.workbench.webview();
  }

  get page(): WizardPage {
    return new WizardPage(this.webview);
  }

  get azure(): Stage['simulator']['simulated'] {
    return this.stage.simulator.simulated;
  }

  /** The form of the wizard, with the lists of the only subscription there. */
  async openForm(): Promise<WizardPage> {
    await this.workbench.runCommand('dstack: Create Azure Project');
    await this.page.chosen('Subscription', 'Contoso Development');
    return this.page;
  }

  /** A project in East US with new objects only, up to its plan. */
  async plan(projectName: string): Promise<void> {
    const { page } = this;
    await page.field('Project name').fill(projectName);
    await page.choose('Location', /^East US(?! 2)/);
    await page.choose('Storage account', /^Create a new/);
    await page.press(/^Review/);
    await page.shows(/\d+ to create/);
  }

  async create(projectName: string): Promise<void> {
    await this.plan(projectName);
    await this.page.press(/^Create/);
  }

  /** From the last screen to a new form. */
  async startOver(): Promise<void> {
    await this.page.press('Create Another Project');
    await this.page.chosen('Subscription', 'Contoso Development');
  }

  /** Disturbs the simulated Azure; `seconds` are those of the person who waits. */
  disturb({ seconds, ...rule }: FaultRule & { readonly seconds?: number }): void {
    const { clock, simulated } = this.stage.simulator;
    const delay = seconds === undefined ? {} : { delayMs: seconds * 1_000 * clock.scale };
    simulated.faults.add({ ...rule, ...delay });
  }

  /** What has changed in Azure since the log was cleared the last time. */
  changes(): readonly LoggedRequest[] {
    return this.azure.requests.entries.filter(({ mutating }) => mutating);
  }

  /** Ends of the ids of what exists, e.g. `storageAccounts/dstackfirst1a2b3c4d`. */
  existing(): readonly string[] {
    return [...this.azure.state.resources.values()].map(({ id }) =>
      id.split('/').slice(-2).join('/'),
    );
  }

  /** What must never happen while a person plays: empty when all was well. */
  faultsOfOurs(): readonly string[] {
    const { errors, policyViolations } = this.workbench.problems;
    return [...errors, ...policyViolations, ...this.azure.requests.unsupported()];
  }
}
