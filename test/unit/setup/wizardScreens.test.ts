import { describe, expect, it } from 'vitest';
import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';
import { cancellation } from '../../../src/setup/errors.ts';
import type { WizardDeps } from '../../../src/setup/wizard/wizardDeps.ts';
import { createWizardSession } from '../../../src/setup/wizardSession.ts';
import { FILLED, offline, review, Stage } from './runStage.ts';
import {
  doneView,
  HOME,
  ONE,
  sampleAccount,
  samplePlan,
  tick,
  WizardWorld,
} from './wizardWorld.ts';

async function filled(): Promise<Stage> {
  const stage = new Stage();
  await stage.send(...FILLED);
  return stage;
}

async function reviewed(): Promise<Stage> {
  const stage = new Stage();
  await stage.toReview();
  return stage;
}

async function running(): Promise<Stage> {
  const stage = new Stage();
  await stage.toProgress();
  return stage;
}

/** A run that stands still. */
async function stopped(): Promise<Stage> {
  const stage = await running();
  stage.step('storageAccount', 'quota');
  await stage.end('failed', new Map([['storageAccount', offline]]));
  return stage;
}

async function finished(): Promise<Stage> {
  const stage = await running();
  await stage.end('done');
  return stage;
}

const SCREENS = { filled, reviewed, running, stopped, finished };

/** All that a person could see of it, and what has been started. */
function seen(stage: Stage): unknown {
  const { state } = stage.session;
  const said = { revision: 0, announcement: '' };
  const { asked, done, undone, exported, copied, opened } = stage.world;
  const { runs } = stage;
  return JSON.parse(
    JSON.stringify({
      state: { ...state, ...said },
      asked,
      done,
      undone,
      exported,
      copied,
      opened,
      runs: runs.length,
    }),
  );
}

describe('A message that crossed a change of screen does nothing', () => {
  it.each<[keyof typeof SCREENS, WizardIntent]>([
    ['filled', { kind: 'backToForm' }],
    ['filled', { kind: 'apply', planId: 'x' }],
    ['filled', { kind: 'retryStep', key: 'storageAccount' }],
    ['filled', { kind: 'handOff', action: 'copy' }],
    ['filled', { kind: 'exportPlan', format: 'template' }],
    ['filled', { kind: 'undo' }],
    ['filled', { kind: 'doneAction', action: 'openTerminal' }],
    ['filled', { kind: 'leave' }],
    ['reviewed', { kind: 'type', field: 'projectName', value: 'late' }],
    ['reviewed', { kind: 'choose', field: 'location', value: 'eastus' }],
    ['reviewed', review],
    ['reviewed', { kind: 'continue' }],
    ['reviewed', { kind: 'undo' }],
    ['reviewed', { kind: 'handOff', action: 'open' }],
    ['reviewed', { kind: 'retryStep', key: 'storageAccount' }],
    ['reviewed', { kind: 'doneAction', action: 'undo' }],
    ['running', { kind: 'backToForm' }],
    ['running', review],
    ['running', { kind: 'continue' }],
    ['running', { kind: 'undo' }],
    ['running', { kind: 'type', field: 'projectName', value: 'late' }],
    ['running', { kind: 'exportPlan', format: 'markdown' }],
    ['running', { kind: 'retryStep', key: 'storageAccount' }],
    ['running', { kind: 'doneAction', action: 'openTerminal' }],
    ['stopped', { kind: 'retryStep', key: 'nothing' }],
    ['stopped', { kind: 'handOff', action: 'copy' }],
    ['stopped', { kind: 'exportPlan', format: 'markdown' }],
    ['stopped', { kind: 'leave' }],
    ['finished', { kind: 'backToForm' }],
    ['finished', { kind: 'continue' }],
    ['finished', { kind: 'retryStep', key: 'storageAccount' }],
    ['finished', { kind: 'choose', field: 'location', value: 'eastus' }],
    ['finished', review],
  ])('on the screen %s: %j', async (screen, intent) => {
    const stage = await SCREENS[screen]();
    const before = seen(stage);
    await stage.send(intent);
    expect(seen(stage)).toEqual(before);
  });

  it('nor does the plan of an earlier review', async () => {
    const stage = await reviewed();
    const planId = stage.session.state.plan?.planId ?? '';
    await stage.send({ kind: 'backToForm' }, { kind: 'apply', planId });
    expect(stage.session.state).toMatchObject({ step: 'form' });
    expect(stage.session.state).not.toHaveProperty('plan');
    expect(stage.runs).toEqual([]);
  });
});

describe('What a screen shows', () => {
  const parts = ['plan', 'progress', 'done', 'problem', 'notice'] as const;

  it.each<[keyof typeof SCREENS, readonly string[]]>([
    ['filled', []],
    ['reviewed', ['plan']],
    ['running', ['plan', 'progress']],
    ['stopped', ['plan', 'progress', 'problem']],
    ['finished', ['plan', 'progress', 'done']],
  ])('is on %s, besides the form: %j', async (screen, shown) => {
    const { state } = (await SCREENS[screen]()).session;
    expect(parts.filter((part) => part in state)).toEqual(shown);
  });

  it.each<[keyof typeof SCREENS, readonly string[]]>([
    ['filled', ['schema', 'form']],
    ['reviewed', ['schema', 'form']],
    ['running', ['schema', 'form', 'run', 'made']],
    ['stopped', ['schema', 'form', 'run', 'made']],
    ['finished', ['schema', 'form', 'done', 'made']],
  ])('is kept of %s for a reload: %j', async (screen, kept) => {
    expect(Object.keys((await SCREENS[screen]()).session.snapshot())).toEqual(kept);
  });

  it('comes with a higher number each time, also when the page asks for it', async () => {
    const stage = await filled();
    const heard: number[] = [];
    const listening = stage.session.onDidChange(() => heard.push(stage.session.state.revision));
    const first = stage.session.state.revision;
    stage.session.dispatch({ kind: 'ready' });
    stage.session.dispatch({ kind: 'ready' });
    expect(heard).toEqual([first + 1, first + 2]);
    listening.dispose();
    stage.session.dispatch({ kind: 'ready' });
    expect(heard).toHaveLength(2);
  });

  it('is said aloud: the plan when it is there, and nothing of what was there before', async () => {
    const stage = await filled();
    stage.session.dispatch(review);
    expect(stage.session.state.announcement).toBe('Comparing with what exists in Azure.');
    expect(stage.session.state.form.reviewing).toBe(true);
    await stage.world.answerAll();
    expect(stage.session.state.announcement).toBe('The plan: 2 objects.');
    expect(stage.session.state.form.reviewing).toBe(false);
  });
});

describe('A plan that is being made', () => {
  async function planning(): Promise<Stage> {
    const stage = await filled();
    stage.session.dispatch(review);
    return stage;
  }

  it('is asked for once, however often Review is pressed', async () => {
    const stage = await planning();
    stage.session.dispatch(review);
    stage.session.dispatch({ kind: 'continue' });
    expect(stage.world.open().filter((name) => name === 'plan')).toHaveLength(1);
  });

  it.each<[WizardIntent, boolean]>([
    [{ kind: 'search', field: 'location', text: 'e' }, false],
    [{ kind: 'showPart', part: 'server', open: true }, false],
    [{ kind: 'extra', extra: 'gateways', checked: true }, true],
    [{ kind: 'nextPart', part: 'where' }, true],
    [{ kind: 'cancel' }, true],
  ])('is given up for %j: %j', async (intent, isGivenUp) => {
    const stage = await planning();
    const { signal } = stage.world.call('plan');
    stage.session.dispatch(intent);
    expect(signal?.aborted).toBe(isGivenUp);
    await stage.world.answerAll();
    expect(stage.session.state.step).toBe(isGivenUp ? 'form' : 'review');
  });

  it('is given up when its account is signed out, and so is one that is shown', async () => {
    const stage = await planning();
    const { signal } = stage.world.call('plan');
    stage.world.accounts = [];
    stage.world.fireAccountsChanged();
    stage.world.call('accounts').answer();
    await tick();
    expect(signal?.aborted).toBe(true);
    const shown = await reviewed();
    shown.world.accounts = [];
    shown.world.fireAccountsChanged();
    await shown.world.answerAll();
    expect(shown.session.state.step).toBe('form');
    expect(shown.session.state).not.toHaveProperty('plan');
  });

  it('that was given up fails without a word, and that was cancelled too', async () => {
    const stage = await planning();
    const call = stage.world.call('plan');
    stage.session.dispatch({ kind: 'cancel' });
    call.fail(offline);
    await tick();
    expect(stage.session.state).not.toHaveProperty('problem');
    const other = await planning();
    other.world.call('plan').fail(cancellation());
    await tick();
    expect(other.session.state).toMatchObject({ step: 'form', form: { reviewing: false } });
    expect(other.session.state).not.toHaveProperty('problem');
  });

  it('says aloud why it failed, and an edit takes that away', async () => {
    const stage = await planning();
    stage.world.call('plan').fail(offline);
    await tick();
    expect(stage.session.state.announcement).toBe('Azure could not be reached.');
    expect(stage.session.state.problem?.action).toEqual({ id: 'continue', label: 'Continue' });
    await stage.send({ kind: 'search', field: 'location', text: 'e' });
    expect(stage.session.state.problem).toBeDefined();
    await stage.send({ kind: 'extra', extra: 'gateways', checked: true });
    expect(stage.session.state).not.toHaveProperty('problem');
  });
});

describe('The button beside a problem', () => {
  it('opens a folder, and says so where that fails', async () => {
    const stage = new Stage();
    stage.world.environment = {};
    await stage.send();
    expect(stage.session.state.problem?.code).toBe('no_folder');
    stage.session.dispatch({ kind: 'problemAction', action: 'openFolder' });
    expect(stage.world.open()).toContain('openFolder');
    stage.world.call('openFolder').fail(offline);
    await tick();
    expect(stage.session.state.problem?.code).toBe('network');
    expect(stage.session.state.announcement).toBe('Azure could not be reached.');
    stage.session.dispatch({ kind: 'problemAction', action: 'openFolder' });
    stage.world.call('openFolder').fail(cancellation());
    await tick();
    expect(stage.world.plans).toEqual([]);
  });
});

describe('A folder that is set up for a project that exists', () => {
  const use = { kind: 'fieldAction', field: 'projectName', action: 'useProject' } as const;

  async function using(): Promise<Stage> {
    const stage = new Stage();
    const storageAccount = sampleAccount('robotsaccount', 'eastus');
    const project = { projectName: 'vision', tenantId: HOME, subscriptionId: ONE, storageAccount };
    stage.world.projects = [project];
    await stage.send(...FILLED);
    stage.session.dispatch(use);
    return stage;
  }

  it('says so, takes no Review meanwhile, and ends on the last screen', async () => {
    const stage = await using();
    expect(stage.session.state).toMatchObject({
      announcement: 'Setting up this folder for the project vision.',
      form: { reviewing: true },
    });
    stage.session.dispatch(review);
    expect(stage.world.open()).toEqual(['useProject']);
    await stage.world.answerAll();
    expect(stage.session.state).toMatchObject({
      step: 'done',
      announcement: 'vision is there.',
      done: doneView('vision'),
      form: { reviewing: false },
    });
    expect(stage.session.snapshot().made).toMatchObject({
      accountId: 'dev',
      spec: { name: 'vision', storageAccount: { name: 'robotsaccount' } },
    });
  });

  it('is given up with an edit, whose answer changes nothing any more', async () => {
    for (const end of ['answer', 'fail'] as const) {
      const stage = await using();
      const call = stage.world.call('useProject');
      stage.session.dispatch({ kind: 'extra', extra: 'gateways', checked: true });
      expect(call.signal?.aborted).toBe(true);
      if (end === 'answer') call.answer();
      else call.fail(offline);
      await tick();
      expect(stage.session.state.step).toBe('form');
      expect(stage.session.state).not.toHaveProperty('problem');
    }
  });

  it('says why it could not be, unless somebody has cancelled it', async () => {
    const stage = await using();
    stage.world.call('useProject').fail(offline);
    await tick();
    expect(stage.session.state).toMatchObject({
      step: 'form',
      problem: { code: 'network' },
      announcement: 'Azure could not be reached.',
    });
    expect(stage.session.state.form.reviewing).toBe(false);
    const other = await using();
    other.world.call('useProject').fail(cancellation());
    await tick();
    expect(other.session.state).not.toHaveProperty('problem');
  });
});

describe('A run of a project', () => {
  it('is known by its storage account, in whatever case, as long as it goes on', async () => {
    const stage = await running();
    const { spec } = stage.run.plan;
    const upper = { ...spec, storageAccount: { name: spec.storageAccount.name.toUpperCase() } };
    const same = { ...spec, storageAccount: { ...spec.storageAccount, ...upper.storageAccount } };
    const other = { ...spec, storageAccount: { ...spec.storageAccount, name: 'another' } };
    expect(stage.session.runs(same)).toBe(true);
    expect(stage.session.runs(other)).toBe(false);
    await stage.end('done');
    expect(stage.session.runs(spec)).toBe(false);
    const idle = await reviewed();
    expect(idle.session.runs(spec)).toBe(false);
    idle.session.forget(spec);
    expect(idle.session.state.step).toBe('review');
  });

  it('leaves nothing on the form once its project was deleted, and that is said', async () => {
    const stage = await stopped();
    stage.session.forget(stage.run.plan.spec);
    const { state } = stage.session;
    expect(state).toMatchObject({
      step: 'form',
      announcement: 'The project vision has been deleted.',
    });
    for (const part of ['problem', 'notice', 'plan', 'progress', 'done']) {
      expect(state).not.toHaveProperty(part);
    }
    expect(stage.session.snapshot()).not.toHaveProperty('made');
  });

  it('that was left for the form leaves its messages behind', async () => {
    const stage = await stopped();
    await stage.send({ kind: 'backToForm' });
    expect(stage.session.state).not.toHaveProperty('problem');
    expect(Object.keys(stage.session.snapshot())).toEqual(['schema', 'form', 'made']);
  });

  it('after a reload says that Azure is looked at before it goes on, and can be given up', async () => {
    const before = await stopped();
    const stage = new Stage(JSON.parse(JSON.stringify(before.session.snapshot())));
    await stage.world.answerAll();
    stage.session.dispatch({ kind: 'continue' });
    expect(stage.session.state).toMatchObject({
      step: 'progress',
      notice: 'Comparing with what exists in Azure…',
      announcement: 'Comparing with what exists in Azure.',
      progress: { canContinue: false, canCancel: true },
    });
    expect(stage.session.state).not.toHaveProperty('problem');
    const { signal } = stage.world.call('plan');
    stage.session.dispatch({ kind: 'cancel' });
    expect(signal?.aborted).toBe(true);
    expect(stage.session.state).toMatchObject({
      problem: { code: 'interrupted' },
      progress: { canContinue: true, canCancel: false },
    });
    expect(stage.session.state).not.toHaveProperty('notice');
    stage.session.dispatch({ kind: 'continue' });
    stage.world.call('plan').answer();
    await stage.world.answerAll();
    expect(stage.runs).toHaveLength(1);
  });

  it('after a reload begins by itself only where nothing else would be done', async () => {
    const before = await stopped();
    const stored: unknown = JSON.parse(JSON.stringify(before.session.snapshot()));
    const stage = new Stage(stored);
    await stage.world.answerAll();
    expect(stage.session.state).toMatchObject({
      step: 'progress',
      problem: {
        code: 'interrupted',
        message: 'The set-up was interrupted when the window closed.',
        remedy: 'Continue goes on where it stopped; nothing is made twice.',
      },
      progress: { canContinue: true, canCancel: false, cancelling: false },
    });
    stage.session.dispatch({ kind: 'continue' });
    stage.session.dispatch({ kind: 'continue' });
    stage.session.dispatch({ kind: 'undo' });
    expect(stage.world.undone).toEqual([]);
    expect(stage.world.open()).toEqual(['plan']);
    stage.world.call('plan').fail(offline);
    await tick();
    expect(stage.session.state).toMatchObject({ step: 'progress', problem: { code: 'network' } });
    expect(stage.session.state.problem).not.toHaveProperty('action');
    expect(stage.session.state.progress).toMatchObject({ canContinue: true, canCancel: false });
    stage.session.dispatch({ kind: 'continue' });
    const moved = samplePlan(before.run.plan.spec, ['replace', 'create']);
    stage.world.call('plan').give(moved);
    await tick();
    expect(stage.session.state).toMatchObject({
      step: 'review',
      problem: { code: 'plan_outdated' },
    });
    expect(stage.session.state.announcement).toBe(stage.session.state.problem?.message);
    expect(stage.runs).toEqual([]);
  });
});

/** The review screen of a window in which something is otherwise. */
async function reviewIn(change: (world: WizardWorld) => Partial<WizardDeps>) {
  const world = new WizardWorld();
  const session = createWizardSession({ ...world.deps, ...change(world) });
  const send = async (...intents: readonly WizardIntent[]): Promise<void> => {
    for (const intent of intents) {
      session.dispatch(intent);
      await world.answerAll();
    }
  };
  await world.answerAll();
  await send(...FILLED, review);
  return { world, session, send };
}

describe('A project that is being deleted', () => {
  it.each<[keyof typeof SCREENS, string, (stage: Stage) => WizardIntent]>([
    ['filled', 'Review', () => review],
    ['reviewed', 'Create', ({ session }) => ({ kind: 'apply', planId: planIdOf(session) })],
    ['stopped', 'Continue', () => ({ kind: 'continue' })],
    ['stopped', 'Retry', () => ({ kind: 'retryStep', key: 'storageAccount' })],
  ])('is not set up meanwhile: on the screen %s, with %s', async (screen, _button, intent) => {
    const stage = await SCREENS[screen]();
    const { step } = stage.session.state;
    const { length } = stage.runs;
    stage.world.deleting = 'vision';
    await stage.send(intent(stage));
    expect(stage.session.state).toMatchObject({
      step,
      problem: { code: 'undo_running' },
      announcement: 'The project vision is being deleted.',
    });
    expect(stage.runs).toHaveLength(length);
    stage.world.deleting = undefined;
    await stage.send(intent(stage));
    expect(stage.session.state).not.toHaveProperty('problem');
    expect(stage.session.state.step).toBe(screen === 'filled' ? 'review' : 'progress');
  });

  it('is not set up again by a plan that was asked for before', async () => {
    const before = await stopped();
    const { spec } = before.run.plan;
    const stored: unknown = JSON.parse(JSON.stringify(before.session.snapshot()));
    for (const isOver of [false, true]) {
      const stage = new Stage(stored);
      await stage.world.answerAll();
      stage.session.dispatch({ kind: 'continue' });
      const plan = stage.world.call('plan');
      if (isOver) stage.session.forget(spec);
      else stage.world.deleting = 'vision';
      expect(plan.signal?.aborted).toBe(isOver);
      plan.answer();
      await stage.world.answerAll();
      expect(stage.runs).toEqual([]);
      expect(stage.session.state.step).toBe(isOver ? 'form' : 'progress');
      expect(stage.session.state.problem?.code).toBe(isOver ? undefined : 'undo_running');
    }
  });
});

function planIdOf({ state }: Stage['session']): string {
  return state.plan?.planId ?? '';
}

describe('The administrator’s commands on the review screen', () => {
  it('are those of the plan, to be copied or opened', async () => {
    const handOff = { steps: ['A role: for runs'], text: '# For an administrator' };
    const { world, session, send } = await reviewIn(({ deps }) => ({
      toPlanView: (plan) => ({ ...deps.toPlanView(plan), handOff }),
    }));
    await send({ kind: 'handOff', action: 'copy' });
    expect(world.copied).toEqual([handOff.text]);
    expect(world.opened).toEqual([]);
    expect(session.state.notice).toBe('The commands are copied. They hold no secret.');
    await send({ kind: 'handOff', action: 'open' });
    expect(world.opened).toEqual([handOff.text]);
    expect(session.state).not.toHaveProperty('notice');
  });
});

describe('A button whose work fails', () => {
  it('says why on the page, and aloud, unless it was cancelled; the next one takes that away', async () => {
    let failing: Error | undefined = offline;
    const { session, send } = await reviewIn(() => ({
      exportPlan: () => (failing === undefined ? Promise.resolve() : Promise.reject(failing)),
    }));
    const exportPlan: WizardIntent = { kind: 'exportPlan', format: 'template' };
    await send(exportPlan);
    expect(session.state.problem?.code).toBe('network');
    expect(session.state.announcement).toBe('Azure could not be reached.');
    failing = cancellation();
    await send(exportPlan);
    expect(session.state).not.toHaveProperty('problem');
    failing = offline;
    await send(exportPlan);
    failing = undefined;
    await send(exportPlan);
    expect(session.state).not.toHaveProperty('problem');
    expect(session.state).toMatchObject({ step: 'review' });
  });
});

it('a session that is closed takes nothing and says nothing any more', async () => {
  const stage = await running();
  let heard = 0;
  stage.session.onDidChange(() => (heard += 1));
  const { revision } = stage.session.state;
  stage.session.dispose();
  expect(stage.run.options.signal.aborted).toBe(true);
  stage.session.dispatch({ kind: 'ready' });
  await stage.end('cancelled');
  expect(heard).toBe(0);
  expect(stage.session.state.revision).toBe(revision);
});
