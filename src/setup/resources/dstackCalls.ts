/** One call that today's dstack server makes in Azure, and the right that it needs. */
export interface DstackCall {
  /** What dstack does, as its source has it. */
  readonly call: string;
  readonly action: string;
  /** Where the right is needed: the narrower the better. */
  readonly scope: 'group' | 'subscription';
}

/**
 * Every call of the Azure backend of dstack 0.21.2 (`core/backends/azure/*.py`; dstack-facts B5).
 * The custom roles are derived from it: a right that no call needs is not granted.
 */
export const DSTACK_CALLS: readonly DstackCall[] = [
  read('list subscriptions', 'Microsoft.Resources/subscriptions/read'),
  read('list GPU sizes (resource_skus.list)', 'Microsoft.Compute/skus/read'),
  read(
    'read the community image (community_gallery_images.get)',
    'Microsoft.Compute/locations/communityGalleries/images/read',
  ),
  read(
    'start a VM from the community image',
    'Microsoft.Compute/locations/communityGalleries/images/versions/read',
  ),
  read('poll a VM operation', 'Microsoft.Compute/locations/operations/read'),
  read('poll a network operation', 'Microsoft.Network/locations/operations/read'),
  read(
    'read the result of a network operation',
    'Microsoft.Network/locations/operationResults/read',
  ),
  write('resource_groups.get', 'Microsoft.Resources/subscriptions/resourceGroups/read'),
  write('user_assigned_identities.get', 'Microsoft.ManagedIdentity/userAssignedIdentities/read'),
  write(
    'give the VM the identity',
    'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  ),
  write('read the network', 'Microsoft.Network/virtualNetworks/read'),
  write('subnets.get, subnets.list', 'Microsoft.Network/virtualNetworks/subnets/read'),
  write(
    'virtual_network_peerings.list (private subnets)',
    'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read',
  ),
  write('put the VM into the subnet', 'Microsoft.Network/virtualNetworks/subnets/join/action'),
  write(
    'network_security_groups.begin_create_or_update',
    'Microsoft.Network/networkSecurityGroups/write',
  ),
  write(
    'poll network_security_groups.begin_create_or_update',
    'Microsoft.Network/networkSecurityGroups/read',
  ),
  write(
    'attach the security group to the VM’s interface',
    'Microsoft.Network/networkSecurityGroups/join/action',
  ),
  write('network_interfaces.get', 'Microsoft.Network/networkInterfaces/read'),
  write('make the VM’s interface', 'Microsoft.Network/networkInterfaces/write'),
  write('attach the interface to the VM', 'Microsoft.Network/networkInterfaces/join/action'),
  write('public_ip_addresses.get', 'Microsoft.Network/publicIPAddresses/read'),
  write('make the VM’s public address', 'Microsoft.Network/publicIPAddresses/write'),
  write('attach the public address', 'Microsoft.Network/publicIPAddresses/join/action'),
  write('virtual_machines.begin_create_or_update', 'Microsoft.Compute/virtualMachines/write'),
  write('poll the VM', 'Microsoft.Compute/virtualMachines/read'),
  write('virtual_machines.begin_delete', 'Microsoft.Compute/virtualMachines/delete'),
  write('make the VM’s disk', 'Microsoft.Compute/disks/write'),
  write('read the VM’s disk', 'Microsoft.Compute/disks/read'),
  // Made with the VM, they go with it: no page says whether Azure asks for the caller's right then.
  write('remove the disk with the VM', 'Microsoft.Compute/disks/delete'),
  write('remove the interface with the VM', 'Microsoft.Network/networkInterfaces/delete'),
  write('remove the public address with the VM', 'Microsoft.Network/publicIPAddresses/delete'),
];

/**
 * Rights of dstack's documented minimal role that no call above needs (dstack-facts B6); left out
 * on purpose and shown as such.
 */
export const OMITTED_ACTIONS: readonly string[] = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Compute/availabilitySets/*',
  'Microsoft.Compute/cloudServices/*',
  'Microsoft.Compute/virtualMachineScaleSets/*',
  'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Resources/subscriptions/resourceGroups/write',
];

/** The actions of one of the two custom roles, each once, in order. */
export function actionsFor(scope: DstackCall['scope']): readonly string[] {
  const actions = DSTACK_CALLS.filter((call) => call.scope === scope).map(({ action }) => action);
  return [...new Set(actions)].sort();
}

function read(call: string, action: string): DstackCall {
  return { call, action, scope: 'subscription' };
}

function write(call: string, action: string): DstackCall {
  return { call, action, scope: 'group' };
}
