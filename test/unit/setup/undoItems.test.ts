import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/setup/json.ts';
import { customRole } from '../../../src/setup/names.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import type { Answer } from '../../../src/setup/preflightRead.ts';
import { accountItems, adoptedAccountItems } from '../../../src/setup/undoAccount.ts';
import type { UndoFacts } from '../../../src/setup/undoFacts.ts';
import { foundObject } from '../../../src/setup/undoFound.ts';
import { memberItems } from '../../../src/setup/undoMembers.ts';
import type { UndoItem } from '../../../src/setup/undoPlan.ts';
import type { GroupObject, ListedAssignment } from '../../../src/setup/undoPorts.ts';
import { roleItems } from '../../../src/setup/undoRoles.ts';
import { untagTarget } from '../../../src/setup/undoTags.ts';
import { dev, sampleSpec } from './sampleSpec.ts';
import * as stage from './undoStage.ts';

const { ACCOUNT, account, artifacts, at, group, mark, OTHERS, OURS, project, seen } = stage;
const { recordContainer, subscription, undoFacts } = stage;
const known = <T>(value: T): Answer<T> => ({ known: true, value });
const unknown: Answer<never> = { known: false, why: 'You may not.' };
const blobsIn = (...pairs: readonly (readonly [string, Answer<readonly string[]>])[]) =>
  new Map(pairs);
const observed = (...pairs: readonly (readonly [string, ObservedResource])[]) => ({
  observed: new Map(pairs),
});
const told = (item: UndoItem | undefined): readonly unknown[] => [item?.decision, item?.why];

describe('an account of ours in the plan', () => {
  const ours = observed(['storageAccount', seen(account, {}, mark())]);
  const items = (change: Partial<UndoFacts>): readonly UndoItem[] =>
    accountItems(undoFacts({ ...ours, ...change }));
  const EMPTY = 'Made by this project; nothing is in it but the record.';
  const UNSEEN =
    'Made by this project. It is looked into first: what is in it but the record keeps it.';

  it.each<[string, Partial<UndoFacts>, string, string]>([
    ['with nothing in it', {}, 'remove', EMPTY],
    [
      'with our containers alone',
      {
        contents: known({ containers: ['dstack-azure', 'dstack-container'], others: [] }),
        blobs: blobsIn(['dstack-container', known([])]),
      },
      ...(['remove', EMPTY] as const),
    ],
    [
      'with something of everybody',
      {
        contents: known({ containers: ['photos', 'dstack-azure'], others: ['queue q'] }),
        blobs: blobsIn(['dstack-container', known(['a.bin', 'b.bin'])], ['dstack-azure', unknown]),
      },
      'ask',
      'Holds more than the project record: container photos, queue q, dstack-container/a.bin, dstack-container/b.bin.',
    ],
    [
      'with one container that may not be seen',
      {
        blobs: blobsIn(['dstack-container', known([])], ['dstack-azure', unknown]),
      },
      ...(['remove', UNSEEN] as const),
    ],
    ['that may not be seen', { contents: unknown }, 'ask', 'It can’t be looked into: You may not.'],
  ])('%s', (_which, change, decision, why) => {
    const [item] = items(change);
    expect(item).toMatchObject({
      ...{ key: 'storageAccount', kind: 'storageAccount', id: account, name: ACCOUNT },
      ...{ decision, why, proof: 'tag', stage: 6, after: [] },
      target: { kind: 'storageAccount', id: account, apiVersion: '2025-08-01' },
    });
    expect(item?.ticked).toBe(decision === 'ask' ? false : undefined);
    expect(adoptedAccountItems(undoFacts({ ...ours, ...change }))).toEqual([]);
  });

  it('is nothing where it is not there', () => {
    expect([accountItems(undoFacts()), adoptedAccountItems(undoFacts())]).toEqual([[], []]);
  });
});

describe('a customer’s account in the plan', () => {
  const theirs = seen(account, {}, { 'dstack-project': 'Vision', team: 'x' });
  const inTheirs = (
    change: Partial<UndoFacts>,
    ...more: readonly (readonly [string, ObservedResource])[]
  ): readonly UndoItem[] =>
    adoptedAccountItems(undoFacts({ ...observed(['storageAccount', theirs], ...more), ...change }));

  it('loses our tag and stays; without it nothing happens to it', () => {
    const of = (tags: stage.Tags): readonly UndoItem[] =>
      accountItems(undoFacts(observed(['storageAccount', seen(account, {}, tags)])));
    expect(of(theirs.tags)).toEqual([
      {
        ...{ key: 'tags/storageAccount', kind: 'storageAccount', id: account, name: ACCOUNT },
        ...{ decision: 'untag', proof: 'none', stage: 6, after: [] },
        why: 'Was there before. It stays and loses the project’s tag.',
        target: untagTarget(project, account, { 'dstack-project': 'Vision' }),
      },
    ]);
    expect([of({ team: 'x' }), of(mark(OTHERS))]).toEqual([[], []]);
  });

  const CREATED: UndoFacts['origins'] = new Map([[artifacts.toLowerCase(), 'created']]);
  it.each<[string, UndoFacts['origins'], UndoFacts['blobs'], string, string]>([
    ['of nobody', new Map(), new Map(), 'keep', 'Nothing proves that this project made it.'],
    [
      'of theirs',
      new Map([[artifacts.toLowerCase(), 'adopted']]),
      blobsIn(['dstack-container', known(['a'])]),
      ...(['keep', 'Was there before.'] as const),
    ],
    [
      'of ours, empty',
      CREATED,
      blobsIn(['dstack-container', known([])]),
      ...(['remove', 'Made by this project; empty but for the record.'] as const),
    ],
    [
      'of ours with data',
      CREATED,
      blobsIn(['dstack-container', known(['a', 'b'])]),
      ...(['ask', 'Holds data: a, b.'] as const),
    ],
    [
      'of ours that was not looked into',
      CREATED,
      new Map(),
      'remove',
      'Made by this project. It is looked into first: what is in it but the record keeps it.',
    ],
    [
      'of ours that may not be seen',
      CREATED,
      blobsIn(['dstack-container', unknown], ['dstack-azure', known(['x'])]),
      'remove',
      'Made by this project. It is looked into first: what is in it but the record keeps it.',
    ],
  ])('has a container %s', (_whose, origins, blobs, decision, why) => {
    const id = artifacts.replace('dstack-container', 'Dstack-Container');
    const items = inTheirs({ origins, blobs }, ['container/dstack-container', seen(id)]);
    expect(items).toEqual([
      {
        ...{ key: 'container/dstack-container', kind: 'blobContainer', id },
        ...{ name: 'Dstack-Container', decision, why, proof: 'record', stage: 4, after: [] },
        target: expect.objectContaining({ kind: 'blobContainer', id: artifacts }) as unknown,
        ...(decision === 'ask' ? { ticked: false } : {}),
      },
    ]);
  });

  it('has both of our containers, artifacts first, and the record', () => {
    const record = { schema: 1, projectId: stage.PROJECT_ID.toUpperCase() } as const;
    const whole = {
      ...{ ...record, spec: sampleSpec(), server: { kind: 'none' as const } },
      ...{ resources: [], secrets: [], pending: [] },
    };
    const items = (projectId: string): readonly UndoItem[] =>
      inTheirs(
        { record: { record: { ...whole, projectId }, etag: 'e' } },
        ['container/dstack-azure', seen(recordContainer)],
        ['container/dstack-container', seen(artifacts)],
      );
    const [first, second, last] = items(record.projectId);
    expect([first?.name, second?.name]).toEqual(['dstack-container', 'dstack-azure']);
    expect(last).toEqual({
      ...{ key: 'projectRecord', kind: 'projectRecord', name: 'vision.json' },
      id: `${recordContainer}/blobs/projects/vision.json`,
      ...{ decision: 'remove', why: 'The record of this project.', proof: 'none' },
      target: expect.objectContaining({ kind: 'projectRecord' }) as unknown,
      ...{ stage: 5, after: [] },
    });
    expect(items(OTHERS)).toHaveLength(2);
  });
});

const grant = (
  scope: string,
  role: string,
  change: Partial<ListedAssignment> = {},
): ListedAssignment => ({
  id: `${scope}/providers/Microsoft.Authorization/roleAssignments/ABC`,
  ...{ principalId: 'p', principalType: 'ServicePrincipal', description: OURS },
  roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  ...change,
});
const BLOBS = 'BA92F5B4-2d11-453d-a403-e96b0029c9fe';

describe('role assignments in the plan', () => {
  const definition = seen(`${group}/providers/x/roleDefinitions/0000-C0`, {
    properties: { roleName: 'dstack dstack-vision c0' },
  });
  const item = (assignment: ListedAssignment, accounts: readonly UndoItem[] = []): UndoItem => {
    const facts = undoFacts({
      ...observed(['x', seen('/x/y')], ['roleDefinition/run', definition]),
      assignments: [assignment],
    });
    const [found] = roleItems(facts, accounts);
    if (found === undefined) throw new Error('no item');
    return found;
  };

  it.each<[string, ListedAssignment, string]>([
    [
      'a built-in role',
      grant(artifacts, BLOBS),
      'Storage Blob Data Contributor on dstack-container',
    ],
    ['a role of ours', grant(group, '0000-c0'), 'dstack dstack-vision c0 on dstack-vision'],
    ['a role that nobody knows', grant(group, 'g-u-i-d'), 'g-u-i-d on dstack-vision'],
    [
      'a role on the subscription',
      grant(subscription.toUpperCase(), BLOBS),
      'Storage Blob Data Contributor on the subscription',
    ],
  ])('are called by what they give and where: %s', (_what, assignment, name) => {
    expect(item(assignment)).toMatchObject({ name });
  });

  it('go first, each by the call for its own id', () => {
    const assignment = grant(group, BLOBS, { principalType: 'User' });
    expect(item(assignment)).toEqual({
      ...{ key: 'assignment/abc', kind: 'roleAssignment', id: assignment.id },
      ...{ name: 'Storage Blob Data Contributor on dstack-vision', decision: 'remove' },
      ...{ why: 'Given by this project.', proof: 'description', stage: 1, after: [] },
      target: {
        kind: 'roleAssignment',
        id: assignment.id,
        ...at,
        apiVersion: '2022-04-01',
        body: {},
      },
    });
  });

  const mine = dev.principalId.toUpperCase();
  const people = { stage: 7, after: ['storageAccount'] };
  const first = { stage: 1, after: [], why: 'Given by this project.' };
  it.each<[string, ListedAssignment, object]>([
    ['a person’s, in the account', grant(artifacts, BLOBS, { principalType: 'User' }), people],
    ['a person’s, on the account', grant(account, BLOBS, { principalType: 'User' }), people],
    ['that of the app that undoes', grant(artifacts, BLOBS, { principalId: mine }), people],
    ['the app’s, in the account', grant(artifacts, BLOBS), first],
    [
      'a person’s, beside the account',
      grant(`${account}2`, BLOBS, { principalType: 'User' }),
      first,
    ],
  ])('%s', (_whose, assignment, expected) => {
    const accounts = [stage.undoItem('tags/storageAccount'), stage.undoItem('storageAccount')];
    const why = 'Given by this project. Goes last: by it we look into the account.';
    expect(item(assignment, accounts)).toMatchObject({ why, ...expected });
    expect(item(assignment)).toMatchObject({ after: [] });
  });
});

describe('custom roles in the plan', () => {
  const { guid, name } = customRole(project.projectId, 'dstack-vision', 'run');
  const id = `${group}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
  it.each<[string, string, string, string]>([
    ['ours', OURS, 'remove', 'Made for this project.'],
    ['another project’s', OTHERS, 'keep', 'Was not made by this project.'],
  ])('%s', (_whose, description, decision, why) => {
    const role = seen(id.toUpperCase(), { properties: { description } });
    const other = { ...grant(group, BLOBS), id: '/x/other' };
    const facts = undoFacts({
      ...observed(['roleDefinition/run', role]),
      assignments: [grant(group, guid.toUpperCase()), other],
    });
    const items = roleItems(facts, []);
    expect(items).toHaveLength(3);
    expect(items[2]).toEqual({
      ...{ key: 'roleDefinition/run', kind: 'roleDefinition', id: role.id, name },
      ...{ decision, why, proof: 'description', stage: 2, after: ['assignment/abc'] },
      target: expect.objectContaining({ kind: 'roleDefinition', id }) as unknown,
    });
  });
});

describe('members of the group in the plan', () => {
  const of = (type: string, name: string): string => `${group}/providers/${type}/${name}`;
  const IDS: Readonly<Record<string, string>> = {
    identity: of('Microsoft.ManagedIdentity/userAssignedIdentities', `${ACCOUNT}-runner-identity`),
    virtualNetwork: stage.network(`${ACCOUNT}-default-network`),
    networkSecurityGroup: of(
      'Microsoft.Network/networkSecurityGroups',
      'dstack-network-security-group-westeurope',
    ),
    keyVault: of('Microsoft.KeyVault/vaults', ACCOUNT),
    dataCollectionRule: of('Microsoft.Insights/dataCollectionRules', `${ACCOUNT}-dcr`),
    dataCollectionEndpoint: of('Microsoft.Insights/dataCollectionEndpoints', `${ACCOUNT}-dce`),
    workspace: of('Microsoft.OperationalInsights/workspaces', `${ACCOUNT}-workspace`),
  };
  const MADE = 'Made by this project.';
  const NIC = `${group}/networkInterfaces/nic-1/ipConfigurations/x`;
  const inUse = {
    subnets: [{ name: 's', properties: { ipConfigurations: [{ id: NIC }, { id: '/x/gateway' }] } }],
  };
  const item = (
    key: string,
    properties: JsonObject = {},
    tags: stage.Tags = mark(),
    change: Partial<UndoFacts> = {},
  ): UndoItem | undefined => {
    const id = (IDS[key] ?? '').toUpperCase();
    const facts = undoFacts({ ...observed([key, seen(id, { properties }, tags)]), ...change });
    return memberItems(facts)[0];
  };

  it.each<[string, string, number, string, string]>([
    ['identity', 'userAssignedIdentity', 2, 'remove', MADE],
    ['virtualNetwork', 'virtualNetwork', 2, 'remove', MADE],
    ['dataCollectionRule', 'dataCollectionRule', 2, 'remove', MADE],
    ['keyVault', 'keyVault', 2, 'ask', 'May hold secrets. Azure keeps it for seven days more.'],
    ['networkSecurityGroup', 'networkSecurityGroup', 3, 'remove', MADE],
    ['dataCollectionEndpoint', 'dataCollectionEndpoint', 3, 'remove', MADE],
    ['workspace', 'logAnalyticsWorkspace', 3, 'remove', MADE],
  ])('%s of ours, and of somebody else', (key, kind, order, decision, why) => {
    const id = IDS[key] ?? '';
    const found = item(key);
    expect(found).toMatchObject({
      ...{ key, kind, id: id.toUpperCase(), name: id.slice(id.lastIndexOf('/') + 1) },
      ...{ decision, why, proof: 'tag', stage: order, after: [], target: { kind, id } },
    });
    expect(found?.ticked).toBe(decision === 'ask' ? false : undefined);
    const theirs = ['keep', 'Was not made by this project.'];
    expect(told(item(key, inUse, { 'dstack-project': 'vision' }))).toEqual(theirs);
    expect(told(item(key, inUse, mark(OTHERS)))).toEqual(theirs);
  });

  it.each<[string, () => UndoItem | undefined, readonly unknown[]]>([
    [
      'a network in use',
      () => item('virtualNetwork', inUse),
      ['keep', 'Still in use by nic-1, gateway.'],
    ],
    // Its network goes first, and what is attached then is seen right before the delete.
    [
      'a security group in use',
      () => item('networkSecurityGroup', { subnets: [{ id: '/x/s' }] }),
      ['remove', MADE],
    ],
    [
      'a workspace with logs',
      () => item('workspace', {}, mark(), { hasLogs: known(true) }),
      ['ask', 'Holds logs.'],
    ],
    [
      'a workspace that may not be looked into',
      () => item('workspace', {}, mark(), { hasLogs: unknown }),
      ['ask', 'May hold logs: it can’t be looked into (You may not.).'],
    ],
  ])('%s', (_which, found, expected) => {
    expect(told(found())).toEqual(expected);
  });

  it('go after what refers to them, if it is there', () => {
    const principal = { properties: { principalId: 'P-1' } };
    const pairs = Object.entries(IDS).map(
      ([key, id]) => [key, seen(id, key === 'identity' ? principal : {}, mark())] as const,
    );
    const assignments = [
      grant(group, BLOBS, { principalId: 'p-1' }),
      { ...grant(group, BLOBS, { principalId: 'p-2' }), id: '/x/OTHER' },
    ];
    const items = memberItems(undoFacts({ ...observed(...pairs), assignments }));
    expect(Object.fromEntries(items.map(({ key, after }) => [key, after]))).toEqual({
      identity: ['assignment/abc'],
      ...{ virtualNetwork: [], keyVault: [], dataCollectionRule: [] },
      networkSecurityGroup: ['virtualNetwork'],
      ...{ dataCollectionEndpoint: ['dataCollectionRule'], workspace: ['dataCollectionRule'] },
    });
  });

  it('that show a principal but are no identity wait for no role', () => {
    const assignments = [grant(group, BLOBS)];
    const found = item('dataCollectionRule', { principalId: 'p' }, mark(), { assignments });
    expect(found?.after).toEqual([]);
    const identity = item('identity', {}, mark(), {
      assignments: [grant(group, BLOBS, { principalId: '' })],
    });
    expect(identity?.after).toEqual([]);
  });
});

describe('the log table in the plan', () => {
  const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/${ACCOUNT}-workspace`;
  const table = `${workspace}/tables/dstack_logs_CL`;
  const items = (
    tags: stage.Tags | undefined,
    change: Partial<UndoFacts> = {},
    isThere = true,
  ): readonly UndoItem[] => {
    const pairs = [
      ...(tags === undefined ? [] : [['workspace', seen(workspace, {}, tags)] as const]),
      ...(isThere ? [['logsTable', seen(table)] as const] : []),
      ['dataCollectionRule', seen('/x/rule')] as const,
    ];
    const facts = undoFacts({ ...observed(...pairs), ...change });
    return memberItems(facts).filter(({ kind }) => kind === 'workspaceTable');
  };
  const origins: UndoFacts['origins'] = new Map([[table.toLowerCase(), 'created']]);

  it('goes with a workspace of ours, and is nothing without one', () => {
    expect(items(mark(), { origins })).toEqual([]);
    expect(items(undefined, { origins })).toEqual([]);
    expect(items({}, { origins }, false)).toEqual([]);
  });

  it.each<[string, UndoFacts['origins'], Partial<UndoItem>]>([
    ['ours', origins, { decision: 'ask', why: 'May hold logs.', ticked: false }],
    [
      'theirs',
      new Map([[table.toLowerCase(), 'adopted']]),
      { decision: 'keep', why: 'Nothing proves that this project made it.' },
    ],
    ['nobody’s', new Map(), { decision: 'keep', why: 'Nothing proves that this project made it.' }],
  ])('stands alone in a workspace of somebody else: %s', (_whose, known, expected) => {
    expect(items({}, { origins: known })).toEqual([
      {
        ...{ key: 'logsTable', kind: 'workspaceTable', id: table, name: 'dstack_logs_CL' },
        ...{ proof: 'record', stage: 3, after: ['dataCollectionRule'], ...expected },
        target: expect.objectContaining({ kind: 'workspaceTable', id: table }) as unknown,
      },
    ]);
  });
});

describe('an object of the project', () => {
  const facts = (): UndoFacts =>
    undoFacts(
      observed(
        ...['keyVault', 'role/runner/vm', 'stranger'].map((key) => [key, seen(`/${key}`)] as const),
      ),
    );
  it('is found with its call only if its id follows from the spec, and it is there', () => {
    expect(foundObject(facts(), 'keyVault')).toMatchObject({
      ...{ resource: { key: 'keyVault' }, observed: { id: '/keyVault' } },
      target: { kind: 'keyVault' },
    });
    const others = ['workspace', 'role/runner/vm', 'stranger'];
    expect(others.map((key) => foundObject(facts(), key))).toEqual(others.map(() => undefined));
  });
});

describe('security groups of the dstack server in the plan', () => {
  const NAME = 'dstack-vision-eastus-default-security-group';
  const object = (
    type: string,
    name: string,
    tags: stage.Tags = {},
    location?: string,
  ): GroupObject => ({
    ...{ id: `${group}/providers/${type}/${name}`, type, name, tags },
    ...(location === undefined ? {} : { location }),
  });
  const nsg = (name: string, location?: string): GroupObject =>
    object('microsoft.network/NetworkSecurityGroups', name, {}, location);
  const storage = (name: string, tags: stage.Tags): GroupObject =>
    object('Microsoft.Storage/storageAccounts', name, tags);

  it('go by the call for exactly this group', () => {
    const objects = [nsg(NAME, 'East US')];
    expect(memberItems(undoFacts({ objects }))).toEqual([
      {
        ...{ key: `serverSecurityGroup/${NAME}`, kind: 'networkSecurityGroup' },
        ...{ id: objects[0]?.id, name: NAME, decision: 'remove', proof: 'serverName' },
        why: 'Made by the dstack server for this group.',
        target: {
          ...{ kind: 'networkSecurityGroup', id: objects[0]?.id, ...at },
          ...{ apiVersion: '2025-05-01', body: {} },
        },
        ...{ stage: 3, after: [] },
      },
    ]);
  });

  it.each<[string, GroupObject]>([
    ['without a location', nsg(NAME)],
    ['of another kind', object('Microsoft.Network/virtualNetworks', NAME, {}, 'eastus')],
    ['of another place', nsg(NAME, 'eastus2')],
  ])('are none %s', (_which, found) => {
    expect(memberItems(undoFacts({ objects: [found] }))).toEqual([]);
  });

  it.each<[string, readonly GroupObject[], string | undefined]>([
    ['its own', [storage('a', { 'dstack-project': 'VISION' }), storage('b', {})], undefined],
    ['no account', [object('x/y', 'a', { 'dstack-project': 'speech' })], undefined],
    [
      'others',
      [
        storage('a', { 'dstack-project': 'speech' }),
        storage('b', { 'dstack-project': 'speech' }),
        storage('c', { 'dstack-project': 'sound' }),
      ],
      'Made by the dstack server; also used in this group by speech, sound.',
    ],
  ])('stay while projects of other accounts use them: %s', (_whose, accounts, why) => {
    const [item] = memberItems(undoFacts({ objects: [nsg(NAME, 'eastus'), ...accounts] }));
    expect(told(item)).toEqual(
      why === undefined ? ['remove', 'Made by the dstack server for this group.'] : ['keep', why],
    );
  });
});
