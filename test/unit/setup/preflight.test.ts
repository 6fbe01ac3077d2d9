import { describe, expect, it } from 'vitest';
import { planProject, type ProjectPlan } from '../../../src/setup/planProject.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { preflight, type Preflight } from '../../../src/setup/preflight.ts';
import { requiredActions, targetOfChange } from '../../../src/setup/requiredActions.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import { fakePorts, type FakePorts } from './fakeAzure.ts';
import { preflightPorts, type FakePreflight, type FakePreflightPorts } from './fakePreflight.ts';
import { dev, sampleSpec, SUBSCRIPTION } from './sampleSpec.ts';

const never = new AbortController().signal;
const subscription = `/subscriptions/${SUBSCRIPTION}`;
const group = `${subscription}/resourceGroups/dstack-vision`;
const EVERYTHING: Partial<ProjectSpec> = {
  credentials: { kind: 'existingApp', principalId: '44444444-4444-4444-4444-444444444444' },
  secretsAndLogs: true,
  classicVmRight: true,
};
const planOf = (ports: FakePorts, spec = sampleSpec()): Promise<ProjectPlan> =>
  planProject(spec, dev, ports, never);

/** Providers registered, as in most subscriptions. */
function registered(): FakePorts {
  const ports = fakePorts();
  for (const name of ['Storage', 'ManagedIdentity', 'Network', 'Compute', 'KeyVault'])
    ports.resources.put(`${subscription}/providers/Microsoft.${name}`, {});
  for (const name of ['OperationalInsights', 'Insights'])
    ports.resources.put(`${subscription}/providers/Microsoft.${name}`, {});
  return ports;
}

async function check(
  set: (azure: FakePreflight) => void = () => undefined,
  spec = sampleSpec(),
  azure = registered(),
): Promise<Preflight & { readonly asked: readonly string[] }> {
  const ports: FakePreflightPorts = preflightPorts();
  set(ports.azure);
  const result = await preflight(await planOf(azure, spec), ports, never);
  return { ...result, asked: ports.azure.asked };
}

const codes = ({ problems }: Preflight): string[] => problems.map(({ code }) => code);

describe('what a plan needs', () => {
  it('is one write per object at its own id, and the rights of what it points at', async () => {
    const plan = await planOf(fakePorts(), sampleSpec(EVERYTHING));
    const rights = plan.changes.map((change) => {
      const target = targetOfChange(change, plan.changes);
      if (target === undefined) throw new Error(`${change.resource.key} has no target`);
      const needed = requiredActions(change, target).map(
        ({ action, scope }) => `${action} @ ${scope.replace(subscription, '')}`,
      );
      return [change.resource.key, needed] as const;
    });
    const of = Object.fromEntries(rights);
    expect(of['provider/Microsoft.KeyVault']).toEqual(['Microsoft.KeyVault/register/action @ ']);
    expect(of['resourceGroup']).toEqual([
      'Microsoft.Resources/subscriptions/resourceGroups/write @ /resourceGroups/dstack-vision',
    ]);
    const rg = '/resourceGroups/dstack-vision';
    expect(of['virtualNetwork']).toEqual([
      `Microsoft.Network/virtualNetworks/write @ ${rg}/providers/Microsoft.Network/virtualNetworks/dstackvision1a2b3c4d-default-network`,
      `Microsoft.Network/networkSecurityGroups/join/action @ ${rg}/providers/Microsoft.Network/networkSecurityGroups/dstack-network-security-group-westeurope`,
    ]);
    expect(of['roleDefinition/run']).toEqual([
      `Microsoft.Authorization/roleDefinitions/write @ ${rg}`,
    ]);
    expect(of['roleDefinition/read']).toEqual(['Microsoft.Authorization/roleDefinitions/write @ ']);
    expect(of['role/app/read']).toEqual(['Microsoft.Authorization/roleAssignments/write @ ']);
    expect(of['role/runner/vm']).toEqual([`Microsoft.Authorization/roleAssignments/write @ ${rg}`]);
    expect(of['projectRecord']).toEqual([
      `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write @ ${rg}/providers/Microsoft.Storage/storageAccounts/dstackvision1a2b3c4d/blobServices/default/containers/dstack-azure`,
    ]);
    const single = rights.filter(([, needed]) => needed.length === 1).map(([key]) => key);
    expect(single).toHaveLength(plan.changes.length - 1);
    const actions = rights.flatMap(([, needed]) => needed.map((each) => each.split(' @ ')[0]));
    expect([...new Set(actions)].sort()).toMatchInlineSnapshot(`
      [
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Compute/register/action",
        "Microsoft.Insights/dataCollectionEndpoints/write",
        "Microsoft.Insights/dataCollectionRules/write",
        "Microsoft.Insights/register/action",
        "Microsoft.KeyVault/register/action",
        "Microsoft.KeyVault/vaults/write",
        "Microsoft.ManagedIdentity/register/action",
        "Microsoft.ManagedIdentity/userAssignedIdentities/write",
        "Microsoft.Network/networkSecurityGroups/join/action",
        "Microsoft.Network/networkSecurityGroups/write",
        "Microsoft.Network/register/action",
        "Microsoft.Network/virtualNetworks/write",
        "Microsoft.OperationalInsights/register/action",
        "Microsoft.OperationalInsights/workspaces/tables/write",
        "Microsoft.OperationalInsights/workspaces/write",
        "Microsoft.Resources/subscriptions/resourceGroups/write",
        "Microsoft.Storage/register/action",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
        "Microsoft.Storage/storageAccounts/blobServices/containers/write",
        "Microsoft.Storage/storageAccounts/write",
      ]
    `);
  });

  it('is the right on assigning roles too when an existing vault is turned to roles', async () => {
    const ports = registered();
    const spec = sampleSpec({ secretsAndLogs: true });
    await runProject(await planOf(ports, spec), ports, { report: () => undefined, signal: never });
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/dstackvision1a2b3c4d`;
    const tags = ports.resources.objects.get(vault.toLowerCase())?.tags ?? {};
    ports.resources.put(vault, { tags, properties: { enableRbacAuthorization: false } });
    const plan = await planOf(ports, spec);
    const change = plan.changes.find(({ resource }) => resource.key === 'keyVault');
    const target = change && targetOfChange(change, plan.changes);
    expect(target && requiredActions(change, target).map(({ action }) => action)).toEqual([
      'Microsoft.KeyVault/vaults/write',
      'Microsoft.Authorization/roleAssignments/write',
    ]);
  });

  it('is nothing for what is kept', async () => {
    const ports = registered();
    await runProject(await planOf(ports), ports, { report: () => undefined, signal: never });
    const plan = await planOf(ports);
    for (const change of plan.changes) {
      const target = targetOfChange(change, plan.changes);
      expect(target === undefined ? [] : requiredActions(change, target)).toEqual([]);
    }
  });
});

describe('the preflight', () => {
  it('asks nothing when nothing will be written', async () => {
    const azure = registered();
    await runProject(await planOf(azure), azure, { report: () => undefined, signal: never });
    const result = await check(undefined, sampleSpec(), azure);
    expect(result.skipped).toBe(true);
    expect(result.asked).toEqual([]);
  });

  it('lets an owner run everything and reads each scope once', async () => {
    const result = await check();
    expect(codes(result)).toEqual([]);
    expect(result.checks.every(({ verdict }) => verdict === 'may')).toBe(true);
    expect([...result.handedOff.keys(), ...result.waiting, ...result.notes]).toEqual([]);
    expect(result.runnable).toHaveLength(11);
    expect(new Set(result.asked).size).toBe(result.asked.length);
    // The group does not exist yet, so the subscription is the nearest place that does.
    expect(result.asked).toContain(`permissions ${subscription}`);
    expect(result.asked.filter((each) => each.startsWith('permissions'))).toHaveLength(1);
  });

  it('hands a Contributor exactly the role steps, and only the record waits for them', async () => {
    const result = await check((azure) => (azure.roles = () => ['Contributor']));
    expect(codes(result)).toEqual([]);
    expect([...result.handedOff.keys()]).toEqual([
      'role/runner/dstack-container',
      'role/caller/dstack-container',
      'role/caller/dstack-azure',
    ]);
    expect(result.waiting).toEqual(['projectRecord']);
    expect(result.runnable).toEqual([
      'resourceGroup',
      'storageAccount',
      'container/dstack-container',
      'container/dstack-azure',
      'identity',
      'networkSecurityGroup',
      'virtualNetwork',
    ]);
    const roles = result.checks.find(({ steps }) => steps.includes('role/caller/dstack-azure'));
    expect(roles?.roles[0]).toBe('Role Based Access Control Administrator');
    expect(roles?.grantAt).toBe(subscription);
  });

  it('hands custom roles off too, with their assignments', async () => {
    const result = await check(
      (azure) => (azure.roles = () => ['Contributor']),
      sampleSpec(EVERYTHING),
    );
    const kinds = [...result.handedOff.keys()].map((key) => key.split('/')[0]);
    expect(new Set(kinds)).toEqual(new Set(['role', 'roleDefinition']));
    expect(result.waiting).toEqual(['projectRecord']);
  });

  it('runs what it can for a Contributor, sends no handed-off call, and finishes after the administrator', async () => {
    const azure = registered();
    const plan = await planOf(azure);
    const ports = preflightPorts();
    ports.azure.roles = () => ['Contributor'];
    const found = await preflight(plan, ports, never);
    const options = { report: () => undefined, signal: never, handedOff: found.handedOff };
    const first = await runProject(plan, azure, options);
    expect([...first.outcomes.keys()].filter((key) => !key.startsWith('provider/'))).toEqual(
      expect.arrayContaining([...found.runnable]),
    );
    expect([...first.failures.values()].map(({ code }) => code)).toEqual([
      'handed_off',
      'handed_off',
      'handed_off',
    ]);
    expect(azure.resources.writes.filter((id) => id.includes('roleAssignments'))).toEqual([]);

    for (const change of (await planOf(azure)).changes) {
      if (!found.handedOff.has(change.resource.key)) continue;
      const known = await planOf(azure);
      const target = targetOfChange(change, known.changes);
      if (target !== undefined) azure.resources.put(target.id, { ...target.body, id: target.id });
    }
    const done = await runProject(plan, azure, options);
    expect(done.outcome).toBe('done');
    expect(azure.records.writes).toBe(1);
  });

  it('hands off registrations to a Contributor of one group; what needs them waits', async () => {
    const azure = fakePorts();
    const spec = sampleSpec({ resourceGroup: { name: 'dstack-vision', create: false } });
    azure.resources.put(group, { location: 'westeurope' });
    const result = await check(
      (fake) => (fake.roles = (scope) => (scope === subscription ? ['Reader'] : ['Contributor'])),
      spec,
      azure,
    );
    expect([...result.handedOff.keys()].filter((key) => key.startsWith('provider/'))).toHaveLength(
      4,
    );
    expect(result.waiting).toContain('storageAccount');
    expect(result.runnable).toEqual(['tags/resourceGroup']);
    expect(codes(result)).toEqual([]);
  });

  it('tells a Reader once which role to ask for, and where', async () => {
    const result = await check((azure) => (azure.roles = () => ['Reader']));
    expect(codes(result)).toEqual(['not_authorized']);
    expect(result.problems[0]?.remedy).toContain('Contributor');
    expect(result.problems[0]?.remedy).toContain(subscription);
  });

  it('reads rights at the innermost object that exists', async () => {
    const azure = registered();
    const spec = sampleSpec({
      resourceGroup: { name: 'dstack-vision', create: false },
      storageAccount: { name: 'ours', create: false },
    });
    const account = `${group}/providers/Microsoft.Storage/storageAccounts/ours`;
    azure.resources.put(group, { location: 'westeurope' });
    azure.resources.put(account, { location: 'westeurope', kind: 'StorageV2' });
    const result = await check(
      (fake) => (fake.roles = (scope) => (scope === account ? ['Owner'] : ['Contributor'])),
      spec,
      azure,
    );
    expect([...result.handedOff.keys()]).toEqual([]);
    expect(codes(result)).toEqual([]);
    expect(result.asked.filter((each) => each.startsWith('permissions'))).toEqual([
      `permissions ${group}`,
      `permissions ${account}`,
    ]);
  });

  it('can’t tell what it may not read, and stops nothing for it', async () => {
    for (const question of ['denyAssignments', 'locks']) {
      const result = await check((azure) => azure.forbidden.add(question));
      expect(new Set(result.checks.map(({ verdict }) => verdict))).toEqual(new Set(['cantTell']));
      expect(result.checks[0]?.why).toContain('You may not read it.');
      expect(codes(result)).toEqual([]);
      expect(result.handedOff.size).toBe(0);
    }
    const rest = await check(
      (azure) => {
        for (const question of ['subscription', 'storageName', 'vaultName', 'deletedVault'])
          azure.forbidden.add(question);
        for (const question of ['deletedWorkspace', 'policies']) azure.forbidden.add(question);
      },
      sampleSpec({ secretsAndLogs: true }),
    );
    expect(codes(rest)).toEqual([]);
    expect(rest.notes).toHaveLength(5);
  });

  it('hands off the roles, and nothing else, where it may not even read who has which role', async () => {
    const result = await check((azure) => azure.forbidden.add('permissions'));
    const isRole = ({ action }: { action: string }) => /\/role(Assig|Defin)/.test(action);
    const [roles, others] = [
      result.checks.filter(isRole),
      result.checks.filter((each) => !isRole(each)),
    ];
    expect(roles[0]).toMatchObject({
      verdict: 'mayNot',
      obstacle: 'role',
      why: 'Your account may not even read who has which role there.',
    });
    expect(new Set(roles.map(({ verdict }) => verdict))).toEqual(new Set(['mayNot']));
    expect(new Set(others.map(({ verdict }) => verdict))).toEqual(new Set(['cantTell']));
    expect(others[0]?.why).toContain('You may not read it.');
    expect(codes(result)).toEqual([]);
    expect(new Set(result.handedOff.keys())).toEqual(new Set(roles.flatMap(({ steps }) => steps)));
  });

  it('stops at once when it is cancelled', async () => {
    const ports = preflightPorts();
    const stop = new AbortController();
    ports.azure.locks = () => {
      const error = new Error('Cancelled');
      error.name = 'AbortError';
      return Promise.reject(error);
    };
    const running = preflight(await planOf(registered()), ports, stop.signal);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what stops a run before the first write', () => {
  it.each([
    ['Disabled', 'subscription_disabled', 'subscription'],
    ['Deleted', 'subscription_disabled', 'subscription'],
    [undefined, 'subscription_not_found', 'subscription'],
  ])('a subscription that is %s', async (state, code, field) => {
    const result = await check((azure) => (azure.state = state));
    expect(result.problems).toMatchObject([{ code, field }]);
  });

  it.each(['Warned', 'PastDue'])('but not a subscription that is %s', async (state) => {
    expect(codes(await check((azure) => (azure.state = state)))).toEqual([]);
  });

  it('a name that somebody else’s account has', async () => {
    const result = await check(
      (azure) => (azure.storageName = { available: false, reason: 'AlreadyExists' }),
    );
    expect(result.problems).toMatchObject([
      { code: 'storage_name_taken', field: 'storageAccount' },
    ]);
    expect(result.problems[0]?.message).toContain('dstackvision1a2b3c4d');
  });

  it('a name that Azure does not accept', async () => {
    const result = await check(
      (azure) => (azure.storageName = { available: false, reason: 'AccountNameInvalid' }),
    );
    expect(codes(result)).toEqual(['storage_name_invalid']);
  });

  it('a policy, by its name, with whom to ask', async () => {
    const result = await check((azure) => {
      azure.policies = ({ kind }) =>
        kind === 'storageAccount'
          ? [{ policy: 'Allowed locations', field: 'location', scope: subscription }]
          : [];
    });
    expect(result.problems).toMatchObject([
      { code: 'policy_denied', field: 'location', object: 'storageAccount' },
    ]);
    expect(result.problems[0]?.message).toContain('Allowed locations');
    expect(result.problems[0]?.remedy).toContain(subscription);
  });

  it('a deleted vault or workspace that still holds its name', async () => {
    const bin = { name: 'x', id: '/x', until: '2026-02-01' };
    const result = await check(
      (azure) => {
        azure.vaultInBin = bin;
        azure.workspaceInBin = bin;
      },
      sampleSpec({ secretsAndLogs: true }),
    );
    expect(codes(result)).toEqual(['vault_soft_deleted', 'workspace_soft_deleted']);
    expect(result.problems[0]?.message).toContain('2026-02-01');
  });

  it('a lock, by its name, even for an owner; a lock on deleting is only told', async () => {
    const azure = registered();
    const spec = sampleSpec({ resourceGroup: { name: 'dstack-vision', create: false } });
    azure.resources.put(group, { location: 'westeurope' });
    const locked = (level: 'ReadOnly' | 'CanNotDelete'): Promise<Preflight> =>
      check((fake) => (fake.lockList = [{ name: 'keep', scope: group, level }]), spec, azure);
    const stopped = await locked('ReadOnly');
    expect(codes(stopped)).toEqual(['locked']);
    expect(stopped.problems[0]?.message).toContain('keep');
    const told = await locked('CanNotDelete');
    expect(codes(told)).toEqual([]);
    expect(told.notes.join()).toContain('keep');
  });

  it('a deny assignment, by its name', async () => {
    const result = await check((azure) => {
      azure.denials = [
        {
          name: 'stack',
          scope: subscription,
          doNotApplyToChildScopes: false,
          permissions: [
            {
              actions: ['Microsoft.Network/*'],
              notActions: [],
              dataActions: [],
              notDataActions: [],
            },
          ],
          principals: [{ id: dev.principalId, type: 'User' }],
          excludePrincipals: [],
        },
      ];
    });
    expect(codes(result)).toEqual(['denied_by_assignment']);
    expect(result.problems[0]?.message).toContain('stack');
  });

  it('a location that a provider does not offer', async () => {
    const azure = registered();
    const read = azure.resources.read.bind(azure.resources);
    const locations = ['North Europe', 'East US'];
    azure.resources.read = async (target, signal) => {
      const found = await read(target, signal);
      return found === undefined || !target.id.endsWith('Microsoft.Network')
        ? found
        : {
            ...found,
            body: {
              ...found.body,
              resourceTypes: [{ resourceType: 'virtualNetworks', locations }],
            },
          };
    };
    const result = await check(undefined, sampleSpec(), azure);
    expect(result.problems).toMatchObject([{ code: 'location_unsupported', field: 'location' }]);
    locations.push('West Europe');
    expect(codes(await check(undefined, sampleSpec(), azure))).toEqual([]);
  });
});
