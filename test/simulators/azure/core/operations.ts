import type { Operation } from './operation.ts';
import { signInOperations } from './entra/signIn.ts';
import { accountServiceOperations } from './providers/accountServices.ts';
import { computeOperations } from './providers/compute.ts';
import { dataCollectionOperations } from './providers/dataCollection.ts';
import { deletedVaultOperations } from './providers/deletedVaults.ts';
import { lockOperations } from './providers/locks.ts';
import { policyOperations } from './providers/policyRestrictions.ts';
import { securityGroupOperations } from './providers/securityGroups.ts';
import { tableOperations } from './providers/tables.ts';
import { vaultOperations } from './providers/vaults.ts';
import { virtualMachineOperations } from './providers/virtualMachines.ts';
import { virtualNetworkOperations } from './providers/virtualNetworks.ts';
import { workspaceQueryOperations } from './providers/workspaceQuery.ts';
import { workspaceOperations } from './providers/workspaces.ts';
import { containerOperations } from './providers/containers.ts';
import { identityOperations } from './providers/identities.ts';
import { permissionOperations } from './providers/permissions.ts';
import { pollOperations } from './providers/polls.ts';
import { resourceGraphOperations } from './providers/resourceGraph.ts';
import { resourceGroupOperations } from './providers/resourceGroups.ts';
import { resourceProviderOperations } from './providers/resourceProviders.ts';
import { roleAssignmentOperations } from './providers/roleAssignments.ts';
import { roleDefinitionOperations } from './providers/roleDefinitions.ts';
import { storageOperations } from './providers/storage.ts';
import { subscriptionOperations } from './providers/subscriptions.ts';
import { tagOperations } from './providers/tags.ts';

/** What management.azure.com can do here. The first that fits a path is taken. */
export const ARM_OPERATIONS: readonly Operation[] = [
  ...subscriptionOperations,
  ...resourceGroupOperations,
  ...storageOperations,
  ...containerOperations,
  ...accountServiceOperations,
  ...identityOperations,
  ...computeOperations,
  ...virtualMachineOperations,
  ...dataCollectionOperations,
  ...deletedVaultOperations,
  ...lockOperations,
  ...policyOperations,
  ...securityGroupOperations,
  ...tableOperations,
  ...vaultOperations,
  ...virtualNetworkOperations,
  ...workspaceOperations,
  ...workspaceQueryOperations,
  ...roleDefinitionOperations,
  ...roleAssignmentOperations,
  ...permissionOperations,
  ...tagOperations,
  ...resourceGraphOperations,
  ...pollOperations,
  ...resourceProviderOperations,
];

/** What login.microsoftonline.com can do here. */
export const LOGIN_OPERATIONS: readonly Operation[] = signInOperations;
