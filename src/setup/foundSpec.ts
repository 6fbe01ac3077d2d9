import type { FoundProject } from './ports.ts';
import type { ProjectSpec } from './projectSpec.ts';

/**
 * What the tags of a project's storage account say of it: enough to find all of it again, while
 * its record can't be read. Credentials and server are in the record alone.
 */
export function specFromTags({
  projectName,
  tenantId,
  subscriptionId,
  storageAccount,
}: FoundProject): ProjectSpec {
  return {
    schema: 1,
    name: projectName,
    tenantId,
    subscriptionId,
    location: storageAccount.location,
    resourceGroup: { name: storageAccount.resourceGroup, create: false },
    storageAccount: { name: storageAccount.name, create: false },
    credentials: { kind: 'default' },
    server: { kind: 'local' },
  };
}
