import type { Core } from '../operation.ts';
import { idKey, nameOf } from '../arm/armId.ts';
import { reindex } from '../arm/resourceIndex.ts';
import type { Resource } from '../state.ts';

const DAY = 24 * 3600 * 1000;
/** A workspace's name stays reserved that long (azure-facts 1.5). */
const WORKSPACE_RETENTION = 14 * DAY;

/** Takes a resource away with what hangs on it: into the bin where its kind has one. */
export function retire(core: Core, id: string): void {
  const resource = core.state.resource(id);
  if (resource === undefined) return;
  switch (resource.type.toLowerCase()) {
    case 'microsoft.keyvault/vaults':
      binVault(core, resource);
      break;
    case 'microsoft.operationalinsights/workspaces':
      binWorkspace(core, resource);
      break;
    case 'microsoft.storage/storageaccounts':
      core.publish({ kind: 'accountDeleted', account: resource.name });
      break;
    case 'microsoft.storage/storageaccounts/blobservices/containers':
      core.publish({
        kind: 'containerDeleted',
        account: accountOf(resource.id),
        container: resource.name,
      });
      break;
    case 'microsoft.managedidentity/userassignedidentities':
      forgetPrincipal(core, resource);
      break;
    default:
      break;
  }
  core.state.remove(resource.id);
  reindex(core, resource.id);
}

/** The storage account in the id of something below it. */
export function accountOf(id: string): string {
  return /\/storageaccounts\/([^/]+)/i.exec(id)?.[1] ?? nameOf(id);
}

function binVault(core: Core, resource: Resource): void {
  const days = Number(resource.properties['softDeleteRetentionInDays'] ?? 90);
  const now = core.now();
  core.state.deletedVaults.set(resource.name.toLowerCase(), {
    vaultId: resource.id,
    name: resource.name,
    location: resource.location ?? '',
    deletedAt: now,
    purgeAt: now + days * DAY,
    purgeProtected: resource.properties['enablePurgeProtection'] === true,
    tags: resource.tags,
    resource,
    purging: false,
  });
  core.state.at(now + days * DAY, () => {
    core.state.deletedVaults.delete(resource.name.toLowerCase());
  });
}

function binWorkspace(core: Core, resource: Resource): void {
  const forgottenAt = core.now() + WORKSPACE_RETENTION;
  core.state.deletedWorkspaces.set(idKey(resource.id), { resource, forgottenAt });
  core.state.at(forgottenAt, () => {
    core.state.deletedWorkspaces.delete(idKey(resource.id));
  });
}

/** Its role assignments stay behind, as "Identity not found". */
function forgetPrincipal(core: Core, resource: Resource): void {
  const principalId = resource.properties['principalId'];
  for (const tenant of core.state.directory.tenants.values()) {
    if (typeof principalId === 'string') tenant.servicePrincipals.delete(principalId);
  }
}
