import { describe, expect, it } from 'vitest';
import {
  CREATE_NEW,
  FORM_PARTS,
  REMOTE_SERVER,
  type FieldName,
} from '../../../src/contract/wizardState.ts';
import type { SetupError } from '../../../src/setup/errors.ts';
import type { CheckedServer } from '../../../src/setup/wizard/wizardDeps.ts';
import type { FormLists, FormModel, GivenSecret } from '../../../src/setup/wizard/formModel.ts';
import {
  blockerOf,
  environmentProblem,
  formView,
  wrongParts,
} from '../../../src/setup/wizard/formView.ts';
import { partAfter } from '../../../src/setup/wizard/parts.ts';
import { secretField } from '../../../src/setup/wizard/secretFields.ts';
import { specOf } from '../../../src/setup/wizard/specOf.ts';
import { offline } from './runStage.ts';
import { failure, list, sampleChosen, sampleModel } from './sampleModel.ts';
import { CLIENT, HOME, HOME_SERVER, ONE, PRINCIPAL } from './wizardWorld.ts';

const given = (change: Partial<GivenSecret> = {}): GivenSecret => ({
  ...{ version: 1, hasBlanks: false, looksLikeGuid: false },
  ...change,
});
const app = { ...sampleChosen, credentials: 'existingApp' };
const elsewhere = { ...sampleChosen, server: REMOTE_SERVER };
const atHome = { ...sampleChosen, server: `home:${HOME_SERVER}` };
const signedIn = { clientId: CLIENT, principalId: PRINCIPAL, seesSubscription: true };
const server: CheckedServer = { url: HOME_SERVER, version: '0.21.2', userName: 'dana' };

describe('What is wrong with the window', () => {
  it.each([
    [
      { folder: { name: 'x', writable: true }, otherCloud: 'ChinaCloud' },
      {
        code: 'other_cloud',
        message: 'VS Code is set to ChinaCloud, but dstack runs only in the public Azure cloud.',
        remedy: 'Set "microsoft-sovereign-cloud.environment" back in the settings.',
      },
    ],
    [
      {},
      {
        code: 'no_folder',
        message: 'No folder is open, so there is no place for the configuration of the dstack CLI.',
        remedy: 'Open the folder in which you want to use dstack.',
        action: { id: 'openFolder', label: 'Open Folder' },
      },
    ],
    [
      { folder: { name: 'x', writable: false } },
      {
        code: 'folder_read_only',
        message: 'The folder x can’t be written to.',
        remedy: 'Open another folder, or change its permissions.',
        action: { id: 'openFolder', label: 'Open Folder' },
      },
    ],
  ])('is said before anything else, and stops the plan: %j', (value, problem) => {
    const model = sampleModel({ chosen: {} }, { environment: list({ value }) });
    expect(environmentProblem(model)).toEqual(problem);
    expect(blockerOf(model)).toEqual({ message: problem.message, waiting: false });
    expect(formView(model)).toMatchObject({ canReview: false, whyNotReview: problem.message });
  });

  it('may be that nobody knows, or not yet', () => {
    const failed = sampleModel({}, { environment: list<never>({ error: failure() }) });
    expect(environmentProblem(failed)?.code).toBe('network');
    const again = list<never>({ error: failure(), loading: true });
    expect(blockerOf(sampleModel({}, { environment: again }))?.waiting).toBe(true);
    const looking = sampleModel({}, { environment: list<never>({ loading: true }) });
    expect(environmentProblem(looking)).toBeUndefined();
    expect(blockerOf(looking)).toEqual({ message: 'Looking around…', waiting: true });
  });

  it('is mostly nothing', () => {
    const view = formView(sampleModel());
    expect(environmentProblem(sampleModel())).toBeUndefined();
    expect(view.canReview).toBe(true);
    expect(view).not.toHaveProperty('whyNotReview');
  });
});

describe('What keeps the form from its plan', () => {
  interface Row {
    readonly name: string;
    readonly change?: Partial<FormModel>;
    readonly lists?: Partial<FormLists>;
    readonly message: string | undefined;
    readonly waiting?: boolean;
  }

  it.each<Row>([
    { name: 'nothing', message: undefined },
    {
      name: 'a choice that nobody has made',
      change: { chosen: { account: 'dev', tenant: HOME } },
      message: 'Choose a subscription.',
    },
    {
      name: 'a list that has not come',
      change: { chosen: { account: 'dev', tenant: HOME } },
      lists: { subscriptions: list<never>({ loading: true }) },
      message: 'A list is on its way.',
      waiting: true,
    },
    {
      name: 'a list that could not be had',
      change: { chosen: { account: 'dev', tenant: HOME } },
      lists: { subscriptions: list<never>({ error: failure() }) },
      message: 'Broken.',
    },
    {
      name: 'a list without anything in it',
      change: { chosen: {} },
      lists: { accounts: list({ value: [] }) },
      message: 'You are not signed in. Sign in with the account that you use for Azure.',
    },
    {
      name: 'a name that is missing',
      change: { typed: { projectName: '' } },
      message: 'A name is missing.',
    },
    {
      name: 'a name that is wrong',
      change: { typed: { projectName: 'vision', newResourceGroup: 'ends.' } },
      message:
        'A resource group name has up to 90 letters, digits, dots, dashes, underscores and parentheses, and no dot at its end.',
    },
    {
      name: 'a name that is being checked',
      lists: { nameCheck: list<never>({ loading: true }) },
      message: 'A name is being checked.',
      waiting: true,
    },
    {
      name: 'no name of an account that is not to be made',
      change: { chosen: { ...sampleChosen, storageAccount: 'west1' } },
      lists: { nameCheck: list<never>({ loading: true }) },
      message: undefined,
    },
    {
      name: 'a new app that nobody is known to make',
      change: { chosen: { ...sampleChosen, credentials: 'newApp' } },
      message: 'Looking for Azure CLI…',
    },
    {
      name: 'the look for who makes it',
      change: { chosen: { ...sampleChosen, credentials: 'newApp' } },
      lists: { registrar: list<never>({ loading: true }) },
      message: 'Looking for Azure CLI…',
      waiting: true,
    },
    {
      name: 'nothing once that is known',
      change: { chosen: { ...sampleChosen, credentials: 'newApp' } },
      lists: { registrar: list({ value: { name: 'dana', via: 'azureCli' as const } }) },
      message: undefined,
    },
    {
      name: 'a client secret that is missing',
      change: { chosen: app, typed: { projectName: 'vision', clientId: CLIENT } },
      message: 'The client secret is missing.',
    },
    {
      name: 'a client secret that is wrong',
      change: {
        chosen: app,
        typed: { projectName: 'vision', clientId: CLIENT },
        secrets: { clientSecret: given({ hasBlanks: true }) },
      },
      message: 'A client secret holds no blanks.',
    },
    {
      name: 'the sign-in as the app',
      change: {
        chosen: app,
        typed: { projectName: 'vision', clientId: CLIENT },
        secrets: { clientSecret: given() },
      },
      lists: { appCheck: list<never>({ loading: true }) },
      message: 'Signing in as the app…',
      waiting: true,
    },
    {
      name: 'nothing once it has signed in',
      change: {
        chosen: app,
        typed: { projectName: 'vision', clientId: CLIENT },
        secrets: { clientSecret: given() },
      },
      lists: { appCheck: list({ value: signedIn }) },
      message: undefined,
    },
    {
      name: 'a server without URL, though its token is there',
      change: { chosen: elsewhere, secrets: { serverToken: given() } },
      lists: { serverCheck: list({ value: server }) },
      message: 'The URL of the server is missing.',
    },
    {
      name: 'a token that is missing',
      change: { chosen: elsewhere, typed: { projectName: 'v', serverUrl: HOME_SERVER } },
      message: 'The token is missing.',
    },
    {
      name: 'a server of the CLI’s file that has not answered',
      change: { chosen: atHome },
      lists: { serverCheck: list<never>({ loading: true }) },
      message: 'Asking the server…',
      waiting: true,
    },
    {
      name: 'a server of the CLI’s file that has refused',
      change: { chosen: atHome },
      lists: { serverCheck: list<never>({ error: failure() }) },
      message: 'Broken.',
    },
    {
      name: 'nothing once it has answered',
      change: { chosen: atHome },
      lists: { serverCheck: list({ value: server }) },
      message: undefined,
    },
  ])('is $name', ({ change, lists, message, waiting = false }) => {
    const model = sampleModel(change, lists);
    const expected = message === undefined ? undefined : { message, waiting };
    const blocker = blockerOf(model);
    expect(blocker && { message: blocker.message, waiting: blocker.waiting }).toEqual(expected);
  });

  it('is found part by part, and only what waits is no fault of anybody', () => {
    const model = sampleModel(
      {
        chosen: { ...app, server: REMOTE_SERVER },
        typed: { projectName: 'vision', clientId: CLIENT, serverUrl: HOME_SERVER },
        secrets: { clientSecret: given() },
      },
      { appCheck: list<never>({ loading: true }) },
    );
    expect(blockerOf(model)?.message).toBe('Signing in as the app…');
    expect([...wrongParts(model)]).toEqual(['server']);
    const { parts } = formView(model);
    expect(FORM_PARTS.map((part) => parts[part].complete)).toEqual([true, false, false]);
  });
});

describe('The fields that the answers call for', () => {
  const always: readonly FieldName[] = [
    'account',
    'tenant',
    'subscription',
    'location',
    'projectName',
    'storageAccount',
    'credentials',
    'server',
  ];

  it.each<[string, FormModel['chosen'], readonly FieldName[]]>([
    ['an account that exists', { storageAccount: 'west1', resourceGroup: CREATE_NEW }, []],
    [
      'a new account in a group that exists',
      { storageAccount: CREATE_NEW, resourceGroup: 'mine' },
      ['newStorageAccount', 'resourceGroup'],
    ],
    [
      'a new account in a new group',
      { storageAccount: CREATE_NEW, resourceGroup: CREATE_NEW },
      ['newStorageAccount', 'resourceGroup', 'newResourceGroup'],
    ],
    ['another tenant', { tenant: '+other' }, ['otherTenant']],
    ['a new app', { credentials: 'newApp' }, ['secretDays']],
    [
      'an app that exists',
      { credentials: 'existingApp' },
      ['appTenant', 'clientId', 'clientSecret'],
    ],
    [
      'an app of an administrator',
      { credentials: 'administrator' },
      ['appTenant', 'clientId', 'clientSecret'],
    ],
    ['a server here with what it has', { credentials: 'default', server: 'local' }, []],
    [
      'a server elsewhere with what it has',
      { credentials: 'default', server: REMOTE_SERVER },
      ['principalId', 'serverUrl', 'serverToken'],
    ],
    [
      'a server of the CLI’s file with what it has',
      { credentials: 'default', server: `home:${HOME_SERVER}` },
      ['principalId'],
    ],
  ])('for %s', (_name, chosen, more) => {
    const { inUse } = formView(sampleModel({ chosen }));
    expect([...inUse].sort()).toEqual([...always, ...more].sort());
  });

  it('stand as on the page', () => {
    expect(formView(sampleModel({ chosen: { ...app, server: REMOTE_SERVER } })).inUse).toEqual([
      ...['account', 'tenant', 'subscription', 'location', 'projectName'],
      ...['storageAccount', 'newStorageAccount', 'resourceGroup', 'newResourceGroup'],
      ...['credentials', 'appTenant', 'clientId', 'clientSecret'],
      ...['server', 'serverUrl', 'serverToken'],
    ]);
  });
});

describe('A part of the form', () => {
  it('says in one line what was answered', () => {
    const { parts } = formView(sampleModel({ extras: new Set(['gateways', 'classicPorts']) }));
    expect(parts).toEqual({
      where: {
        open: true,
        complete: true,
        summary: expect.stringMatching(
          /^Subscription 1 · West Europe · vision · dstackvision[0-9a-f]{8}$/,
        ) as string,
      },
      access: {
        open: false,
        complete: true,
        summary: 'What the server’s machine has · 2 extras',
      },
      server: { open: false, complete: true, summary: 'On this machine' },
    });
  });

  it('leaves out what is not answered', () => {
    const summary = (change: Partial<FormModel>) => formView(sampleModel(change)).parts;
    expect(summary({ chosen: {}, typed: { projectName: 'vision' } }).where.summary).toBe('vision');
    expect(summary({ chosen: {} }).access.summary).toBe('');
    const existing = { ...sampleChosen, storageAccount: 'west1' };
    expect(summary({ chosen: existing }).where.summary).toMatch(/ · vision · west1$/);
    expect(summary({ chosen: elsewhere }).server.summary).toBe('Elsewhere, by URL and token');
    const typed = { projectName: 'vision', serverUrl: HOME_SERVER };
    expect(summary({ chosen: elsewhere, typed }).server.summary).toBe(HOME_SERVER);
    expect(summary({ typed }).server.summary).toBe('On this machine');
    const one = summary({ extras: new Set(['gateways']) }).access.summary;
    expect(one).toBe('What the server’s machine has · 1 extra');
  });

  it('leads to the next one', () => {
    expect(FORM_PARTS.map(partAfter)).toEqual(['access', 'server', undefined]);
  });

  it('shows roles once Access was open, and an administrator’s text where one is asked', () => {
    expect(formView(sampleModel()).roles).toEqual([]);
    expect(formView(sampleModel({ visited: new Set(['access']) })).roles).not.toEqual([]);
    expect(formView(sampleModel())).not.toHaveProperty('administrator');
    const chosen = { ...sampleChosen, credentials: 'administrator' };
    const text = formView(sampleModel({ chosen })).administrator?.text ?? '';
    expect(text).toMatch(/^# An app for the dstack server of the project vision\n\n/);
    expect(text).toContain(`signed in to the tenant Contoso (az login --tenant ${HOME}).`);
    expect(text).toContain(
      `APP_ID="$(az ad app create --display-name 'dstack vision' --sign-in-audience AzureADMyOrg --query appId --output tsv)"\naz ad sp create --id "$APP_ID"\naz ad app credential reset --id "$APP_ID" --append --display-name dstack --years 1 --query '{clientId: appId, clientSecret: password}'\n`,
    );
    expect(text.match(/"roleName"/g)).toHaveLength(2);
    expect(text).toMatch(/gives the app these roles and no other right:\n\n- `Storage Blob Data/);
    const nowhere = sampleModel({ chosen: { credentials: 'administrator' } });
    expect(formView(nowhere)).not.toHaveProperty('administrator');
    const placeless = formView(
      sampleModel({ chosen: { tenant: HOME, credentials: 'administrator' } }),
    );
    expect(placeless.administrator?.text).not.toContain('roleName');
  });

  it('tells an administrator every role of the app, with how far each reaches', () => {
    const given = (change: Partial<FormModel>) => {
      const chosen = { ...sampleChosen, credentials: 'administrator' };
      const text = formView(sampleModel({ chosen, ...change })).administrator?.text ?? '';
      return text.split('\n').filter((line) => line.startsWith('- '));
    };
    const plainly = [
      /^- `Storage Blob Data Contributor`: only the container dstack-container of dstackvision/,
      /^- `dstack dstack-vision [0-9a-f]{8}`: the resource group dstack-vision$/,
      /^- `dstack dstack-vision reader [0-9a-f]{8}`: the subscription, reading only$/,
    ].map((line) => expect.stringMatching(line) as string);
    expect(given({})).toEqual(plainly);
    expect(given({ extras: new Set(['secretsAndLogs']) })).toEqual([
      ...plainly,
      '- `Key Vault Administrator`: only the key vault',
    ]);
  });

  it('says who gets which right', () => {
    const rolesFor = (change: Partial<FormModel>, lists: Partial<FormLists> = {}) =>
      formView(sampleModel({ visited: new Set(['access']), ...change }, lists)).roles;
    const who = (change: Partial<FormModel>) => rolesFor(change).map((role) => role.who);
    expect(who({})).toEqual(['Runs', 'dev@contoso.example', 'dev@contoso.example']);
    expect(who({ chosen: app }).filter((each) => each === 'The server')).toHaveLength(3);
    expect(who({ chosen: { ...sampleChosen, credentials: 'newApp' } })).toContain('The server');
    const typed = { projectName: 'vision', principalId: PRINCIPAL };
    expect(who({ typed })).not.toContain('The server');
    const server = `home:${HOME_SERVER}`;
    expect(who({ typed, chosen: { ...sampleChosen, server } })).toContain('The server');
    const nobody = rolesFor({}, { accounts: list({}) });
    expect(nobody.map((role) => role.who)).toEqual(['Runs', 'You', 'You']);
    for (const role of rolesFor({ chosen: app })) {
      expect(role.what).not.toBe('');
      expect(role.where).not.toBe('');
    }
    expect(rolesFor({ chosen: {} })).toEqual([]);
  });
});

describe('A secret', () => {
  const view = (
    name: 'clientSecret' | 'serverToken',
    secret: GivenSecret | undefined,
    lists: Partial<FormLists> = {},
    change: Partial<FormModel> = {},
  ) => {
    const chosen = { ...app, server: REMOTE_SERVER };
    const secrets = secret === undefined ? {} : { [name]: secret };
    return secretField(sampleModel({ chosen, secrets, ...change }, lists), name);
  };

  it('is given or not, and the check behind it is no news without it', () => {
    const busy = { appCheck: list<never>({ loading: true }) };
    expect(view('clientSecret', undefined, busy)).toEqual({
      stored: false,
      loading: false,
      disabled: false,
      canRetry: false,
    });
    expect(view('clientSecret', given(), busy)).toEqual({
      stored: true,
      loading: true,
      disabled: false,
      canRetry: false,
      hint: 'Signing in as the app…',
    });
    const asking = { serverCheck: list<never>({ loading: true }) };
    expect(view('serverToken', given(), asking)).toMatchObject({
      loading: true,
      hint: 'Asking the server…',
    });
  });

  it.each([
    ['clientSecret', 'The client secret is missing.', 'Enter its value.'],
    ['serverToken', 'The token is missing.', 'Enter your token on that server.'],
  ] as const)('%s is missing once its part was left and it is in use', (name, message, remedy) => {
    const attempted = new Set(['access', 'server'] as const);
    expect(view(name, undefined, {}, { attempted }).error).toEqual({
      code: 'missing',
      message,
      remedy,
    });
    expect(view(name, undefined)).not.toHaveProperty('error');
    const unused = { attempted, chosen: sampleChosen };
    expect(view(name, undefined, {}, unused)).not.toHaveProperty('error');
  });

  it.each([
    ['clientSecret', 'invalid_credentials', 'A client secret holds no blanks.'],
    ['serverToken', 'server_token_invalid', 'A token holds no blanks.'],
  ] as const)('%s with blanks was not copied alone', (name, code, message) => {
    const field = view(name, given({ hasBlanks: true }));
    expect(field.error).toEqual({ code, message, remedy: 'Copy it again, alone.' });
    expect(field).not.toHaveProperty('hint');
  });

  it('that looks like an id is one, unless it works', () => {
    const guid = given({ looksLikeGuid: true });
    const hint = 'This looks like the id of a secret. Its value is what is needed.';
    expect(view('clientSecret', guid).hint).toBe(hint);
    expect(view('clientSecret', guid, { appCheck: list({ value: signedIn }) }).hint).toBe(
      'The app has signed in.',
    );
    expect(view('serverToken', guid)).not.toHaveProperty('hint');
  });

  it.each([
    [list({ value: signedIn }), 'The app has signed in.'],
    [
      list({ value: { ...signedIn, seesSubscription: false } }),
      'The app has signed in. It gets its roles in the subscription by the plan.',
    ],
    [list<never>({}), 'It is tried as soon as tenant and client ID are there.'],
  ])('of an app says how the app stands (case %#)', (appCheck, hint) => {
    expect(view('clientSecret', given(), { appCheck }).hint).toBe(hint);
  });

  it.each([
    [server, 'The server, version 0.21.2, knows you as dana.'],
    [{ url: HOME_SERVER, userName: 'dana' }, 'The server knows you as dana.'],
    [
      { ...server, warning: 'It is newer.' },
      'The server, version 0.21.2, knows you as dana. It is newer.',
    ],
  ])('of a server says who the server takes you for (case %#)', (value, hint) => {
    const serverCheck = list({ value: value });
    expect(view('serverToken', given(), { serverCheck }).hint).toBe(hint);
  });

  it('can be tried again only where that may help', () => {
    const retry = (error: SetupError) =>
      view('clientSecret', given(), { appCheck: list<never>({ error }) });
    expect(retry(failure())).toMatchObject({ error: { code: 'network' }, canRetry: false });
    expect(retry(offline)).toMatchObject({ error: { code: 'network' }, canRetry: true });
    const problems = new Map([['clientSecret', { error: offline }] as const]);
    expect(view('clientSecret', given(), {}, { problems }).canRetry).toBe(false);
  });
});

describe('The spec of the form', () => {
  it('is what is chosen and typed, with a new account in a new group', () => {
    const extras = new Set(['gateways', 'secretsAndLogs'] as const);
    expect(specOf(sampleModel({ extras }))).toEqual({
      schema: 1,
      name: 'vision',
      tenantId: HOME,
      subscriptionId: ONE,
      location: 'westeurope',
      resourceGroup: { name: 'dstack-vision', create: true },
      storageAccount: {
        name: expect.stringMatching(/^dstackvision[0-9a-f]{8}$/) as string,
        create: true,
      },
      credentials: { kind: 'default' },
      gateways: true,
      secretsAndLogs: true,
      server: { kind: 'local' },
    });
  });

  it('takes a group that exists, and with an account that exists the group of that', () => {
    const inGroup = { ...sampleChosen, resourceGroup: 'mine' };
    expect(specOf(sampleModel({ chosen: inGroup }))).toMatchObject({
      resourceGroup: { name: 'mine', create: false },
      storageAccount: { create: true },
    });
    const existing = { ...sampleChosen, storageAccount: 'west1' };
    expect(specOf(sampleModel({ chosen: existing }))).toMatchObject({
      resourceGroup: { name: 'storage', create: false },
      storageAccount: { name: 'west1', create: false },
    });
    const gone = { ...sampleChosen, storageAccount: 'gone' };
    expect(specOf(sampleModel({ chosen: gone }))).toBeUndefined();
  });

  it('has the credentials of the way that was chosen', () => {
    const credentials = (chosen: FormModel['chosen'], more: Partial<FormModel['typed']> = {}) =>
      specOf(
        sampleModel(
          { chosen, typed: { projectName: 'vision', serverUrl: HOME_SERVER, ...more } },
          { appCheck: list({ value: signedIn }) },
        ),
      )?.credentials;
    const typedApp = { kind: 'existingApp', clientId: CLIENT, principalId: PRINCIPAL };
    expect(credentials(app)).toEqual(typedApp);
    expect(credentials({ ...sampleChosen, credentials: 'administrator' })).toEqual(typedApp);
    expect(credentials({ ...sampleChosen, credentials: 'newApp' }, { secretDays: '30' })).toEqual({
      kind: 'newApp',
      secretDays: 30,
    });
    expect(credentials(elsewhere, { principalId: PRINCIPAL })).toEqual({
      kind: 'default',
      principalId: PRINCIPAL,
    });
    // A local server is the person: an id that was typed for another one is nobody's here.
    expect(credentials(sampleChosen, { principalId: PRINCIPAL })).toEqual({ kind: 'default' });
  });

  it.each<[string, Partial<FormModel>]>([
    ['an app that has not signed in', { chosen: app }],
    ['no way to sign in', { chosen: { ...sampleChosen, credentials: 'none' } }],
    ['no place', { chosen: { credentials: 'default', server: 'local' } }],
    ['no name', { typed: { projectName: '' } }],
  ])('is none with %s', (_name, change) => {
    expect(specOf(sampleModel(change))).toBeUndefined();
  });

  it('has the server that was chosen', () => {
    const typed = { projectName: 'vision', serverUrl: 'https://other.example/' };
    const serverOf = (chosen: FormModel['chosen']) =>
      specOf(sampleModel({ chosen, typed }))?.server;
    expect(serverOf(sampleChosen)).toEqual({ kind: 'local' });
    expect(serverOf(elsewhere)).toEqual({ kind: 'remote', url: 'https://other.example' });
    expect(serverOf(atHome)).toEqual({ kind: 'remote', url: HOME_SERVER });
  });
});
