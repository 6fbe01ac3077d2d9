import { describe, expect, it } from 'vitest';
import {
  CREATE_NEW,
  OTHER_TENANT,
  REMOTE_SERVER,
  SELECT_FIELDS,
  type SelectFieldName,
} from '../../../src/contract/wizardState.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import type { GpuFamily } from '../../../src/setup/gpuQuota.ts';
import { chooseDisabled } from '../../../src/setup/wizard/chooseDisabled.ts';
import type { FormLists, FormModel } from '../../../src/setup/wizard/formModel.ts';
import { listOf, optionsOf, settledValue } from '../../../src/setup/wizard/formOptions.ts';
import { SIGN_IN_NEEDED, selectField } from '../../../src/setup/wizard/selectFields.ts';
import { failure, list, sampleChosen, sampleModel } from './sampleModel.ts';
import {
  GUEST,
  HOME,
  HOME_SERVER,
  ONE,
  OTHER,
  sampleAccount,
  subscriptionsOf,
  tenantsOf,
} from './wizardWorld.ts';

const ATTEMPTED = new Set(['where', 'access', 'server'] as const);
const atHome = { ...sampleChosen, server: `home:${HOME_SERVER}` };

function field(
  name: SelectFieldName,
  change: Partial<FormModel> = {},
  lists: Partial<FormLists> = {},
) {
  return selectField(sampleModel(change, lists), name);
}

function values(name: SelectFieldName, lists: Partial<FormLists> = {}) {
  return optionsOf(sampleModel({}, lists), name)?.map(({ value }) => value);
}

describe('A select field', () => {
  it('has what is chosen, what can be, and nothing that is not so', () => {
    expect(field('account')).toEqual({
      value: 'dev',
      options: [{ value: 'dev', label: 'dev@contoso.example' }],
      total: 1,
      loading: false,
      disabled: false,
      canRetry: false,
      action: { id: 'useAnotherAccount', label: 'Use Another Account' },
    });
  });

  it.each([
    ['account', 'accounts'],
    ['tenant', 'tenants'],
    ['subscription', 'subscriptions'],
    ['location', 'locations'],
    ['storageAccount', 'storageAccounts'],
    ['resourceGroup', 'resourceGroups'],
    ['credentials', 'registrar'],
    ['server', 'homeServers'],
  ] as const)('%s has a list of its own, and is as busy as that', (name, behind) => {
    const model = sampleModel({}, { [behind]: list<never>({ loading: true }) });
    expect(listOf(model, name)).toBe(model.lists[behind]);
    expect(selectField(model, name)).toMatchObject({ loading: true });
  });

  it.each([
    'account',
    'tenant',
    'subscription',
    'location',
    'storageAccount',
    'resourceGroup',
  ] as const)(
    'says at %s what kept its list away, with Retry, unless a sign-in is what helps',
    (name) => {
      const lists = (code: string) => ({
        accounts: list<never>({ error: failure(code) }),
        tenants: list<never>({ error: failure(code) }),
        subscriptions: list<never>({ error: failure(code) }),
        locations: list<never>({ error: failure(code) }),
        storageAccounts: list<never>({ error: failure(code) }),
        resourceGroups: list<never>({ error: failure(code) }),
      });
      expect(field(name, {}, lists('network'))).toMatchObject({
        error: { code: 'network', message: 'Broken.', remedy: 'Mend it.' },
        canRetry: true,
        disabled: true,
        options: [],
        total: 0,
      });
      expect(field(name, {}, lists(SIGN_IN_NEEDED)).canRetry).toBe(false);
      const problems = new Map([[name, { error: failure('of the plan') }]]);
      expect(field(name, { problems }, lists('network'))).toMatchObject({
        error: { code: 'of the plan' },
        canRetry: false,
      });
    },
  );

  it('of Access and of Server can be chosen without its list; only another look is offered', () => {
    const lists = {
      registrar: list<never>({ error: failure() }),
      homeServers: list<never>({ error: failure() }),
    };
    const credentials = field('credentials', {}, lists);
    expect(credentials).toMatchObject({ canRetry: true, disabled: false });
    expect(credentials).not.toHaveProperty('error');
    const server = field('server', {}, lists);
    expect(server).toMatchObject({
      canRetry: true,
      disabled: false,
      hint: 'Servers of the dstack CLI can’t be listed: Broken.',
    });
    expect(server).not.toHaveProperty('error');
    expect(field('credentials').canRetry).toBe(false);
    expect(field('server').canRetry).toBe(false);
  });

  it.each([
    ['account', 'Choose an account.'],
    ['tenant', 'Choose a tenant.'],
    ['subscription', 'Choose a subscription.'],
    ['location', 'Choose a location.'],
    ['storageAccount', 'Choose a storage account.'],
    ['resourceGroup', 'Choose a resource group.'],
    ['credentials', 'Choose how the server signs in to Azure.'],
    ['server', 'Choose a server.'],
  ] as const)('%s without a value says %j once its part was left', (name, message) => {
    const chosen = { ...sampleChosen, [name]: undefined };
    expect(field(name, { chosen, attempted: ATTEMPTED }).error).toEqual({
      code: 'missing',
      message,
      remedy: 'Open the list and choose.',
    });
    expect(field(name, { chosen })).not.toHaveProperty('error');
    expect(field(name, { attempted: ATTEMPTED })).not.toHaveProperty('error');
  });

  it('asks for no choice of what is not there', () => {
    const chosen = { account: 'dev', tenant: HOME };
    const missing = (lists: Partial<FormLists>) =>
      field('subscription', { chosen, attempted: ATTEMPTED }, lists).error;
    expect(missing({ subscriptions: list({ value: [] }) })).toBeUndefined();
    expect(missing({ subscriptions: list<never>({ loading: true }) })).toBeUndefined();
  });
});

describe('A list of a tenant that takes another sign-in', () => {
  const refused = (place: 'tenant' | 'account', code = SIGN_IN_NEEDED) =>
    new SetupError({
      ...{ code, source: 'user', field: place },
      ...{ message: `Somebody has to sign in to the tenant ${GUEST}.`, remedy: 'Sign in.' },
    });
  const elsewhere = { chosen: { account: 'dev', tenant: GUEST } };
  const NAMED = `dev@contoso.example has to sign in to the tenant Fabrikam (${GUEST}).`;
  const UNNAMED = `Somebody has to sign in to the tenant ${GUEST}.`;

  it.each<[string, SetupError, Partial<FormModel>, Partial<FormLists>, string]>([
    ['with its id behind the name', refused('tenant'), elsewhere, {}, NAMED],
    [
      'in other case',
      refused('tenant'),
      { chosen: { ...elsewhere.chosen, tenant: GUEST.toUpperCase() } },
      {},
      `dev@contoso.example has to sign in to the tenant Fabrikam (${GUEST.toUpperCase()}).`,
    ],
    [
      'by its domain, where that is all that is known',
      refused('tenant'),
      elsewhere,
      { tenants: list({ value: [{ tenantId: GUEST, defaultDomain: 'fabrikam.example' }] }) },
      `dev@contoso.example has to sign in to the tenant fabrikam.example (${GUEST}).`,
    ],
    [
      'by its id, where Azure tells no name',
      refused('tenant'),
      elsewhere,
      { tenants: list({ value: [{ tenantId: GUEST }] }) },
      UNNAMED,
    ],
    [
      'as the sign-in does, while the accounts are unknown',
      refused('tenant'),
      elsewhere,
      { accounts: list({}) },
      UNNAMED,
    ],
    [
      'as the sign-in does, where it is about the account',
      refused('account'),
      elsewhere,
      {},
      UNNAMED,
    ],
    [
      'as it comes, where it is another failure',
      refused('tenant', 'network'),
      elsewhere,
      {},
      UNNAMED,
    ],
  ])('names it %s', (_, error, change, lists, message) => {
    const found = field('subscription', change, { subscriptions: list({ error }), ...lists });
    expect(found.error).toEqual({ code: error.code, message, remedy: 'Sign in.' });
  });
});

describe('An empty list', () => {
  const empty = (name: SelectFieldName, lists: Partial<FormLists>) =>
    field(name, {}, lists).emptyReason;

  it.each([
    [
      'account',
      { accounts: list({ value: [] }) },
      'You are not signed in. Sign in with the account that you use for Azure.',
    ],
    [
      'tenant',
      { tenants: list({ value: [] }) },
      'This account is in no tenant. Sign in with another account.',
    ],
    [
      'location',
      { locations: list({ value: [] }) },
      'Azure offers no location for this subscription.',
    ],
  ] as const)('of %s says why', (name, lists, reason) => {
    expect(empty(name, lists)).toBe(reason);
  });

  it('of subscriptions names the other tenants only where there are some', () => {
    const subscriptions = list({ value: [] });
    expect(empty('subscription', { subscriptions })).toBe(
      'This account has a role in no subscription of this tenant. Choose another tenant, or ask an administrator for a role in a subscription.',
    );
    const alone =
      'This account has a role in no subscription. Ask an administrator for one, create a subscription in the Azure portal, or use another account.';
    const tenants = list({ value: tenantsOf('guest') });
    expect(empty('subscription', { subscriptions, tenants })).toBe(alone);
    expect(empty('subscription', { subscriptions, tenants: list({}) })).toBe(alone);
  });

  it('is one that has come: while it is on its way nothing is said, and one entry is enough', () => {
    for (const name of SELECT_FIELDS) expect(field(name)).not.toHaveProperty('emptyReason');
    expect(empty('tenant', { tenants: list({}) })).toBeUndefined();
    expect(empty('account', { accounts: list({}) })).toBeUndefined();
  });
});

describe('The hint beside a list', () => {
  const [subscription] = subscriptionsOf(HOME);
  const off = { ...subscription, subscriptionId: ONE, displayName: 'x', tenantId: HOME };

  it('says when nothing of it can be chosen', () => {
    const subscriptions = list({ value: [{ ...off, state: 'Disabled' }] });
    expect(field('subscription', {}, { subscriptions }).hint).toBe(
      'There are subscriptions, but none of them is active.',
    );
    const locations = list({ value: [{ name: 'norwayeast', displayName: 'Norway East' }] });
    expect(field('location', {}, { locations }).hint).toBe(
      'This subscription offers none of the locations in which dstack runs.',
    );
  });

  it('is none where something can, or nothing is there', () => {
    for (const name of SELECT_FIELDS) expect(field(name)).not.toHaveProperty('hint');
    const states = ['Disabled', 'Enabled'].map((state) => ({ ...off, state }));
    const lists = { subscriptions: list({ value: states }) };
    expect(field('subscription', {}, lists)).not.toHaveProperty('hint');
    expect(field('subscription', {}, { subscriptions: list({ value: [] }) })).not.toHaveProperty(
      'hint',
    );
    expect(field('location', {}, { locations: list({ value: [] }) })).not.toHaveProperty('hint');
  });

  const family = (change: Partial<GpuFamily> = {}): GpuFamily => ({
    ...{ family: 'f', series: 'NCads A100 v4', gpu: 'A100', quota: undefined },
    ...{ room: 24, gpus: 1, spotRoom: 0, smallest: 24 },
    ...change,
  });
  const none = family({ room: 0, gpus: 0 });
  const closed = { ...none, restriction: 'QuotaId' };

  it.each([
    [list({ value: [family()] }), 'GPU quota here: 1 × A100.'],
    [list<never>({ error: failure() }), 'The GPU quota here could not be read: Broken.'],
    [list<never>({ loading: true }), 'Looking up the GPU quota here…'],
    [list<never>({}), undefined],
  ])('of the location tells of GPUs (case %#)', (gpuQuota, hint) => {
    expect(field('location', {}, { gpuQuota }).hint).toBe(hint);
    expect(field('subscription', {}, { gpuQuota }).hint).toBeUndefined();
  });

  it.each([
    ['none can be had', [none], 'openQuota'],
    ['none can be had of what is rented', [none, closed], 'openQuota'],
    ['one can be had', [none, family()], undefined],
    ['a request would not help', [closed], undefined],
    ['there are none', [], undefined],
  ])('leads to the quota page where %s', (_name, families, action) => {
    const gpuQuota = list({ value: families });
    expect(field('location', {}, { gpuQuota }).action?.id).toBe(action);
    expect(field('subscription', {}, { gpuQuota })).not.toHaveProperty('action');
  });

  it('of a server from the CLI’s file tells what that server said', () => {
    const answered = { url: HOME_SERVER, version: '0.21.2', userName: 'dana' };
    const said = (serverCheck: FormLists['serverCheck'], chosen = atHome) =>
      field('server', { chosen }, { serverCheck });
    expect(said(list({ value: answered })).hint).toBe(
      'The server, version 0.21.2, knows you as dana.',
    );
    expect(said(list<never>({ loading: true })).loading).toBe(true);
    expect(said(list<never>({ error: failure() }))).toMatchObject({
      error: { code: 'network' },
      canRetry: true,
    });
    // Of one that is typed in, its URL and its token tell.
    const typed = { ...sampleChosen, server: REMOTE_SERVER };
    expect(said(list({ value: answered }), typed)).not.toHaveProperty('hint');
    expect(said(list<never>({ loading: true }), typed).loading).toBe(false);
    expect(said(list<never>({ error: failure() }), typed)).not.toHaveProperty('error');
  });
});

describe('The button beside a list', () => {
  const needed = { signIns: { needed: new Set([HOME]), follow: () => undefined } };
  const refused = list<never>({ error: failure(SIGN_IN_NEEDED) });
  const toTenant = { id: 'signInToTenant', label: 'Sign In to This Tenant' };

  it('signs in where nobody is, and is none before that is known', () => {
    const accounts = list({ value: [] });
    expect(field('account', {}, { accounts }).action).toEqual({ id: 'signIn', label: 'Sign In' });
    expect(field('account', {}, { accounts: list({}) })).not.toHaveProperty('action');
  });

  it('signs in to a tenant that asks for it: once, at the tenant if that is known', () => {
    expect(field('tenant', needed).action).toEqual(toTenant);
    expect(field('subscription', {}, { subscriptions: refused }).action).toEqual(toTenant);
    expect(field('subscription', needed, { subscriptions: refused })).not.toHaveProperty('action');
    expect(field('tenant', {}, { tenants: refused }).action).toEqual({
      id: 'signIn',
      label: 'Sign In',
    });
    const other = { ...needed, chosen: { ...sampleChosen, tenant: GUEST } };
    expect(field('tenant', other)).not.toHaveProperty('action');
  });

  it('signs in to a tenant that only the plan found closed', () => {
    const problems = (code: string) => new Map([['tenant', { error: failure(code) }] as const]);
    expect(field('tenant', { problems: problems(SIGN_IN_NEEDED) }).action).toEqual(toTenant);
    expect(field('tenant', { problems: problems('network') })).not.toHaveProperty('action');
  });

  it('is none for another failure, and none at Access and Server', () => {
    const broken = list<never>({ error: failure() });
    expect(field('subscription', {}, { subscriptions: broken })).not.toHaveProperty('action');
    for (const name of ['credentials', 'server'] as const) {
      expect(field(name, {}, { registrar: refused, homeServers: refused })).not.toHaveProperty(
        'action',
      );
    }
  });

  it('uses the project that has the account that somebody chose', () => {
    const accounts = list({
      value: [{ ...sampleAccount('owned', 'westeurope'), tags: { 'dstack-project': 'robots' } }],
    });
    const option = { value: 'owned', label: 'owned', disabledReason: 'It is taken.' };
    const model = sampleModel({}, { storageAccounts: accounts });
    const problem = chooseDisabled(model, 'storageAccount', option);
    expect(problem).toMatchObject({
      error: {
        code: 'storage_account_of_project',
        message: 'owned can’t be chosen. It is taken.',
        remedy: 'Use that project, or choose another one.',
      },
      useProject: { projectName: 'robots', tenantId: HOME, subscriptionId: ONE },
    });
    const problems = new Map([['storageAccount', problem] as const]);
    expect(field('storageAccount', { problems }).action).toEqual({
      id: 'useProject',
      label: 'Use the Project robots',
    });
  });

  it.each([
    ['location', sampleChosen, 'robots'],
    ['storageAccount', { tenant: HOME }, 'robots'],
    ['storageAccount', { subscription: ONE }, 'robots'],
    ['storageAccount', sampleChosen, 'Vision'],
    ['storageAccount', sampleChosen, undefined],
  ] as const)('is none where no project can be used (case %#)', (name, chosen, owner) => {
    const tags: Record<string, string> = owner === undefined ? {} : { 'dstack-project': owner };
    const value = [{ ...sampleAccount('owned', 'westeurope'), tags }];
    const model = sampleModel({ chosen }, { storageAccounts: list({ value }) });
    const option = { value: 'owned', label: 'Owned', disabledReason: 'It is so.' };
    const problem = chooseDisabled(model, name, option);
    expect(problem).not.toHaveProperty('useProject');
    expect(problem.error).toMatchObject({
      code: 'option_disabled',
      message: 'Owned can’t be chosen. It is so.',
      remedy: 'Choose another one.',
    });
  });
});

describe('The options', () => {
  it('name tenants as far as they are known, and take the id of another one last', () => {
    const tenants = [
      { tenantId: OTHER },
      { tenantId: GUEST, displayName: 'Fabrikam' },
      { tenantId: HOME, displayName: 'Contoso', defaultDomain: 'contoso.example' },
    ];
    const options = optionsOf(sampleModel({}, { tenants: list({ value: tenants }) }), 'tenant');
    expect(options).toEqual([
      { value: OTHER, label: OTHER, detail: '' },
      { value: HOME, label: 'Contoso', detail: `contoso.example · ${HOME}` },
      { value: GUEST, label: 'Fabrikam', detail: GUEST },
      { value: OTHER_TENANT, label: 'Another tenant, by its ID' },
    ]);
  });

  it.each(['Enabled', 'Warned', 'PastDue'])('let a subscription be chosen that is %s', (state) => {
    const value = [{ subscriptionId: ONE, displayName: 'One', tenantId: HOME, state }];
    expect(optionsOf(sampleModel({}, { subscriptions: list({ value }) }), 'subscription')).toEqual([
      { value: ONE, label: 'One', detail: ONE },
    ]);
  });

  it('show subscriptions that take no writes last, and why', () => {
    const states = [
      ['a', 'Disabled'],
      ['c', 'Enabled'],
      ['b', 'Enabled'],
    ] as const;
    const value = states.map(([name, state]) => ({
      ...{ subscriptionId: name, displayName: name, tenantId: HOME, state },
    }));
    const options = optionsOf(sampleModel({}, { subscriptions: list({ value }) }), 'subscription');
    expect(options?.map((option) => option.value)).toEqual(['b', 'c', 'a']);
    expect(options?.at(-1)?.disabledReason).toBe(
      'Azure says that it is Disabled: nothing can be made in it.',
    );
  });

  it('show locations and say where dstack does not run', () => {
    expect(optionsOf(sampleModel(), 'location')).toEqual([
      { value: 'eastus', label: 'East US', detail: 'eastus' },
      { value: 'westeurope', label: 'West Europe', detail: 'westeurope' },
      {
        value: 'norwayeast',
        label: 'Norway East',
        detail: 'norwayeast',
        disabledReason: 'dstack does not run here.',
      },
    ]);
  });

  it('sort numbers as people do', () => {
    const value = ['vm10', 'vm2'].map((name) => ({ name, location: 'westeurope', tags: {} }));
    expect(values('resourceGroup', { resourceGroups: list({ value }) })).toEqual([
      CREATE_NEW,
      'vm2',
      'vm10',
    ]);
  });

  it.each([
    [{}, undefined],
    [{ location: 'WestEurope' }, undefined],
    [{ tags: { 'dstack-project': 'VISION' } }, undefined],
    [{ tags: { 'dstack-project': 'robots' } }, 'Belongs to the project robots.'],
    [{ location: 'eastus' }, 'Is in eastus, not in the chosen location.'],
    [{ kind: 'FileStorage' }, 'Is of kind FileStorage, which holds no block blobs.'],
    [{ kind: '' }, 'Azure does not say of which kind it is.'],
    [{ provisioningState: 'Creating' }, 'Is not ready: Azure says Creating.'],
  ])('say of a storage account with %j why not: %j', (change, disabledReason) => {
    const value = [{ ...sampleAccount('one', 'westeurope'), ...change }];
    const lists = { storageAccounts: list({ value }) };
    expect(optionsOf(sampleModel({}, lists), 'storageAccount')).toEqual([
      { value: CREATE_NEW, label: 'Create a new storage account' },
      {
        ...{ value: 'one', label: 'one', detail: 'resource group storage' },
        ...(disabledReason === undefined ? {} : { disabledReason }),
      },
    ]);
  });

  it('of storage accounts are made for the location and the project of now', () => {
    const storageAccounts = list({ value: [sampleAccount('one', 'westeurope')] });
    const reason = (change: Partial<FormModel>) =>
      optionsOf(sampleModel(change, { storageAccounts }), 'storageAccount')?.[1]?.disabledReason;
    expect(reason({})).toBeUndefined();
    expect(reason({ chosen: { ...sampleChosen, location: 'eastus' } })).toMatch(/^Is in/);
    expect(reason({})).toBeUndefined();
    const { account, tenant, subscription } = sampleChosen;
    const placeless = sampleModel({
      chosen: { account, tenant, subscription } as FormModel['chosen'],
    });
    expect(optionsOf(placeless, 'storageAccount')).toBeUndefined();
  });

  it('of resource groups begin with a new one', () => {
    expect(optionsOf(sampleModel(), 'resourceGroup')).toEqual([
      { value: CREATE_NEW, label: 'Create a new resource group' },
      { value: 'mine', label: 'mine', detail: 'westeurope' },
    ]);
  });
});

describe('The ways in which a server signs in', () => {
  const detail = (way: string, change: Partial<FormModel> = {}, lists: Partial<FormLists> = {}) =>
    optionsOf(sampleModel(change, lists), 'credentials')?.find(({ value }) => value === way);

  it('are four, in words', () => {
    expect(
      optionsOf(sampleModel(), 'credentials')?.map(({ value, label }) => [value, label]),
    ).toEqual([
      ['default', 'What the server’s machine has'],
      ['existingApp', 'An app registration that exists'],
      ['newApp', 'A new app registration'],
      ['administrator', 'Ask an administrator'],
    ]);
    expect(detail('administrator')?.detail).toBe(
      'You get the commands to send, and enter what comes back.',
    );
  });

  it('differ with where the server runs', () => {
    const elsewhere = { chosen: { ...sampleChosen, server: REMOTE_SERVER } };
    expect(detail('default')?.detail).toMatch(/^The server on this machine uses your “az login”/);
    expect(detail('default', elsewhere)?.detail).toBe(
      'For a server with a managed identity. Nothing is stored.',
    );
    expect(detail('existingApp')?.detail).toMatch(/stays in VS Code’s secret storage\.$/);
    expect(detail('existingApp', elsewhere)?.detail).toBe(
      'The server signs in as it and keeps its client secret.',
    );
    expect(detail('default', { chosen: {} })?.detail).toMatch(/az login/);
  });

  it.each([
    [list<never>({ loading: true }), 'Looking for Azure CLI…', undefined],
    [list<never>({}), 'Made with Azure CLI, signed in as the account above.', undefined],
    [
      list({ value: { name: 'dana', via: 'azureCli' as const } }),
      'Azure CLI is signed in as dana, as you are here, and makes it.',
      undefined,
    ],
    [
      list({ value: { name: 'dana', via: 'organisation' as const } }),
      'dana makes it through your organisation’s own client.',
      undefined,
    ],
    [
      list<never>({ error: failure() }),
      'Made with Azure CLI, signed in as the account above.',
      'Broken. Mend it.',
    ],
  ])('say who makes a new app, or why nobody can (case %#)', (registrar, text, reason) => {
    const option = detail('newApp', {}, { registrar: registrar });
    expect(option?.detail).toBe(text);
    expect(option?.disabledReason).toBe(reason);
  });
});

describe('The servers', () => {
  const servers = (environment: object, homeServers?: FormLists['homeServers']) =>
    optionsOf(
      sampleModel(
        {},
        {
          environment: list({ value: environment }),
          ...(homeServers === undefined ? {} : { homeServers }),
        },
      ),
      'server',
    );

  it('are this machine, those of the CLI’s file, and one elsewhere', () => {
    expect(servers({})).toEqual([
      {
        value: 'local',
        label: 'On this machine',
        detail: 'VS Code starts it. Secrets reach its process only, and no file.',
      },
      {
        value: `home:${HOME_SERVER}`,
        label: HOME_SERVER,
        detail:
          'Found in ~/.dstack/config.yml with main, team. Credentials for Azure are sent to it.',
      },
      {
        value: 'remote',
        label: 'Elsewhere, by URL and token',
        detail: 'A server of your team. Credentials for Azure are sent to it and kept there.',
      },
    ]);
    expect(servers({}, list({}))?.map(({ value }) => value)).toEqual(['local', 'remote']);
  });

  it('on Windows begin elsewhere, and say what a local one would need', () => {
    const options = servers({ isWindows: true });
    expect(options?.map(({ value }) => value)).toEqual([`home:${HOME_SERVER}`, 'remote', 'local']);
    expect(options?.at(-1)?.disabledReason).toBe(
      'dstack has no server for Windows. Open the folder in WSL, or use a server elsewhere.',
    );
    expect(servers({ isWindows: false })?.[0]?.value).toBe('local');
  });

  it('are not known while the machine is still looked at, but do not wait for the file', () => {
    const loading = servers({}, list<never>({ loading: true }));
    expect(loading?.map(({ value }) => value)).toEqual(['local', 'remote']);
    const model = sampleModel({}, { environment: list({}) });
    expect(optionsOf(model, 'server')).toBeUndefined();
  });
});

describe('What a field holds when its list has come', () => {
  const settled = (
    name: SelectFieldName,
    wanted: string | undefined,
    chosen: FormModel['chosen'] = {},
    lists: Partial<FormLists> = {},
  ) => settledValue(sampleModel({ chosen }, lists), name, wanted);

  it('is what was wanted, else what was chosen, if that can be had', () => {
    expect(settled('location', 'eastus', { location: 'westeurope' })).toBe('eastus');
    expect(settled('location', 'atlantis', { location: 'westeurope' })).toBe('westeurope');
    expect(settled('location', 'norwayeast', { location: 'norwayeast' })).toBeUndefined();
    expect(settled('location', undefined, { location: 'atlantis' })).toBeUndefined();
    expect(settled('location', 'eastus', {}, { locations: list({}) })).toBeUndefined();
  });

  it('is the only one there is, but of accounts, tenants and subscriptions alone', () => {
    expect(settled('account', undefined)).toBe('dev');
    const tenants = list({ value: tenantsOf('guest') });
    expect(settled('tenant', undefined, {}, { tenants })).toBe(OTHER);
    expect(settled('tenant', undefined)).toBeUndefined();
    const subscriptions = list({ value: subscriptionsOf(GUEST) });
    expect(settled('subscription', undefined, {}, { subscriptions })).toBe(
      subscriptionsOf(GUEST)[0]?.subscriptionId,
    );
    expect(settled('subscription', undefined)).toBeUndefined();
    const locations = list({ value: [{ name: 'eastus', displayName: 'East US' }] });
    expect(settled('location', undefined, {}, { locations })).toBeUndefined();
    expect(settled('credentials', undefined)).toBeUndefined();
    expect(settled('server', undefined)).toBeUndefined();
  });

  it('is a new resource group, as soon as groups can be listed', () => {
    expect(settled('resourceGroup', undefined)).toBe(CREATE_NEW);
    expect(settled('resourceGroup', undefined, {}, { resourceGroups: list({}) })).toBeUndefined();
  });

  it.each([
    ['no account', [], CREATE_NEW],
    ['one free account', ['a'], 'a'],
    ['two free accounts', ['a', 'b'], undefined],
    ['one of this very project', ['vision'], CREATE_NEW],
    ['one of this very project beside a free one', ['vision', 'a'], 'a'],
  ])('is with %s the storage account %j: %j', (_name, names, value) => {
    const accounts = names.map((name) => ({
      ...sampleAccount(name, 'westeurope'),
      tags: name === 'vision' ? { 'dstack-project': 'vision' } : {},
    }));
    const chosen = { location: 'westeurope' };
    expect(
      settled('storageAccount', undefined, chosen, { storageAccounts: list({ value: accounts }) }),
    ).toBe(value);
    expect(
      settled('storageAccount', undefined, chosen, { storageAccounts: list({}) }),
    ).toBeUndefined();
  });
});

describe('A long list', () => {
  const groups = Array.from({ length: 250 }, (_, index) => ({
    name: `group${index}`,
    location: index === 249 ? 'uksouth' : 'westeurope',
    tags: {},
  }));
  const sent = (search: string | undefined, value: string) =>
    field(
      'resourceGroup',
      {
        chosen: { ...sampleChosen, resourceGroup: value },
        searches: search === undefined ? {} : { resourceGroup: search },
      },
      { resourceGroups: list({ value: groups }) },
    );

  it('is cut to 200, with the chosen one first where it would be cut off', () => {
    const { options, total } = sent(undefined, 'group240');
    expect(total).toBe(251);
    expect(options).toHaveLength(200);
    expect(options.slice(0, 2).map(({ value }) => value)).toEqual(['group240', CREATE_NEW]);
    expect(sent(undefined, 'group3').options[0]?.value).toBe(CREATE_NEW);
    expect(sent(undefined, 'group3').options).toHaveLength(200);
  });

  it('answers a search in any order and case, by label or detail, and always offers a new one', () => {
    const found = (search: string) => sent(search, CREATE_NEW).options.map(({ value }) => value);
    expect(found('GROUP24  weste')).toEqual([
      CREATE_NEW,
      'group24',
      ...Array.from({ length: 9 }, (_, index) => `group24${index}`),
    ]);
    expect(found('uksouth')).toEqual([CREATE_NEW, 'group249']);
    expect(found('nothing')).toEqual([CREATE_NEW]);
    expect(sent('uksouth', CREATE_NEW).search).toBe('uksouth');
  });
});
