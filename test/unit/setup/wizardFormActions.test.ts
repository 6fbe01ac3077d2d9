import { describe, expect, it } from 'vitest';
import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';
import { CREATE_NEW, OTHER_TENANT, type FieldName } from '../../../src/contract/wizardState.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import { FILLED, offline, review, Stage } from './runStage.ts';
import {
  CLIENT,
  GUEST,
  HOME,
  HOME_SERVER,
  ONE,
  ONLY,
  tick,
  type WizardWorld,
} from './wizardWorld.ts';

type ChooseField = Extract<WizardIntent, { kind: 'choose' }>['field'];
const choose = (field: ChooseField, value: string): WizardIntent => ({
  kind: 'choose',
  field,
  value,
});

function errorAt(field: string): SetupError {
  const { code, source, message, remedy } = offline;
  return new SetupError({ code, source, message, remedy, field });
}

/** Everything chosen, every question asked once. */
async function filled(world?: (world: WizardWorld) => void): Promise<Stage> {
  const stage = new Stage();
  world?.(stage.world);
  await stage.send(...FILLED);
  return stage;
}

/** What is asked of the world while this is done. */
async function askedBy(stage: Stage, ...intents: readonly WizardIntent[]) {
  const before = stage.world.asked.length;
  await stage.send(...intents);
  return stage.world.asked.slice(before).map((each) => each.split(' ')[0]);
}

describe('Choosing', () => {
  it('clears a storage account that was to be made elsewhere, and keeps it for the same place', async () => {
    const stage = await filled();
    await stage.send(choose('location', 'westeurope'));
    expect(stage.session.state.form.storageAccount.value).toBe(CREATE_NEW);
    await stage.send(choose('location', 'eastus'));
    expect(stage.session.state.form.storageAccount.value).toBeUndefined();
  });

  it('forgets what was wanted below it, and the failures that stood there', async () => {
    const chosen = { account: 'dev', tenant: HOME, subscription: ONE, location: 'eastus' };
    const stage = new Stage({ schema: 1, form: { chosen, typed: {} } });
    await tick();
    while (stage.world.open().includes('accounts') || stage.world.open().includes('environment')) {
      stage.world.pending[0]?.answer();
      await tick();
    }
    stage.world.call('tenants').answer();
    await tick();
    await stage.send(choose('tenant', GUEST));
    const { form } = stage.session.state;
    expect(form.subscription.value).toBe(ONLY);
    expect(form.location.value).toBeUndefined();
  });

  it('takes the failure of the plan away from the field and from what depends on it', async () => {
    for (const [failed, chosen] of [
      ['location', choose('location', 'eastus')],
      ['location', choose('subscription', ONE)],
    ] as const) {
      const stage = await filled();
      stage.session.dispatch(review);
      stage.world.call('plan').fail(errorAt(failed));
      await tick();
      expect(stage.session.state.form[failed].error?.code).toBe('network');
      await stage.send(chosen);
      expect(stage.session.state.form[failed]).not.toHaveProperty('error');
    }
  });

  it('ends the search of its list, and of those below it where it is another value', async () => {
    const stage = await filled();
    const search = (field: ChooseField): WizardIntent => ({ kind: 'search', field, text: 'e' });
    await stage.send(
      search('storageAccount'),
      search('location'),
      choose('location', 'westeurope'),
    );
    expect(stage.session.state.form.location.search).toBeUndefined();
    expect(stage.session.state.form.storageAccount.search).toBe('e');
    await stage.send(choose('location', 'eastus'));
    expect(stage.session.state.form.storageAccount.search).toBeUndefined();
  });

  it('nothing of a list that is not there changes nothing', async () => {
    const stage = new Stage();
    await stage.send(choose('subscription', ONE));
    expect(stage.session.state.form.subscription.value).toBeUndefined();
  });
});

describe('Retry beside a field', () => {
  it.each<[FieldName, readonly string[]]>([
    ['account', ['accounts']],
    ['tenant', ['tenants']],
    ['subscription', ['subscriptions']],
    ['location', ['locations']],
    ['storageAccount', ['storageAccounts']],
    ['resourceGroup', ['resourceGroups']],
    ['projectName', ['projects']],
    ['newStorageAccount', ['checkName']],
    ['newResourceGroup', []],
    ['otherTenant', []],
    ['secretDays', []],
    ['principalId', []],
  ])('%s asks again for %j alone', async (field, asked) => {
    const stage = await filled();
    expect(await askedBy(stage, { kind: 'retryField', field })).toEqual(asked);
  });

  it.each<[FieldName]>([['appTenant'], ['clientId'], ['clientSecret']])(
    '%s signs in as the app again',
    async (field) => {
      const stage = await filled();
      await stage.send(
        choose('credentials', 'existingApp'),
        { kind: 'type', field: 'clientId', value: CLIENT },
        { kind: 'secret', field: 'clientSecret', value: 's' },
      );
      expect(await askedBy(stage, { kind: 'retryField', field })).toEqual(['verify']);
    },
  );

  it('credentials looks again for who registers apps', async () => {
    const stage = await filled();
    await stage.send({ kind: 'showPart', part: 'access', open: true });
    expect(await askedBy(stage, { kind: 'retryField', field: 'credentials' })).toEqual([
      'registrar',
    ]);
  });

  it.each<[FieldName]>([['serverUrl'], ['serverToken']])(
    '%s asks the server again',
    async (field) => {
      const stage = await filled();
      await stage.send(
        choose('server', 'remote'),
        { kind: 'type', field: 'serverUrl', value: HOME_SERVER },
        { kind: 'secret', field: 'serverToken', value: 't' },
      );
      expect(await askedBy(stage, { kind: 'retryField', field })).toEqual(['checkServer']);
    },
  );

  it('server asks the server if that has failed, else for the list of servers', async () => {
    const stage = await filled();
    await stage.send({ kind: 'showPart', part: 'server', open: true });
    const retry: WizardIntent = { kind: 'retryField', field: 'server' };
    expect(await askedBy(stage, retry)).toEqual(['fromHome']);
    stage.session.dispatch(choose('server', `home:${HOME_SERVER}`));
    stage.world.call('checkServer').fail(offline);
    await tick();
    expect(await askedBy(stage, retry)).toEqual(['checkServer']);
  });

  it('takes the failure away at once', async () => {
    const stage = await filled();
    stage.session.dispatch(review);
    stage.world.call('plan').fail(errorAt('newResourceGroup'));
    await tick();
    let changes = 0;
    stage.session.onDidChange(() => (changes += 1));
    stage.session.dispatch({ kind: 'retryField', field: 'newResourceGroup' });
    expect(stage.session.state.form.newResourceGroup).not.toHaveProperty('error');
    expect(changes).toBeGreaterThan(0);
  });
});

describe('A sign-in from the form', () => {
  const signIn = (
    action: 'signIn' | 'signInToTenant' | 'useAnotherAccount',
    field: FieldName = 'account',
  ): WizardIntent => ({ kind: 'fieldAction', field, action });

  it('asks for the account and the tenant that are chosen only where it is to that tenant', async () => {
    const stage = await filled();
    const asked = () => stage.world.asked.filter((each) => each.startsWith('signIn'));
    await stage.send(signIn('useAnotherAccount'));
    expect(asked()).toEqual(['signIn  ']);
    await stage.send(signIn('signInToTenant', 'tenant'));
    expect(asked().at(-1)).toBe(`signIn dev ${HOME}`);
    await stage.send(choose('tenant', OTHER_TENANT), signIn('signInToTenant', 'tenant'));
    expect(asked().at(-1)).toBe('signIn dev ');
    const nobody = new Stage();
    await nobody.send(signIn('signInToTenant', 'tenant'));
    expect(nobody.world.asked).toContain('signIn  ');
  });

  it('that fails says so at its field; one that somebody closed says nothing', async () => {
    const stage = await filled();
    stage.session.dispatch(signIn('signIn'));
    stage.world.call('signIn').fail(offline);
    await tick();
    expect(stage.session.state.form.account.error?.code).toBe('network');
    stage.session.dispatch(signIn('signIn'));
    stage.world.call('signIn').fail(cancellation());
    await tick();
    expect(stage.session.state.form.account).not.toHaveProperty('error');
  });

  it('fetches again what was refused for want of it, and nothing else', async () => {
    const stage = new Stage();
    await stage.send(...FILLED.slice(0, 2));
    const { message, remedy } = offline;
    const refusal = new SetupError({ code: 'sign_in_needed', source: 'user', message, remedy });
    stage.session.dispatch(choose('subscription', ONE));
    stage.world.call('locations').fail(refusal);
    stage.world.call('storageAccounts').fail(offline);
    await stage.world.answerAll();
    const lists = (asked: readonly (string | undefined)[]) =>
      asked.filter((each) => each === 'locations' || each?.endsWith('s') === true).sort();
    expect(lists(await askedBy(stage, signIn('signIn')))).toEqual(['accounts', 'locations']);
  });

  it('elsewhere in the editor is noticed', async () => {
    const stage = new Stage();
    await stage.world.answerAll();
    stage.world.accounts = [{ id: 'new', label: 'new@contoso.example' }];
    stage.world.fireAccountsChanged();
    await stage.world.answerAll();
    expect(stage.session.state.form.account.value).toBe('new');
    stage.session.dispose();
    const before = stage.world.asked.length;
    stage.world.fireAccountsChanged();
    expect(stage.world.asked).toHaveLength(before);
  });
});

describe('Other buttons of the form', () => {
  it('open the quota page of the tenant, and say so at the location where that fails', async () => {
    const openQuota = { kind: 'fieldAction', field: 'location', action: 'openQuota' } as const;
    const stage = await filled();
    stage.session.dispatch(openQuota);
    expect(stage.world.asked.at(-1)).toBe(`openQuota ${HOME}`);
    stage.world.call('openQuota').fail(offline);
    await tick();
    expect(stage.session.state.form.location.error?.code).toBe('network');
    const nowhere = new Stage();
    expect(await askedBy(nowhere, openQuota)).not.toContain('openQuota');
  });

  it('use the project whose name was typed, and nothing where there is none', async () => {
    const use = { kind: 'fieldAction', field: 'projectName', action: 'useProject' } as const;
    const stage = await filled();
    expect(await askedBy(stage, use)).toEqual([]);
    const taken = await filled((world) => {
      world.projects = [
        {
          projectName: 'robots',
          tenantId: HOME,
          subscriptionId: ONE,
          storageAccount: {
            ...{ id: '/x', name: 'robotsaccount', resourceGroup: 'g', location: 'eastus' },
            ...{ kind: 'StorageV2', provisioningState: 'Succeeded', tags: {} },
          },
        },
      ];
    });
    await taken.send({ kind: 'type', field: 'projectName', value: 'robots' }, use);
    expect(taken.session.state).toMatchObject({ step: 'done', done: { projectName: 'robots' } });
    expect(taken.session.snapshot().made?.spec).toMatchObject({
      name: 'robots',
      location: 'eastus',
      resourceGroup: { name: 'g', create: false },
      storageAccount: { name: 'robotsaccount', create: false },
    });
  });

  it('take a suggestion, and nothing where there is none', async () => {
    const stage = await filled();
    const use: WizardIntent = { kind: 'useSuggestion', field: 'projectName' };
    await stage.send(use);
    expect(stage.session.snapshot().form.typed).not.toHaveProperty('projectName');
    await stage.send({ kind: 'type', field: 'projectName', value: 'my vision' }, use);
    expect(stage.session.state.form.projectName).toMatchObject({ value: 'my-vision' });
  });

  it('tick and untick an extra, open and close a part', async () => {
    const stage = await filled();
    const { session } = stage;
    await stage.send(
      { kind: 'extra', extra: 'gateways', checked: true },
      { kind: 'extra', extra: 'classicPorts', checked: true },
      { kind: 'extra', extra: 'gateways', checked: false },
      { kind: 'showPart', part: 'server', open: true },
      { kind: 'showPart', part: 'where', open: false },
    );
    expect(session.snapshot().form).toMatchObject({ extras: ['classicPorts'], open: ['server'] });
    await stage.send({ kind: 'nextPart', part: 'server' });
    expect(session.snapshot().form.open).toEqual([]);
    await stage.send({ kind: 'nextPart', part: 'where' });
    expect(session.snapshot().form.open).toEqual(['access']);
  });

  it('take a secret back when its field is emptied', async () => {
    const stage = await filled();
    const secret = (value: string): WizardIntent => ({
      ...{ kind: 'secret', field: 'clientSecret', value },
    });
    await stage.send(choose('credentials', 'existingApp'), secret(' s '));
    expect(stage.session.state.form.clientSecret.stored).toBe(true);
    await stage.send(secret('  '));
    expect(stage.session.state.form.clientSecret.stored).toBe(false);
    expect(stage.world.kept).toEqual([
      ['clientSecret', 's'],
      ['clientSecret', ''],
    ]);
  });
});

describe('The server that is chosen', () => {
  it.each([
    ['Server is opened', { kind: 'showPart', part: 'server', open: true }],
    ['Server is asked again', { kind: 'retryField', field: 'server' }],
  ] as const)('stays while %s and the CLI’s file is read, and after it', async (_name, intent) => {
    const stage = await filled();
    if (intent.kind === 'retryField') {
      await stage.send({ kind: 'showPart', part: 'server', open: true });
    }
    stage.session.dispatch(intent);
    const { server } = stage.session.state.form;
    expect(server).toMatchObject({ value: 'local', loading: true });
    await stage.world.answerAll();
    expect(stage.session.state.form).toMatchObject({
      server: { value: 'local', loading: false },
      canReview: true,
    });
  });
});

describe('What the plan fails on', () => {
  it.each([
    ['tenantId', 'tenant'],
    ['subscriptionId', 'subscription'],
    ['newStorageAccount', 'newStorageAccount'],
    ['server', 'server'],
  ] as const)('as %s stands at %s alone, in a part that is open', async (named, field) => {
    const stage = await filled();
    stage.session.dispatch(review);
    stage.world.call('plan').fail(errorAt(named));
    await tick();
    const { form, problem } = stage.session.state;
    expect(form[field].error?.code).toBe('network');
    expect(problem).toBeUndefined();
    expect(form.parts[field === 'server' ? 'server' : 'where'].open).toBe(true);
  });

  it.each(['location', 'newStorageAccount'] as const)(
    'as %s is asked again with Review, and stands there no more when that goes well',
    async (field) => {
      const stage = await filled();
      stage.session.dispatch(review);
      stage.world.call('plan').fail(errorAt(field));
      await tick();
      expect(stage.session.state.form[field].error?.code).toBe('network');
      await stage.send(review);
      expect(stage.session.state.step).toBe('review');
      await stage.send({ kind: 'backToForm' });
      expect(stage.session.state.form[field]).not.toHaveProperty('error');
      expect(stage.session.state.form.canReview).toBe(true);
    },
  );

  it('as subscription is of no concern to another account that signs in', async () => {
    const stage = await filled();
    stage.session.dispatch(review);
    stage.world.call('plan').fail(errorAt('subscription'));
    await tick();
    expect(stage.session.state.form.subscription.error?.code).toBe('network');
    stage.session.dispatch({
      kind: 'fieldAction',
      field: 'account',
      action: 'useAnotherAccount',
    });
    stage.world.call('signIn').give(stage.world.accounts[1]);
    await stage.world.answerAll();
    expect(stage.session.state.form.account.value).toBe('guest');
    expect(stage.session.state.form.subscription).not.toHaveProperty('error');
  });

  it.each(['clientSecret', 'somethingElse'])(
    'as %s, which is not to be seen, stands above the form',
    async (named) => {
      const stage = await filled();
      stage.session.dispatch(review);
      stage.world.call('plan').fail(errorAt(named));
      await tick();
      expect(stage.session.state.problem?.code).toBe('network');
    },
  );
});

describe('The window of the form', () => {
  it.each([
    [{ folder: { name: 'x', writable: false } }, 1],
    [{}, 1],
    [{ folder: { name: 'x', writable: true } }, 0],
  ])('is looked at again for the plan where it was of no use: %j', async (environment, times) => {
    const stage = await filled((world) => (world.environment = environment));
    const asked = await askedBy(stage, review);
    expect(asked.filter((each) => each === 'environment')).toHaveLength(times);
  });

  it('asks nothing any more once it is closed, whatever is on its way', async () => {
    const stage = new Stage();
    await tick();
    stage.session.dispatch(choose('account', 'dev'));
    await stage.send(choose('account', 'dev'));
    stage.session.dispatch(choose('tenant', HOME));
    const { signal } = stage.world.call('subscriptions');
    stage.session.dispose();
    expect(signal?.aborted).toBe(true);
  });
});
