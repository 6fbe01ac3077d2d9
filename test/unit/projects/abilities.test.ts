import { describe, expect, it } from 'vitest';
import { abilitiesOf } from '../../../src/projects/abilities.ts';
import { textOf } from '../../../src/projects/nodeText.ts';
import { portalPathOf, quotaPathOf, resourceIdOf } from '../../../src/projects/portalPath.ts';
import type { ProjectNode } from '../../../src/projects/projectNode.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { account, ada, listed } from './azureWorld.ts';

const { id } = account('alpha');
const container = `${id}/blobServices/default/containers/dstack-azure`;
const error = new SetupError({
  code: 'throttled',
  source: 'azure',
  message: 'Azure is busy.',
  remedy: 'Wait a minute.',
});

function resource(resourceKind: string, resourceId: string): ProjectNode {
  return { kind: 'resource', id: 'x', resourceKind, resourceId, name: 'x', tenantId: 'contoso' };
}

describe('A node', () => {
  const project = listed('alpha');
  const cases: readonly (readonly [string, ProjectNode, readonly string[]])[] = [
    [
      'that is a project can be used, opened in the portal, copied and refreshed',
      { kind: 'project', id: 'x', project, usedHere: false },
      ['canUse', 'canOpenInPortal', 'canCopyId', 'canRefresh', 'canDelete'],
    ],
    [
      'that is the project of this window can be let go of',
      { kind: 'project', id: 'x', project, usedHere: true },
      [
        'canUse',
        'canStopUsing',
        'canOpenInPortal',
        'canCopyId',
        'canShowOffers',
        'canRefresh',
        'canDelete',
      ],
    ],
    [
      'that is a folder with another project can use this one',
      {
        kind: 'folder',
        id: 'x',
        project,
        use: { folderName: 'f', folderUri: 'file:///f', used: false, files: [] },
      },
      ['canUse', 'canRefresh'],
    ],
    [
      'that is a folder with this project can get its first files',
      {
        kind: 'folder',
        id: 'x',
        project,
        use: { folderName: 'f', folderUri: 'file:///f', used: true, files: [] },
      },
      ['canStopUsing', 'canCreateFiles', 'canShowOffers', 'canRefresh'],
    ],
    [
      'that is an error can be tried again',
      { kind: 'error', id: 'x', error, subject: 's' },
      ['canRetry'],
    ],
    [
      'that is a tenant can be signed in to',
      { kind: 'signIn', id: 'x', account: ada, tenant: { tenantId: 'contoso' } },
      ['canSignIn'],
    ],
    [
      'that is a role has no page in the portal',
      resource('roleAssignment', `${id}/x`),
      ['canCopyId'],
    ],
    [
      'that is GPU quota leads to where more can be asked for',
      { kind: 'gpuQuota', id: 'x', project },
      ['canOpenQuota', 'canRefresh'],
    ],
    [
      'that is a location leads there too',
      { kind: 'location', id: 'x', project },
      ['canOpenQuota'],
    ],
    ['that is a note can do nothing', { kind: 'note', id: 'x', text: 'Hello' }, []],
  ];

  it.each(cases)('%s', (_, node, abilities) => {
    expect(abilitiesOf(node)).toEqual(abilities);
  });

  it('leads to the portal in its own tenant', () => {
    expect(portalPathOf(resource('storageAccount', id))).toBe(`#@contoso/resource${id}`);
  });

  it('about quota leads to the quotas of its own tenant', () => {
    const page = '#@contoso/view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas';
    expect(quotaPathOf({ kind: 'location', id: 'x', project })).toBe(page);
    expect(quotaPathOf({ kind: 'project', id: 'x', project, usedHere: false })).toBeUndefined();
  });

  it('that is a container leads to the containers of its account', () => {
    expect(portalPathOf(resource('blobContainer', container))).toBe(
      `#@contoso/resource${id}/containersList`,
    );
  });

  it('that is a project is copied as the id of its storage account', () => {
    expect(resourceIdOf({ kind: 'project', id: 'x', project, usedHere: false })).toBe(id);
  });

  it('that is an error tells a screen reader what failed and what to do', () => {
    expect(textOf({ kind: 'error', id: 'x', error, subject: 'Contoso' }).accessible).toBe(
      'Contoso, Azure is busy., error: Wait a minute.',
    );
  });
});
