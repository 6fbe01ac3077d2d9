import { describe, expect, it } from 'vitest';
import {
  appUniqueName,
  createdBy,
  customRole,
  defaultResourceGroupName,
  defaultStorageAccountName,
  isProjectName,
  isResourceGroupName,
  isStorageAccountName,
  keyVaultName,
  projectIdInTag,
  projectIdOf,
  recordBlobName,
  roleAssignmentName,
  runIdInSecretName,
  secretName,
} from '../../../src/setup/names.ts';
import { SUBSCRIPTION } from './sampleSpec.ts';

const ID = '1b9c5b7b-aff2-5282-9289-4803dc7f6fe9';

describe('a name', () => {
  // Objects that exist are found again by these: a change here loses every project there is.
  it.each<[string, () => unknown, unknown]>([
    [
      'the project id',
      () =>
        projectIdOf({
          subscriptionId: SUBSCRIPTION,
          storageAccount: 'dstackvision1a2b3c4d',
          projectName: 'vision',
        }),
      ID,
    ],
    ['the group', () => defaultResourceGroupName('vision'), 'dstack-vision'],
    [
      'the account',
      () => defaultStorageAccountName(SUBSCRIPTION, 'vision'),
      'dstackvisiona0913978',
    ],
    [
      'the second choice of an account',
      () => defaultStorageAccountName(SUBSCRIPTION, 'vision', 1),
      'dstackvisionead57e6b',
    ],
    [
      'the account of a long name with other characters',
      () => defaultStorageAccountName(SUBSCRIPTION, 'My-Vision_Project-2'),
      expect.stringMatching(/^dstackmyvisionpr[0-9a-f]{8}$/),
    ],
    ['the vault', () => keyVaultName('dstackvision1'), 'dstackvision1'],
    [
      'the vault of an account that starts with a digit',
      () => keyVaultName('1account1account1account'),
      'k1account1account1a40b30',
    ],
    ['the vault of a short one of these', () => keyVaultName('1account1'), 'k1account1ab86a'],
    [
      'the writing role',
      () => customRole('6f', 'g', 'run'),
      { guid: '87dbe492-6656-5f61-94dc-940fbeab0177', name: 'dstack g 203f21d7' },
    ],
    [
      'the reading role',
      () => customRole('6f', 'g', 'read'),
      { guid: '68b54ade-66e0-5752-a6eb-cbe2d2264034', name: 'dstack g reader 1773459c' },
    ],
    [
      'a role assignment',
      () => roleAssignmentName('/subscriptions/S', 'P', 'R'),
      '77913617-d707-55f6-b5cc-dd5e18eba5c6',
    ],
    ['the mark', () => createdBy(ID), `dstack-azure/${ID}`],
    ['the app', () => appUniqueName(ID), `dstack-azure-${ID}`],
    ['a secret', () => secretName('run-1'), 'dstack-azure run-1'],
    ['the record', () => recordBlobName('Vision'), 'projects/vision.json'],
  ])('of %s is the same for ever', (_of, name, expected) => {
    expect(name()).toEqual(expected);
  });

  it('does not depend on the case that Azure or a person writes ids in', () => {
    const at = { subscriptionId: 'abc', storageAccount: 'acc', projectName: 'Vision' };
    expect(projectIdOf({ ...at, subscriptionId: 'ABC', projectName: 'vision' })).toBe(
      projectIdOf(at),
    );
    expect(roleAssignmentName('/A', 'P', 'R')).toBe(roleAssignmentName('/a', 'p', 'r'));
    expect(defaultStorageAccountName('ABC', 'VISION')).toBe(
      defaultStorageAccountName('abc', 'vision'),
    );
  });

  it('keeps parts apart, so that no two projects share an id', () => {
    const id = (storageAccount: string, projectName: string): string =>
      projectIdOf({ subscriptionId: 's', storageAccount, projectName });
    expect(id('ab', 'c')).not.toBe(id('a', 'bc'));
  });
});

describe('the mark of an object', () => {
  it.each([
    [`dstack-azure/${ID}`, ID],
    [`DSTACK-AZURE/${ID.toUpperCase()}`, ID],
    [`other/dstack-azure/${ID}`, undefined],
    [`dstack-azure/${ID}0`, undefined],
    ['dstack-azure/1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s names the project %s', (tag, projectId) => {
    expect(projectIdInTag(tag)).toBe(projectId);
  });

  it.each([
    ['dstack-azure run-1', 'run-1'],
    ['dstack-azure ', undefined],
    ['a dstack-azure run-1', undefined],
    ['run-1 dstack-azure ', undefined],
    ['CI', undefined],
    [undefined, undefined],
  ])('a secret called “%s” was made by the run %s', (name, runId) => {
    expect(runIdInSecretName(name)).toBe(runId);
  });
});

describe('what Azure and the server accept as a name', () => {
  it.each([
    ['an account', isStorageAccountName, ['abc', 'a'.repeat(24), '123'], ['ab', 'a'.repeat(25)]],
    ['an account', isStorageAccountName, ['abc1'], ['Abc', 'a-bc', 'abc ', ' abc']],
    ['a group', isResourceGroupName, ['g', 'A-b_c.(d)', 'größe', '1'], ['', 'a.', 'a b', 'a/b']],
    ['a group', isResourceGroupName, ['g'.repeat(90)], ['g'.repeat(91), '.']],
    ['a project', isProjectName, ['a', 'A-b_1', 'p'.repeat(50)], ['', 'p'.repeat(51), 'a b', 'a.']],
  ] as const)('of %s is checked by their rules', (_of, accepts, good, bad) => {
    expect(good.filter((name) => !accepts(name))).toEqual([]);
    expect(bad.filter((name) => accepts(name))).toEqual([]);
  });
});
