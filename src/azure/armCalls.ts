import {
  createHttpHeaders,
  createPipelineRequest,
  RestError,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { Connection } from './pipeline.ts';

/** Where a plain call goes: everything that the named SDKs don't cover. */
export interface ArmCall {
  readonly tenantId: string;
  /** The path with its query, from the slash on. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * One GET or POST through the same pipeline as the SDKs' calls.
 * @throws whatever the call threw, unconverted; a RestError if the answer does not fit the schema
 */
export async function armCall<T>(
  connection: Connection,
  call: ArmCall & { readonly body?: unknown },
  schema: z.ZodType<T>,
): Promise<T> {
  const { endpoint } = connection.clientOptions(call.tenantId);
  return await send(connection, call, `${endpoint}${call.path}`, schema);
}

/** Every item of a list, page by page. */
export async function armList<T>(
  connection: Connection,
  call: ArmCall,
  item: z.ZodType<T>,
): Promise<readonly T[]> {
  const page = z.object({ value: z.array(item), nextLink: z.string().nullish() });
  const { endpoint } = connection.clientOptions(call.tenantId);
  const items: T[] = [];
  let url: string | undefined = `${endpoint}${call.path}`;
  while (url !== undefined && url !== '') {
    const answer: z.infer<typeof page> = await send(connection, call, url, page);
    items.push(...answer.value);
    url = answer.nextLink ?? undefined;
  }
  return items;
}

async function send<T>(
  connection: Connection,
  call: ArmCall & { readonly body?: unknown },
  url: string,
  schema: z.ZodType<T>,
): Promise<T> {
  const { pipeline, httpClient } = connection.clientOptions(call.tenantId);
  const method: HttpMethods = call.body === undefined ? 'GET' : 'POST';
  const request = createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders({ 'Content-Type': 'application/json', Accept: 'application/json' }),
    abortSignal: call.signal,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const response = await pipeline.sendRequest(httpClient, request);
  const answer = schema.safeParse(jsonIn(response));
  if (answer.success) return answer.data;
  const { status } = response;
  throw new RestError('The answer is not what was asked for.', {
    statusCode: status,
    request,
    response,
  });
}

function jsonIn({ bodyAsText }: PipelineResponse): unknown {
  try {
    return JSON.parse(bodyAsText ?? '');
  } catch {
    return undefined;
  }
}
