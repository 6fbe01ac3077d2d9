import {
  createHttpHeaders,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { isJsonObject, type JsonObject } from '../setup/json.ts';

/** The calls of one operation, seen from inside the SDK's pipeline. */
export interface Exchange {
  readonly policy: PipelinePolicy;
  /** The last answer as it came, before a model of the SDK renamed or dropped anything. */
  answer(): Answer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
  readonly text: string;
  /** The JSON, where it is an object. */
  readonly body: JsonObject | undefined;
}

/**
 * An operation that reads, or goes on polling. Its first request gets `apiVersion`; polls keep
 * their URL unchanged, because it is signed (azure-facts 1.2).
 */
export function readingExchange(apiVersion: string | undefined): Exchange {
  let last: Answer | undefined;
  return {
    answer: () => last,
    policy: {
      name: 'readingExchange',
      async sendRequest(request, next) {
        if (last === undefined) request.url = withApiVersion(request.url, apiVersion);
        const response = await next(request);
        last = answerOf(response);
        return response;
      },
    },
  };
}

/**
 * An operation that sends one state-changing request with exactly this body: the SDK's models
 * rename properties (`supportsHttpsTrafficOnly`) and drop those that they don't know, and what
 * was written into the journal is what has to be sent.
 *
 * arm-resources' `begin...` methods poll at once, before the time that Azure asked for. That poll
 * never leaves: it is answered here with "not yet".
 */
export function writingExchange(apiVersion: string, body: JsonObject | undefined): Exchange {
  let last: Answer | undefined;
  let sent = false;
  return {
    answer: () => last,
    policy: {
      name: 'writingExchange',
      async sendRequest(request, next) {
        if (sent) return notYet(request);
        sent = true;
        request.url = withApiVersion(request.url, apiVersion);
        if (body !== undefined) {
          request.body = JSON.stringify(body);
          request.headers.set('Content-Type', 'application/json');
        }
        const response = await next(request);
        last = answerOf(response);
        return response;
      },
    },
  };
}

/** Means "running" in each of the ways in which core-lro reads an answer. */
function notYet(request: PipelineRequest): PipelineResponse {
  const running = { status: 'InProgress', properties: { provisioningState: 'InProgress' } };
  const headers = createHttpHeaders({ 'content-type': 'application/json' });
  return {
    request,
    status: 202,
    headers,
    bodyAsText: JSON.stringify(running),
    parsedBody: running,
  } as PipelineResponse;
}

function withApiVersion(url: string, apiVersion: string | undefined): string {
  if (apiVersion === undefined) return url;
  return url.replace(/([?&]api-version=)[^&]*/, `$1${apiVersion}`);
}

function answerOf({ status, headers, bodyAsText }: PipelineResponse): Answer {
  const text = bodyAsText ?? '';
  return { status, headers, text, body: jsonObject(text) };
}

function jsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
