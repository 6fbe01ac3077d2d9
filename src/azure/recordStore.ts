import { t } from '@vscode/l10n';
import { RestError } from '@azure/core-rest-pipeline';
import { BlockBlobClient } from '@azure/storage-blob';
import { isCancellation, SetupError, type AzureFailure } from '../setup/errors.ts';
import { RECORD_CONTAINER, recordBlobName } from '../setup/names.ts';
import type { RecordLocation, RecordStore } from '../setup/ports.ts';
import { toSetupError } from './azureErrors.ts';
import { blobPipeline } from './blobPipeline.ts';
import { parseRecord } from './parseRecord.ts';
import type { Connection } from './pipeline.ts';

/** The right that reading and writing a record needs, for errors that don't name it. */
const BLOB_ACTION = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write';

/** The project record as a blob of the project's own account; conditional writes only. */
export function recordStore(connection: Connection): RecordStore {
  return {
    async read(at, signal) {
      const blob = blobAt(connection, at);
      try {
        const { etag, readableStreamBody } = await blob.download(0, undefined, {
          abortSignal: signal,
          // Its stream would ask again by itself when it breaks off; retrying is the core's.
          maxRetryRequests: 0,
        });
        const text = await textOf(readableStreamBody);
        return { record: parseRecord(text, blob.name), etag: etag ?? '' };
      } catch (error) {
        const converted = recordError(error, blob.name);
        if (isMissing(converted)) return undefined;
        throw converted;
      }
    },
    async write(at, record, etag, signal) {
      const blob = blobAt(connection, at);
      const text = `${JSON.stringify(record, undefined, 2)}\n`;
      try {
        const written = await blob.upload(text, new TextEncoder().encode(text).byteLength, {
          abortSignal: signal,
          conditions: etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag },
          blobHTTPHeaders: { blobContentType: 'application/json' },
        });
        return written.etag ?? '';
      } catch (error) {
        throw recordError(error, blob.name);
      }
    },
  };
}

/**
 * Removes the record if it is still that version; one that is gone already has been removed.
 * @throws SetupError `record_changed` if somebody has written it since
 */
export async function removeRecord(
  connection: Connection,
  at: RecordLocation,
  etag: string,
  signal: AbortSignal,
): Promise<void> {
  const blob = blobAt(connection, at);
  try {
    // Without its snapshots Azure refuses to remove a blob that has some.
    await blob.delete({
      abortSignal: signal,
      conditions: { ifMatch: etag },
      deleteSnapshots: 'include',
    });
  } catch (error) {
    const converted = recordError(error, blob.name);
    if (!isMissing(converted)) throw converted;
  }
}

function blobAt(connection: Connection, at: RecordLocation): BlockBlobClient {
  const endpoint = at.blobEndpoint.replace(/\/+$/, '');
  return new BlockBlobClient(
    `${endpoint}/${RECORD_CONTAINER}/${recordBlobName(at.projectName)}`,
    blobPipeline(connection, at.tenantId),
  );
}

/** The SDK reports a stream that ends early as damaged data; for us the network broke off. */
async function textOf(stream: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream ?? []) {
      chunks.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
    }
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw new RestError('The answer broke off.', { code: 'ECONNRESET' });
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function recordError(error: unknown, blobName: string): Error {
  const converted = toSetupError(error, { object: blobName, action: BLOB_ACTION });
  if (!(converted instanceof SetupError) || converted.azure === undefined) return converted;
  return isLostRace(converted.azure) ? changed(converted.azure, blobName, error) : converted;
}

/** The blob exists already (409) or is not the version that we have read (412). */
function isLostRace({ status, code }: AzureFailure): boolean {
  return status === 412 || (status === 409 && code === 'BlobAlreadyExists');
}

/** No blob, or no container for it yet. A missing account has no host, which is another error. */
function isMissing(error: Error): boolean {
  return error instanceof SetupError && error.azure?.status === 404;
}

function changed(azure: AzureFailure, object: string, cause: unknown): SetupError {
  return new SetupError({
    code: 'record_changed',
    source: 'user',
    message: t('Somebody else has changed the project record in the meantime.'),
    remedy: t('Refresh and try again: nothing of theirs was overwritten.'),
    object,
    azure,
    cause,
  });
}
