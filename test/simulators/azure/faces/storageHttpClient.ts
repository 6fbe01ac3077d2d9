import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import type { HttpOperationResponse, IHttpClient, WebResource } from '@azure/storage-blob';

/**
 * The same client in the older shape that @azure/storage-blob 12 still takes as `httpClient`
 * (requests with `headers.toJson()`; it converts to and fro by itself).
 */
export function storageHttpClient(client: HttpClient): IHttpClient {
  return {
    sendRequest: async (resource): Promise<HttpOperationResponse> => {
      const response = await client.sendRequest(toPipelineRequest(resource));
      const headers = resource.headers.clone();
      for (const { name } of resource.headers.headersArray()) headers.remove(name);
      for (const [name, value] of response.headers) headers.set(name, value);
      const { status, bodyAsText, readableStreamBody } = response;
      return {
        request: resource,
        status,
        headers,
        ...(bodyAsText !== undefined && { bodyAsText }),
        ...(readableStreamBody !== undefined && { readableStreamBody }),
      };
    },
  };
}

function toPipelineRequest(resource: WebResource) {
  const { url, method, abortSignal, streamResponseStatusCodes } = resource;
  return createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders(resource.headers.toJson({ preserveCase: true })),
    body: resource.body as NonNullable<Parameters<typeof createPipelineRequest>[0]['body']>,
    ...(abortSignal !== undefined && { abortSignal }),
    ...(streamResponseStatusCodes !== undefined && { streamResponseStatusCodes }),
  });
}
