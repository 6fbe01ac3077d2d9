import { AzureFailure } from '../failure.ts';
import type { Core } from '../operation.ts';

/** Graph's error envelope: `innerError` tells when and which request. */
export function graphFailure(
  core: Core,
  status: number,
  code: string,
  message: string,
): AzureFailure {
  const id = core.random.guid();
  const innerError = {
    date: new Date(core.now()).toISOString().replace(/\.\d+Z$/, ''),
    'request-id': id,
    'client-request-id': id,
  };
  return new AzureFailure(
    {
      status,
      headers: { 'Content-Type': 'application/json' },
      json: { error: { code, message, innerError } },
    },
    message,
  );
}

export function graphNotFound(core: Core, id: string): AzureFailure {
  return graphFailure(
    core,
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}
