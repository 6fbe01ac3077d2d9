import type { Authenticator, TokenFault } from '../entra/authenticate.ts';
import { bearerOf } from '../entra/authenticate.ts';
import { AzureFailure, type Reply } from '../failure.ts';
import type { SimRequest } from '../http.ts';
import { Routes } from '../arm/routes.ts';
import type { Call, Core, Operation } from '../operation.ts';
import { readBody } from '../requestBody.ts';
import { applicationOperations } from './applications.ts';
import { graphFailure } from './graphFailure.ts';
import { passwordOperations } from './passwords.ts';
import { personOperations } from './people.ts';
import { servicePrincipalOperations } from './servicePrincipals.ts';

/** What graph.microsoft.com can do here. */
export const GRAPH_OPERATIONS: readonly Operation[] = [
  ...personOperations,
  ...passwordOperations,
  ...applicationOperations,
  ...servicePrincipalOperations,
];

const AUDIENCES = ['https://graph.microsoft.com', 'https://graph.microsoft.com/'];
const CONTENT_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** Microsoft Graph, v1.0. */
export class GraphService {
  readonly #core: Core;
  readonly #authenticator: Authenticator;
  readonly #routes = new Routes(GRAPH_OPERATIONS);

  constructor(core: Core, authenticator: Authenticator) {
    this.#core = core;
    this.#authenticator = authenticator;
  }

  answer(request: SimRequest): { reply: Reply; operation?: string; mutating: boolean } {
    const path = keysAsSegments(decodeURIComponent(request.url.pathname));
    const match = this.#routes.find(request.method, path);
    if (match === undefined) {
      const message = `The simulated Azure does not know this operation: ${request.method} ${request.url.host}${request.url.pathname}`;
      const json = { error: { code: 'NotSimulated', message } };
      return { reply: { status: 501, json }, mutating: false };
    }
    const { name: operation, mutating } = match.operation;
    try {
      const reply = match.operation.handle(this.#call(request, path, match.params));
      const headers = { 'Content-Type': CONTENT_TYPE, 'OData-Version': '4.0', ...reply.headers };
      return { reply: { ...reply, headers }, operation, mutating };
    } catch (error) {
      if (error instanceof AzureFailure) return { reply: error.reply, operation, mutating: false };
      throw error;
    }
  }

  #call(request: SimRequest, path: string, params: Readonly<Record<string, string>>): Call {
    const now = this.#core.now();
    const caller = this.#authenticator.read(bearerOf(request.headers), AUDIENCES, now);
    if (typeof caller === 'string') throw tokenFailure(this.#core, caller);
    return {
      core: this.#core,
      method: request.method,
      url: request.url,
      path,
      headers: request.headers,
      params,
      body: readBody(request),
      caller,
      now,
    };
  }
}

/** `/applications(appId='x')/addPassword` is the same place as a path with one more segment. */
function keysAsSegments(path: string): string {
  return path.replace(/\((\w+='[^']*')\)/g, '/$1');
}

function tokenFailure(core: Core, fault: TokenFault): AzureFailure {
  const messages: Readonly<Record<TokenFault, string>> = {
    missing: 'Access token is empty.',
    invalid: 'Access token validation failure.',
    expired: 'Lifetime validation failed, the token is expired.',
    audience: 'Access token validation failure. Invalid audience.',
  };
  return graphFailure(core, 401, 'InvalidAuthenticationToken', messages[fault]);
}
