import { actionMatches } from '../arm/rights.ts';

/**
 * Actions that Azure's providers offer, of the kinds that matter here (azure-docs,
 * role-based-access-control/permissions/*.md). Azure has many thousands more: a custom role with
 * one of those is refused here until it is looked up and added.
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Authorization': [
    'denyAssignments/read',
    'locks/delete',
    'locks/read',
    'locks/write',
    'permissions/read',
    'roleAssignments/delete',
    'roleAssignments/read',
    'roleAssignments/write',
    'roleDefinitions/delete',
    'roleDefinitions/read',
    'roleDefinitions/write',
  ],
  'Microsoft.Compute': [
    'availabilitySets/delete',
    'availabilitySets/read',
    'availabilitySets/write',
    'cloudServices/delete',
    'cloudServices/read',
    'cloudServices/write',
    'disks/delete',
    'disks/read',
    'disks/write',
    'locations/communityGalleries/images/read',
    'locations/communityGalleries/images/versions/read',
    'locations/operations/read',
    'locations/usages/read',
    'skus/read',
    'virtualMachineScaleSets/delete',
    'virtualMachineScaleSets/read',
    'virtualMachineScaleSets/write',
    'virtualMachines/deallocate/action',
    'virtualMachines/delete',
    'virtualMachines/instanceView/read',
    'virtualMachines/read',
    'virtualMachines/restart/action',
    'virtualMachines/start/action',
    'virtualMachines/write',
  ],
  'Microsoft.Insights': [
    'alertRules/read',
    'dataCollectionEndpoints/delete',
    'dataCollectionEndpoints/read',
    'dataCollectionEndpoints/write',
    'dataCollectionRules/delete',
    'dataCollectionRules/read',
    'dataCollectionRules/write',
  ],
  'Microsoft.KeyVault': [
    'checkNameAvailability/read',
    'deletedVaults/read',
    'locations/deletedVaults/purge/action',
    'locations/deletedVaults/read',
    'vaults/delete',
    'vaults/read',
    'vaults/write',
  ],
  'Microsoft.ManagedIdentity': [
    'userAssignedIdentities/assign/action',
    'userAssignedIdentities/delete',
    'userAssignedIdentities/read',
    'userAssignedIdentities/write',
  ],
  'Microsoft.Network': [
    'locations/operationResults/read',
    'locations/operations/read',
    'networkInterfaces/delete',
    'networkInterfaces/join/action',
    'networkInterfaces/read',
    'networkInterfaces/write',
    'networkSecurityGroups/delete',
    'networkSecurityGroups/join/action',
    'networkSecurityGroups/read',
    'networkSecurityGroups/write',
    'publicIPAddresses/delete',
    'publicIPAddresses/join/action',
    'publicIPAddresses/read',
    'publicIPAddresses/write',
    'virtualNetworks/delete',
    'virtualNetworks/read',
    'virtualNetworks/subnets/delete',
    'virtualNetworks/subnets/join/action',
    'virtualNetworks/subnets/read',
    'virtualNetworks/subnets/write',
    'virtualNetworks/virtualNetworkPeerings/read',
    'virtualNetworks/write',
  ],
  'Microsoft.OperationalInsights': [
    'workspaces/delete',
    'workspaces/query/read',
    'workspaces/read',
    'workspaces/tables/delete',
    'workspaces/tables/read',
    'workspaces/tables/write',
    'workspaces/write',
  ],
  'Microsoft.PolicyInsights': ['checkPolicyRestrictions/read'],
  'Microsoft.Resources': [
    'deployments/read',
    'deployments/write',
    'subscriptions/providers/read',
    'subscriptions/read',
    'subscriptions/resourceGroups/delete',
    'subscriptions/resourceGroups/read',
    'subscriptions/resourceGroups/resources/read',
    'subscriptions/resourceGroups/write',
    'tags/delete',
    'tags/read',
    'tags/write',
  ],
  'Microsoft.Storage': [
    'checknameavailability/read',
    'storageAccounts/blobServices/containers/delete',
    'storageAccounts/blobServices/containers/read',
    'storageAccounts/blobServices/containers/write',
    'storageAccounts/blobServices/generateUserDelegationKey/action',
    'storageAccounts/blobServices/read',
    'storageAccounts/delete',
    'storageAccounts/fileServices/shares/read',
    'storageAccounts/listKeys/action',
    'storageAccounts/queueServices/queues/read',
    'storageAccounts/read',
    'storageAccounts/tableServices/tables/read',
    'storageAccounts/write',
  ],
};

const DATA_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Insights': ['Telemetry/Write'],
  'Microsoft.KeyVault': ['vaults/secrets/getSecret/action', 'vaults/secrets/setSecret/action'],
  'Microsoft.Storage': [
    'storageAccounts/blobServices/containers/blobs/add/action',
    'storageAccounts/blobServices/containers/blobs/delete',
    'storageAccounts/blobServices/containers/blobs/move/action',
    'storageAccounts/blobServices/containers/blobs/read',
    'storageAccounts/blobServices/containers/blobs/write',
  ],
};

const actions = namesOf(ACTIONS);
const dataActions = namesOf(DATA_ACTIONS);

function namesOf(byNamespace: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(byNamespace).flatMap(([namespace, tails]) =>
    tails.map((tail) => `${namespace}/${tail}`),
  );
}

/** Whether some provider offers an action that the pattern stands for. */
export function isKnownAction(pattern: string): boolean {
  return actions.some((action) => actionMatches(pattern, action));
}

/** The same for data actions. */
export function isKnownDataAction(pattern: string): boolean {
  return dataActions.some((action) => actionMatches(pattern, action));
}
