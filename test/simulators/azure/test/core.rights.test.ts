import { describe, expect, it } from 'vitest';
import { actionMatches, permissionAllows } from '../core/arm/rights.ts';
import { BUILT_IN_ROLES, builtInGuid } from '../core/data/roles.ts';
import type { Permission } from '../core/state.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { worldNamed } from '../core/worlds.ts';
import type { World } from '../core/world.ts';
import { Bench, codeOf } from './core.harness.ts';

const SUBSCRIPTION = `/subscriptions/${SINGLE.subscriptionId}`;

function role(name: string): Permission {
  const permission = BUILT_IN_ROLES.get(builtInGuid(name))?.permissions[0];
  if (permission === undefined) throw new Error(name);
  return permission;
}

const NO_LISTS: Permission = { actions: [], notActions: [], dataActions: [], notDataActions: [] };

describe('an action pattern', () => {
  it.each([
    ['*', 'Microsoft.Storage/storageAccounts/write', true],
    ['*/read', 'Microsoft.Network/virtualNetworks/subnets/read', true],
    ['*/read', 'Microsoft.Network/virtualNetworks/subnets/write', false],
    ['Microsoft.Compute/*', 'Microsoft.Compute/virtualMachines/start/action', true],
    ['Microsoft.Compute/*/read', 'Microsoft.Compute/disks/read', true],
    ['microsoft.compute/DISKS/read', 'Microsoft.Compute/disks/read', true],
    ['Microsoft.Compute/disks/read', 'Microsoft.Compute/disks/read/more', false],
    ['Microsoft.Compute/dis', 'Microsoft.Compute/disks', false],
    ['Microsoft.ComputeX/*', 'Microsoft.Compute/disks/read', false],
  ])('%s fits %s: %s', (pattern, action, fits) => {
    expect(actionMatches(pattern, action)).toBe(fits);
  });
});

describe('a built-in role', () => {
  const BLOB = 'Microsoft.Storage/storageAccounts/blobServices/containers';
  it.each([
    ['Owner', 'Microsoft.Authorization/roleAssignments/write', 'control', true],
    ['Owner', `${BLOB}/blobs/read`, 'data', false],
    ['Contributor', 'Microsoft.Storage/storageAccounts/write', 'control', true],
    ['Contributor', 'Microsoft.Authorization/roleAssignments/write', 'control', false],
    ['Contributor', 'Microsoft.Authorization/roleDefinitions/write', 'control', false],
    ['Contributor', 'Microsoft.Authorization/locks/delete', 'control', false],
    ['Contributor', 'Microsoft.Authorization/roleAssignments/read', 'control', true],
    ['Reader', 'Microsoft.Storage/storageAccounts/read', 'control', true],
    ['Reader', 'Microsoft.Storage/storageAccounts/listKeys/action', 'control', false],
    ['User Access Administrator', 'Microsoft.Authorization/roleDefinitions/write', 'control', true],
    ['User Access Administrator', 'Microsoft.Storage/storageAccounts/write', 'control', false],
    [
      'Role Based Access Control Administrator',
      'Microsoft.Authorization/roleAssignments/write',
      'control',
      true,
    ],
    [
      'Role Based Access Control Administrator',
      'Microsoft.Authorization/roleDefinitions/write',
      'control',
      false,
    ],
    ['Storage Blob Data Contributor', `${BLOB}/blobs/write`, 'data', true],
    ['Storage Blob Data Contributor', `${BLOB}/write`, 'control', true],
    ['Storage Blob Data Contributor', 'Microsoft.Storage/storageAccounts/read', 'control', false],
    ['Storage Blob Data Reader', `${BLOB}/blobs/write`, 'data', false],
    ['Virtual Machine Contributor', 'Microsoft.Network/virtualNetworks/write', 'control', false],
    [
      'Virtual Machine Contributor',
      'Microsoft.Network/virtualNetworks/subnets/join/action',
      'control',
      true,
    ],
    [
      'Virtual Machine Contributor',
      'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
      'control',
      false,
    ],
    ['Key Vault Secrets User', 'Microsoft.KeyVault/vaults/secrets/getSecret/action', 'data', true],
    ['Monitoring Metrics Publisher', 'Microsoft.Insights/Metrics/Write', 'data', true],
    [
      'Managed Identity Operator',
      'Microsoft.ManagedIdentity/userAssignedIdentities/x/assign/action',
      'control',
      true,
    ],
  ] as const)('%s, %s (%s): %s', (name, action, plane, allowed) => {
    expect(permissionAllows(role(name), action, plane)).toBe(allowed);
  });
});

it('notActions take away only from the same permission item', () => {
  const denied: Permission = { ...NO_LISTS, actions: ['*'], notActions: ['A.B/c/write'] };
  const granted: Permission = { ...NO_LISTS, actions: ['A.B/c/write'] };
  const union = [denied, granted].some((each) => permissionAllows(each, 'A.B/c/write', 'control'));
  expect([permissionAllows(denied, 'A.B/c/write', 'control'), union]).toEqual([false, true]);
});

it('notDataActions take away from dataActions', () => {
  const permission: Permission = {
    ...NO_LISTS,
    dataActions: ['A.B/*'],
    notDataActions: ['A.B/c/write'],
  };
  expect(permissionAllows(permission, 'A.B/c/read', 'data')).toBe(true);
  expect(permissionAllows(permission, 'A.B/c/write', 'data')).toBe(false);
});

describe('inheritance', () => {
  /** The single world with Dana holding one role at one scope. */
  function worldWith(roleName: string, scope: string, more: Partial<World> = {}): World {
    return {
      ...worldNamed('single'),
      resourceGroups: [
        { subscriptionId: SINGLE.subscriptionId, name: 'one', location: 'eastus' },
        { subscriptionId: SINGLE.subscriptionId, name: 'one-more', location: 'eastus' },
      ],
      roleAssignments: [
        { scope, principalId: SINGLE.userId, principalType: 'User', role: roleName },
      ],
      ...more,
    };
  }
  const url = (group: string): string =>
    `${SUBSCRIPTION}/resourceGroups/${group}?api-version=2021-04-01`;

  it('reaches down from the subscription, whatever the case of the path', async () => {
    const bench = new Bench(worldWith('Reader', SUBSCRIPTION.toUpperCase()));
    expect((await bench.ask('GET', url('ONE'))).status).toBe(200);
  });

  it('does not reach a sibling whose name begins alike, nor up', async () => {
    const bench = new Bench(worldWith('Reader', `${SUBSCRIPTION}/resourceGroups/one`));
    expect((await bench.ask('GET', url('one'))).status).toBe(200);
    expect((await bench.ask('GET', url('one-more'))).status).toBe(403);
    expect(
      (await bench.ask('GET', `${SUBSCRIPTION}/providers?api-version=2021-04-01`)).status,
    ).toBe(403);
  });

  it('names action, scope and caller in the refusal, as the gateway does', async () => {
    const bench = new Bench(worldWith('Reader', SUBSCRIPTION));
    const answer = await bench.ask('PUT', url('new'), { body: { location: 'eastus' } });
    expect([answer.status, codeOf(answer), answer.headers['x-ms-failure-cause']]).toEqual([
      403,
      'AuthorizationFailed',
      'gateway',
    ]);
    expect(answer.text).toContain("'Microsoft.Resources/subscriptions/resourceGroups/write'");
    expect(answer.text).toContain(SINGLE.userId);
  });

  it('comes through groups of people and through management groups', async () => {
    const group = '0c000000-0000-4000-8000-00000000000a';
    const scope = '/providers/Microsoft.Management/managementGroups/platform';
    const world = worldWith('Reader', scope, {
      groups: [
        {
          objectId: group,
          tenantId: SINGLE.tenantId,
          displayName: 'Team',
          members: [SINGLE.userId],
        },
      ],
      managementGroups: [
        { id: 'platform', tenantId: SINGLE.tenantId, subscriptions: [SINGLE.subscriptionId] },
      ],
      roleAssignments: [{ scope, principalId: group, principalType: 'Group', role: 'Reader' }],
    });
    const bench = new Bench(world);
    expect((await bench.ask('GET', url('one'))).status).toBe(200);
    const list = await bench.ask(
      'GET',
      `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=assignedTo('${SINGLE.userId}')`,
    );
    expect(list.json).toMatchObject({ value: [{ properties: { principalId: group } }] });
  });

  it('a list of groups shows only those that the caller may read', async () => {
    const bench = new Bench('group-contributor');
    const list = await bench.ask('GET', `${SUBSCRIPTION}/resourcegroups?api-version=2021-04-01`);
    expect(list.json).toMatchObject({ value: [{ name: 'team' }] });
    const register = await bench.ask(
      'POST',
      `${SUBSCRIPTION}/providers/Microsoft.Storage/register?api-version=2021-04-01`,
    );
    expect([register.status, codeOf(register)]).toEqual([403, 'AuthorizationFailed']);
  });

  it('a deny assignment wins over Owner', async () => {
    const bench = new Bench('locked-down-by-policy');
    const answer = await bench.ask('PUT', url('guarded'), { body: { location: 'westeurope' } });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'DenyAssignmentAuthorizationFailed']);
    expect((await bench.ask('GET', url('guarded'))).status).toBe(200);
  });
});

describe('a conditioned administrator', () => {
  const put = (bench: Bench, guid: string, roleName: string, principalType = 'ServicePrincipal') =>
    bench.ask(
      'PUT',
      `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/${guid}?api-version=2022-04-01`,
      {
        body: {
          properties: {
            roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${builtInGuid(roleName)}`,
            principalId: SINGLE.servicePrincipalId,
            principalType,
          },
        },
      },
    );

  it('may grant the roles of the condition and no others', async () => {
    const bench = new Bench('rbac-admin-condition');
    const allowed = await put(
      bench,
      '11111111-1111-4111-8111-111111111111',
      'Storage Blob Data Contributor',
    );
    expect(allowed.status).toBe(201);
    const refused = await put(bench, '11111111-1111-4111-8111-111111111112', 'Owner');
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
  });

  it('shows its condition in its assignment, and not among its permissions', async () => {
    const bench = new Bench('rbac-admin-condition');
    const account = await bench.account(await bench.group('team'), 'dstackteam');
    const answer = await bench.ask(
      'GET',
      `${account}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
    );
    expect(answer.text).toContain('Microsoft.Authorization/roleAssignments/write');
    expect(answer.text).not.toMatch(/condition/i);
    const assigned = await bench.ask(
      'GET',
      `${account}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=assignedTo('${SINGLE.servicePrincipalId}')`,
    );
    expect(assigned.text).toContain('GuidEquals');
  });
});

describe('a custom role', () => {
  const GUID = '22222222-2222-4222-8222-222222222222';
  const url = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${GUID}?api-version=2022-04-01`;
  const body = (roleName: string, scope = SUBSCRIPTION, actions = ['Microsoft.Compute/*']) => ({
    properties: {
      roleName,
      description: '',
      assignableScopes: [scope],
      permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }],
    },
  });

  it('has a name that is unique in the tenant, and cannot go while it is assigned', async () => {
    const bench = new Bench();
    expect((await bench.ask('PUT', url, { body: body('dstack x') })).status).toBe(201);
    const second = await bench.ask('PUT', url.replace(GUID, GUID.replace('2', '3')), {
      body: body('DSTACK X'),
    });
    expect([second.status, codeOf(second)]).toEqual([409, 'RoleDefinitionWithSameNameExists']);
    const assignment = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/${GUID}?api-version=2022-04-01`;
    const properties = {
      roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${GUID}`,
      principalId: SINGLE.servicePrincipalId,
      principalType: 'ServicePrincipal',
    };
    expect((await bench.ask('PUT', assignment, { body: { properties } })).status).toBe(201);
    const used = await bench.ask('DELETE', url);
    expect([used.status, codeOf(used)]).toEqual([400, 'RoleDefinitionHasAssignments']);
    await bench.ask('DELETE', assignment);
    expect((await bench.ask('DELETE', url)).status).toBe(200);
    expect((await bench.ask('DELETE', url)).status).toBe(204);
  });

  it('needs the right on every assignable scope, and actions that could exist', async () => {
    const bench = new Bench('two-tenants');
    const elsewhere = await bench.ask('PUT', url, {
      body: body('x', '/subscriptions/0b000000-0000-4000-8000-000000000003'),
    });
    expect([elsewhere.status, codeOf(elsewhere)]).toEqual([403, 'LinkedAuthorizationFailed']);
    const nonsense = await bench.ask('PUT', url, {
      body: body('x', SUBSCRIPTION, ['do everything']),
    });
    expect([nonsense.status, codeOf(nonsense)]).toEqual([400, 'InvalidActionOrNotAction']);
  });
});
