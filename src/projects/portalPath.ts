import type { ProjectNode } from './projectNode.ts';

const OPENABLE_KINDS: readonly string[] = [
  'resourceGroup',
  'storageAccount',
  'userAssignedIdentity',
  'networkSecurityGroup',
  'virtualNetwork',
];

/**
 * Where the Azure portal shows a node, relative to the portal's address; undefined for what has no
 * page of its own there (role assignments, registrations).
 */
export function portalPathOf(node: ProjectNode): string | undefined {
  switch (node.kind) {
    case 'project':
    case 'storageAccount':
      return pathTo(node.project.tenantId, node.project.storageAccount.id);
    case 'resource':
      return resourcePath(node.resourceKind, node.tenantId, node.resourceId);
    case 'location':
    case 'gpuQuota':
    case 'gpuFamily':
    case 'resources':
    case 'configuration':
    case 'folder':
    case 'file':
    case 'note':
    case 'error':
    case 'signIn':
      return undefined;
  }
}

/** The portal's list of quotas, where more can be asked for; the same page for all subscriptions. */
export function quotaPath(tenantId: string): string {
  return `#@${tenantId}/view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas`;
}

/** That page for a node about quota. */
export function quotaPathOf(node: ProjectNode): string | undefined {
  if (node.kind === 'gpuFamily') return quotaPath(node.tenantId);
  return node.kind === 'location' || node.kind === 'gpuQuota'
    ? quotaPath(node.project.tenantId)
    : undefined;
}

function resourcePath(kind: string, tenantId: string, id: string): string | undefined {
  if (OPENABLE_KINDS.includes(kind)) return pathTo(tenantId, id);
  // A container has no page that its id leads to; its account's list of containers has.
  const container = /^(.*)\/blobServices\/default\/containers\/[^/]+$/i.exec(id);
  if (kind === 'blobContainer' && container?.[1]) {
    return `${pathTo(tenantId, container[1])}/containersList`;
  }
  return undefined;
}

function pathTo(tenantId: string, id: string): string {
  return `#@${tenantId}/resource${id}`;
}

/** The Azure resource id behind a node, for the clipboard. */
export function resourceIdOf(node: ProjectNode): string | undefined {
  switch (node.kind) {
    case 'project':
    case 'storageAccount':
      return node.project.storageAccount.id;
    case 'resource':
      return node.resourceId;
    case 'location':
    case 'gpuQuota':
    case 'gpuFamily':
    case 'resources':
    case 'configuration':
    case 'folder':
    case 'file':
    case 'note':
    case 'error':
    case 'signIn':
      return undefined;
  }
}
