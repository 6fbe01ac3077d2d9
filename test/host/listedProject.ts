/** A project as the tree holds it, known from its tags only: its account answers nobody yet. */
export function project(name: string) {
  const resourceGroup = `dstack-${name}`;
  const subscriptionId = '11111111-1111-4111-8111-111111111111';
  return {
    kind: 'project',
    id: `project/${name}`,
    usedHere: false,
    project: {
      name,
      accountId: 'nobody',
      tenantId: '33333333-3333-4333-8333-333333333333',
      subscriptionId,
      subscriptionName: 'Research',
      storageAccount: {
        id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${name}`,
        name,
        resourceGroup,
        location: 'westeurope',
        kind: 'StorageV2',
        provisioningState: 'Succeeded',
        tags: {},
      },
    },
  };
}
