export interface Namespace {
  readonly name: string;
  readonly types: readonly string[];
  readonly apiVersions: readonly string[];
}

/** The resource providers that subscriptions list here. Only those with operations do anything. */
export const NAMESPACES: readonly Namespace[] = [
  {
    name: 'Microsoft.Compute',
    types: ['virtualMachines', 'disks', 'availabilitySets', 'locations', 'skus'],
    apiVersions: ['2024-11-01', '2024-07-01', '2021-07-01'],
  },
  {
    name: 'Microsoft.Network',
    types: ['virtualNetworks', 'networkSecurityGroups', 'networkInterfaces', 'publicIPAddresses'],
    apiVersions: ['2025-05-01', '2024-05-01', '2023-09-01'],
  },
  {
    name: 'Microsoft.Storage',
    types: ['storageAccounts', 'checkNameAvailability', 'locations'],
    apiVersions: ['2026-04-01', '2025-08-01', '2024-01-01', '2023-05-01'],
  },
  {
    name: 'Microsoft.ManagedIdentity',
    types: ['userAssignedIdentities'],
    apiVersions: ['2024-11-30', '2023-01-31', '2018-11-30'],
  },
  {
    name: 'Microsoft.KeyVault',
    types: ['vaults', 'deletedVaults', 'checkNameAvailability', 'locations'],
    apiVersions: ['2026-02-01', '2024-11-01', '2023-07-01'],
  },
  {
    name: 'Microsoft.OperationalInsights',
    types: ['workspaces', 'workspaces/tables', 'deletedWorkspaces'],
    apiVersions: ['2026-03-01', '2025-07-01', '2023-09-01'],
  },
  {
    name: 'Microsoft.Insights',
    types: ['dataCollectionEndpoints', 'dataCollectionRules'],
    apiVersions: ['2024-03-11', '2023-03-11', '2022-06-01'],
  },
  {
    name: 'Microsoft.PolicyInsights',
    types: ['checkPolicyRestrictions'],
    apiVersions: ['2022-03-01'],
  },
  { name: 'Microsoft.Quota', types: ['quotas'], apiVersions: ['2025-03-01', '2023-02-01'] },
  {
    name: 'Microsoft.Authorization',
    types: ['roleAssignments', 'roleDefinitions', 'locks', 'permissions', 'denyAssignments'],
    apiVersions: ['2022-04-01', '2020-05-01'],
  },
  {
    name: 'Microsoft.Resources',
    types: ['subscriptions', 'resourceGroups', 'tags', 'deployments'],
    apiVersions: ['2025-04-01', '2021-04-01'],
  },
  {
    name: 'Microsoft.ResourceGraph',
    types: ['resources'],
    apiVersions: ['2024-04-01', '2022-10-01'],
  },
  {
    name: 'Microsoft.CognitiveServices',
    types: ['accounts'],
    apiVersions: ['2024-10-01', '2021-04-30'],
  },
  { name: 'Microsoft.Web', types: ['sites', 'serverFarms'], apiVersions: ['2024-04-01'] },
];

export function namespaceNamed(name: string): Namespace | undefined {
  return NAMESPACES.find((each) => each.name.toLowerCase() === name.toLowerCase());
}
