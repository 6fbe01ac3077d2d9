import { describe, expect, it } from 'vitest';
import { resourceGroupId } from '../../../../src/setup/armId.ts';
import { mayDo } from '../../../simulators/azure/core/arm/rights.ts';
import type { Core } from '../../../simulators/azure/core/operation.ts';
import { SINGLE, singleWorld } from '../../../simulators/azure/core/worlds/single.ts';
import { fullSpec, Lab } from './lab.ts';

const spec = fullSpec();
const subscription = `/subscriptions/${spec.subscriptionId}`;
const group = resourceGroupId(spec.subscriptionId, spec.resourceGroup.name);
const network = `${group}/providers/Microsoft.Network`;
const compute = `${group}/providers/Microsoft.Compute`;
const account = spec.storageAccount.name;
const vnet = `${network}/virtualNetworks/${account}-default-network`;
const nsg = `${network}/networkSecurityGroups/${spec.resourceGroup.name}-westeurope-default-security-group`;
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${account}-runner-identity`;
const [vm, nic, ip, disk] = [
  `${compute}/virtualMachines/run-0`,
  `${network}/networkInterfaces/nic`,
  `${network}/publicIPAddresses/ip`,
  `${compute}/disks/disk`,
];

/**
 * What today's dstack does in Azure with a group, a network and an identity that are given
 * (dstack-facts B5), written down here a second time: the roles have to bear it, whatever they are
 * made from.
 */
const CALLS: readonly (readonly [call: string, action: string, on: string])[] = [
  ['sign-in: GET /subscriptions', 'Microsoft.Resources/subscriptions/read', subscription],
  ['GET the resource group', 'Microsoft.Resources/subscriptions/resourceGroups/read', group],
  ['GET the identity', 'Microsoft.ManagedIdentity/userAssignedIdentities/read', identity],
  ['GET the network', 'Microsoft.Network/virtualNetworks/read', vnet],
  ['GET the subnets', 'Microsoft.Network/virtualNetworks/subnets/read', `${vnet}/subnets/s`],
  [
    'GET the peerings',
    'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read',
    `${vnet}/virtualNetworkPeerings/p`,
  ],
  ['PUT its security groups', 'Microsoft.Network/networkSecurityGroups/write', nsg],
  ['poll their PUT', 'Microsoft.Network/locations/operations/read', subscription],
  ['read what it came to', 'Microsoft.Network/locations/operationResults/read', subscription],
  ['GET them after it', 'Microsoft.Network/networkSecurityGroups/read', nsg],
  ['offers: GET the sizes', 'Microsoft.Compute/skus/read', subscription],
  ['GET the image', 'Microsoft.Compute/locations/communityGalleries/images/read', subscription],
  [
    'PUT a VM: from that image',
    'Microsoft.Compute/locations/communityGalleries/images/versions/read',
    subscription,
  ],
  ['PUT a VM', 'Microsoft.Compute/virtualMachines/write', vm],
  ['PUT a VM: its disk', 'Microsoft.Compute/disks/write', disk],
  ['PUT a VM: its interface', 'Microsoft.Network/networkInterfaces/write', nic],
  ['PUT a VM: with that interface', 'Microsoft.Network/networkInterfaces/join/action', nic],
  ['PUT a VM: in the subnet', 'Microsoft.Network/virtualNetworks/subnets/join/action', vnet],
  [
    'PUT a VM: under the security group',
    'Microsoft.Network/networkSecurityGroups/join/action',
    nsg,
  ],
  ['PUT a VM: its address', 'Microsoft.Network/publicIPAddresses/write', ip],
  ['PUT a VM: with that address', 'Microsoft.Network/publicIPAddresses/join/action', ip],
  [
    'PUT a VM: with the identity',
    'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
    identity,
  ],
  ['poll its PUT', 'Microsoft.Compute/locations/operations/read', subscription],
  ['GET a VM', 'Microsoft.Compute/virtualMachines/read', vm],
  ['GET its interface', 'Microsoft.Network/networkInterfaces/read', nic],
  ['GET its address', 'Microsoft.Network/publicIPAddresses/read', ip],
  ['GET its disk', 'Microsoft.Compute/disks/read', disk],
  ['DELETE a VM', 'Microsoft.Compute/virtualMachines/delete', vm],
  ['DELETE a VM: its disk', 'Microsoft.Compute/disks/delete', disk],
  ['DELETE a VM: its interface', 'Microsoft.Network/networkInterfaces/delete', nic],
  ['DELETE a VM: its address', 'Microsoft.Network/publicIPAddresses/delete', ip],
];

/** A project whose app has no role but those that the project gives it. */
async function project() {
  const world = singleWorld();
  const roleAssignments = world.roleAssignments.filter(
    ({ principalId }) => principalId !== SINGLE.servicePrincipalId,
  );
  const lab = new Lab(7, 'none', { ...world, roleAssignments });
  expect((await lab.machine().setUp(spec)).outcome).toBe('done');
  const { state } = lab.simulated;
  const core = { state, now: () => lab.clock.now() } as unknown as Core;
  const app = { tenantId: SINGLE.tenantId, objectId: SINGLE.servicePrincipalId };
  const may = (action: string, on: string): boolean => mayDo(core, app, action, on);
  return { state, may, broken: () => CALLS.filter(([, action, on]) => !may(action, on)) };
}

describe('the app of the server', () => {
  it('can do everything that today’s dstack does, and without any one of its actions a call breaks', async () => {
    const { state, broken } = await project();
    expect(broken()).toEqual([]);
    const seen: string[] = [];
    for (const [key, role] of [...state.customRoles]) {
      for (const action of role.permissions.flatMap(({ actions }) => actions)) {
        const permissions = role.permissions.map((each) => ({
          ...each,
          actions: each.actions.filter((other) => other !== action),
        }));
        state.customRoles.set(key, { ...role, permissions });
        const [first] = broken();
        expect(first?.[1].toLowerCase(), `without ${action}`).toBe(action.toLowerCase());
        seen.push(`${action}: ${first?.[0] ?? ''}`);
      }
      state.customRoles.set(key, role);
    }
    expect(seen).toHaveLength(CALLS.length);
    expect(broken()).toEqual([]);
  });

  it.each([
    ['give roles', 'Microsoft.Authorization/roleAssignments/write', group],
    [
      'read the keys of the account',
      'Microsoft.Storage/storageAccounts/listKeys/action',
      `${group}/providers/Microsoft.Storage/storageAccounts/${account}`,
    ],
    ['delete the group', 'Microsoft.Resources/subscriptions/resourceGroups/delete', group],
    ['delete the network', 'Microsoft.Network/virtualNetworks/delete', vnet],
    ['run commands on VMs', 'Microsoft.Compute/virtualMachines/runCommand/action', vm],
    [
      'make VMs in another group',
      'Microsoft.Compute/virtualMachines/write',
      `${subscription}/resourceGroups/prod/providers/Microsoft.Compute/virtualMachines/x`,
    ],
    [
      'read another group',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      `${subscription}/resourceGroups/prod`,
    ],
  ])('may not %s', async (_what, action, on) => {
    const { may } = await project();
    expect(may(action, on)).toBe(false);
  });
});
