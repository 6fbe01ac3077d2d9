import { describe, expect, it } from 'vitest';
import { CREATE_NEW } from '../../../src/contract/wizardState.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import { PlanOutdated } from '../../../src/setup/runProject.ts';
import { createWizardSession } from '../../../src/setup/wizardSession.ts';
import type { WizardDeps } from '../../../src/setup/wizard/wizardDeps.ts';
import { FILLED, offline, review, Stage } from './runStage.ts';
import { HOME, ONE, samplePlan, tick, WizardWorld } from './wizardWorld.ts';

/** Everything is made in Azure; what comes of the rest `finish` decides. */
async function atLastStep(world: WizardWorld, { finish }: Pick<WizardDeps, 'finish'>) {
  const session = createWizardSession({
    ...world.deps,
    apply: ({ plan }) => {
      const rest = { outcomes: new Map(), failures: new Map(), stillRunning: [] };
      return Promise.resolve({ outcome: 'done', runId: 'r', plan, ...rest });
    },
    finish,
  });
  await world.answerAll();
  for (const intent of [...FILLED, review]) {
    session.dispatch(intent);
    await world.answerAll();
  }
  session.dispatch({ kind: 'apply', planId: session.state.plan?.planId ?? '' });
  await tick();
  return session;
}

describe('The review', () => {
  it('goes straight to the plan from name, subscription and location alone', async () => {
    const stage = new Stage({
      schema: 1,
      form: {
        chosen: { account: 'dev', tenant: HOME, subscription: ONE, location: 'westeurope' },
        typed: { projectName: 'quick' },
      },
    });
    // As the quick path does: before any list has come.
    stage.session.dispatch(review);
    await stage.world.answerAll();
    expect(stage.session.state.step).toBe('review');
    expect(stage.session.snapshot().form.typed.projectName).toBe('quick');
  });

  it('shows the plan of the review screen as a document, and of no other screen', async () => {
    const stage = new Stage();
    await stage.send({ kind: 'exportPlan', format: 'markdown' });
    expect(stage.world.exported).toEqual([]);
    const planId = await stage.toReview();
    await stage.send({ kind: 'exportPlan', format: 'template' });
    expect(stage.world.exported).toEqual([`template of ${planId}`]);
    expect(stage.session.state.step).toBe('review');
  });

  it('shows the plan of exactly what the form says', async () => {
    const stage = new Stage();
    await stage.toReview();
    expect(stage.session.state.step).toBe('review');
    expect(stage.world.plans).toHaveLength(1);
    expect(stage.world.plans[0]).toMatchObject({
      name: 'vision',
      tenantId: HOME,
      subscriptionId: ONE,
      location: 'westeurope',
      resourceGroup: { name: 'dstack-vision', create: true },
      storageAccount: { create: true },
      server: { kind: 'local' },
    });
  });

  it('is not asked for while something is missing: every empty field says so', async () => {
    const stage = new Stage();
    await stage.send(...FILLED.slice(0, 2), review);
    const { form, step } = stage.session.state;
    expect(step).toBe('form');
    expect(form.subscription.error?.code).toBe('missing');
    expect(stage.world.plans).toEqual([]);
    expect(stage.session.state.announcement).toBe('Choose a subscription.');
  });

  it('waits for an answer that is on its way, then goes on by itself', async () => {
    const stage = new Stage();
    await stage.send(...FILLED);
    stage.session.dispatch({ kind: 'type', field: 'newStorageAccount', value: 'typedname' });
    stage.session.dispatch(review);
    await tick();
    expect(stage.session.state.form.reviewing).toBe(true);
    expect(stage.world.plans).toEqual([]);
    await stage.world.clock.advance(1000);
    await stage.world.answerAll();
    expect(stage.session.state.step).toBe('review');
    expect(stage.world.plans[0]?.storageAccount.name).toBe('typedname');
  });

  it('is given up when the form is edited meanwhile', async () => {
    const stage = new Stage();
    await stage.send(...FILLED);
    stage.session.dispatch(review);
    const plan = stage.world.call('plan');
    stage.session.dispatch({ kind: 'type', field: 'projectName', value: 'other' });
    expect(plan.signal?.aborted).toBe(true);
    plan.answer();
    await tick();
    expect(stage.session.state.step).toBe('form');
    expect(stage.session.state.plan).toBeUndefined();
  });

  it('puts a failure beside its field, and another one above the form with Continue', async () => {
    const stage = new Stage();
    await stage.send(...FILLED);
    stage.session.dispatch(review);
    stage.world.call('plan').fail(
      new SetupError({
        code: 'policy_denied',
        source: 'azure',
        message: 'A policy forbids this location.',
        remedy: 'Choose another one.',
        field: 'location',
      }),
    );
    await tick();
    expect(stage.session.state.form.location.error?.code).toBe('policy_denied');
    stage.session.dispatch(review);
    stage.world.call('plan').fail(offline);
    await tick();
    expect(stage.session.state.problem).toMatchObject({
      code: 'network',
      action: { id: 'continue' },
    });
    await stage.send({ kind: 'problemAction', action: 'continue' });
    expect(stage.session.state.step).toBe('review');
  });

  it('runs no other plan than the one that is shown, and none with a conflict', async () => {
    const stage = new Stage();
    await stage.toReview();
    await stage.send({ kind: 'apply', planId: 'another one' });
    expect(stage.runs).toEqual([]);
    await stage.send({ kind: 'backToForm' });
    stage.session.dispatch(review);
    const [spec] = stage.world.plans;
    if (spec === undefined) throw new Error('no plan was asked for');
    const plan = samplePlan(spec, ['conflict', 'create']);
    stage.world.call('plan').give(plan);
    await stage.send({ kind: 'apply', planId: plan.planId });
    expect(stage.session.state.step).toBe('review');
    expect(stage.runs).toEqual([]);
  });
});

describe('A run', () => {
  it('shows each step, is done when the folder is set up, and says when the rest has come', async () => {
    const stage = new Stage();
    await stage.toProgress();
    expect(stage.session.state.step).toBe('progress');
    expect(stage.statuses).toEqual(['waiting', 'waiting', 'waiting']);
    stage.step('storageAccount');
    expect(stage.statuses).toEqual(['done', 'waiting', 'waiting']);
    expect(stage.session.state.progress?.fraction).toBeCloseTo(1 / 3);
    expect(stage.session.state.announcement).toContain('is done, 1 of 3');
    stage.run.options.onEssentialsDone?.(new Map());
    await tick();
    expect(stage.session.state.step).toBe('done');
    expect(stage.session.state.done?.pending).toEqual(['the record']);
    stage.step('projectRecord');
    await stage.end('done');
    expect(stage.session.state.done?.pending).toEqual([]);
    expect(stage.world.asked.filter((name) => name === 'finish')).toHaveLength(1);
    await stage.send({ kind: 'doneAction', action: 'openTerminal' });
    expect(stage.world.done).toEqual(['openTerminal']);
  });

  it('whose record fails after the folder was set up says so on the last screen, where it can go on', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount');
    stage.run.options.onEssentialsDone?.(new Map());
    await tick();
    expect(stage.session.state.problem).toBeUndefined();
    stage.step('projectRecord', 'network');
    await stage.end('failed', new Map([['projectRecord', offline]]));
    expect(stage.session.state).toMatchObject({
      step: 'done',
      done: { pending: [] },
      problem: {
        message: 'Azure could not be reached.',
        action: { id: 'continue', label: 'Continue' },
      },
    });
    await stage.send({ kind: 'problemAction', action: 'continue' });
    expect(stage.session.state.step).toBe('progress');
    expect(stage.session.state).not.toHaveProperty('problem');
    expect(stage.runs).toHaveLength(2);
    stage.step('projectRecord');
    await stage.end('done');
    expect(stage.session.state).toMatchObject({ step: 'done', done: { projectName: 'vision' } });
    expect(stage.session.state).not.toHaveProperty('problem');
  });

  it('that failed shows where and why, and goes on with the same plan', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount', 'quota');
    await stage.end('failed', new Map([['storageAccount', offline]]));
    const { progress, problem } = stage.session.state;
    expect(progress?.items[0]).toMatchObject({ status: 'failed', problem: { code: 'quota' } });
    expect(progress).toMatchObject({ canContinue: true, canCancel: false });
    expect(problem?.message).toBe('Azure could not be reached.');
    await stage.send({ kind: 'continue' });
    expect(stage.runs).toHaveLength(2);
    expect(stage.run.plan).toBe(stage.runs[0]?.plan);
    expect(stage.session.state.problem).toBeUndefined();
    stage.step('storageAccount');
    await stage.end('done');
    expect(stage.session.state.step).toBe('done');
  });

  it('is cancelled once, says so, and goes on', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount');
    await stage.send({ kind: 'cancel' });
    expect(stage.run.options.signal.aborted).toBe(true);
    expect(stage.session.state.progress).toMatchObject({ cancelling: true, canCancel: false });
    await stage.end('cancelled');
    expect(stage.session.state.problem?.code).toBe('cancelled');
    expect(stage.statuses).toEqual(['done', 'waiting', 'waiting']);
    await stage.send({ kind: 'continue' });
    expect(stage.runs).toHaveLength(2);
  });

  it('that is cancelled names what Azure still has in hand', async () => {
    const stage = new Stage();
    await stage.toProgress();
    const [first] = stage.session.state.progress?.items ?? [];
    await stage.send({ kind: 'cancel' });
    await stage.end('cancelled', new Map(), [first?.key ?? '']);
    const message = stage.session.state.problem?.message ?? '';
    expect(
      message.endsWith(`Azure may still finish what it had begun: ${first?.name ?? '-'}.`),
    ).toBe(true);
  });

  it('that is refused because the world has moved shows the new plan and runs nothing', async () => {
    const stage = new Stage();
    await stage.toProgress();
    const moved = samplePlan(stage.run.plan.spec, ['update', 'create']);
    await stage.refuse(new PlanOutdated(moved));
    expect(stage.session.state).toMatchObject({
      step: 'review',
      plan: { planId: moved.planId },
      problem: { code: 'plan_outdated' },
    });
    expect(stage.runs).toHaveLength(1);
    await stage.send({ kind: 'apply', planId: moved.planId });
    expect(stage.run.plan).toBe(moved);
  });

  it('can be left for the form, where what it failed on stands beside its field', async () => {
    const stage = new Stage();
    await stage.toProgress();
    const { code, source, message, remedy } = offline;
    const inField = new SetupError({ code, source, message, remedy, field: 'newStorageAccount' });
    await stage.end('failed', new Map([['storageAccount', inField]]));
    await stage.send({ kind: 'backToForm' });
    expect(stage.session.state.step).toBe('form');
    expect(stage.session.state.form.newStorageAccount.error?.code).toBe('network');
    expect(stage.session.state.progress).toBeUndefined();
  });

  it('says at its last step why it waits for the server, aloud too, and how to go on when that was in vain', async () => {
    const world = new WizardWorld();
    const missing = new SetupError({
      code: 'server_networks_missing',
      source: 'dstack',
      message: 'The server could not make nsg-1.',
      remedy: 'Check its roles.',
    });
    let wait: () => void = () => undefined;
    let giveUp: () => void = () => undefined;
    let attempts = 0;
    const session = await atLastStep(world, {
      finish: (_, { onWait }) => {
        attempts += 1;
        wait = () => onWait(missing, 15_000);
        return new Promise((_resolve, reject) => (giveUp = () => reject(missing)));
      },
    });
    const last = () => session.state.progress?.items.at(-1);
    wait();
    wait();
    const note = 'The server could not make nsg-1. The server is asked again in 15 seconds.';
    expect(last()).toMatchObject({ status: 'running', note });
    expect(session.state.announcement).toBe(note);
    expect(session.state.progress?.canCancel).toBe(true);
    giveUp();
    await tick();
    expect(last()).toMatchObject({
      status: 'failed',
      problem: { code: 'server_networks_missing', remedy: 'Check its roles.' },
      canRetry: true,
    });
    expect(last()?.note).toBeUndefined();
    session.dispatch({ kind: 'retryStep', key: last()?.key ?? '' });
    await tick();
    expect(attempts).toBe(2);
    expect(last()).toMatchObject({ status: 'running' });
  });

  it('that is cancelled while its last step waits for the server has not failed, and goes on', async () => {
    const world = new WizardWorld();
    let attempts = 0;
    const session = await atLastStep(world, {
      finish: (_, { signal }) => {
        attempts += 1;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(cancellation()));
        });
      },
    });
    session.dispatch({ kind: 'cancel' });
    await tick();
    expect(session.state).toMatchObject({
      step: 'progress',
      problem: { code: 'cancelled', message: 'The set-up was cancelled.' },
      progress: { canContinue: true },
    });
    expect(session.state.progress?.items.at(-1)).toMatchObject({ status: 'waiting' });
    session.dispatch({ kind: 'continue' });
    await tick();
    expect(attempts).toBe(2);
  });

  it('whose folder can’t be written says so at its last step and can go on', async () => {
    const world = new WizardWorld();
    const session = createWizardSession({
      ...world.deps,
      apply: ({ plan }, options) => {
        options.onEssentialsDone?.(new Map());
        const rest = { outcomes: new Map(), failures: new Map(), stillRunning: [] };
        return Promise.resolve({ outcome: 'done', runId: 'r', plan, ...rest });
      },
      finish: () => Promise.reject(offline),
    });
    await world.answerAll();
    for (const intent of [...FILLED, review]) {
      session.dispatch(intent);
      await world.answerAll();
    }
    session.dispatch({ kind: 'apply', planId: session.state.plan?.planId ?? '' });
    await tick();
    expect(session.state.step).toBe('progress');
    expect(session.state.progress?.items.at(-1)).toMatchObject({ status: 'failed' });
    expect(session.state.progress?.canContinue).toBe(true);
    expect(session.state.problem).toMatchObject({
      code: 'run_failed',
      message: 'A step failed.',
    });
  });
});

describe('A reload', () => {
  it('brings the form back as it was, as soon as the lists are there', async () => {
    const before = new Stage();
    await before.send(...FILLED, { kind: 'type', field: 'projectName', value: 'robots-2' });
    const snapshot: unknown = JSON.parse(JSON.stringify(before.session.snapshot()));
    const stage = new Stage(snapshot);
    await stage.send();
    const { form } = stage.session.state;
    expect(form.subscription.value).toBe(ONE);
    expect(form.storageAccount.value).toBe(CREATE_NEW);
    expect(form.projectName.value).toBe('robots-2');
  });

  it('offers Continue for a run that it cut off, writes nothing unasked, and finishes it', async () => {
    const before = new Stage();
    await before.toProgress();
    before.step('storageAccount');
    const snapshot: unknown = JSON.parse(JSON.stringify(before.session.snapshot()));
    const stage = new Stage(snapshot);
    await stage.send();
    expect(stage.session.state).toMatchObject({
      step: 'progress',
      problem: { code: 'interrupted' },
      progress: { canContinue: true, done: 1, total: 3 },
    });
    expect(stage.runs).toEqual([]);
    stage.session.dispatch({ kind: 'continue' });
    const [spec] = stage.world.plans;
    if (spec === undefined) throw new Error('no plan was asked for');
    stage.world.call('plan').give(samplePlan(spec, ['keep', 'create']));
    await tick();
    expect(stage.runs).toHaveLength(1);
    await stage.end('done');
    expect(stage.session.state.step).toBe('done');
    expect(stage.session.snapshot().run).toBeUndefined();
  });

  it('shows the plan again if it would do anything else than what was confirmed', async () => {
    const before = new Stage();
    await before.toProgress();
    const stage = new Stage(JSON.parse(JSON.stringify(before.session.snapshot())));
    stage.session.dispatch({ kind: 'continue' });
    const [spec] = stage.world.plans;
    if (spec === undefined) throw new Error('no plan was asked for');
    stage.world.call('plan').give(samplePlan(spec, ['update', 'create']));
    await tick();
    expect(stage.session.state).toMatchObject({
      step: 'review',
      problem: { code: 'plan_outdated' },
    });
    expect(stage.runs).toEqual([]);
  });

  it('brings the last screen back', async () => {
    const before = new Stage();
    await before.toProgress();
    await before.end('done');
    const stage = new Stage(JSON.parse(JSON.stringify(before.session.snapshot())));
    expect(stage.session.state).toMatchObject({ step: 'done', done: { projectName: 'vision' } });
  });

  it('brings the last screen back with the warnings on it, and the form behind it', async () => {
    const warnings = ['You may not create projects there.'];
    const before = new Stage(undefined, { warnings });
    await before.toProgress();
    await before.end('done');
    const stage = new Stage(JSON.parse(JSON.stringify(before.session.snapshot())));
    await stage.send();
    expect(stage.session.state).toMatchObject({ step: 'done', done: { warnings } });
    expect(stage.session.state.form.subscription.value).toBe(ONE);
  });

  it('while the record waits says on the last screen that it waits no more, and goes on when asked', async () => {
    const before = new Stage();
    await before.toProgress();
    before.step('storageAccount');
    before.run.options.onEssentialsDone?.(new Map());
    await tick();
    expect(before.session.state.done?.pending).toEqual(['the record']);
    const { spec } = before.run.plan;
    const stage = new Stage(JSON.parse(JSON.stringify(before.session.snapshot())));
    await stage.send();
    expect(stage.session.state).toMatchObject({
      step: 'done',
      done: { projectName: 'vision', pending: [] },
      problem: { code: 'interrupted', action: { id: 'continue' } },
    });
    stage.session.dispatch({ kind: 'problemAction', action: 'continue' });
    stage.world.call('plan').fail(offline);
    await tick();
    expect(stage.session.state).toMatchObject({
      step: 'done',
      problem: { code: 'network', action: { id: 'continue' } },
    });
    expect(stage.runs).toEqual([]);
    stage.session.dispatch({ kind: 'problemAction', action: 'continue' });
    expect(stage.session.state.notice).toBe('Comparing with what exists in Azure…');
    expect(stage.session.state).not.toHaveProperty('problem');
    stage.world.call('plan').give(samplePlan(spec, ['keep', 'create']));
    await tick();
    expect(stage.runs).toHaveLength(1);
    await stage.end('done');
    expect(stage.session.state).toMatchObject({ step: 'done' });
    expect(stage.session.state).not.toHaveProperty('problem');
  });

  it.each([undefined, null, 'text', { schema: 2 }, { schema: 1, form: { chosen: { x: 1 } } }])(
    'starts afresh from what is no snapshot: %j',
    async (snapshot) => {
      const stage = new Stage(snapshot);
      await stage.send();
      expect(stage.session.state.step).toBe('form');
      expect(stage.session.state.form.account.options).toHaveLength(2);
    },
  );
});

describe('Closing', () => {
  it('stops what is under way and says nothing any more', async () => {
    const stage = new Stage();
    let changes = 0;
    await stage.toProgress();
    stage.session.onDidChange(() => changes++);
    stage.session.dispose();
    expect(stage.run.options.signal.aborted).toBe(true);
    await stage.refuse(cancellation());
    expect(changes).toBe(0);
  });
});
