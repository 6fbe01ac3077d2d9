import { describe, expect, it } from 'vitest';
import { cancellation } from '../../../src/setup/errors.ts';
import type { JsonObject } from '../../../src/setup/json.ts';
import { roleAssignmentName } from '../../../src/setup/names.ts';
import type { Target } from '../../../src/setup/resource.ts';
import type { UndoItem } from '../../../src/setup/undoPlan.ts';
import { prove, type Proven } from '../../../src/setup/undoProve.ts';
import { untagTarget } from '../../../src/setup/undoTags.ts';
import { azureError } from './fakeAzure.ts';
import { undoPorts, type FakeUndoPorts } from './fakeUndo.ts';
import { dev, sampleSpec } from './sampleSpec.ts';
import * as stage from './undoStage.ts';

const { account, artifacts, group, mark, OTHERS, OURS, project, subscription } = stage;
const NOT_OURS = 'Azure does not show any more that this project made it.';
const UNPROVED = 'Nothing proves that this project made it.';
const roles = 'providers/Microsoft.Authorization/roleAssignments';

/** What becomes of an object right before its delete, and what an undo has said meanwhile. */
async function proven(
  ports: FakeUndoPorts,
  target: Target,
  change: Partial<UndoItem> = {},
  run: Partial<stage.Run> = {},
): Promise<Proven> {
  const item = stage.undoItem('x', { kind: target.kind, id: target.id, ...change });
  return await prove(stage.undoRun(ports, run), item, target);
}

describe('a place', () => {
  const OUTSIDE = { status: 'kept', why: 'It lies outside of the project.' };
  const GONE = { status: 'gone' };
  it.each<[string, Target['kind'], string, object]>([
    ['the group', 'resourceGroup', group, GONE],
    ['inside the group, in other case', 'storageAccount', account.toUpperCase(), GONE],
    ['a name of dots', 'storageAccount', `${group}/a/..b/c.`, GONE],
    ['a way out of the group', 'storageAccount', `${group}/../prod/a`, OUTSIDE],
    ['a way out at the end', 'storageAccount', `${group}/a/..`, OUTSIDE],
    ['a way that stands still', 'storageAccount', `${group}/./a`, OUTSIDE],
    ['a group of a longer name', 'storageAccount', `${group}2/a`, OUTSIDE],
    ['a role of the subscription', 'roleAssignment', `${subscription}/${roles}/r`, GONE],
    [
      'a custom role of the subscription, in other case',
      'roleDefinition',
      `${subscription}/providers/microsoft.authorization/roledefinitions/r`.toUpperCase(),
      GONE,
    ],
    ['a role in another group', 'roleAssignment', `${group}2/${roles}/r`, OUTSIDE],
    ['a role above', 'roleAssignment', `/${roles}/r`, OUTSIDE],
    ['anything else of the subscription', 'storageAccount', `${subscription}/${roles}/r`, OUTSIDE],
  ])('%s', async (_what, kind, id, expected) => {
    const ports = undoPorts();
    expect(await proven(ports, stage.undoTarget(kind, id))).toEqual(expected);
    expect(ports.resources.calls).toHaveLength(expected === GONE ? 1 : 0);
  });
});

describe('tags that are to be taken', () => {
  const planned = (id: string): Target => untagTarget(project, id, mark());
  it.each<[string, 'storageAccount' | 'resourceGroup', string, string]>([
    ['an account', 'storageAccount', account, '2025-08-01'],
    ['a group', 'resourceGroup', group, '2025-04-01'],
  ])('are read from %s itself', async (_what, kind, id, apiVersion) => {
    const ports = undoPorts();
    ports.resources.put(id, { tags: { ...mark(), team: 'x' } });
    const answer = await proven(ports, planned(id), { kind, proof: 'none' });
    expect(answer).toEqual({ status: 'ours', target: planned(id) });
    expect(ports.resources.calls).toEqual([
      { op: 'read', target: { kind, id, ...stage.at, apiVersion, body: {} } },
    ]);
  });

  const NONE_LEFT = { status: 'kept', why: 'It has none of the project’s tags any more.' };
  it.each<[string, stage.Tags | undefined, () => Target, () => object]>([
    ['gone', undefined, () => planned(group), () => ({ status: 'gone' })],
    [
      'one of them lost',
      { 'dstack-project': 'Vision' },
      () => planned(group),
      () => ({
        status: 'ours',
        target: untagTarget(project, group, { 'dstack-project': 'Vision' }),
      }),
    ],
    [
      'with a tag that the plan does not take',
      mark(),
      () => untagTarget(project, group, { 'dstack-created-by': OURS }),
      () => ({
        status: 'ours',
        target: untagTarget(project, group, { 'dstack-created-by': OURS }),
      }),
    ],
    ['without tags', {}, () => planned(group), () => NONE_LEFT],
    ['another project’s by now', mark(OTHERS), () => planned(group), () => NONE_LEFT],
    ['where the plan takes none', mark(), () => ({ ...planned(group), body: {} }), () => NONE_LEFT],
  ])('from a group that is %s', async (_what, tags, target, expected) => {
    const ports = undoPorts();
    if (tags !== undefined) ports.resources.put(group, { tags });
    expect(await proven(ports, target(), { kind: 'resourceGroup' })).toEqual(expected());
  });
});

describe('ownership', () => {
  const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
  const definition = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/d`;
  const role = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
  const grant = (description: string): JsonObject => ({
    properties: {
      ...{ description, principalId: dev.principalId },
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    },
  });
  const named = (): string =>
    `${group}/${roles}/${roleAssignmentName(group, dev.principalId, role)}`;

  it.each<[string, Target['kind'], () => string, JsonObject, Partial<UndoItem>, string]>([
    ['our tag', 'userAssignedIdentity', () => identity, { tags: mark() }, { proof: 'tag' }, 'ours'],
    [
      'our tag in other case',
      'userAssignedIdentity',
      () => identity,
      { tags: { 'dstack-created-by': OURS.toUpperCase().replace('DSTACK-AZURE', 'dstack-azure') } },
      { proof: 'tag' },
      'ours',
    ],
    [
      'the tag of another project',
      'userAssignedIdentity',
      () => identity,
      { tags: mark(OTHERS) },
      { proof: 'tag' },
      NOT_OURS,
    ],
    ['no tag', 'userAssignedIdentity', () => identity, {}, { proof: 'tag' }, NOT_OURS],
    [
      'the project’s name alone',
      'userAssignedIdentity',
      () => identity,
      { tags: { 'dstack-project': 'vision' } },
      { proof: 'tag' },
      NOT_OURS,
    ],
    [
      'our description of a role of ours',
      'roleAssignment',
      named,
      grant(OURS),
      { proof: 'description' },
      'ours',
    ],
    [
      'another description',
      'roleAssignment',
      named,
      grant(OTHERS),
      { proof: 'description' },
      NOT_OURS,
    ],
    [
      'a description on a role of another name',
      'roleAssignment',
      () => `${group}/${roles}/x`,
      grant(OURS),
      { proof: 'description' },
      NOT_OURS,
    ],
    [
      'our description of a custom role',
      'roleDefinition',
      () => definition,
      { properties: { description: OURS } },
      { proof: 'description' },
      'ours',
    ],
    [
      'another description of a custom role',
      'roleDefinition',
      () => definition,
      { properties: { description: OTHERS } },
      { proof: 'description' },
      NOT_OURS,
    ],
    [
      'a name alone',
      'networkSecurityGroup',
      () => `${group}/n`,
      {},
      { proof: 'serverName' },
      'ours',
    ],
    ['nothing at all', 'userAssignedIdentity', () => identity, {}, { proof: 'none' }, 'ours'],
  ])('by %s', async (_what, kind, id, body, change, expected) => {
    const ports = undoPorts();
    ports.resources.put(id(), body);
    const target = stage.undoTarget(kind, id());
    expect(await proven(ports, target, change)).toEqual(
      expected === 'ours' ? { status: 'ours', target } : { status: 'kept', why: expected },
    );
  });

  it('is not asked of what Azure removes already', async () => {
    const ports = undoPorts();
    const target = stage.undoTarget('virtualNetwork', stage.network('n'));
    const found = ports.resources.put(target.id, {});
    const going = { ...found, provisioningState: 'Deleting' };
    ports.resources.objects.set(target.id.toLowerCase(), going);
    expect(await proven(ports, target)).toEqual({ status: 'going', target });
  });

  it('of a role is told by the id that was asked for, however Azure spells it', async () => {
    const ports = undoPorts();
    const found = ports.resources.put(named(), grant(OURS));
    ports.resources.objects.set(named().toLowerCase(), { ...found, id: 'elsewhere' });
    const target = stage.undoTarget('roleAssignment', named());
    const change = { proof: 'description', id: named() } as const;
    expect(await proven(ports, target, change)).toMatchObject({ status: 'ours' });
  });
});

describe('ownership by journal and record alone', () => {
  const { created, creating, recorded, removed } = stage;
  const table = stage.undoTarget('workspaceTable', `${group}/workspaces/w/tables/T`);
  const itself = (origin?: 'created' | 'adopted') => recorded('workspaceTable', table.id, origin);
  const elsewhere = recorded('storageAccount', `${group}2/x`);
  const proof = async (ports: FakeUndoPorts, run: Partial<stage.Run> = {}): Promise<string> => {
    ports.resources.put(table.id, {});
    const answer = await proven(ports, table, { proof: 'record' }, run);
    return 'why' in answer ? answer.why : answer.status;
  };

  it.each<[string, (ports: FakeUndoPorts) => unknown, string]>([
    ['neither', () => undefined, UNPROVED],
    [
      'the journal',
      ({ journal }) => journal.entries.push(creating('t', table.id.toUpperCase())),
      'ours',
    ],
    [
      'a journal that found it there',
      (ports) => {
        ports.journal.entries.push(created('t', table.id, 'adopted'));
        stage.putRecord(ports, [itself()]);
      },
      NOT_OURS,
    ],
    [
      'a journal that has removed it since, and no record',
      ({ journal }) => journal.entries.push(created('t', table.id), removed('t', table.id)),
      UNPROVED,
    ],
    ['the record', (ports) => stage.putRecord(ports, [itself()]), 'ours'],
    [
      'a record that found it there',
      (ports) => stage.putRecord(ports, [itself('adopted')]),
      UNPROVED,
    ],
    ['a record of other things', (ports) => stage.putRecord(ports, []), UNPROVED],
    [
      'a record that names what is nobody’s of us',
      (ports) => stage.putRecord(ports, [itself(), elsewhere]),
      UNPROVED,
    ],
    [
      'a record of another project',
      (ports) => stage.putRecord(ports, [itself()], { projectId: OTHERS.slice(13) }),
      UNPROVED,
    ],
    [
      'a record that can’t be read',
      (ports) => {
        stage.putRecord(ports, [itself()]);
        ports.records.before = () => {
          throw azureError({ status: 403, code: 'AuthorizationPermissionMismatch' });
        };
      },
      UNPROVED,
    ],
    [
      'a record in an account that says no endpoint',
      (ports) => {
        stage.putRecord(ports, [itself()]);
        stage.putAccount(ports, mark(), {});
      },
      UNPROVED,
    ],
    [
      'a record whose account is gone',
      (ports) => {
        stage.putRecord(ports, [itself()]);
        ports.resources.objects.delete(account.toLowerCase());
      },
      UNPROVED,
    ],
  ])('%s', async (_what, arrange, expected) => {
    const ports = undoPorts();
    stage.putAccount(ports);
    arrange(ports);
    expect(await proof(ports)).toBe(expected);
  });

  it('asks the account of the plan, and where it is not in the plan the one of the spec', async () => {
    const ports = undoPorts();
    stage.putAccount(ports);
    await proof(ports);
    const ofPlan = stage.undoTarget('storageAccount', account);
    const items = [
      stage.undoItem('other', { target: table }),
      stage.undoItem('storageAccount', { target: ofPlan }),
    ];
    await proof(ports, { plan: stage.undoPlan(items) });
    const asked = ports.resources.calls.filter(({ target }) => target.kind === 'storageAccount');
    expect(asked).toEqual([
      { op: 'read', target: { ...ofPlan, apiVersion: '2025-08-01' } },
      { op: 'read', target: ofPlan },
    ]);
  });

  it('ends with a person’s wish to stop', async () => {
    const ports = undoPorts();
    stage.putAccount(ports);
    ports.records.before = () => {
      throw cancellation();
    };
    await expect(proof(ports)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what would be lost', () => {
  const nsg = stage.undoTarget('networkSecurityGroup', `${group}/providers/a/nsg/n`);
  const vnet = stage.undoTarget('virtualNetwork', stage.network('n'));
  const nic = `${group}/providers/a/networkInterfaces/nic-1/ipConfigurations/x`;
  const inUse = { subnets: [{ name: 's', properties: { ipConfigurations: [{ id: nic }] } }] };
  const referred = { subnets: [{ id: `${vnet.id}/subnets/S` }] };
  const USED = 'Still in use by nic-1.';

  it.each<[string, Target, JsonObject, readonly string[], string]>([
    ['a network', vnet, {}, [], 'ours'],
    ['a network with an interface in it', vnet, inUse, [], USED],
    ['a group with an interface', nsg, { networkInterfaces: [{ id: nic }] }, [], USED],
    [
      'a group with two things attached',
      nsg,
      { networkInterfaces: [{ id: nic }], ...referred },
      [],
      'Still in use by nic-1, S.',
    ],
    ['a group of a subnet of a network that went', nsg, referred, [vnet.id.toLowerCase()], 'ours'],
    [
      'a group of a subnet of another network',
      nsg,
      referred,
      [`${vnet.id}2`],
      'Still in use by S.',
    ],
    ['a group beside keys that went', nsg, referred, ['', 'virtualNetwork'], 'Still in use by S.'],
    [
      'a group of a subnet named like a key that went',
      nsg,
      { subnets: [{ id: 'virtualNetwork/s' }] },
      ['virtualNetwork'],
      'Still in use by s.',
    ],
  ])('with %s', async (_what, target, properties, gone, expected) => {
    const ports = undoPorts();
    ports.resources.put(target.id, { tags: mark(), properties });
    expect(await proven(ports, target, {}, { gone: new Set(gone) })).toEqual(
      expected === 'ours' ? { status: 'ours', target } : { status: 'kept', why: expected },
    );
  });

  const workspace = stage.undoTarget('logAnalyticsWorkspace', `${group}/workspaces/w`);
  const storage = stage.undoTarget('storageAccount', account);
  const container = stage.undoTarget('blobContainer', artifacts);
  const theGroup = stage.undoTarget('resourceGroup', group);
  const seen = (ports: FakeUndoPorts, blobs: string[] = []): void => {
    stage.putContainer(ports, artifacts, blobs);
  };
  const own = ['projects/vision.json'];

  it.each<[string, Target, (ports: FakeUndoPorts) => unknown, string]>([
    ['a workspace', workspace, () => undefined, 'ours'],
    [
      'a workspace with logs',
      workspace,
      ({ azure }) => {
        azure.logs = true;
      },
      'Holds logs.',
    ],
    ['a container', container, (ports) => seen(ports), 'ours'],
    [
      'a container with blobs',
      container,
      (ports) => seen(ports, ['a.bin', 'b.bin']),
      'Holds data: a.bin, b.bin.',
    ],
    [
      'a container that can’t be looked into',
      container,
      (ports) => {
        seen(ports);
        ports.azure.forbidden.add('blobs');
      },
      'It can’t be looked into: You may not read it.',
    ],
    [
      'a container of an account that says no endpoint',
      container,
      (ports) => {
        seen(ports);
        stage.putAccount(ports, mark(), {});
      },
      'It can’t be looked into: The storage account has no blob endpoint.',
    ],
    ['an account without containers', storage, () => undefined, 'ours'],
    [
      'an account with the record alone',
      storage,
      (ports) => {
        seen(ports);
        stage.putContainer(ports, stage.recordContainer, own);
      },
      'ours',
    ],
    [
      'an account with artifacts',
      storage,
      (ports) => seen(ports, ['model.bin', ...own]),
      'Holds data: model.bin, projects/vision.json.',
    ],
    [
      'an account with something beside the record',
      storage,
      (ports) => {
        seen(ports);
        stage.putContainer(ports, stage.recordContainer, [...own, 'notes.txt']);
      },
      'Holds data: notes.txt.',
    ],
    [
      'an account with containers and shares of others',
      storage,
      (ports) => {
        seen(ports, ['a.bin']);
        stage.putContainer(ports, `${account}/blobServices/default/containers/photos`);
        ports.azure.others.push('file share papers');
      },
      'Holds data: photos, file share papers.',
    ],
    [
      'a group with nothing in it',
      theGroup,
      ({ resources }) => resources.objects.delete(account.toLowerCase()),
      'ours',
    ],
    [
      'a group with the account in it',
      theGroup,
      () => undefined,
      `Other things are in it: ${stage.ACCOUNT}.`,
    ],
    [
      'a group with things of others in it',
      theGroup,
      ({ resources }) => {
        resources.put(`${group}/providers/Microsoft.Sql/servers/payroll`, {});
        resources.put(`${group}/providers/Microsoft.Sql/servers/crm`, {});
      },
      `Other things are in it: ${stage.ACCOUNT}, payroll, crm.`,
    ],
    [
      'a group whose listing lags',
      theGroup,
      ({ resources, azure }) => {
        resources.objects.delete(account.toLowerCase());
        azure.ghosts.push(account.toUpperCase());
      },
      'ours',
    ],
    [
      'a group whose listing shows what others had',
      theGroup,
      ({ resources, azure }) => {
        resources.objects.delete(account.toLowerCase());
        azure.ghosts.push(`${group}/providers/Microsoft.Sql/servers/old`);
      },
      'Other things are in it: old.',
    ],
  ])('with %s', async (_what, target, arrange, expected) => {
    const ports = undoPorts();
    stage.putAccount(ports);
    if (ports.resources.objects.get(target.id.toLowerCase()) === undefined)
      ports.resources.put(target.id, { tags: mark() });
    arrange(ports);
    const name = target.id.slice(target.id.lastIndexOf('/') + 1);
    const proof = target.kind === 'blobContainer' ? 'none' : 'tag';
    expect(await proven(ports, target, { name, proof })).toEqual(
      expected === 'ours' ? { status: 'ours', target } : { status: 'kept', why: expected },
    );
  });

  it('in a group is nothing that this undo has removed, whoever made it', async () => {
    const ports = undoPorts();
    ports.resources.put(group, { tags: mark() });
    const old = `${group}/providers/Microsoft.Network/networkSecurityGroups/Old`;
    ports.azure.ghosts.push(old);
    const gone = new Set([old.toLowerCase()]);
    expect(await proven(ports, theGroup, {}, { gone })).toMatchObject({ status: 'ours' });
  });

  it('is nobody’s business where a person has ticked the object', async () => {
    const ports = undoPorts();
    stage.putAccount(ports);
    stage.putContainer(ports, artifacts, ['model.bin']);
    const asked = { decision: 'ask', key: 'storageAccount' } as const;
    const ticked = new Set(['storageAccount']);
    expect(await proven(ports, storage, asked, { ticked })).toMatchObject({ status: 'ours' });
    expect(await proven(ports, storage, asked)).toMatchObject({ status: 'kept' });
    // Ticks are for what was asked.
    const planned = { ...asked, decision: 'remove' } as const;
    expect(await proven(ports, storage, planned, { ticked })).toMatchObject({ status: 'kept' });
  });

  it('ends with a person’s wish to stop', async () => {
    const ports = undoPorts();
    stage.putAccount(ports);
    stage.putContainer(ports, artifacts);
    ports.resources.before = ({ target }) => {
      if (target.kind === 'blobContainer') throw cancellation();
    };
    await expect(proven(ports, storage)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the questions before a delete', () => {
  const NOTHING_IN_IT = { containers: [], others: [] };

  it('are asked where the project is', async () => {
    const ports = undoPorts();
    stage.putAccount(ports);
    const asked: unknown[] = [];
    const note = <T>(answer: T) => {
      return (where: unknown): Promise<T> => {
        asked.push(where);
        return Promise.resolve(answer);
      };
    };
    stage.answer(ports, {
      accountContents: note(NOTHING_IN_IT),
      hasLogs: note(false),
      groupObjects: note([]),
    });
    ports.resources.put(group, { tags: mark() });
    const workspace = `${group}/workspaces/W`;
    ports.resources.put(workspace, { tags: mark() });
    await proven(ports, stage.undoTarget('storageAccount', account));
    await proven(ports, stage.undoTarget('logAnalyticsWorkspace', workspace));
    await proven(ports, stage.undoTarget('resourceGroup', group));
    expect(asked).toEqual([
      { ...stage.place, account: sampleSpec().storageAccount.name },
      { ...stage.place, workspaceId: workspace },
      stage.place,
    ]);
  });

  it.each<[string, Target['kind'], string, string, unknown]>([
    ['accountContents', 'storageAccount', account, 'storageAccount', NOTHING_IN_IT],
    ['hasLogs', 'logAnalyticsWorkspace', group, 'workspace', false],
    ['groupObjects', 'resourceGroup', group, 'resourceGroup', []],
  ])('say their waits: %s of a %s', async (question, kind, id, key, answer) => {
    const ports = undoPorts();
    ports.resources.put(id, { tags: mark() });
    let asked = 0;
    stage.answer(ports, {
      [question]: () => {
        if ((asked += 1) > 1) return Promise.resolve(answer);
        return Promise.reject(azureError({ status: 429, code: 'TooManyRequests' }));
      },
    });
    const run = stage.undoRun(ports);
    const item = stage.undoItem('x', { kind });
    expect(await prove(run, item, stage.undoTarget(kind, id))).toMatchObject({ status: 'ours' });
    expect(run.events).toMatchObject([
      { code: 'removeWaiting', resource: key, reason: 'TooManyRequests' },
    ]);
  });
});
