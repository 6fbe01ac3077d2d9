import { describe, expect, it } from 'vitest';
import type { PlanAction } from '../../../src/contract/wizardState.ts';
import { desiredState } from '../../../src/setup/desiredState.ts';
import type { JsonObject } from '../../../src/setup/json.ts';
import type { Change } from '../../../src/setup/plan.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import {
  isWritten,
  requiredActions,
  scopeOf,
  targetOfChange,
} from '../../../src/setup/requiredActions.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { dev, sampleSpec, SUBSCRIPTION } from './sampleSpec.ts';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const GROUP = `${SUB}/resourceGroups/dstack-vision`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/dstackvision1a2b3c4d`;
const CONTAINERS = `${ACCOUNT}/blobServices/default/containers`;
const NETWORK = `${GROUP}/providers/Microsoft.Network`;
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/dstackvision1a2b3c4d`;
const INSIGHTS = `${GROUP}/providers/Microsoft.Insights`;
const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/dstackvision1a2b3c4d-workspace`;
const SECURITY = 'Microsoft.Network/networkSecurityGroups';

const everything: Partial<ProjectSpec> = {
  ...{ credentials: { kind: 'newApp' }, secretsAndLogs: true },
};
const chosen: Partial<ProjectSpec> = {
  resourceGroup: { name: 'dstack-vision', create: false },
};

function changesOf(action: PlanAction, spec: Partial<ProjectSpec>): readonly Change[] {
  const resources = desiredState(projectContext(sampleSpec(spec), dev));
  return resources.map((resource) => ({ resource, action, reason: '', origin: 'created' }));
}

/** What a change of the plan needs, as `action at scope`. */
function needed(
  key: string,
  action: PlanAction = 'create',
  spec = everything,
  body?: JsonObject,
): readonly string[] {
  const changes = changesOf(action, spec);
  const change = changes.find(({ resource }) => resource.key === key);
  const target = change && targetOfChange(change, changes);
  if (change === undefined || target === undefined) expect.fail(`There is no call for ${key}.`);
  const rights = requiredActions(change, body === undefined ? target : { ...target, body });
  return rights.map((right) => {
    const data = right.data === true ? ' (data)' : '';
    return `${right.action} at ${right.scope}${data}`;
  });
}

describe('the rights of a change', () => {
  it.each<[string, readonly string[]]>([
    ['provider/Microsoft.Storage', [`Microsoft.Storage/register/action at ${SUB}`]],
    ['resourceGroup', [`Microsoft.Resources/subscriptions/resourceGroups/write at ${GROUP}`]],
    ['storageAccount', [`Microsoft.Storage/storageAccounts/write at ${ACCOUNT}`]],
    [
      'container/dstack-azure',
      [
        `Microsoft.Storage/storageAccounts/blobServices/containers/write at ${CONTAINERS}/dstack-azure`,
      ],
    ],
    [
      'identity',
      [
        `Microsoft.ManagedIdentity/userAssignedIdentities/write at ${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/dstackvision1a2b3c4d-runner-identity`,
      ],
    ],
    [
      'networkSecurityGroup',
      [
        `${SECURITY}/write at ${NETWORK}/networkSecurityGroups/dstack-network-security-group-westeurope`,
      ],
    ],
    [
      'virtualNetwork',
      [
        `Microsoft.Network/virtualNetworks/write at ${NETWORK}/virtualNetworks/dstackvision1a2b3c4d-default-network`,
        `${SECURITY}/join/action at ${NETWORK}/networkSecurityGroups/dstack-network-security-group-westeurope`,
      ],
    ],
    ['keyVault', [`Microsoft.KeyVault/vaults/write at ${VAULT}`]],
    ['workspace', [`Microsoft.OperationalInsights/workspaces/write at ${WORKSPACE}`]],
    [
      'logsTable',
      [
        `Microsoft.OperationalInsights/workspaces/tables/write at ${WORKSPACE}/tables/dstack_logs_CL`,
      ],
    ],
    [
      'dataCollectionEndpoint',
      [
        `Microsoft.Insights/dataCollectionEndpoints/write at ${INSIGHTS}/dataCollectionEndpoints/dstackvision1a2b3c4d-dce`,
      ],
    ],
    [
      'dataCollectionRule',
      [
        `Microsoft.Insights/dataCollectionRules/write at ${INSIGHTS}/dataCollectionRules/dstackvision1a2b3c4d-dcr`,
      ],
    ],
    ['roleDefinition/run', [`Microsoft.Authorization/roleDefinitions/write at ${GROUP}`]],
    ['roleDefinition/read', [`Microsoft.Authorization/roleDefinitions/write at ${SUB}`]],
    [
      'role/caller/dstack-azure',
      [`Microsoft.Authorization/roleAssignments/write at ${CONTAINERS}/dstack-azure`],
    ],
    ['role/runner/secrets', [`Microsoft.Authorization/roleAssignments/write at ${VAULT}`]],
    ['application', []],
    ['servicePrincipal', []],
    ['clientSecret', []],
    [
      'projectRecord',
      [
        `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write at ${CONTAINERS}/dstack-azure (data)`,
      ],
    ],
  ])('of %s are those of its call', (key, rights) => {
    expect(needed(key)).toEqual(rights);
  });

  it('of tags are on what is tagged', () => {
    expect(needed('tags/resourceGroup', 'update', chosen)).toEqual([
      `Microsoft.Resources/tags/write at ${GROUP}`,
    ]);
  });

  it('to turn a vault to roles take the right to give roles there too', () => {
    expect(needed('keyVault', 'update')).toEqual([
      `Microsoft.KeyVault/vaults/write at ${VAULT}`,
      `Microsoft.Authorization/roleAssignments/write at ${VAULT}`,
    ]);
  });

  it('of a role are needed at every scope that it may be given at', () => {
    const scopes = (assignableScopes: JsonObject['x']): readonly string[] =>
      needed('roleDefinition/run', 'create', everything, { properties: { assignableScopes } });
    const write = 'Microsoft.Authorization/roleDefinitions/write at';
    expect(scopes(['/a', 7, '/b'])).toEqual([`${write} /a`, `${write} /b`]);
    expect(scopes([])).toEqual([`${write} ${GROUP}`]);
    expect(scopes('text')).toEqual([`${write} ${GROUP}`]);
  });

  it('of a network without guarded subnets are to write it', () => {
    const counted = (subnets: JsonObject['x']): number =>
      needed('virtualNetwork', 'create', everything, { properties: { subnets } }).length;
    expect([counted([{ name: 'open' }, 'odd']), counted('text')]).toEqual([1, 1]);
  });

  it.each<[PlanAction, boolean]>([
    ['create', true],
    ['update', true],
    ['replace', true],
    ['keep', false],
    ['adopt', false],
    ['conflict', false],
  ])('are needed to %s: %s', (action, written) => {
    expect(isWritten({ action })).toBe(written);
    expect(needed('storageAccount', action).length > 0).toBe(written);
  });
});

describe('where a role applies', () => {
  it.each([
    ['/a/b/providers/Microsoft.Authorization/roleAssignments/1', '/a/b'],
    ['/a/PROVIDERS/microsoft.authorization/roleDefinitions/1', '/a'],
    [
      '/a/providers/Microsoft.Authorization/locks/l/providers/Microsoft.Authorization/roleAssignments/1',
      '/a/providers/Microsoft.Authorization/locks/l',
    ],
    ['/a/b', '/a/b'],
  ])('is what stands before the role in %s', (id, scope) => {
    expect(scopeOf({ id })).toBe(scope);
  });
});

describe('the call of a change before it is made', () => {
  it('has the ids of what is there, and place holders for what is not', () => {
    const all = changesOf('create', everything);
    const principalId = '55555555-5555-5555-5555-555555555555';
    const observed = { id: '/i', tags: {}, body: { properties: { principalId } } };
    const known = all.map((each) =>
      each.resource.key === 'identity' ? { ...each, observed } : each,
    );
    const bodyOf = (changes: readonly Change[], key: string): string => {
      const change = changes.find(({ resource }) => resource.key === key);
      return JSON.stringify(change && targetOfChange(change, changes)?.body);
    };
    const runner = 'role/runner/dstack-container';
    expect(bodyOf(known, runner)).toContain(`"principalId":"${principalId}"`);
    expect(bodyOf(all, runner)).toContain('"principalId":"00000000-0000-0000-0000-000000000000"');
    expect(bodyOf(all, 'servicePrincipal')).toContain('00000000-0000-0000-0000-000000000000');
  });
});
