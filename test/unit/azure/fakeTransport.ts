import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';
import { connection, type Connection } from '../../../src/azure/pipeline.ts';
import { PUBLIC_CLOUD } from '../../../src/azure/cloud.ts';
import { cancellation } from '../../../src/setup/errors.ts';
import type { TokenSource } from '../../../src/setup/ports.ts';

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** One request as it left, without what the SDKs add to every one. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

/** Answers requests in order, and remembers them; a text is a network error of that code. */
export class FakeTransport implements HttpClient {
  readonly sent: Sent[] = [];
  readonly #answers: (FakeAnswer | string)[];

  constructor(...answers: (FakeAnswer | string)[]) {
    this.#answers = answers;
  }

  /** `METHOD path?query` of each request. */
  get lines(): string[] {
    return this.sent.map(({ method, url }) => `${method} ${url.replace(/^https:\/\/[^/]+/, '')}`);
  }

  sendRequest(request: PipelineRequest): ReturnType<HttpClient['sendRequest']> {
    if (request.abortSignal?.aborted === true) throw cancellation();
    const { method, url, body } = request;
    const parsed: unknown =
      typeof body === 'string' && body.startsWith('{') ? JSON.parse(body) : body;
    this.sent.push({ method, url, body: parsed, headers: request.headers.toJSON() });
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`Nobody expected ${method} ${url}`);
    if (typeof answer === 'string') {
      throw new RestError(`network: ${answer}`, { code: answer, request });
    }
    const { status, headers = {} } = answer;
    const bodyAsText =
      answer.body === undefined
        ? ''
        : typeof answer.body === 'string'
          ? answer.body
          : JSON.stringify(answer.body);
    const content = { 'content-type': 'application/json', ...headers };
    return Promise.resolve({ request, status, headers: createHttpHeaders(content), bodyAsText });
  }
}

/** Tokens named after what they are for, with a record of what was asked. */
export class FakeTokens implements TokenSource {
  readonly asked: Parameters<TokenSource['token']>[0][] = [];

  token(request: Parameters<TokenSource['token']>[0]): ReturnType<TokenSource['token']> {
    this.asked.push(request);
    const { audience, tenantId = 'home', challenge } = request;
    const strength = challenge === undefined ? '' : '-strong';
    return Promise.resolve({ token: `${audience}-${tenantId}${strength}`, expiresOn: 0 });
  }
}

export function fakeConnection(
  transport: HttpClient,
  tokens: TokenSource = new FakeTokens(),
): Connection {
  return connection({ cloud: PUBLIC_CLOUD, tokens, httpClient: transport });
}
