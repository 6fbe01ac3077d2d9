import { describe, expect, it } from 'vitest';
import { containerId } from '../../../src/setup/armId.ts';
import type { Lock } from '../../../src/setup/permissions.ts';
import type { Answer } from '../../../src/setup/preflightRead.ts';
import type { Target } from '../../../src/setup/resource.ts';
import {
  heldError,
  isHeld,
  lockNotes,
  shownDecision,
  withLocks,
} from '../../../src/setup/undoLocks.ts';
import { STAGE, type UndoItem } from '../../../src/setup/undoPlan.ts';
import { SUBSCRIPTION } from './sampleSpec.ts';

const subscription = `/subscriptions/${SUBSCRIPTION}`;
const group = `${subscription}/resourceGroups/dstack-vision`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/acc`;
const network = `${group}/providers/Microsoft.Network/virtualNetworks/net`;
const securityGroup = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
const roles = '/providers/Microsoft.Authorization/roleAssignments';

function item(key: string, id: string, change: Partial<UndoItem> = {}): UndoItem {
  const base = { key, id, kind: 'userAssignedIdentity', name: key, why: 'Ours.' } as const;
  return { ...base, decision: 'remove', proof: 'tag', stage: STAGE.members, after: [], ...change };
}

const server = item('server', 'local server', { kind: 'server', stage: STAGE.server });
const groupRole = item('groupRole', `${group}${roles}/1`, { stage: STAGE.roles });
const wideRole = item('wideRole', `${subscription}${roles}/2`, { stage: STAGE.roles });
const app = item('app', '/applications/1', { kind: 'application', after: ['groupRole'] });
const vnet = item('vnet', network);
const nsg = item('nsg', securityGroup, { stage: STAGE.holders, after: ['vnet'] });
const vault = item('vault', `${group}/providers/Microsoft.KeyVault/vaults/v`, {
  decision: 'ask',
  ticked: false,
});
const storage = item('storageAccount', account, { stage: STAGE.account });
const people = item('people', `${account}${roles}/3`, {
  stage: STAGE.people,
  after: ['storageAccount'],
});
const whole = item('resourceGroup', group, { stage: STAGE.group, after: ['storageAccount'] });
const theirs = item('theirs', `${group}/providers/x/y/z`, { decision: 'keep' });

const OURS = [server, groupRole, wideRole, app, vnet, nsg, vault, storage, people, whole, theirs];

function lock(scope: string, level: Lock['level'] = 'CanNotDelete', name = 'hold'): Lock {
  return { name, scope, level };
}

const known = (...locks: readonly Lock[]): Answer<readonly Lock[]> => ({
  known: true,
  value: locks,
});
const heldOf = (items: readonly UndoItem[]): readonly string[] =>
  items.filter(isHeld).map(({ key }) => key);

describe('What locks hold of a project', () => {
  it.each<[string, Lock, readonly string[]]>([
    [
      'of the subscription',
      lock(subscription),
      ['groupRole', 'wideRole', 'app', 'vnet', 'nsg', 'vault', 'storageAccount', 'people'],
    ],
    [
      'of the group',
      lock(group),
      ['groupRole', 'app', 'vnet', 'nsg', 'vault', 'storageAccount', 'people'],
    ],
    ['of the account', lock(account), ['storageAccount', 'people']],
    ['of the account, in another case', lock(account.toUpperCase()), ['storageAccount', 'people']],
    [
      'inside the account',
      lock(containerId(account, 'c'), 'ReadOnly'),
      ['storageAccount', 'people'],
    ],
    ['of the network', lock(network), ['vnet', 'nsg', 'storageAccount', 'people']],
    [
      'of the network, against writing',
      lock(network, 'ReadOnly'),
      ['vnet', 'nsg', 'storageAccount', 'people'],
    ],
    ['of the vault, which nobody has asked to go', lock(vault.id), ['vault']],
  ])('is held by one %s, and the group by each', (_, each, expected) => {
    const items = withLocks(OURS, known(each));
    expect(heldOf(items)).toEqual([...expected, 'resourceGroup']);
    expect(items.map(({ key }) => key)).toEqual(OURS.map(({ key }) => key));
  });

  it.each<[string, Answer<readonly Lock[]>]>([
    ['there are none', known()],
    ['theirs alone is locked, and the group stays for it', known(lock(theirs.id))],
    ['they can’t be read', { known: false, why: 'Forbidden.' }],
  ])('is nothing where %s', (_, locks) => {
    const items = OURS.filter(({ key }) => key !== 'resourceGroup');
    expect(withLocks(items, locks)).toEqual(items);
  });

  it('says which, and what waits for what', () => {
    const [both, far] = [lock(group, 'ReadOnly', 'freeze'), lock(network)];
    const said = (items: readonly UndoItem[]) =>
      Object.fromEntries(items.filter(isHeld).map(({ key, why }) => [key, why]));
    expect(said(withLocks([vnet, nsg, storage], known(far)))).toEqual({
      vnet: 'Ours. Held by the lock “hold” on net.',
      nsg: 'Ours. Stays while vnet does, which a lock holds.',
      storageAccount: 'Ours. Stays while vnet does, which a lock holds.',
    });
    expect(
      said(withLocks([vnet], known(both, far, lock(subscription, 'ReadOnly', 'all')))),
    ).toEqual({
      vnet: 'Ours. Held by the lock “freeze” on the resource group dstack-vision, the lock “hold” on net, the lock “all” on the subscription.',
    });
  });

  it('leaves tags and record where a later undo finds what is held', () => {
    const target: Target = {
      ...{ kind: 'tags', id: account, tenantId: 't', subscriptionId: SUBSCRIPTION },
      ...{ apiVersion: '2021-04-01', body: {} },
    };
    const tags = item('tags', account, { decision: 'untag', target, stage: STAGE.account });
    const groupTags = item('groupTags', group, { decision: 'untag', stage: STAGE.group });
    const record = item('record', `${account}/blobs/vision`, {
      kind: 'projectRecord',
      stage: STAGE.record,
    });
    const container = item('container', containerId(account, 'c'), { stage: STAGE.containers });
    const adopted = [vnet, container, record, tags, groupTags];
    expect(heldOf(withLocks(adopted, known(lock(network))))).toEqual([
      'vnet',
      'record',
      'tags',
      'groupTags',
    ]);
    // What stays unless it is ticked holds up no mark: it would not have gone without a lock.
    expect(heldOf(withLocks([vault, record, tags], known(lock(vault.id))))).toEqual(['vault']);
    // Tags are written: only a lock against writing holds them by itself, and none the data.
    expect(heldOf(withLocks([record, tags], known(lock(account))))).toEqual([]);
    expect(heldOf(withLocks([record, tags], known(lock(account, 'ReadOnly'))))).toEqual(['tags']);
    const kept = { ...tags, decision: 'keep' as const };
    expect(heldOf(withLocks([vnet, kept], known(lock(network))))).toEqual(['vnet']);
  });

  it('is noted once for each lock, with the way on, and what could not be read', () => {
    const locks = known(lock(group), lock(theirs.id, 'ReadOnly', 'other'));
    const [first, ...more] = lockNotes(withLocks([vnet, nsg, theirs], locks), locks);
    expect(more).toEqual([]);
    expect(first).toBe(
      'The lock “hold” on the resource group dstack-vision holds some of it. Have it removed in the Azure portal, then look again; locks are never removed by this extension.',
    );
    expect(lockNotes([vnet], known())).toEqual([]);
    expect(lockNotes([vnet], { known: false, why: 'Forbidden.' })).toEqual([
      'Whether locks hold any of it can’t be read: Forbidden.',
    ]);
  });

  it('is shown as locked, whatever would have become of it, and has an error that names the lock', () => {
    const [held] = withLocks([vault], known(lock(vault.id)));
    if (held === undefined) expect.fail('The vault is gone from the plan.');
    expect([shownDecision(held), shownDecision(vault)]).toEqual(['locked', 'ask']);
    expect(heldError(held)).toMatchObject({
      ...{ code: 'locked', source: 'azure', object: 'vault' },
      message: 'Held by the lock “hold” on v.',
      remedy: 'Ask whoever set the lock to lift it; locks are never removed by this extension.',
    });
  });
});
