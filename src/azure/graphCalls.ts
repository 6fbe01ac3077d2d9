import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
} from '@azure/core-rest-pipeline';
import { SetupError } from '../setup/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../setup/json.ts';
import { toSetupError } from './azureErrors.ts';
import type { Connection } from './pipeline.ts';

/** One call to Microsoft Graph v1.0. */
export interface GraphCall {
  readonly tenantId: string;
  readonly method: HttpMethods;
  /** From the slash on, keys already quoted. */
  readonly path: string;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What it is about, as the user knows it. */
  readonly object?: string;
}

/**
 * One call through the same pipeline as the SDKs' calls, with Graph's own token.
 * @returns the JSON, or undefined for an answer without a body
 * @throws SetupError, or an AbortError; neither holds the answer: it may be a secret's
 */
export async function graphCall(
  connection: Connection,
  call: GraphCall,
): Promise<JsonObject | undefined> {
  const { pipeline, httpClient } = connection.clientOptions(call.tenantId);
  const request = createPipelineRequest({
    url: `${connection.cloud.endpoints.graph}/v1.0${call.path}`,
    method: call.method,
    headers: createHttpHeaders({
      Accept: 'application/json',
      ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...call.headers,
    }),
    abortSignal: call.signal,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  let text: string | null | undefined;
  try {
    text = (await pipeline.sendRequest(httpClient, request)).bodyAsText;
  } catch (error) {
    throw toSetupError(error, call.object === undefined ? {} : { object: call.object });
  }
  if (text === undefined || text === null || text === '') return undefined;
  const body = parsed(text);
  if (isJsonObject(body)) return body;
  throw unreadable(call);
}

/** A text as a key or filter value: OData doubles its quotes. */
export function quoted(text: string): string {
  return `'${encodeURIComponent(text.replaceAll("'", "''"))}'`;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** An answer of 2xx whose body nobody can read: what was asked for may have been done. */
export function unreadable({ method, object }: Pick<GraphCall, 'method' | 'object'>): SetupError {
  return new SetupError({
    code: 'unreadable_answer',
    source: 'azure',
    message: 'The answer of Microsoft Graph can’t be read.',
    remedy: 'Check whether a proxy or a log-in page of the network stands in between.',
    azure: { status: 0, code: 'UnreadableAnswer', outcomeUnknown: method !== 'GET' },
    ...(object === undefined ? {} : { object }),
  });
}
