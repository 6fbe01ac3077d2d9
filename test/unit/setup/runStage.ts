import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';
import { CREATE_NEW, type DoneView } from '../../../src/contract/wizardState.ts';
import type { ApplyOptions, RunResult } from '../../../src/setup/apply.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import type { ProjectPlan } from '../../../src/setup/planProject.ts';
import { createWizardSession } from '../../../src/setup/wizardSession.ts';
import { doneView, HOME, ONE, WizardWorld } from './wizardWorld.ts';

export const FILLED: readonly WizardIntent[] = [
  { kind: 'choose', field: 'account', value: 'dev' },
  { kind: 'choose', field: 'tenant', value: HOME },
  { kind: 'choose', field: 'subscription', value: ONE },
  { kind: 'choose', field: 'location', value: 'westeurope' },
  { kind: 'choose', field: 'storageAccount', value: CREATE_NEW },
];
export const review: WizardIntent = { kind: 'review' };

/** A run whose end the test decides. */
export class Stage {
  readonly world = new WizardWorld();
  readonly runs: { readonly plan: ProjectPlan; readonly options: ApplyOptions }[] = [];
  readonly session;
  #end: ((result: RunResult | Error) => void) | undefined;

  /** @param done what the last screen says besides */
  constructor(snapshot?: unknown, done: Partial<DoneView> = {}) {
    const { deps } = this.world;
    this.session = createWizardSession(
      {
        ...deps,
        apply: ({ plan }, options) => {
          this.runs.push({ plan, options });
          return new Promise((resolve, reject) => {
            this.#end = (result) => (result instanceof Error ? reject(result) : resolve(result));
          });
        },
        finish: ({ plan }) => {
          this.world.asked.push('finish');
          return Promise.resolve({
            ...doneView(plan.spec.name),
            pending: ['the record'],
            ...done,
          });
        },
      },
      snapshot,
    );
  }

  async send(...intents: readonly WizardIntent[]): Promise<void> {
    await this.world.answerAll();
    for (const intent of intents) {
      this.session.dispatch(intent);
      await this.world.answerAll();
    }
  }

  async toReview(): Promise<string> {
    await this.send(...FILLED, review);
    return this.session.state.plan?.planId ?? 'no plan';
  }

  async toProgress(): Promise<void> {
    await this.send({ kind: 'apply', planId: await this.toReview() });
  }

  get run() {
    const run = this.runs.at(-1);
    if (run === undefined) throw new Error('nothing runs');
    return run;
  }

  step(resource: string, failed?: string): void {
    const { report } = this.run.options;
    report({ time: 1000, code: 'stepStarted', resource, action: 'create' });
    if (failed === undefined) {
      report({
        time: 3000,
        code: 'stepDone',
        resource,
        action: 'create',
        id: resource,
        durationMs: 2000,
      });
    } else {
      const error = { error: failed, message: `${failed}.`, remedy: 'Mend it.' };
      report({ time: 3000, code: 'stepFailed', resource, durationMs: 2000, ...error });
    }
  }

  async end(
    outcome: RunResult['outcome'],
    failures: RunResult['failures'] = new Map(),
    stillRunning: readonly string[] = [],
  ) {
    const { plan } = this.run;
    this.#end?.({ outcome, runId: 'r', plan, outcomes: new Map(), failures, stillRunning });
    await this.world.answerAll();
  }

  async refuse(error: Error): Promise<void> {
    this.#end?.(error);
    await this.world.answerAll();
  }

  get statuses() {
    return this.session.state.progress?.items.map(({ status }) => status);
  }
}

export const offline = new SetupError({
  code: 'network',
  source: 'azure',
  message: 'Azure could not be reached.',
  remedy: 'Look at your network.',
});
