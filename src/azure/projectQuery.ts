import { groupOf } from '../setup/armId.ts';
import { SetupError } from '../setup/errors.ts';
import { PROJECT_TAG } from '../setup/names.ts';
import type { AzureStorageAccount, Catalog, FoundProject } from '../setup/ports.ts';
import { toSetupError } from './azureErrors.ts';
import { locationCode, tagsOf } from './observedResource.ts';
import type { Connection } from './pipeline.ts';
import { queryResourceGraph, type Row } from './resourceGraph.ts';

/** `id` and the order are what makes Azure page (azure-facts 7). */
const QUERY = `resources
| where type =~ 'microsoft.storage/storageaccounts'
| where isnotempty(tags['${PROJECT_TAG}'])
| project id, name, location, subscriptionId, kind, tags, provisioningState = tostring(properties.provisioningState), blobEndpoint = tostring(properties.primaryEndpoints.blob)
| order by id asc`;

/**
 * Every project of a tenant, found by the tag on its storage account. Where Resource Graph is
 * refused, each subscription's accounts are listed instead.
 */
export async function findProjects(
  connection: Connection,
  catalog: Pick<Catalog, 'storageAccounts'>,
  at: { readonly tenantId: string; readonly subscriptionIds: readonly string[] },
  signal: AbortSignal,
): Promise<readonly FoundProject[]> {
  const { tenantId, subscriptionIds } = at;
  try {
    const rows = await queryResourceGraph(connection, tenantId, subscriptionIds, QUERY, signal);
    return rows.flatMap((row) => projectOf(accountOf(row), tenantId, text(row, 'subscriptionId')));
  } catch (error) {
    const converted = toSetupError(error);
    if (!isRefusal(converted)) throw converted;
  }
  const listed = await Promise.all(
    subscriptionIds.map(async (subscriptionId) => {
      const accounts = await catalog.storageAccounts(tenantId, subscriptionId, signal);
      return accounts.flatMap((account) => projectOf(account, tenantId, subscriptionId));
    }),
  );
  return listed.flat();
}

/** Not allowed, or not known in this cloud: asking differently can help. */
function isRefusal(error: Error): boolean {
  const status = error instanceof SetupError ? error.azure?.status : undefined;
  return status === 400 || status === 403 || status === 404;
}

function projectOf(
  storageAccount: AzureStorageAccount,
  tenantId: string,
  subscriptionId: string,
): readonly FoundProject[] {
  const projectName = storageAccount.tags[PROJECT_TAG];
  if (projectName === undefined || projectName === '') return [];
  return [{ projectName, storageAccount, tenantId, subscriptionId }];
}

function accountOf(row: Row): AzureStorageAccount {
  const id = text(row, 'id');
  const blobEndpoint = text(row, 'blobEndpoint');
  return {
    id,
    name: text(row, 'name'),
    // Resource Graph writes `resourceGroup` in lower case; the id keeps its own.
    resourceGroup: groupOf(id) ?? '',
    location: locationCode(text(row, 'location')),
    kind: text(row, 'kind'),
    provisioningState: text(row, 'provisioningState'),
    tags: tagsOf(row['tags']),
    ...(blobEndpoint === '' ? {} : { blobEndpoint }),
  };
}

function text(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}
