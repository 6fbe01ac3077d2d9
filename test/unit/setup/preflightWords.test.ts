import { describe, expect, it } from 'vitest';
import { planProject } from '../../../src/setup/planProject.ts';
import { preflight, type Preflight } from '../../../src/setup/preflight.ts';
import type { DenyAssignment } from '../../../src/setup/permissions.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { fakePorts, type FakePorts } from './fakeAzure.ts';
import { preflightPorts, type FakePreflight } from './fakePreflight.ts';
import { dev, sampleSpec, SUBSCRIPTION } from './sampleSpec.ts';

const never = new AbortController().signal;
const subscription = `/subscriptions/${SUBSCRIPTION}`;
const group = `${subscription}/resourceGroups/dstack-vision`;
const NAME = 'dstackvision1a2b3c4d';
const logs: Partial<ProjectSpec> = { secretsAndLogs: true };
const inGroup: Partial<ProjectSpec> = { resourceGroup: { name: 'dstack-vision', create: false } };

/** A subscription with its providers, and the group if the spec takes an existing one. */
function place(spec: Partial<ProjectSpec>): FakePorts {
  const ports = fakePorts();
  const names = ['Storage', 'ManagedIdentity', 'Network', 'Compute'];
  for (const name of [...names, 'KeyVault', 'OperationalInsights', 'Insights']) {
    ports.resources.put(`${subscription}/providers/Microsoft.${name}`, {});
  }
  if (spec.resourceGroup?.create === false) {
    ports.resources.put(group, { location: 'westeurope', tags: { 'dstack-project': 'vision' } });
  }
  return ports;
}

async function check(
  set: (azure: FakePreflight) => void,
  spec: Partial<ProjectSpec> = {},
  azure = place(spec),
): Promise<Preflight & { readonly asked: readonly string[] }> {
  const ports = preflightPorts();
  set(ports.azure);
  const plan = await planProject(sampleSpec(spec), dev, azure, never);
  return { ...(await preflight(plan, ports, never)), asked: ports.azure.asked };
}

const denial = (change: Partial<DenyAssignment>): DenyAssignment => ({
  ...{ name: 'stack', scope: subscription, doNotApplyToChildScopes: false },
  permissions: [
    {
      actions: ['Microsoft.Network/*/write'],
      ...{ notActions: [], dataActions: [], notDataActions: [] },
    },
  ],
  principals: [{ id: dev.principalId, type: 'User' }],
  excludePrincipals: [],
  ...change,
});

const OTHER_NAME = 'Choose another name: it has to be unique in all of Azure.';
const BIN = 'Recover it, purge it in the Azure portal, or choose another storage account name.';
const inBin = { name: 'x', id: '/x' };
const forStorage =
  (policy: Awaited<ReturnType<FakePreflight['policyDenials']>>[number]) =>
  (azure: FakePreflight): void => {
    azure.policies = ({ kind }) => (kind === 'storageAccount' ? [policy] : []);
  };

interface Words {
  readonly what: string;
  readonly set: (azure: FakePreflight) => void;
  readonly spec?: Partial<ProjectSpec>;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly field?: string;
  readonly object?: string;
}

const CASES: readonly Words[] = [
  {
    what: 'a subscription that this account can’t see',
    set: (azure) => (azure.state = undefined),
    code: 'subscription_not_found',
    message: 'This account can’t see the subscription in this tenant.',
    remedy: 'Choose the tenant that the subscription belongs to, or another subscription.',
    field: 'subscription',
  },
  {
    what: 'a subscription that is off',
    set: (azure) => (azure.state = 'Disabled'),
    code: 'subscription_disabled',
    message: 'The subscription Research is Disabled: Azure accepts no changes in it.',
    remedy: 'Reactivate the subscription in the Azure portal, or choose another one.',
    field: 'subscription',
  },
  {
    what: 'a taken account name',
    set: (azure) => (azure.storageName = { available: false, reason: 'AlreadyExists' }),
    code: 'storage_name_taken',
    message: `The name ${NAME} is taken: a storage account somewhere in Azure has it.`,
    remedy: OTHER_NAME,
    field: 'storageAccount',
  },
  {
    what: 'an account name that Azure refuses',
    set: (azure) => (azure.storageName = { available: false, reason: 'AccountNameInvalid' }),
    code: 'storage_name_invalid',
    message: `Azure does not accept ${NAME} as the name of a storage account.`,
    remedy: OTHER_NAME,
    field: 'storageAccount',
  },
  {
    what: 'a taken vault name',
    spec: logs,
    set: (azure) => (azure.vaultName = { available: false, reason: 'AlreadyExists' }),
    code: 'vault_name_taken',
    message: `The name ${NAME} is taken by a key vault in use or a deleted one.`,
    remedy: 'Recover or purge the deleted vault, or choose another storage account name.',
    field: 'storageAccount',
  },
  {
    what: 'a deleted vault',
    spec: logs,
    set: (azure) => (azure.vaultInBin = { ...inBin, until: '2026-02-01' }),
    code: 'vault_soft_deleted',
    message: `${NAME} was deleted and holds its name until 2026-02-01.`,
    remedy: BIN,
    field: 'storageAccount',
  },
  {
    what: 'a deleted workspace',
    spec: logs,
    set: (azure) => (azure.workspaceInBin = inBin),
    code: 'workspace_soft_deleted',
    message: `${NAME}-workspace was deleted and still holds its name.`,
    remedy: BIN,
    field: 'storageAccount',
  },
  {
    what: 'a policy on the location',
    set: forStorage({ policy: 'Allowed locations', field: 'location', scope: subscription }),
    code: 'policy_denied',
    message: `The policy “Allowed locations” forbids ${NAME}.`,
    remedy: `Choose another location or name, or ask whoever manages policies of ${subscription}.`,
    field: 'location',
    object: 'storageAccount',
  },
  {
    what: 'a policy of a group, with its own words',
    set: forStorage({ policy: 'Names', field: 'name', scope: group, message: 'Begin with x.' }),
    code: 'policy_denied',
    message: `The policy “Names” forbids ${NAME}: Begin with x.`,
    remedy: 'Choose another location or name, or ask whoever manages policies of dstack-vision.',
    object: 'storageAccount',
  },
  {
    what: 'a policy of nobody known',
    set: forStorage({ policy: 'Names' }),
    code: 'policy_denied',
    message: `The policy “Names” forbids ${NAME}.`,
    remedy: 'Choose another location or name, or ask the owner of the policy for an exemption.',
    object: 'storageAccount',
  },
  {
    what: 'a lock',
    spec: inGroup,
    set: (azure) => (azure.lockList = [{ name: 'keep', scope: group, level: 'ReadOnly' }]),
    code: 'locked',
    message: `The lock “keep” on ${group} forbids it.`,
    remedy: 'Ask whoever set the lock to lift it; locks are never removed by this extension.',
    object: 'storageAccount',
  },
  {
    what: 'a denial',
    set: (azure) => (azure.denials = [denial({})]),
    code: 'denied_by_assignment',
    message:
      'The deny assignment “stack” forbids it. It stops Microsoft.Network/networkSecurityGroups/write, Microsoft.Network/virtualNetworks/write.',
    remedy: 'Choose another resource group, or ask its owner to exclude you.',
    field: 'resourceGroup',
    object: 'networkSecurityGroup',
  },
];

describe('what stops a run says what, why and what to do', () => {
  it.each(CASES)('for $what', async ({ set, spec, code, message, remedy, field, object }) => {
    const { problems } = await check(set, spec);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ source: 'user', code, message, remedy, field, object });
  });

  it('for missing roles, once, with the least powerful that has all', async () => {
    const { problems } = await check((azure) => (azure.roles = () => ['Reader']));
    expect(problems).toHaveLength(1);
    const [{ message, remedy } = expect.fail('None.')] = problems;
    expect(message).toBe(
      `The signed-in account may not do ${[
        'Microsoft.Resources/subscriptions/resourceGroups/write',
        'Microsoft.Storage/storageAccounts/write',
        'Microsoft.Storage/storageAccounts/blobServices/containers/write',
        'Microsoft.ManagedIdentity/userAssignedIdentities/write',
        'Microsoft.Network/networkSecurityGroups/write',
        'Microsoft.Network/virtualNetworks/write',
        'Microsoft.Network/networkSecurityGroups/join/action',
      ].join(', ')} at ${subscription}.`,
    );
    expect(remedy).toBe(
      `Ask an administrator for the role Contributor at ${subscription}, then try again.`,
    );
  });

  it('for a right that an administrator can use for us, by the step’s name', async () => {
    const { handedOff } = await check((azure) => (azure.roles = () => ['Contributor']));
    expect(handedOff.get('role/caller/dstack-azure')).toMatchObject({
      ...{ code: 'handed_off', source: 'user', object: 'role/caller/dstack-azure' },
      message:
        'Storage Blob Data Contributor has to be done by an administrator: you have not the right.',
      remedy: 'Give the commands to an administrator, then continue.',
    });
  });

  it('but a lock on roles is nothing that an administrator can do for us', async () => {
    const result = await check((azure) => {
      azure.lockList = [{ name: 'keep', scope: group, level: 'ReadOnly' }];
      azure.roles = () => ['Contributor'];
    }, inGroup);
    expect([...result.handedOff.keys()]).toEqual([]);
    expect(result.problems.map(({ code }) => code)).toEqual(['locked']);
  });
});

describe('what can’t be told before the first write', () => {
  it('is noted once per question, with the reason', async () => {
    const { notes, problems } = await check((azure) => {
      const questions = ['subscription', 'storageName', 'vaultName', 'deletedVault'];
      for (const question of [...questions, 'deletedWorkspace', 'policies']) {
        azure.forbidden.add(question);
      }
    }, logs);
    const why = '(You may not read it.).';
    expect(problems).toEqual([]);
    expect(notes).toEqual([
      `Not checked: the state of the subscription ${why}`,
      `Not checked: whether the name ${NAME} is free ${why}`,
      `Not checked: whether the name ${NAME} is free ${why}`,
      `Not checked: whether the name ${NAME}-workspace is free ${why}`,
      `Not checked: the policies for dstack-vision ${why}`,
    ]);
  });

  it('is a name that Azure only checks when the account is made', async () => {
    const { notes, problems } = await check(
      (azure) => (azure.storageName = { available: true, reason: 'Unchecked' }),
    );
    expect([notes, problems]).toEqual([
      [`Azure will say whether the name ${NAME} is free when the account is made.`],
      [],
    ]);
  });

  it.each<[string, (azure: FakePreflight) => void, string]>([
    [
      'rights that can’t be read',
      (azure) => azure.forbidden.add('permissions'),
      'Your rights can’t be read: You may not read it.',
    ],
    [
      'locks that can’t be read',
      (azure) => azure.forbidden.add('locks'),
      'What may stand against it can’t be read: You may not read it.',
    ],
    [
      'a denial of a group',
      (azure) => (azure.denials = [denial({ principals: [{ id: 'g', type: 'Group' }] })]),
      'The deny assignment “stack” may forbid it: it depends on a group.',
    ],
    [
      'a denial for certain',
      (azure) => (azure.denials = [denial({})]),
      'The deny assignment “stack” forbids it.',
    ],
    ['nothing', () => undefined, ''],
    [
      'no role',
      (azure) => (azure.roles = () => ['Reader']),
      'None of your roles allows Microsoft.Network/virtualNetworks/write.',
    ],
  ])('stands beside the right, if it is %s', async (_what, set, why) => {
    const { checks } = await check(set);
    const network = checks.find(({ action }) => action.endsWith('/virtualNetworks/write'));
    expect(network?.why).toBe(why);
    expect(network?.steps).toEqual(['virtualNetwork']);
  });

  it('is told of a lock that a later undo will meet', async () => {
    const { notes } = await check(
      (azure) => (azure.lockList = [{ name: 'keep', scope: group, level: 'CanNotDelete' }]),
      inGroup,
    );
    expect(notes).toEqual([`The lock “keep” on ${group} will stop a later undo.`]);
  });

  it('is told once of each lock that reaches the group, and of no other', async () => {
    const lock = (name: string, scope: string) => ({ name, scope, level: 'CanNotDelete' }) as const;
    const inside = `${group}/providers/Microsoft.Network/virtualNetworks/n`;
    // Rights are asked at the subscription and at the group, and both lists hold the group's locks.
    const { notes } = await check(
      (azure) => {
        azure.lockList = [
          lock('keep', group.toUpperCase()),
          lock('keep', group),
          lock('keep', subscription),
          lock('net', inside),
          lock('keep-prod', `${subscription}/resourceGroups/production`),
          lock('longer', `${group}-2`),
        ];
      },
      { ...inGroup, credentials: { kind: 'existingApp', principalId: dev.principalId } },
    );
    expect(notes).toEqual(
      [group, subscription, inside].map(
        (scope) =>
          `The lock “${scope === inside ? 'net' : 'keep'}” on ${scope} will stop a later undo.`,
      ),
    );
  });

  it('is the role of a remote server whose identity nobody has named', async () => {
    const remote = { server: { kind: 'remote', url: 'https://d.example' } } as const;
    const { notes } = await check(() => undefined, remote);
    expect(notes).toEqual([
      'The server’s own identity gets no role from this plan: enter its principal id, or give the hand-off to an administrator.',
    ]);
  });
});

describe('where the preflight asks', () => {
  it('policies and locks at the group if it exists, else at the subscription', async () => {
    const asked = async (spec: Partial<ProjectSpec>): Promise<readonly string[]> =>
      (await check(() => undefined, spec)).asked;
    expect(await asked({})).toEqual(
      expect.arrayContaining([
        `policies storageAccount at ${subscription}`,
        `policies resourceGroup at ${subscription}`,
        `locks ${subscription}`,
        `denyAssignments ${subscription}`,
      ]),
    );
    const there = await asked(inGroup);
    expect(there).toEqual(
      expect.arrayContaining([
        `policies storageAccount at ${group}`,
        `locks ${group}`,
        `denyAssignments ${group}`,
        `permissions ${group}`,
      ]),
    );
    expect(there.filter((each) => each.startsWith('policies resourceGroup'))).toEqual([]);
    expect(there.filter((each) => each.startsWith('policies role'))).toEqual([]);
  });

  it('no name of what is not made', async () => {
    const azure = place(inGroup);
    const account = `${group}/providers/Microsoft.Storage/storageAccounts/ours`;
    azure.resources.put(account, { location: 'westeurope', kind: 'StorageV2' });
    const storageAccount = { name: 'ours', create: false };
    const { asked } = await check(() => undefined, { ...inGroup, storageAccount }, azure);
    expect(asked.filter((each) => /name|deleted/i.test(each))).toEqual([]);
  });
});

describe('the locations of a provider', () => {
  const offered = async (resourceTypes: unknown): Promise<readonly string[]> => {
    const azure = place({});
    const read = azure.resources.read.bind(azure.resources);
    azure.resources.read = async (target, signal) => {
      const found = await read(target, signal);
      if (found === undefined || !target.id.endsWith('Microsoft.Network')) return found;
      return { ...found, body: { ...found.body, resourceTypes: resourceTypes as never } };
    };
    const { problems } = await check(() => undefined, {}, azure);
    return problems.map(({ message }) => message);
  };
  const NETWORKS = 'Azure does not offer Microsoft.Network/virtualNetworks in westeurope.';

  it.each<[string, unknown, readonly string[]]>([
    ['by their names', [{ resourceType: 'VirtualNetworks', locations: ['West Europe'] }], []],
    ['by their codes', [{ resourceType: 'virtualNetworks', locations: ['westeurope'] }], []],
    ['without ours', [{ resourceType: 'virtualNetworks', locations: ['East US'] }], [NETWORKS]],
    ['of other types', [{ resourceType: 'loadBalancers', locations: ['East US'] }], []],
    ['not told', [{ resourceType: 'virtualNetworks', locations: [] }], []],
    ['garbled', ['odd', { resourceType: 7 }, { resourceType: 'virtualNetworks' }], []],
    ['half garbled', [{ resourceType: 'virtualNetworks', locations: [7, 'East US'] }], [NETWORKS]],
    ['no list', 'odd', []],
  ])('%s', async (_how, resourceTypes, problems) => {
    expect(await offered(resourceTypes)).toEqual(problems);
  });
});
