import { describe, expect, it } from 'vitest';
import { BUILT_IN_ROLES, rolesThatGrant } from '../../../src/setup/builtInRoles.ts';
import {
  actionMatches,
  denied,
  lockInTheWay,
  verdict,
  type DenyAssignment,
  type PermissionItem,
  type Verdict,
} from '../../../src/setup/permissions.ts';
import { seededRandom } from './seededRandom.ts';

const ASSIGN = 'Microsoft.Authorization/roleAssignments/write';
const DEFINE = 'Microsoft.Authorization/roleDefinitions/write';
const STORAGE = 'Microsoft.Storage/storageAccounts/write';
const GROUP = 'Microsoft.Resources/subscriptions/resourceGroups/write';
const BLOB = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write';
const CONTAINER = 'Microsoft.Storage/storageAccounts/blobServices/containers/write';
const REGISTER = 'Microsoft.Storage/register/action';

const item = (change: Partial<PermissionItem>): PermissionItem => ({
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...change,
});
const roleItems = (...names: string[]): PermissionItem[] =>
  BUILT_IN_ROLES.filter(({ name }) => names.includes(name)).map(({ permissions }) => permissions);

describe('the patterns of actions', () => {
  it.each([
    ['*', STORAGE, true],
    ['*/read', 'Microsoft.Storage/storageAccounts/read', true],
    ['*/read', STORAGE, false],
    ['Microsoft.Authorization/*/Write', ASSIGN, true],
    ['microsoft.storage/STORAGEACCOUNTS/write', STORAGE, true],
    ['Microsoft.Storage/*', 'Microsoft.StorageSync/write', false],
    ['Microsoft.Storage/storageAccounts', STORAGE, false],
    ['Microsoft.Storage/*/write', 'Microsoft.Storage/write', false],
    ['*Accounts/*s/write', CONTAINER, true],
    ['a*a', 'a', false],
    ['Microsoft.Storage.storageAccounts/write', STORAGE, false],
    ['', STORAGE, false],
  ])('%s covers %s: %s', (pattern, action, expected) => {
    expect(actionMatches(pattern, action)).toBe(expected);
  });

  it('mean what the same pattern means as a regular expression', () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
    const random = seededRandom(seed);
    const draw = (letters: string, most: number): string =>
      Array.from({ length: Math.floor(random() * (most + 1)) }, () =>
        letters.charAt(Math.floor(random() * letters.length)),
      ).join('');
    for (let run = 0; run < 3_000; run++) {
      const [pattern, action] = [draw('ab/*', 7), draw('ab/', 8)];
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action);
      expect(actionMatches(pattern, action), `seed ${seed.toString()}: ${pattern} ${action}`).toBe(
        expected,
      );
    }
  });
});

describe('what built-in roles allow', () => {
  const table: readonly (readonly [roles: string, action: string, expected: Verdict])[] = [
    ['Owner', ASSIGN, 'may'],
    ['Owner', DEFINE, 'may'],
    ['Owner', STORAGE, 'may'],
    ['Contributor', STORAGE, 'may'],
    ['Contributor', GROUP, 'may'],
    ['Contributor', REGISTER, 'may'],
    ['Contributor', CONTAINER, 'may'],
    ['Contributor', ASSIGN, 'mayNot'],
    ['Contributor', DEFINE, 'mayNot'],
    ['Reader', STORAGE, 'mayNot'],
    ['Reader', 'Microsoft.Storage/storageAccounts/read', 'may'],
    ['User Access Administrator', ASSIGN, 'may'],
    ['User Access Administrator', DEFINE, 'may'],
    ['User Access Administrator', STORAGE, 'mayNot'],
    ['Role Based Access Control Administrator', ASSIGN, 'may'],
    ['Role Based Access Control Administrator', DEFINE, 'mayNot'],
    ['Storage Blob Data Contributor', CONTAINER, 'may'],
    // What one role excludes, another still grants.
    ['Contributor+User Access Administrator', ASSIGN, 'may'],
    ['Contributor+Reader', ASSIGN, 'mayNot'],
    ['', STORAGE, 'mayNot'],
  ];

  it.each(table)('%s: %s is %s', (roles, action, expected) => {
    expect(verdict(roleItems(...roles.split('+')), action)).toBe(expected);
  });

  it('keeps data apart: an owner reads no blobs, a blob contributor does', () => {
    expect(verdict(roleItems('Owner'), BLOB, true)).toBe('mayNot');
    expect(verdict(roleItems('Storage Blob Data Contributor'), BLOB, true)).toBe('may');
    expect(verdict(roleItems('Storage Blob Data Contributor'), BLOB)).toBe('mayNot');
  });

  it('can’t tell what a condition on assigning roles says, and ignores it elsewhere', () => {
    const conditional = item({ actions: ['*'], condition: '(!(ActionMatches…' });
    expect(verdict([conditional], ASSIGN)).toBe('cantTell');
    expect(verdict([conditional], 'Microsoft.Authorization/roleAssignments/delete')).toBe(
      'cantTell',
    );
    expect(verdict([conditional], STORAGE)).toBe('may');
    expect(verdict([conditional, ...roleItems('Owner')], ASSIGN)).toBe('may');
    expect(verdict([{ ...conditional, actions: [], dataActions: [BLOB] }], BLOB, true)).toBe(
      'cantTell',
    );
  });

  it('names the roles that would help, the least powerful first', () => {
    const names = (action: string, data = false): string[] =>
      rolesThatGrant(action, data).map(({ name }) => name);
    expect(names(ASSIGN)).toEqual([
      'Role Based Access Control Administrator',
      'User Access Administrator',
      'Owner',
    ]);
    expect(names(DEFINE)).toEqual(['User Access Administrator', 'Owner']);
    expect(names(STORAGE)).toEqual(['Contributor', 'Owner']);
    expect(names(BLOB, true)).toEqual(['Storage Blob Data Contributor']);
  });
});

describe('deny assignments', () => {
  const ME = '33333333-3333-3333-3333-333333333333';
  const EVERYBODY = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' };
  const group = '/subscriptions/s/resourceGroups/g';
  const deny = (change: Partial<DenyAssignment>): DenyAssignment => ({
    name: 'managed app',
    scope: group,
    doNotApplyToChildScopes: false,
    permissions: [item({ actions: ['*/write'], notActions: ['Microsoft.Compute/*'] })],
    principals: [EVERYBODY],
    excludePrincipals: [],
    ...change,
  });
  const right = { action: STORAGE, scope: `${group.toUpperCase()}/providers/x/y/z` };

  it.each([
    ['everybody', deny({}), 'mayNot'],
    ['me by name', deny({ principals: [{ id: ME.toUpperCase(), type: 'User' }] }), 'mayNot'],
    ['somebody else', deny({ principals: [{ id: 'other', type: 'User' }] }), undefined],
    ['everybody but me', deny({ excludePrincipals: [{ id: ME, type: 'User' }] }), undefined],
    [
      'everybody but a group',
      deny({ excludePrincipals: [{ id: 'g', type: 'Group' }] }),
      'cantTell',
    ],
    ['a group', deny({ principals: [{ id: 'g', type: 'Group' }] }), 'cantTell'],
    ['another scope', deny({ scope: '/subscriptions/s/resourceGroups/other' }), undefined],
    ['a group of which the name is only a prefix', deny({ scope: `${group}2` }), undefined],
    [
      'a management group',
      deny({ scope: '/providers/Microsoft.Management/managementGroups/m' }),
      'mayNot',
    ],
    ['the scope alone', deny({ doNotApplyToChildScopes: true }), undefined],
    ['other actions', deny({ permissions: [item({ actions: ['*/delete'] })] }), undefined],
    [
      'all but this action',
      deny({ permissions: [item({ actions: ['*'], notActions: ['Microsoft.Storage/*'] })] }),
      undefined,
    ],
  ])('of %s', (_who, assignment, expected) => {
    expect(denied([assignment], right, ME)?.verdict).toBe(expected);
  });

  it('name the certain one when another only may apply', () => {
    const unsure = deny({ name: 'unsure', principals: [{ id: 'g', type: 'Group' }] });
    expect(denied([unsure, deny({})], right, ME)?.by.name).toBe('managed app');
  });
});

describe('locks', () => {
  const group = '/subscriptions/s/resourceGroups/g';
  const account = `${group}/providers/Microsoft.Storage/storageAccounts/a`;
  const REMOVE = 'Microsoft.Storage/storageAccounts/delete';
  it.each([
    ['CanNotDelete', group, STORAGE, account, false],
    ['CanNotDelete', group, REMOVE, account, true],
    [
      'CanNotDelete',
      account,
      'Microsoft.Resources/subscriptions/resourceGroups/delete',
      group,
      true,
    ],
    ['CanNotDelete', `${group}/providers/x/y/other`, REMOVE, account, false],
    ['ReadOnly', group, STORAGE, account, true],
    ['ReadOnly', account, GROUP, group, false],
    ['ReadOnly', group, 'Microsoft.Storage/storageAccounts/read', account, false],
    ['ReadOnly', group, REGISTER, '/subscriptions/s', false],
  ] as const)('%s on %s: %s at %s is stopped: %s', (level, scope, action, at, expected) => {
    const lock = lockInTheWay([{ name: 'l', level, scope }], { action, scope: at });
    expect(lock !== undefined).toBe(expected);
  });

  it('do not reach data', () => {
    const lock = { name: 'l', level: 'ReadOnly', scope: group } as const;
    expect(lockInTheWay([lock], { action: BLOB, scope: account, data: true })).toBeUndefined();
  });
});
