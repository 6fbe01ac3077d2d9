import { describe, expect, it } from 'vitest';
import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';
import { CREATE_NEW, SELECT_FIELDS, type WizardForm } from '../../../src/contract/wizardState.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import { DSTACK_LOCATIONS } from '../../../src/setup/locations.ts';
import { createWizardSession, type WizardSession } from '../../../src/setup/wizardSession.ts';
import { failure } from './sampleModel.ts';
import {
  GUEST,
  HOME,
  ONE,
  ONLY,
  OTHER,
  TWO,
  WizardWorld,
  sampleAccount,
  tick,
} from './wizardWorld.ts';

const choose = (
  field: Extract<WizardIntent, { kind: 'choose' }>['field'],
  value: string,
): WizardIntent => ({ kind: 'choose', field, value });
const type = (
  field: Extract<WizardIntent, { kind: 'type' }>['field'],
  value: string,
): WizardIntent => ({ kind: 'type', field, value });

function begin(world = new WizardWorld()) {
  return { world, session: createWizardSession(world.deps) };
}

async function after(world: WizardWorld, session: WizardSession, ...intents: WizardIntent[]) {
  await world.answerAll();
  for (const intent of intents) {
    session.dispatch(intent);
    await world.answerAll();
  }
  return session.state.form;
}

/** The two others have defaults of their own and depend on nothing before them. */
const CASCADING = SELECT_FIELDS.filter((field) => field !== 'credentials' && field !== 'server');

function valuesOf(form: WizardForm) {
  return Object.fromEntries(
    CASCADING.flatMap((field) => {
      const { value } = form[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** Tenants that are marked, and what their button does. */
function marks(session: WizardSession) {
  const marked = session.state.form.tenant.options.filter(({ mark }) => mark !== undefined);
  return Object.fromEntries(marked.map(({ value, action }) => [value, action?.id]));
}

const inHome = [choose('account', 'dev'), choose('tenant', HOME), choose('subscription', ONE)];
const newAccount = { storageAccount: CREATE_NEW, resourceGroup: CREATE_NEW };

interface Row {
  readonly name: string;
  readonly intents: readonly WizardIntent[];
  readonly values: Readonly<Record<string, string>>;
}

const CASCADE: readonly Row[] = [
  { name: 'with two accounts nothing is chosen', intents: [], values: {} },
  {
    name: 'an account with two tenants leaves the tenant open',
    intents: [choose('account', 'dev')],
    values: { account: 'dev' },
  },
  {
    name: 'a single tenant is chosen by itself',
    intents: [choose('account', 'guest')],
    values: { account: 'guest', tenant: OTHER },
  },
  {
    name: 'a single subscription is chosen by itself, the location is not',
    intents: [choose('account', 'dev'), choose('tenant', GUEST)],
    values: { account: 'dev', tenant: GUEST, subscription: ONLY, resourceGroup: CREATE_NEW },
  },
  {
    name: 'the only usable storage account of the location is chosen by itself',
    intents: [...inHome, choose('location', 'westeurope')],
    values: {
      account: 'dev',
      tenant: HOME,
      subscription: ONE,
      location: 'westeurope',
      storageAccount: 'west1',
      resourceGroup: CREATE_NEW,
    },
  },
  {
    name: 'of two storage accounts none is chosen',
    intents: [...inHome, choose('location', 'eastus')],
    values: {
      account: 'dev',
      tenant: HOME,
      subscription: ONE,
      location: 'eastus',
      resourceGroup: CREATE_NEW,
    },
  },
  {
    name: 'where there is no storage account, creating one is the only choice',
    intents: [choose('account', 'dev'), choose('tenant', GUEST), choose('location', 'uksouth')],
    values: {
      account: 'dev',
      tenant: GUEST,
      subscription: ONLY,
      location: 'uksouth',
      ...newAccount,
    },
  },
  {
    name: 'another location clears the storage account',
    intents: [...inHome, choose('location', 'westeurope'), choose('location', 'eastus')],
    values: {
      account: 'dev',
      tenant: HOME,
      subscription: ONE,
      location: 'eastus',
      resourceGroup: CREATE_NEW,
    },
  },
  {
    name: 'another subscription clears the location and everything after it',
    intents: [...inHome, choose('location', 'westeurope'), choose('subscription', TWO)],
    values: { account: 'dev', tenant: HOME, subscription: TWO, resourceGroup: CREATE_NEW },
  },
  {
    name: 'another tenant clears the subscription and everything after it',
    intents: [...inHome, choose('location', 'westeurope'), choose('tenant', GUEST)],
    values: { account: 'dev', tenant: GUEST, subscription: ONLY, resourceGroup: CREATE_NEW },
  },
  {
    name: 'another account clears all the rest',
    intents: [...inHome, choose('location', 'westeurope'), choose('account', 'guest')],
    values: { account: 'guest', tenant: OTHER },
  },
  {
    name: 'choosing the same again changes nothing',
    intents: [...inHome, choose('location', 'westeurope'), choose('subscription', ONE)],
    values: {
      account: 'dev',
      tenant: HOME,
      subscription: ONE,
      location: 'westeurope',
      storageAccount: 'west1',
      resourceGroup: CREATE_NEW,
    },
  },
  {
    name: 'a value that is in no list is not taken',
    intents: [...inHome, choose('location', 'atlantis')],
    values: { account: 'dev', tenant: HOME, subscription: ONE, resourceGroup: CREATE_NEW },
  },
];

describe('The cascade', () => {
  it.each(CASCADE)('$name', async ({ intents, values }) => {
    const { world, session } = begin();
    expect(valuesOf(await after(world, session, ...intents))).toEqual(values);
  });

  it('asks for the three lists of a subscription and the projects at the same time', async () => {
    const { world, session } = begin();
    await after(world, session, choose('account', 'dev'), choose('tenant', HOME));
    session.dispatch(choose('subscription', ONE));
    expect(world.open()).toEqual(['locations', 'storageAccounts', 'resourceGroups']);
    const { location, storageAccount, subscription } = session.state.form;
    expect([location.loading, storageAccount.loading, subscription.loading]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('aborts what is in flight when a choice before it changes', async () => {
    const { world, session } = begin();
    await after(world, session, choose('account', 'dev'), choose('tenant', HOME));
    session.dispatch(choose('subscription', ONE));
    const first = world.call('locations');
    expect(first.signal?.aborted).toBe(false);
    session.dispatch(choose('subscription', TWO));
    expect(first.signal?.aborted).toBe(true);
  });

  it('drops an answer that comes after its question', async () => {
    const { world, session } = begin();
    await after(world, session, choose('account', 'dev'), choose('tenant', HOME));
    session.dispatch(choose('subscription', ONE));
    const late = world.call('storageAccounts');
    world.pending.splice(world.pending.indexOf(late), 1);
    session.dispatch(choose('subscription', TWO));
    await after(world, session, choose('location', 'westeurope'));
    late.give([sampleAccount('late', 'westeurope')]);
    await tick();
    expect(session.state.form.storageAccount.options.map(({ value }) => value)).not.toContain(
      'late',
    );
    expect(session.state.form.storageAccount.value).toBe('west2');
  });

  it('shows a failure at its own field, leaves the others alone, and repeats it on request', async () => {
    const { world, session } = begin();
    await after(world, session, choose('account', 'dev'), choose('tenant', HOME));
    session.dispatch(choose('subscription', ONE));
    world.call('locations').fail(
      new SetupError({
        code: 'network',
        source: 'azure',
        message: 'Azure could not be reached.',
        remedy: 'Look at your network.',
      }),
    );
    let form = await after(world, session);
    expect(form.location.error).toMatchObject({ code: 'network' });
    expect(form.location.canRetry).toBe(true);
    expect(form.resourceGroup.error).toBeUndefined();
    form = await after(world, session, { kind: 'retryField', field: 'location' });
    expect(form.location.error).toBeUndefined();
    expect(form.location.options).toHaveLength(3);
  });

  it('lists what dstack accepts first and says why the rest is not offered', async () => {
    const { world, session } = begin();
    const { location } = await after(world, session, ...inHome);
    expect(location.options.map(({ value }) => value)).toEqual([
      'eastus',
      'westeurope',
      'norwayeast',
    ]);
    expect(location.options[2]?.disabledReason).toBe('dstack does not run here.');
    expect(DSTACK_LOCATIONS).toHaveLength(16);
  });

  it('says why a storage account is not offered', async () => {
    const { world, session } = begin();
    const { storageAccount } = await after(
      world,
      session,
      ...inHome,
      choose('location', 'westeurope'),
    );
    const reasons = Object.fromEntries(
      storageAccount.options.map(({ value, disabledReason }) => [value, disabledReason]),
    );
    expect(reasons).toEqual({
      [CREATE_NEW]: undefined,
      west1: undefined,
      east1a: 'Is in eastus, not in the chosen location.',
      east1b: 'Is in eastus, not in the chosen location.',
      files1: 'Is of kind FileStorage, which holds no block blobs.',
      making1: 'Is not ready: Azure says Creating.',
      owned1: 'Belongs to the project robots.',
    });
  });

  it('offers the project of an account that somebody chooses although it is taken', async () => {
    const { world, session } = begin();
    const form = await after(
      world,
      session,
      ...inHome,
      choose('location', 'westeurope'),
      choose('storageAccount', 'owned1'),
    );
    expect(form.storageAccount.value).toBe('west1');
    expect(form.storageAccount.error?.code).toBe('storage_account_of_project');
    expect(form.storageAccount.action).toEqual({
      id: 'useProject',
      label: 'Use the Project robots',
    });
    await after(world, session, {
      kind: 'fieldAction',
      field: 'storageAccount',
      action: 'useProject',
    });
    expect(session.state.step).toBe('done');
    expect(session.state.done?.projectName).toBe('robots');
  });

  it('sends at most 200 of a long list, finds the others by search and keeps the chosen one', async () => {
    const { world, session } = begin();
    await after(world, session, choose('account', 'dev'), choose('tenant', HOME));
    session.dispatch(choose('subscription', ONE));
    world
      .call('storageAccounts')
      .give(Array.from({ length: 5000 }, (_, i) => sampleAccount(`acc${i}`, 'westeurope')));
    await after(world, session, choose('location', 'westeurope'));
    const search = (text: string): WizardIntent => ({
      kind: 'search',
      field: 'storageAccount',
      text,
    });
    let { storageAccount } = session.state.form;
    expect([storageAccount.options.length, storageAccount.total]).toEqual([200, 5001]);
    ({ storageAccount } = await after(world, session, search('acc4999')));
    expect(storageAccount.options.map(({ value }) => value)).toEqual([CREATE_NEW, 'acc4999']);
    ({ storageAccount } = await after(
      world,
      session,
      choose('storageAccount', 'acc4999'),
      search('acc1'),
    ));
    expect(storageAccount.options[0]?.value).toBe('acc4999');
    expect(storageAccount.options).toHaveLength(200);
  });
});

describe('Signing in', () => {
  const needed = new SetupError({
    code: 'sign_in_needed',
    source: 'user',
    message: 'Contoso wants you to sign in.',
    remedy: 'Sign in.',
  });

  it('is offered when nobody is signed in, and a closed question changes nothing', async () => {
    const world = new WizardWorld();
    world.accounts = [];
    const { session } = begin(world);
    const { account } = await after(world, session);
    expect(account.emptyReason).toContain('not signed in');
    expect(account.action?.id).toBe('signIn');
    session.dispatch({ kind: 'fieldAction', field: 'account', action: 'signIn' });
    world.call('signIn').fail(cancellation());
    await tick();
    expect(session.state.problem).toBeUndefined();
    expect(session.state.form.account.error).toBeUndefined();
  });

  it('chooses the account that signed in, even if there are others', async () => {
    const { world, session } = begin();
    await after(world, session, choose('account', 'guest'));
    session.dispatch({ kind: 'fieldAction', field: 'account', action: 'useAnotherAccount' });
    world.call('signIn').give({ id: 'new', label: 'new@contoso.example' });
    world.accounts = [...world.accounts, { id: 'new', label: 'new@contoso.example' }];
    expect((await after(world, session)).account.value).toBe('new');
  });

  it('to a tenant is offered where the tenant asks for it, and its lists come after it', async () => {
    const { world, session } = begin();
    await after(world, session, choose('account', 'dev'));
    session.dispatch(choose('tenant', GUEST));
    world.call('subscriptions').fail(needed);
    const { subscription } = await after(world, session);
    expect(subscription.error?.code).toBe('sign_in_needed');
    expect(subscription.action?.id).toBe('signInToTenant');
    expect(subscription.canRetry).toBe(false);
    session.dispatch({ kind: 'fieldAction', field: 'subscription', action: 'signInToTenant' });
    expect(world.call('signIn').args).toEqual(['dev', GUEST]);
    expect((await after(world, session)).subscription.value).toBe(ONLY);
  });

  it('is marked in the list of tenants where one needs it, which nothing waits for', async () => {
    const world = new WizardWorld();
    world.closedTenants.add(GUEST);
    const { session } = begin(world);
    await after(world, session);
    session.dispatch(choose('account', 'dev'));
    world.call('tenants').answer();
    await tick();
    const probes = world.pending.filter(({ name }) => name === 'isSignedIn');
    expect(probes.map(({ args }) => args.join(' '))).toEqual([`dev ${HOME}`, `dev ${GUEST}`]);
    expect(session.state.form.tenant).toMatchObject({ loading: false, total: 3 });
    expect(marks(session)).toEqual({});
    for (const probe of probes) probe.answer();
    await tick();
    expect(marks(session)).toEqual({ [GUEST]: 'signInToTenant' });
  });

  it('is a button beside the tenant that is chosen, once, and takes the mark away', async () => {
    const world = new WizardWorld();
    world.closedTenants.add(GUEST);
    const { session } = begin(world);
    await after(world, session, choose('account', 'dev'));
    session.dispatch(choose('tenant', GUEST));
    world.call('subscriptions').fail(needed);
    const { tenant, subscription } = await after(world, session);
    expect(tenant.action?.id).toBe('signInToTenant');
    expect(subscription).toMatchObject({ error: { code: 'sign_in_needed' } });
    expect(subscription.action).toBeUndefined();
    session.dispatch({ kind: 'fieldAction', field: 'tenant', action: 'signInToTenant' });
    expect(world.call('signIn').args).toEqual(['dev', GUEST]);
    world.closedTenants.clear();
    expect((await after(world, session)).subscription.value).toBe(ONLY);
    expect(marks(session)).toEqual({});
  });

  it('asks about a few tenants at a time, marks none that can’t be asked about, and forgets another account’s', async () => {
    const world = new WizardWorld();
    const { session } = begin(world);
    await after(world, session);
    session.dispatch(choose('account', 'dev'));
    const many = Array.from({ length: 50 }, (_, index) => ({
      tenantId: `tenant-${index.toString()}`,
    }));
    world.call('tenants').give(many);
    await tick();
    const open = () => world.pending.filter(({ name }) => name === 'isSignedIn');
    expect(open()).toHaveLength(3);
    const [first, second, third] = open();
    first?.fail(new Error('no network'));
    second?.give(false);
    await tick();
    expect(open()).toHaveLength(3);
    expect(marks(session)).toEqual({ 'tenant-1': 'signInToTenant' });
    session.dispatch(choose('account', 'guest'));
    third?.give(false);
    await after(world, session);
    expect(marks(session)).toEqual({});
    expect(world.asked.filter((asked) => asked.startsWith('isSignedIn dev'))).toHaveLength(5);
  });

  it('says why there is no subscription', async () => {
    const { world, session } = begin();
    const { subscription } = await after(world, session, choose('account', 'guest'));
    expect(subscription.emptyReason).toContain('a role in no subscription');
  });
});

describe('The names', () => {
  const west = [...inHome, choose('location', 'westeurope')];

  it('come from the folder and the project, made for the place', async () => {
    const { world, session } = begin();
    const form = await after(world, session, ...west, choose('storageAccount', CREATE_NEW));
    expect(form.projectName.value).toBe('vision');
    expect(form.newStorageAccount.value).toMatch(/^dstackvision[0-9a-f]{8}$/);
    expect(form.newResourceGroup.value).toBe('dstack-vision');
    expect(form.canReview).toBe(true);
  });

  it.each([
    ['my project', 'project_name_invalid', 'my-project'],
    ['a'.repeat(51), 'project_name_invalid', 'a'.repeat(50)],
    ['Größe', 'project_name_invalid', 'Gr-e'],
  ])('refuse the project %s beside its field', async (name, code, suggestion) => {
    const { world, session } = begin();
    const form = await after(world, session, ...west, type('projectName', name));
    expect(form.projectName.error?.code).toBe(code);
    expect(form.projectName.suggestion).toBe(suggestion);
    expect(form.canReview).toBe(false);
    const mended = await after(world, session, { kind: 'useSuggestion', field: 'projectName' });
    expect(mended.projectName).toMatchObject({ value: suggestion });
    expect(mended.projectName.error).toBeUndefined();
  });

  it('are trimmed when they were pasted with spaces', async () => {
    const { world, session } = begin();
    const form = await after(world, session, ...west, type('projectName', '  robots \n'));
    expect(form.projectName.value).toBe('robots');
    expect(form.projectName.error).toBeUndefined();
  });

  it('that another project has are refused whatever their case, and that project is offered', async () => {
    const world = new WizardWorld();
    const place = { tenantId: HOME, subscriptionId: TWO };
    const storageAccount = sampleAccount('theirs', 'eastus');
    world.projects = [{ projectName: 'Vision', storageAccount, ...place }];
    const { session } = begin(world);
    const { projectName } = await after(world, session, ...west);
    expect(projectName.error?.code).toBe('project_name_taken');
    expect(projectName.suggestion).toBe('vision-2');
    expect(projectName.action?.id).toBe('useProject');
  });

  it('of storage accounts are asked for one second after the last key, once', async () => {
    const { world, session } = begin();
    await after(world, session, ...west, choose('storageAccount', CREATE_NEW));
    world.asked.length = 0;
    for (const name of ['mya', 'myac', 'myacc']) {
      session.dispatch(type('newStorageAccount', name));
      await world.clock.advance(400);
    }
    expect(world.asked).toEqual([]);
    expect(session.state.form.newStorageAccount.loading).toBe(true);
    await world.clock.advance(599);
    expect(world.asked).toEqual([]);
    await world.clock.advance(1);
    expect(world.asked).toEqual([`checkName dev ${HOME} ${ONE} myacc`]);
    expect((await after(world, session)).newStorageAccount.hint).toBe('This name is free.');
  });

  it('of storage accounts that Azure could not check are not called free', async () => {
    const { world, session } = begin();
    world.namesUnchecked = true;
    const { newStorageAccount, canReview } = await after(
      world,
      session,
      ...west,
      choose('storageAccount', CREATE_NEW),
    );
    expect(newStorageAccount.hint).toMatch(/^Azure will say whether this name is free/);
    expect(canReview).toBe(true);
  });

  it('of storage accounts that somebody has come with one that is free', async () => {
    const { world, session } = begin();
    await after(world, session, ...west, choose('storageAccount', CREATE_NEW));
    world.takenNames.add('myaccount');
    session.dispatch(type('newStorageAccount', 'myaccount'));
    await world.clock.advance(1000);
    const { newStorageAccount } = await after(world, session);
    expect(newStorageAccount.error?.code).toBe('storage_name_taken');
    expect(newStorageAccount.suggestion).toMatch(/^dstackvision/);
    session.dispatch({ kind: 'useSuggestion', field: 'newStorageAccount' });
    expect((await after(world, session)).canReview).toBe(true);
  });

  it.each([
    ['My_Account', 'storage_name_invalid', 'myaccount'],
    ['ab', 'storage_name_invalid', undefined],
    ['west1', 'storage_account_exists', undefined],
  ])('refuse the storage account %s without asking Azure', async (name, code, suggestion) => {
    const { world, session } = begin();
    await after(world, session, ...west, choose('storageAccount', CREATE_NEW));
    session.dispatch(type('newStorageAccount', name));
    const { newStorageAccount } = await after(world, session);
    expect(newStorageAccount.error?.code).toBe(code);
    if (suggestion !== undefined) expect(newStorageAccount.suggestion).toBe(suggestion);
  });

  it.each([
    ['group-1', 'resource_group_exists'],
    ['GROUP-1', 'resource_group_exists'],
    ['ends.', 'resource_group_invalid'],
  ])('refuse the resource group %s', async (name, code) => {
    const { world, session } = begin();
    const form = await after(
      world,
      session,
      ...west,
      choose('storageAccount', CREATE_NEW),
      type('newResourceGroup', name),
    );
    expect(form.newResourceGroup.error?.code).toBe(code);
    expect(form.canReview).toBe(false);
  });
});

describe('The window', () => {
  it.each([
    [{}, 'no_folder', 'openFolder'],
    [{ folder: { name: 'vision', writable: false } }, 'folder_read_only', 'openFolder'],
    [
      { folder: { name: 'vision', writable: true }, otherCloud: 'Azure China' },
      'other_cloud',
      undefined,
    ],
  ])('is looked at before anything is filled in: %j', async (environment, code, action) => {
    const world = new WizardWorld();
    world.environment = environment;
    const { session } = begin(world);
    await after(world, session);
    expect(session.state.problem?.code).toBe(code);
    expect(session.state.problem?.action?.id).toBe(action);
    expect(session.state.form.canReview).toBe(false);
  });
});

describe('The other cloud that VS Code was set to', () => {
  it('is looked at again with Review, and the accounts with it, which were refused there', async () => {
    const world = new WizardWorld();
    const folder = { name: 'vision', writable: true };
    world.environment = { folder, otherCloud: 'Azure China' };
    const { session } = begin(world);
    await tick();
    world.call('accounts').fail(failure('other_cloud'));
    await after(world, session);
    expect(session.state.problem?.code).toBe('other_cloud');
    expect(session.state.form.account.error?.code).toBe('other_cloud');
    world.environment = { folder };
    const form = await after(world, session, { kind: 'review' });
    expect(session.state).not.toHaveProperty('problem');
    expect(form.account.error?.code).toBe('missing');
    expect(form.account.options).toHaveLength(2);
    world.asked.length = 0;
    await after(world, session, { kind: 'review' });
    expect(world.asked).toEqual([]);
  });
});

describe('The GPU quota beside the location', () => {
  const inWest = [...inHome, choose('location', 'westeurope')];
  const a100 = {
    usages: [
      { name: 'cores', used: 0, limit: 100 },
      { name: 'a100', used: 0, limit: 24 },
    ],
    sizes: [
      {
        ...{ name: 'Standard_NC24ads_A100_v4', family: 'a100', vcpus: 24, gpus: 1 },
        isSpotCapable: true,
      },
    ],
  };

  it('is asked for the chosen location alone, and told when it has come', async () => {
    const { world, session } = begin();
    world.capacity = a100;
    const form = await after(world, session, ...inWest);
    expect(form.location.hint).toBe('GPU quota here: 1 × A100.');
    const asked = world.asked.filter((each) => each.startsWith('computeCapacity'));
    expect(asked).toEqual([`computeCapacity dev ${HOME} ${ONE} westeurope`]);
  });

  it('leads to where more can be asked for, where there is none', async () => {
    const { world, session } = begin();
    world.capacity = { ...a100, usages: [] };
    const form = await after(world, session, ...inWest);
    expect(form.location.action).toEqual({ id: 'openQuota', label: 'Open Quota in Portal' });
    session.dispatch({ kind: 'fieldAction', field: 'location', action: 'openQuota' });
    await tick();
    expect(world.open()).toEqual(['openQuota']);
    expect(world.call('openQuota').args).toEqual([HOME]);
  });

  it.each([
    ['there is some', a100],
    ['there is no GPU to ask for', { usages: [], sizes: [] }],
    [
      'Azure rents none here to this subscription',
      { usages: [], sizes: a100.sizes.map((size) => ({ ...size, restriction: 'QuotaId' })) },
    ],
  ])('leads nowhere where %s', async (_, capacity) => {
    const { world, session } = begin();
    world.capacity = capacity;
    expect((await after(world, session, ...inWest)).location.action).toBeUndefined();
  });

  it('keeps nothing waiting: the plan can be asked for while Azure still answers', async () => {
    const { world, session } = begin();
    await after(world, session, ...inHome);
    session.dispatch(choose('location', 'westeurope'));
    await tick();
    const { form } = session.state;
    expect(world.open()).toEqual(['computeCapacity']);
    expect(form.location).toMatchObject({ loading: false, hint: 'Looking up the GPU quota here…' });
    session.dispatch(choose('storageAccount', 'west1'));
    await tick();
    expect(session.state.form.canReview).toBe(true);
  });

  it('is of the location that is chosen now, though an older answer comes late', async () => {
    const { world, session } = begin();
    await after(world, session, ...inHome);
    session.dispatch(choose('location', 'westeurope'));
    await tick();
    const late = world.call('computeCapacity');
    session.dispatch(choose('location', 'eastus'));
    await tick();
    expect(late.signal?.aborted).toBe(true);
    late.give(a100);
    await world.answerAll();
    expect(session.state.form.location.hint).toBe('Azure has no GPU here that dstack can rent.');
  });

  it('that can not be read is a hint, no error: the project needs none', async () => {
    const { world, session } = begin();
    await after(world, session, ...inHome);
    session.dispatch(choose('location', 'westeurope'));
    await tick();
    world.call('computeCapacity').fail(
      new SetupError({
        ...{ code: 'not_authorized', source: 'azure' },
        ...{ message: 'You may not read SKUs.', remedy: 'Ask.' },
      }),
    );
    await tick();
    const { location } = session.state.form;
    expect(location.hint).toBe('The GPU quota here could not be read: You may not read SKUs.');
    expect(location.error).toBeUndefined();
  });
});
