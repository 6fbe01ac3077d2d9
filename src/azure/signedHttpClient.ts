import { t } from '@vscode/l10n';
import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { isCancellation, SetupError } from '../setup/errors.ts';
import type { Audience, TokenSource } from '../setup/ports.ts';
import { audienceOf, type Cloud } from './cloud.ts';

/** A request that hangs is given up after this, in ms. Azure's own gateway waits 60 s. */
const TIMEOUT_MS = 100_000;

/**
 * The last place before the network, behind every SDK: adds the token, and only to requests for
 * hosts of the cloud. It comes after whatever produced the URL (nextLink, Location,
 * Azure-AsyncOperation, redirect, a restored poll), so that none of them can carry a token away.
 *
 * Answers of 400 and above become `RestError`s with their whole body here, because the SDKs drop
 * different parts of it.
 */
export function signedHttpClient(options: {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  /** Undefined: the home tenant of the account. */
  readonly tenantId: string | undefined;
  /** What really sends. */
  readonly transport: HttpClient;
}): HttpClient {
  const { cloud, tokens, tenantId, transport } = options;
  const token = async (
    audience: Audience,
    request: PipelineRequest,
    after: { readonly challenge?: string; readonly rejected?: string } = {},
  ): Promise<string> => {
    const { abortSignal } = request;
    const got = await tokens.token({
      audience,
      ...(tenantId === undefined ? {} : { tenantId }),
      ...after,
      ...(abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}),
    });
    return got.token;
  };
  return {
    async sendRequest(request) {
      const audience = trusted(cloud, request.url);
      const known = await token(audience, request);
      const first = await send(transport, request, known);
      if (first.status !== 401) return checked(first);
      // Once per request: who can't satisfy it now is asked by the error (azure-facts 2.1).
      const challenge = challengeOf(first);
      const other = await token(
        audience,
        request,
        challenge === undefined ? { rejected: known } : { challenge },
      );
      // A token that ends early or was revoked: a fresh one once, then the person signs in.
      if (challenge === undefined && other === known) return checked(first);
      return checked(await send(transport, request, other));
    },
  };
}

/** Sends a copy, so that no error or log that holds the request holds the token. */
async function send(
  transport: HttpClient,
  request: PipelineRequest,
  token: string,
): Promise<PipelineResponse> {
  const headers = createHttpHeaders(request.headers.toJSON({ preserveCase: true }));
  headers.set('Authorization', `Bearer ${token}`);
  const timeout = request.timeout > 0 ? request.timeout : TIMEOUT_MS;
  try {
    return { ...(await transport.sendRequest({ ...request, headers, timeout })), request };
  } catch (error) {
    throw withoutRequest(error, request);
  }
}

function withoutRequest(error: unknown, request: PipelineRequest): unknown {
  // The transport reports its time-out as an AbortError; it is a wish only if somebody wished it.
  const timedOut = isCancellation(error) && request.abortSignal?.aborted !== true;
  if (timedOut) return new RestError('No answer in time.', { code: 'ETIMEDOUT', request });
  if (!(error instanceof RestError)) return error;
  const { message, code, statusCode } = error;
  return new RestError(message, {
    request,
    ...(code === undefined ? {} : { code }),
    ...(statusCode === undefined ? {} : { statusCode }),
  });
}

function trusted(cloud: Cloud, url: string): Audience {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const audience = parsed === undefined ? undefined : audienceOf(cloud, parsed);
  if (audience !== undefined) return audience;
  throw new SetupError({
    code: 'untrusted_host',
    source: 'azure',
    message: t(
      'A request would have gone to {0}, which is no host of this cloud.',
      parsed?.host ?? '?',
    ),
    remedy: t('Check whether a proxy changes Azure’s answers, and report it with the log.'),
  });
}

function challengeOf({ status, headers }: PipelineResponse): string | undefined {
  const challenge = status === 401 ? headers.get('WWW-Authenticate') : undefined;
  return challenge !== undefined && /\bclaims=/i.test(challenge) ? challenge : undefined;
}

function checked(response: PipelineResponse): PipelineResponse {
  const { status, request } = response;
  if (status < 400) return response;
  throw new RestError(`The answer was ${status.toString()}.`, {
    statusCode: status,
    request,
    response,
  });
}
