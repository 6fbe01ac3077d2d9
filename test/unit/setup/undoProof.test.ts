import { describe, expect, it } from 'vitest';
import { desiredState } from '../../../src/setup/desiredState.ts';
import type { JsonObject } from '../../../src/setup/json.ts';
import { customRole, roleAssignmentName } from '../../../src/setup/names.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import type { UndoFacts } from '../../../src/setup/undoFacts.ts';
import { groupItems } from '../../../src/setup/undoGroup.ts';
import type { UndoItem } from '../../../src/setup/undoPlan.ts';
import type { GroupObject, ListedAssignment } from '../../../src/setup/undoPorts.ts';
import {
  assignmentOf,
  attachedName,
  attachedTo,
  foreignIn,
  isAssignmentOurs,
  isOtherAttempt,
  ourTags,
} from '../../../src/setup/undoProof.ts';
import { receiptOf, type UndoResult } from '../../../src/setup/undoReceipt.ts';
import { azureError } from './fakeAzure.ts';
import { dev, sampleSpec, SUBSCRIPTION, TENANT } from './sampleSpec.ts';

const project = projectContext(sampleSpec(), dev);
const subscription = `/subscriptions/${SUBSCRIPTION}`;
const group = `${subscription}/resourceGroups/dstack-vision`;
const OURS = 'dstack-azure/1b9c5b7b-aff2-5282-9289-4803dc7f6fe9';
const OTHERS = 'dstack-azure/00000000-0000-0000-0000-000000000001';
type Tags = Readonly<Record<string, string>>;
const mark = (by: string, name = 'vision'): Tags => ({
  ...{ 'dstack-project': name, 'dstack-created-by': by },
});

describe('our tags on an object', () => {
  it.each<[string, Tags, Tags]>([
    ['we made', mark(OURS), mark(OURS)],
    ['of another team', { team: 'x' }, {}],
    ['that we use', { team: 'x', 'dstack-project': 'Vision' }, { 'dstack-project': 'Vision' }],
    ['that another project uses', { 'dstack-project': 'speech' }, {}],
    ['that another project of this name made', mark(OTHERS), {}],
    ['we made, renamed by hand', mark(OURS, 'speech'), { 'dstack-created-by': OURS }],
    ['with a mark of nobody', mark('x'), { 'dstack-project': 'vision' }],
  ])('%s are what an undo takes', (_what, tags, taken) => {
    expect(ourTags(project, { tags })).toEqual(taken);
  });

  it.each<[string, Tags, boolean]>([
    ['another account', mark(OTHERS), true],
    ['another account, in other case', mark(OTHERS, 'VISION'), true],
    ['this account', mark(OURS), false],
    ['another name', mark(OTHERS, 'speech'), false],
    ['nobody', { 'dstack-project': 'vision' }, false],
    ['another name and nobody', {}, false],
  ])('tell an earlier attempt with %s: %s', (_with, tags, expected) => {
    expect(isOtherAttempt(project, { tags })).toBe(expected);
  });
});

const ROLE = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const roleId = (id: string): string =>
  `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id.toUpperCase()}`;

function assignment(scope: string, role = ROLE, change: Partial<ListedAssignment> = {}) {
  const name = roleAssignmentName(scope, dev.principalId, role);
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    ...{ principalId: dev.principalId, principalType: 'User', description: OURS },
    roleDefinitionId: roleId(role),
    ...change,
  };
}

describe('a role assignment', () => {
  const ownRole = customRole(project.projectId, 'dstack-vision', 'read').guid;
  const renamed = { id: `${group}/providers/Microsoft.Authorization/roleAssignments/x` };
  it.each<[string, ListedAssignment, boolean]>([
    ['in the group', assignment(group), true],
    ['inside the group', assignment(`${group}/providers/a/b/c`), true],
    ['on the subscription', assignment(subscription), true],
    ['in another group', assignment(`${group}2`), false],
    ['above', assignment(''), false],
    ['with another description', assignment(group, ROLE, { description: OTHERS }), false],
    ['with a copied description', assignment(group, ROLE, renamed), false],
    ['of our own role, named by others', assignment(group, ownRole, renamed), true],
    [
      'of our own role without our description',
      assignment(group, ownRole, { ...renamed, description: '' }),
      false,
    ],
  ])('%s is ours: %s', (_where, listed, expected) => {
    expect(isAssignmentOurs(project, listed)).toBe(expected);
  });

  it('read by itself says what a listing says', () => {
    const { id, ...properties } = assignment(group);
    const read = (body: ObservedResource['body']): ListedAssignment =>
      assignmentOf({ id, tags: {}, body });
    expect(read({ properties })).toEqual({ id, ...properties });
    expect(read({})).toEqual({
      ...{ id, principalId: '', principalType: '', roleDefinitionId: '' },
    });
  });
});

describe('what is attached to a network or a security group', () => {
  const NIC = `${group}/providers/a/NetworkInterfaces/nic-1/ipConfigurations/x`;
  const subnetOf = (properties: JsonObject): JsonObject => ({ id: '/own', name: 's', properties });
  it.each<[string, JsonObject, readonly string[]]>([
    ['nothing', {}, []],
    ['nothing that Azure would say', { subnets: 'x', networkInterfaces: {} }, []],
    ['its own empty subnet', { subnets: [subnetOf({})] }, []],
    ['its own subnet, named alone', { subnets: [{ id: '/own', name: 's' }] }, []],
    ['its own subnet, without a name', { subnets: [{ id: '/own', properties: {} }] }, []],
    [
      'what is in its own subnet',
      { subnets: [subnetOf({ ipConfigurations: [{ id: NIC }] })] },
      [NIC],
    ],
    ['a subnet of another network', { subnets: [{ id: '/x/subnets/t' }] }, ['/x/subnets/t']],
    [
      'interfaces first, then subnets, then what is in them',
      {
        subnets: [subnetOf({ ipConfigurations: [{ id: '/ip' }] }), { id: '/x/subnets/t' }],
        networkInterfaces: [{ id: NIC }],
      },
      [NIC, '/x/subnets/t', '/ip'],
    ],
    // Whatever it is, it is there: nothing is removed from under it.
    ['something without an id', { networkInterfaces: [{}, 'x', null] }, ['?', '?', '?']],
    ['subnets that are texts', { subnets: ['x'] }, []],
  ])('%s', (_what, properties, ids) => {
    expect(attachedTo({ id: '/n', tags: {}, body: { properties } })).toEqual(ids);
  });

  it('nothing of an object that shows no properties', () => {
    expect(attachedTo({ id: '/n', tags: {}, body: {} })).toEqual([]);
    expect(attachedTo({ id: '/n', tags: {}, body: { properties: 'x' } })).toEqual([]);
  });

  it.each([
    [NIC, 'nic-1'],
    ['/x/subnets/t', 't'],
    ['?', '?'],
  ])('%s is called as a person knows it: %s', (id, name) => {
    expect(attachedName(id)).toBe(name);
  });
});

describe('a record', () => {
  const PROJECT = OURS.slice('dstack-azure/'.length);
  const account = `${group}/providers/Microsoft.Storage/storageAccounts`;
  const role = `${subscription}/providers/Microsoft.Authorization/roleAssignments/r`;
  const app = '/applications/a';
  const says = (change: Partial<ProjectRecord>): readonly string[] =>
    foreignIn(project, {
      ...{ schema: 1, projectId: PROJECT, spec: sampleSpec(), server: { kind: 'none' } },
      ...{ resources: [], secrets: [], pending: [], ...change },
    });

  it.each<[string, Partial<ProjectRecord>, readonly string[]]>([
    ['of this project', {}, []],
    ['of this project in other case', { projectId: PROJECT.toUpperCase() }, []],
    ['of another project', { projectId: OTHERS }, [OTHERS]],
    ['of a name in other case', { spec: sampleSpec({ name: 'VISION' }) }, []],
    [
      'of another name',
      { spec: sampleSpec({ name: 'speech' }) },
      [`${account}/dstackvision1a2b3c4d`],
    ],
    [
      'of another account',
      { spec: sampleSpec({ storageAccount: { name: 'other', create: true } }) },
      [`${account}/other`],
    ],
    [
      'of another group',
      { spec: sampleSpec({ resourceGroup: { name: 'prod', create: true } }) },
      [account.replace('dstack-vision', 'prod') + '/dstackvision1a2b3c4d'],
    ],
    [
      'of another subscription',
      { spec: sampleSpec({ subscriptionId: TENANT }) },
      [account.replace(SUBSCRIPTION, TENANT) + '/dstackvision1a2b3c4d'],
    ],
  ])('%s', (_which, change, foreign) => {
    expect(says(change)).toEqual(foreign);
  });

  it.each<[string, string, boolean]>([
    ['resourceGroup', group, true],
    ['anything', `${group}/providers/a/b/..c`, true],
    ['storageAccount', `${group.toUpperCase()}/providers/a`, true],
    ['storageAccount', `${group}/../prod/a`, false],
    ['storageAccount', `${group}/a/.`, false],
    ['storageAccount', `${group}/a?x`, false],
    ['storageAccount', `${group}/a#x`, false],
    ['storageAccount', `${group}/a%2e`, false],
    ['storageAccount', `${group}2/a`, false],
    ['roleAssignment', role, true],
    ['roleDefinition', role.toUpperCase(), true],
    ['storageAccount', role, false],
    ['roleAssignment', role.replace('/providers', '/resourceGroups/prod/providers'), false],
    ['roleAssignment', role.replace(SUBSCRIPTION, TENANT), false],
    ['application', app, true],
    ['servicePrincipal', app, true],
    ['clientSecret', 'clientSecret', true],
    ['storageAccount', app, false],
    ['application', `/Subscriptions/x/a`, false],
    ['application', `/x/PROVIDERS/y`, false],
  ])('may name a %s %s: %s', (kind, id, isBelieved) => {
    const entry = { kind, id, origin: 'created' as const, runId: 'r', outputs: {} };
    expect(says({ resources: [entry] })).toEqual(isBelieved ? [] : [id]);
  });
});

const item = (key: string, change: Partial<UndoItem> = {}): UndoItem => ({
  ...{ key, kind: 'virtualNetwork', id: `${group}/${key}`, name: key, decision: 'remove' },
  ...{ why: '', proof: 'tag', stage: 2, after: [], ...change },
});

describe('the group of a project', () => {
  const object = (name: string, tags: Tags = {}): GroupObject => ({
    ...{ id: `${group}/${name}`, name, type: 't', tags },
  });
  const decided = (
    tags: Tags | undefined,
    objects: readonly GroupObject[] = [],
    items: readonly UndoItem[] = [],
  ): UndoItem | undefined => {
    const found = new Map([['resourceGroup', { id: group, tags: tags ?? {}, body: {} }]]);
    const facts: Pick<UndoFacts, 'project' | 'possible' | 'observed' | 'objects'> = {
      ...{ project, possible: desiredState(project), objects },
      observed: tags === undefined ? new Map() : found,
    };
    return groupItems(facts as UndoFacts, items)[0];
  };
  const theirs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => object(name));

  it.each<[string, () => UndoItem | undefined, string | undefined, string | undefined]>([
    ['is not there', () => decided(undefined), undefined, undefined],
    ['was there before us and never tagged', () => decided({ team: 'x' }), undefined, undefined],
    [
      'is ours and empty',
      () => decided(mark(OURS)),
      'remove',
      'Made by this project; goes if nothing else is in it.',
    ],
    [
      'is ours and holds what goes',
      () =>
        decided(
          mark(OURS),
          [object('net'), object('net/inside'), object('ticked')],
          [item('NET'), item('ticked', { decision: 'ask' })],
        ),
      'remove',
      'Made by this project; goes if nothing else is in it.',
    ],
    [
      'is ours and holds what stays',
      () => decided(mark(OURS), [object('net')], [item('net', { decision: 'keep' })]),
      'untag',
      'Other things are in it: net. It stays and loses the project’s tags.',
    ],
    [
      'is ours and holds five other things',
      () => decided(mark(OURS), theirs.slice(0, 5)),
      'untag',
      'Other things are in it: a, b, c, d, e. It stays and loses the project’s tags.',
    ],
    [
      'is ours and holds more',
      () => decided(mark(OURS), theirs),
      'untag',
      'Other things are in it: a, b, c, d, e, …. It stays and loses the project’s tags.',
    ],
    [
      'is ours and in use by the next attempt',
      () => decided(mark(OURS), [object('acc', mark(OTHERS)), object('x')]),
      'keep',
      'The project goes on in it with another storage account.',
    ],
    [
      'was there before us',
      () => decided({ 'dstack-project': 'vision' }, theirs),
      'untag',
      'Was there before. It stays and loses the project’s tag.',
    ],
  ])('that %s', (_what, decide, decision, why) => {
    const found = decide();
    expect([found?.decision, found?.why]).toEqual([decision, why]);
  });

  it('waits for the account, which the project is found by, and for our roles', () => {
    const items = [
      item('storageAccount', { decision: 'keep' }),
      item('net'),
      item('role', { kind: 'roleDefinition' }),
      item('kept role', { kind: 'roleDefinition', decision: 'keep' }),
    ];
    const found = decided(mark(OURS), [], items);
    expect(found).toMatchObject({
      ...{ key: 'resourceGroup', kind: 'resourceGroup', id: group, name: 'dstack-vision' },
      ...{ proof: 'tag', stage: 8, after: ['storageAccount', 'role'] },
      target: { kind: 'resourceGroup', id: group },
    });
  });

  it('loses exactly our tags where it stays', () => {
    const found = decided({ ...mark(OURS), team: 'x' }, theirs);
    expect(found).toMatchObject({ key: 'tags/resourceGroup', proof: 'none', stage: 8 });
    expect(found?.target).toEqual({
      ...{ kind: 'tags', id: group, tenantId: TENANT, subscriptionId: SUBSCRIPTION },
      apiVersion: '2021-04-01',
      body: { operation: 'Delete', properties: { tags: mark(OURS) } },
    });
  });
});

describe('a receipt', () => {
  const failed: UndoResult = {
    ...{ status: 'failed', error: azureError({ status: 403, code: 'X' }) },
  };
  const line = ({ key, kind, id, name }: UndoItem): object => ({ key, kind, id, name });
  const vault = item('vault', { kind: 'keyVault' });

  it('has every object in exactly one list', () => {
    const results: readonly UndoResult[] = [
      ...([{ status: 'gone' }, { status: 'untagged' }] as const),
      ...([{ status: 'kept', why: 'W.' }, failed, { status: 'left' }] as const),
    ];
    const items = ['a', 'b', 'c', 'd', 'e'].map((key) => item(key));
    const [a, b, c, d, e] = items.map(line);
    const pairs = items.map((each, index) => [each, results[index] ?? failed] as const);
    expect(receiptOf('run-1', new Map(pairs), ['e'])).toEqual({
      ...{ outcome: 'failed', runId: 'run-1', stillRunning: ['e'], inBin: [] },
      ...{ gone: [a], untagged: [b], left: [e] },
      kept: [{ ...c, why: 'W.' }],
      failed: [{ ...d, error: failed.error }],
    });
  });

  it.each<[UndoResult, string]>([
    [{ status: 'gone' }, 'done'],
    [{ status: 'kept', why: 'W.' }, 'done'],
    [{ status: 'left' }, 'cancelled'],
    [failed, 'failed'],
  ])('of one object that is $status ends so', (result, outcome) => {
    expect(receiptOf('r', new Map([[vault, result]]), []).outcome).toBe(outcome);
  });

  it.each([
    ['keyVault', 'Azure keeps it for seven days; its name stays taken until it is purged.'],
    [
      'logAnalyticsWorkspace',
      'Azure keeps it for 14 days: the same name in the same group brings it back.',
    ],
    ['application', 'Can be restored for 30 days, in the Azure portal under deleted applications.'],
  ] as const)(
    'says of a %s that is gone what Azure keeps, and of one that stays nothing',
    (kind, note) => {
      const of = item('x', { kind });
      const inBin = (result: UndoResult): readonly unknown[] =>
        receiptOf('r', new Map([[of, result]]), []).inBin;
      expect(inBin({ status: 'gone' })).toEqual([{ ...line(of), note }]);
      expect(inBin({ status: 'kept', why: 'W.' })).toEqual([]);
    },
  );
});
