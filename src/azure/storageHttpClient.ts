import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';
import type { HttpOperationResponse, IHttpClient, WebResource } from '@azure/storage-blob';

/** The same client in the older shape that @azure/storage-blob 12 takes. */
export function storageHttpClient(client: HttpClient): IHttpClient {
  return {
    sendRequest: async (resource): Promise<HttpOperationResponse> => {
      const response = await client.sendRequest(pipelineRequest(resource));
      const headers = resource.headers.clone();
      for (const name of headers.headerNames()) headers.remove(name);
      for (const [name, value] of response.headers) headers.set(name, value);
      const { status, bodyAsText, readableStreamBody } = response;
      return {
        request: resource,
        status,
        headers,
        ...(bodyAsText === undefined ? {} : { bodyAsText }),
        ...(readableStreamBody === undefined ? {} : { readableStreamBody }),
      };
    },
  };
}

function pipelineRequest(resource: WebResource): PipelineRequest {
  const { url, method, timeout, abortSignal, streamResponseStatusCodes } = resource;
  const body = resource.body as PipelineRequest['body'];
  const agent = resource.agent as PipelineRequest['agent'];
  const request = createPipelineRequest({
    url,
    method,
    timeout,
    headers: createHttpHeaders(resource.headers.toJson({ preserveCase: true })),
    ...(body === undefined ? {} : { body }),
    ...(abortSignal === undefined ? {} : { abortSignal }),
    ...(streamResponseStatusCodes === undefined ? {} : { streamResponseStatusCodes }),
  });
  // The way through the proxy. `createPipelineRequest` has no option for it.
  if (agent !== undefined) request.agent = agent;
  return request;
}
