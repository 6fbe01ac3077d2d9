import { isRestError } from '@azure/core-rest-pipeline';
import { readErrorBody, type ErrorBody } from './errorBody.ts';
import { retryAfterOf } from './retryAfter.ts';

/** What can be known about a failed call, whichever SDK it came through. */
export interface Failure extends ErrorBody {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  /** The whole `WWW-Authenticate` header of a 401. */
  readonly challenge?: string;
  /** The request may have taken effect although we know of no success. */
  readonly outcomeUnknown: boolean;
  /** An accepted operation that is over. */
  readonly hasEnded?: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
  readonly bodyAsText?: string | null;
}

/** Network errors that happen before anything was sent: the request had no effect. */
const NEVER_SENT =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH)$|CERT|SIGNED|TLS|SSL/;
/** Answers after which a gateway may still have passed the request on. */
const AMBIGUOUS = new Set([408, 500, 502, 503, 504]);

/** Reads what an error says, or undefined if it did not come from a call to Azure. */
export function failureOf(error: unknown): Failure | undefined {
  if (!isRestError(error)) return networkFailure(error, false);
  const writes = error.request !== undefined && !isSafe(error.request.method);
  if (error.response !== undefined && error.response.status >= 400) {
    return answeredFailure(error.response, writes);
  }
  if (error.response !== undefined) {
    // A success whose body nobody can read, e.g. a proxy's log-in page.
    const { status } = error.response;
    return {
      ...EMPTY,
      status,
      code: 'UnreadableAnswer',
      message: error.message,
      outcomeUnknown: writes,
    };
  }
  return (
    networkFailure(error, writes) ?? {
      ...EMPTY,
      status: 0,
      code: error.code ?? '',
      message: error.message,
      outcomeUnknown: writes,
    }
  );
}

/** Reads an answer that says that the call failed. */
export function answeredFailure(answer: Answer, writes: boolean): Failure {
  const body = readErrorBody(answer.bodyAsText ?? '');
  const header = answer.headers.get('x-ms-error-code');
  const requestId = answer.headers.get('x-ms-request-id') ?? answer.headers.get('request-id');
  const challenge = answer.headers.get('www-authenticate');
  const retryAfterMs = retryAfterOf(answer.headers);
  return {
    ...body,
    status: answer.status,
    code: body.code === '' ? (header ?? '') : body.code,
    outcomeUnknown: writes && AMBIGUOUS.has(answer.status),
    ...(requestId === undefined ? {} : { requestId }),
    ...(challenge === undefined ? {} : { challenge }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

const EMPTY: ErrorBody = { code: '', message: '', details: [], policies: [], policyScopes: [] };

function networkFailure(error: unknown, writes: boolean): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error) ?? codeOf(error.cause);
  if (code === undefined || !/^(E[A-Z_]+|[A-Z_]*(CERT|SIGNATURE|TLS|SSL)[A-Z_]*)$/.test(code)) {
    return undefined;
  }
  const outcomeUnknown = writes && !NEVER_SENT.test(code) && !/SIGNATURE/.test(code);
  return { ...EMPTY, status: 0, code, message: error.message, outcomeUnknown };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
