import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import { RECORD_CONTAINER, recordBlobName } from './names.ts';
import type { ProjectContext } from './resources/projectContext.ts';
import type { UndoPorts } from './undoPorts.ts';

/** Enough to say that there is something, and what. */
const LOOK_AT = 5;

/**
 * Blobs of a container that are not this project's record: a few of them, as one is enough to keep
 * the container.
 * @throws SetupError if they can't be listed
 */
export async function blobsBesideRecord(
  { spec }: ProjectContext,
  blobEndpoint: string | undefined,
  container: string,
  ports: Pick<UndoPorts, 'azure'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (blobEndpoint === undefined) throw noEndpoint();
  const at = { tenantId: spec.tenantId, blobEndpoint, container, limit: LOOK_AT };
  const names = await ports.azure.blobs(at, signal);
  const record = recordBlobName(spec.name);
  return names.filter((name) => container !== RECORD_CONTAINER || name !== record);
}

function noEndpoint(): SetupError {
  return new SetupError({
    code: 'no_blob_endpoint',
    source: 'azure',
    message: t('The storage account has no blob endpoint.'),
    remedy: t('Look into the account in the Azure portal.'),
  });
}
