import { itemGrants, type PermissionItem } from './permissions.ts';

/** A built-in role: its id and permissions are the same in every tenant (azure-facts 5). */
export interface BuiltInRole {
  readonly id: string;
  readonly name: string;
  readonly permissions: PermissionItem;
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers';

/** What can be asked for when a right is missing, the least powerful first. */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  role('ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor', {
    actions: [
      `${BLOBS}/delete`,
      `${BLOBS}/read`,
      `${BLOBS}/write`,
      'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
    ],
    dataActions: [
      `${BLOBS}/blobs/delete`,
      `${BLOBS}/blobs/read`,
      `${BLOBS}/blobs/write`,
      `${BLOBS}/blobs/move/action`,
      `${BLOBS}/blobs/add/action`,
    ],
  }),
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', { actions: ['*/read'] }),
  role('f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator', {
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
      'Microsoft.Support/*',
    ],
  }),
  role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
  }),
  role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
      'Microsoft.Compute/galleries/share/action',
      'Microsoft.Purview/consents/write',
      'Microsoft.Purview/consents/delete',
    ],
  }),
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', { actions: ['*'] }),
];

/** The roles that would grant an action, the least powerful first. */
export function rolesThatGrant(action: string, data = false): readonly BuiltInRole[] {
  return BUILT_IN_ROLES.filter(({ permissions }) => itemGrants(permissions, action, data));
}

function role(
  id: string,
  name: string,
  permissions: Partial<Omit<PermissionItem, 'condition'>>,
): BuiltInRole {
  const none = { actions: [], notActions: [], dataActions: [], notDataActions: [] };
  return { id, name, permissions: { ...none, ...permissions } };
}
