import { describe, expect, it } from 'vitest';
import {
  CREATE_NEW,
  OTHER_TENANT,
  REMOTE_SERVER,
  TEXT_FIELDS,
  type TextFieldName,
} from '../../../src/contract/wizardState.ts';
import { defaultStorageAccountName } from '../../../src/setup/names.ts';
import type { FormLists, FormModel } from '../../../src/setup/wizard/formModel.ts';
import { defaultProjectName, textValue } from '../../../src/setup/wizard/formOptions.ts';
import { missingText, takenBy, textField } from '../../../src/setup/wizard/textFields.ts';
import { failure, list, sampleChosen, sampleModel } from './sampleModel.ts';
import { CLIENT, GUEST, HOME, ONE, OTHER, PRINCIPAL, sampleAccount } from './wizardWorld.ts';

const GUID_EXAMPLE = 'This is no ID: an ID looks like 0a1b2c3d-0000-4000-8000-0123456789ab.';
const FROM_OVERVIEW = 'Copy it from the app’s Overview in the Azure portal.';

function project(name: string, account = 'west9') {
  return {
    projectName: name,
    storageAccount: sampleAccount(account, 'westeurope'),
    tenantId: HOME,
    subscriptionId: ONE,
  };
}

function projects(...names: readonly string[]): Partial<FormLists> {
  return { projects: list({ value: names.map((name) => project(name)) }) };
}

/** A field that holds this text, as it is drawn. */
function typed(
  field: TextFieldName,
  text: string,
  change: Partial<FormModel> = {},
  lists: Partial<FormLists> = {},
) {
  const model = sampleModel({ ...change, typed: { projectName: 'vision', [field]: text } }, lists);
  return textField(model, field);
}

describe('A text field', () => {
  it('without anything to say says nothing', () => {
    expect(typed('projectName', 'vision')).toEqual({
      value: 'vision',
      loading: false,
      disabled: false,
      canRetry: false,
    });
  });

  it('shows what came from elsewhere before what it finds itself, with the project to use', () => {
    const problems = new Map([
      ['projectName', { error: failure('of the plan'), useProject: project('robots') }] as const,
    ]);
    const field = typed('projectName', 'not a name', { problems });
    expect(field.error).toEqual({ code: 'of the plan', message: 'Broken.', remedy: 'Mend it.' });
    expect(field.action).toEqual({ id: 'useProject', label: 'Use the Project robots' });
    expect(field.suggestion).toBe('not-a-name');
  });

  it.each([
    ['projectName', 'A name is missing.'],
    ['newStorageAccount', 'A name is missing.'],
    ['newResourceGroup', 'A name is missing.'],
    ['otherTenant', 'The tenant ID is missing.'],
    ['appTenant', 'The tenant ID is missing.'],
    ['clientId', 'The client ID is missing.'],
    ['secretDays', 'The lifetime of the secret is missing.'],
    ['principalId', 'The object ID is missing.'],
    ['serverUrl', 'The URL of the server is missing.'],
  ] as const)('%s that is empty says %j', (field, message) => {
    expect(missingText(field)).toBe(message);
  });

  it('that is empty says so once its part was left, where it is in use and needed', () => {
    const attempted = new Set(['where', 'access', 'server'] as const);
    const empty = Object.fromEntries(TEXT_FIELDS.map((field) => [field, '']));
    const complaining = (change: Partial<FormModel>) => {
      const model = sampleModel({ typed: empty, attempted, ...change });
      return TEXT_FIELDS.filter((field) => textField(model, field).error?.code === 'missing');
    };
    const elsewhere = { ...sampleChosen, tenant: OTHER_TENANT, server: REMOTE_SERVER };
    expect(complaining({ attempted: new Set() })).toEqual([]);
    expect(complaining({})).toEqual(['newStorageAccount', 'newResourceGroup', 'projectName']);
    // The object id of a server elsewhere may stay empty.
    expect(complaining({ chosen: elsewhere })).toEqual([
      'newStorageAccount',
      'newResourceGroup',
      'projectName',
      'otherTenant',
      'serverUrl',
    ]);
    expect(complaining({ chosen: { ...sampleChosen, credentials: 'existingApp' } })).toEqual(
      expect.arrayContaining(['appTenant', 'clientId']),
    );
    expect(complaining({ chosen: { ...sampleChosen, credentials: 'newApp' } })).toContain(
      'secretDays',
    );
    // Names that nobody has touched wait for the project's.
    expect(complaining({ typed: { projectName: '' } })).toEqual(['projectName']);
    expect(textField(sampleModel({ typed: empty, attempted }), 'projectName').error).toEqual({
      code: 'missing',
      message: 'A name is missing.',
      remedy: 'Type it.',
    });
  });
});

describe('The name of a project', () => {
  it.each([
    ['has space', 'has-space'],
    ['-ümlaut!', 'mlaut'],
    ['x'.repeat(51), 'x'.repeat(50)],
    ['a.b.c-', 'a-b-c'],
    ['!!!', undefined],
  ])('%j is refused, and %j offered', (name, suggestion) => {
    const field = typed('projectName', name);
    expect(field.error).toEqual({
      code: 'project_name_invalid',
      message:
        'A project name has 1 to 50 letters, digits, dashes and underscores, and nothing else.',
      remedy: 'Change the name.',
    });
    expect(field.suggestion).toBe(suggestion);
  });

  it('that is taken is offered with the next number that is free', () => {
    const field = typed('projectName', 'VISION', {}, projects('vision', 'vision-2'));
    expect(field).toMatchObject({
      error: {
        code: 'project_name_taken',
        message: 'There is a project vision already.',
        remedy: 'Use that project, choose its storage account to change it, or take another name.',
      },
      suggestion: 'VISION-3',
      action: { id: 'useProject', label: 'Use the Project vision' },
    });
  });

  it('that is long is cut for its number, and after ninety-eight tries none is offered', () => {
    const long = 'x'.repeat(50);
    const cut = 'x'.repeat(47);
    expect(typed('projectName', long, {}, projects(long)).suggestion).toBe(`${cut}-2`);
    const many = Array.from({ length: 98 }, (_, index) => `vision-${index + 2}`);
    expect(typed('projectName', 'vision', {}, projects('vision', ...many))).not.toHaveProperty(
      'suggestion',
    );
    const butOne = many.slice(0, -1);
    expect(typed('projectName', 'vision', {}, projects('vision', ...butOne)).suggestion).toBe(
      'vision-99',
    );
  });

  it('is free where the project’s own account was chosen: that changes the project', () => {
    const lists = projects('vision');
    const chosen = { ...sampleChosen, storageAccount: 'west9' };
    expect(takenBy(sampleModel({ chosen }, lists), 'vision')).toBeUndefined();
    expect(takenBy(sampleModel({}, lists), 'vision')?.projectName).toBe('vision');
    expect(takenBy(sampleModel({}, { projects: list({}) }), 'vision')).toBeUndefined();
  });

  it('that could not be looked for is a hint with Retry, and no error', () => {
    const lists = { projects: list<never>({ error: failure() }) };
    expect(typed('projectName', 'vision', {}, lists)).toEqual({
      value: 'vision',
      loading: false,
      disabled: false,
      canRetry: true,
      hint: 'Could not see whether the name is taken: Broken.',
    });
    const looking = { projects: list<never>({ loading: true }) };
    expect(typed('projectName', 'vision', {}, looking).loading).toBe(true);
  });

  it.each([
    ['My Vision (2)', 'My-Vision-2'],
    ['café', 'cafe'],
    ['--x--', 'x'],
    ['under_score', 'under_score'],
    ['x'.repeat(60), 'x'.repeat(40)],
    ['…', ''],
  ])('of the folder %j is %j', (folder, name) => {
    expect(defaultProjectName(folder)).toBe(name);
    const environment = list({ value: { folder: { name: folder, writable: true } } });
    expect(textValue(sampleModel({ typed: {} }, { environment }), 'projectName')).toBe(name);
  });
});

describe('What a text field holds before anybody typed', () => {
  const untyped = (field: TextFieldName, change: Partial<FormModel> = {}) =>
    textValue(sampleModel({ typed: { projectName: 'vision' }, ...change }), field);

  it.each([
    ['newResourceGroup', 'dstack-vision'],
    ['newStorageAccount', defaultStorageAccountName(ONE, 'vision')],
    ['appTenant', HOME],
    ['secretDays', '90'],
    ['clientId', ''],
    ['otherTenant', ''],
    ['principalId', ''],
    ['serverUrl', ''],
  ] as const)('is in %s %j', (field, value) => {
    expect(untyped(field)).toBe(value);
  });

  it('is nothing where it is not known for what', () => {
    const chosen = { account: 'dev', tenant: HOME };
    for (const field of ['newResourceGroup', 'newStorageAccount'] as const) {
      expect(untyped(field, { chosen })).toBe('');
      expect(untyped(field, { typed: { projectName: 'not a name' } })).toBe('');
    }
    expect(untyped('appTenant', { chosen: {} })).toBe('');
    const environment = list({ value: {} });
    expect(textValue(sampleModel({ typed: {} }, { environment }), 'projectName')).toBe('');
  });
});

describe('The name of a new storage account', () => {
  const account = (
    name: string,
    lists: Partial<FormLists> = {},
    chosen: FormModel['chosen'] = sampleChosen,
  ) => typed('newStorageAccount', name, { chosen }, lists);

  it.each([
    ['With-Dashes', 'withdashes'],
    ['ab', undefined],
    ['x'.repeat(25), undefined],
  ])('%j is refused, and %j offered', (name, suggestion) => {
    const field = account(name);
    expect(field.error).toEqual({
      code: 'storage_name_invalid',
      message:
        'A storage account name has 3 to 24 lower-case letters and digits, and nothing else.',
      remedy: 'Change the name.',
    });
    expect(field.suggestion).toBe(suggestion);
  });

  it('is not looked at while another account is chosen', () => {
    const chosen = { ...sampleChosen, storageAccount: 'west1' };
    expect(account('Not A Name', {}, chosen)).not.toHaveProperty('error');
  });

  it('that one’s own account has leads to that account, whatever Azure says', () => {
    const nameCheck = list({ value: { available: false, suggestion: 'another' } });
    expect(account('west1', { nameCheck })).toMatchObject({
      error: {
        code: 'storage_account_exists',
        message: 'You have this account already, in the resource group storage.',
        remedy: 'Choose it in the list above, or take another name.',
      },
      suggestion: 'another',
    });
    expect(account('west1', { nameCheck: list({}) }).error?.code).toBe('storage_account_exists');
    expect(account('visionx', { storageAccounts: list({}) }).hint).toBe('This name is free.');
  });

  it.each([
    [list({ value: { available: true } }), { hint: 'This name is free.', loading: false }],
    [
      list({ value: { available: true, unchecked: true as const } }),
      { hint: 'Azure will say whether this name is free when the account is made.' },
    ],
    [list<never>({ loading: true }), { loading: true }],
    [
      list<never>({ error: failure() }),
      { error: { code: 'network', message: 'Broken.', remedy: 'Mend it.' }, canRetry: true },
    ],
    [
      list({ value: { available: false, message: 'Azure’s words.', suggestion: 'other' } }),
      {
        error: {
          code: 'storage_name_taken',
          message: 'Azure’s words.',
          remedy: 'Take another name.',
        },
        suggestion: 'other',
        canRetry: false,
      },
    ],
    [
      list({ value: { available: false } }),
      {
        error: {
          code: 'storage_name_taken',
          message: 'Somebody has a storage account of this name; names are world-wide.',
          remedy: 'Take another name.',
        },
      },
    ],
  ])('is as free as Azure says (case %#)', (nameCheck, expected) => {
    const field = account('visionx', { nameCheck });
    expect(field).toMatchObject(expected);
    for (const part of ['hint', 'error'] as const) {
      if (!(part in expected)) expect(field).not.toHaveProperty(part);
    }
  });
});

describe('The name of a new resource group', () => {
  const group = (name: string, chosen: FormModel['chosen'] = sampleChosen) =>
    typed(
      'newResourceGroup',
      name,
      { chosen },
      {
        resourceGroups: list({
          value: ['Mine', 'full', 'full-2'].map((each) => ({
            name: each,
            location: 'westeurope',
            tags: {},
          })),
        }),
      },
    );

  it.each(['ends.', 'with space', 'x'.repeat(91)])('%j is refused', (name) => {
    expect(group(name).error).toEqual({
      code: 'resource_group_invalid',
      message:
        'A resource group name has up to 90 letters, digits, dots, dashes, underscores and parentheses, and no dot at its end.',
      remedy: 'Change the name.',
    });
  });

  it('that exists, in whatever case, is refused, and another one offered that does not', () => {
    expect(group('mine')).toMatchObject({
      error: {
        code: 'resource_group_exists',
        message: 'There is a resource group mine already.',
        remedy: 'Choose it in the list above, or take another name.',
      },
      suggestion: 'mine-2',
    });
    expect(group('FULL')).not.toHaveProperty('suggestion');
  });

  it('is not looked at where none is made, and is free while nothing is listed', () => {
    expect(group('mine', { ...sampleChosen, resourceGroup: 'full' })).not.toHaveProperty('error');
    expect(group('new')).not.toHaveProperty('error');
    const lists = { resourceGroups: list<never>({}) };
    expect(typed('newResourceGroup', 'mine', {}, lists)).not.toHaveProperty('error');
  });
});

describe('An ID', () => {
  const app = { chosen: { ...sampleChosen, credentials: 'existingApp' } };

  it.each([
    ['appTenant', 'invalid_tenant_id', FROM_OVERVIEW],
    ['clientId', 'invalid_credentials', FROM_OVERVIEW],
    [
      'principalId',
      'principal_id_invalid',
      'Copy the object ID from the identity’s page in the Azure portal; that of an app stands under Enterprise applications.',
    ],
  ] as const)('that is none is refused in %s as %s', (field, code, remedy) => {
    expect(typed(field, 'no id', app).error).toEqual({ code, message: GUID_EXAMPLE, remedy });
  });

  it('of the app’s tenant has to be that of the project, which is offered', () => {
    expect(typed('appTenant', 'no id', app).suggestion).toBe(HOME);
    expect(typed('appTenant', GUEST, app)).toMatchObject({
      error: {
        code: 'invalid_tenant_id',
        message: 'The app is in another tenant than the one chosen above.',
        remedy: 'Choose its tenant above, or use an app of the chosen one.',
      },
      suggestion: HOME,
    });
    expect(typed('appTenant', HOME, app)).not.toHaveProperty('error');
    expect(typed('appTenant', GUEST, { chosen: {} })).not.toHaveProperty('error');
  });

  it('of the tenant is not that of the app', () => {
    expect(typed('clientId', HOME, app).error).toEqual({
      code: 'invalid_credentials',
      message: 'This is the ID of the tenant, not of the app.',
      remedy: FROM_OVERVIEW,
    });
    expect(typed('clientId', CLIENT, app)).not.toHaveProperty('error');
  });

  it('of an identity is taken as it is', () => {
    expect(typed('principalId', PRINCIPAL)).not.toHaveProperty('error');
  });

  it.each([
    [OTHER, undefined],
    ['CONTOSO.example', undefined],
    ['unknown.example', 'invalid_tenant_id'],
  ])('of another tenant, or its domain: %j gives %j', (text, code) => {
    const field = typed('otherTenant', text, { chosen: { ...sampleChosen, tenant: OTHER_TENANT } });
    expect(field.error?.code).toBe(code);
    if (code !== undefined) {
      expect(field.error).toMatchObject({
        message: 'This is neither the ID of a tenant nor the domain of a listed one.',
        remedy: 'The Azure portal shows the ID under Microsoft Entra ID, Overview.',
      });
    }
  });

  it.each([
    ['1', undefined],
    ['730', undefined],
    ['0', '90'],
    ['731', '90'],
    ['1.5', '90'],
    ['12 days', '90'],
    ['-1', '90'],
  ])('is no lifetime; of %j days %j is offered instead', (days, suggestion) => {
    const field = typed('secretDays', days);
    expect(field.suggestion).toBe(suggestion);
    expect(field.error).toEqual(
      suggestion === undefined
        ? undefined
        : {
            code: 'secret_days_invalid',
            message: 'A client secret is good for 1 to 730 days.',
            remedy: 'Change the number.',
          },
    );
  });
});

describe('The URL of a server', () => {
  const chosen = { ...sampleChosen, server: REMOTE_SERVER };

  it('shows what is wrong with it, or else what the server said, which can be asked again', () => {
    const lists = { serverCheck: list<never>({ error: failure('server_offline') }) };
    const wrong = typed('serverUrl', 'dstack.example', { chosen }, lists);
    expect(wrong).toMatchObject({ error: { code: 'server_url_invalid' }, canRetry: false });
    expect(typed('serverUrl', 'https://dstack.example', { chosen }, lists)).toMatchObject({
      error: { code: 'server_offline' },
      canRetry: true,
    });
  });

  it('with a hint keeps it beside the server’s error, and has neither when all is well', () => {
    const lists = { serverCheck: list<never>({ error: failure() }) };
    expect(typed('serverUrl', 'http://dstack.example', { chosen }, lists)).toMatchObject({
      hint: 'Without https, others on the way can read the token and the credentials.',
      error: { code: 'network' },
    });
    const fine = typed('serverUrl', 'https://dstack.example', { chosen });
    expect(fine).not.toHaveProperty('error');
    expect(fine).toMatchObject({ canRetry: false });
  });
});

it('a storage account to create is named for the folder’s project as long as nobody names it', () => {
  const environment = list({ value: { folder: { name: 'robots', writable: true } } });
  const model = sampleModel(
    { typed: {}, chosen: { ...sampleChosen, storageAccount: CREATE_NEW } },
    {
      environment,
    },
  );
  expect(textField(model, 'newStorageAccount').value).toBe(
    defaultStorageAccountName(ONE, 'robots'),
  );
});
