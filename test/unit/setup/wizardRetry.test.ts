import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/setup/errors.ts';
import { offline, Stage } from './runStage.ts';

const handedOff = new SetupError({
  code: 'handed_off',
  source: 'user',
  message: 'It has to be done by an administrator.',
  remedy: 'Give them the commands.',
});
const forAdministrator = { steps: ['A role: for runs'], text: '# For an administrator' };

describe('Retry of a step', () => {
  it('tries that step alone: another failed one stays as it is, with its reason', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount', 'quota');
    stage.step('projectRecord', 'refused');
    const failures = new Map([
      ['storageAccount', offline],
      ['projectRecord', offline],
    ]);
    await stage.end('failed', failures);
    expect(stage.session.state.progress?.items[0]?.canRetry).toBe(true);
    await stage.send({ kind: 'retryStep', key: 'projectRecord' });
    expect(stage.runs).toHaveLength(2);
    expect([...(stage.run.options.notNow ?? [])]).toEqual([['storageAccount', offline]]);
    expect(stage.statuses).toEqual(['failed', 'waiting', 'waiting']);
    expect(stage.session.state.progress?.items[0]?.problem?.code).toBe('quota');
  });

  it('waits while other steps run, says so, and then begins by itself', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount', 'quota');
    await stage.send({ kind: 'retryStep', key: 'storageAccount' });
    expect(stage.runs).toHaveLength(1);
    const [item] = stage.session.state.progress?.items ?? [];
    expect(item).toMatchObject({ status: 'waiting' });
    expect(item?.note).toMatch(/as soon as the steps that run have ended/);
    await stage.end('failed', new Map([['storageAccount', offline]]));
    expect(stage.runs).toHaveLength(2);
    expect(stage.run.options.notNow?.size).toBe(0);
  });

  it('is forgotten with Cancel', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount', 'quota');
    await stage.send({ kind: 'retryStep', key: 'storageAccount' }, { kind: 'cancel' });
    await stage.end('cancelled');
    expect(stage.runs).toHaveLength(1);
    expect(stage.session.state.problem?.code).toBe('cancelled');
  });

  it('does nothing to a step that has not failed', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount');
    await stage.end('failed', new Map([['projectRecord', offline]]));
    await stage.send({ kind: 'retryStep', key: 'storageAccount' });
    expect(stage.runs).toHaveLength(1);
  });

  it('after Continue every failed step is tried', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.step('storageAccount', 'quota');
    await stage.end('failed', new Map([['storageAccount', offline]]));
    await stage.send({ kind: 'continue' });
    expect(stage.run.options.notNow?.size).toBe(0);
    expect(stage.statuses).toEqual(['waiting', 'waiting', 'waiting']);
  });
});

describe('A step for an administrator', () => {
  const handedOver = async (): Promise<Stage> => {
    const stage = new Stage();
    stage.world.forAdministrator = forAdministrator;
    await stage.toProgress();
    stage.step('storageAccount', 'handed_off');
    stage.run.options.report({
      time: 3000,
      code: 'stepSkipped',
      resource: 'projectRecord',
      because: 'storageAccount',
    });
    await stage.end('failed', new Map([['storageAccount', handedOff]]));
    return stage;
  };

  it('waits instead of failing, and what depends on it says for what it waits', async () => {
    const { session } = await handedOver();
    const [first, second] = session.state.progress?.items ?? [];
    expect(first).toMatchObject({ status: 'handedOff' });
    expect(first?.problem).toBeUndefined();
    expect(second).toMatchObject({ status: 'skipped', note: 'Waits for the storageAccount.' });
    expect(session.state.problem).toMatchObject({ code: 'handed_off' });
    expect(session.state.progress).toMatchObject({ canContinue: true, handOff: forAdministrator });
  });

  it('comes with the commands, to be copied or opened by the host', async () => {
    const stage = await handedOver();
    await stage.send({ kind: 'handOff', action: 'copy' }, { kind: 'handOff', action: 'open' });
    expect(stage.world.copied).toEqual([forAdministrator.text]);
    expect(stage.world.opened).toEqual([forAdministrator.text]);
  });

  it('says that they are copied', async () => {
    const stage = await handedOver();
    await stage.send({ kind: 'handOff', action: 'copy' });
    expect(stage.session.state.notice).toMatch(/copied/);
    expect(stage.session.state.announcement).toBe(stage.session.state.notice);
  });

  it('is looked for by Continue, which ends the run', async () => {
    const stage = await handedOver();
    await stage.send({ kind: 'continue' });
    expect(stage.session.state.progress?.handOff).toBeUndefined();
    stage.step('storageAccount');
    await stage.end('done');
    expect(stage.session.state.step).toBe('done');
  });
});

describe('Taking a project back', () => {
  it('is offered where a run stands still, and names its project', async () => {
    const stage = new Stage();
    await stage.toProgress();
    await stage.send({ kind: 'undo' });
    expect(stage.world.undone).toEqual([]);
    await stage.send({ kind: 'cancel' });
    await stage.end('cancelled');
    await stage.send({ kind: 'undo' });
    expect(stage.world.undone).toEqual(['vision']);
  });

  it('is offered by the last screen, also after a reload', async () => {
    const stage = new Stage();
    await stage.toProgress();
    await stage.end('done');
    const again = new Stage(JSON.parse(JSON.stringify(stage.session.snapshot())));
    await again.send({ kind: 'doneAction', action: 'undo' });
    expect(again.world.undone).toEqual(['vision']);
    expect(again.world.done).toEqual([]);
  });

  it('leads back to the form once the project is gone', async () => {
    const stage = new Stage();
    await stage.toProgress();
    await stage.end('done');
    const { spec } = stage.run.plan;
    const other = { ...spec, storageAccount: { name: 'another1', create: true } };
    stage.session.forget(other);
    expect(stage.session.state.step).toBe('done');
    stage.session.forget(spec);
    expect(stage.session.state.step).toBe('form');
    expect(stage.session.snapshot().run).toBeUndefined();
    expect(stage.session.snapshot().done).toBeUndefined();
  });

  it('leaves a run alone that goes on', async () => {
    const stage = new Stage();
    await stage.toProgress();
    stage.session.forget(stage.run.plan.spec);
    expect(stage.session.state.step).toBe('progress');
  });
});

describe('A button of the last screen', () => {
  const done = async (): Promise<Stage> => {
    const stage = new Stage();
    await stage.toProgress();
    await stage.end('done');
    return stage;
  };

  it('says what it has done where nothing else shows it', async () => {
    const stage = await done();
    await stage.send({ kind: 'doneAction', action: 'copyCliCommand' });
    expect(stage.session.state.notice).toBe('It is copied.');
    await stage.send({ kind: 'doneAction', action: 'openTerminal' });
    expect(stage.session.state.notice).toBeUndefined();
  });
});

it('a run that is refused is not tried again by itself', async () => {
  const stage = new Stage();
  await stage.toProgress();
  stage.step('storageAccount', 'quota');
  await stage.send({ kind: 'retryStep', key: 'storageAccount' });
  await stage.refuse(offline);
  expect(stage.runs).toHaveLength(1);
});
