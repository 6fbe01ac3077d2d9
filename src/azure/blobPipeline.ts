import { AnonymousCredential, newPipeline, type Pipeline } from '@azure/storage-blob';
import { proxySettings } from './cloud.ts';
import { USER_AGENT, type Connection } from './pipeline.ts';
import { storageHttpClient } from './storageHttpClient.ts';

/** What the blob clients of a tenant send through. */
export function blobPipeline(connection: Connection, tenantId: string): Pipeline {
  const { proxyUrl } = connection.cloud;
  // Tokens are added by the http client, by the host; retrying is the core's (maxTries 1).
  return newPipeline(new AnonymousCredential(), {
    httpClient: storageHttpClient(connection.httpClient(tenantId)),
    retryOptions: { maxTries: 1 },
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    ...(proxyUrl === undefined ? {} : { proxyOptions: proxySettings(proxyUrl) }),
  });
}
