import { Gateway } from './arm/gateway.ts';
import { Routes, type Match } from './arm/routes.ts';
import { Throttle } from './arm/throttle.ts';
import {
  ARM_AUDIENCES,
  armTokenFailure,
  bearerOf,
  type Authenticator,
} from './entra/authenticate.ts';
import type { Caller } from './entra/caller.ts';
import { AzureFailure, refuse, type Reply } from './failure.ts';
import { GraphService } from './graph/graphService.ts';
import type { SimRequest, SimResponse } from './http.ts';
import { keyVaultChallenge } from './keyVaultData.ts';
import type { Call, Core } from './operation.ts';
import { ARM_OPERATIONS, LOGIN_OPERATIONS } from './operations.ts';
import { readBody } from './requestBody.ts';
import type { RequestLog } from './requestLog.ts';
import { write } from './writeReply.ts';

const LOGIN_HOSTS = new Set(['login.microsoftonline.com', 'login.windows.net', 'sts.windows.net']);
const NOBODY: Caller = {
  tenantId: '',
  objectId: '',
  kind: 'app',
  name: '',
  audience: '',
  issuedAt: 0,
  strong: false,
  permissions: [],
};

interface Outcome {
  readonly reply: Reply;
  readonly operation?: string;
  readonly mutating: boolean;
}

/** Finds out which service is meant, lets it answer and writes the answer and the log. */
export class Dispatcher {
  readonly #core: Core;
  readonly #authenticator: Authenticator;
  readonly #log: RequestLog;
  readonly #gateway: Gateway;
  readonly #graph: GraphService;
  readonly #arm = new Routes(ARM_OPERATIONS);
  readonly #login = new Routes(LOGIN_OPERATIONS);

  constructor(core: Core, authenticator: Authenticator, log: RequestLog) {
    this.#core = core;
    this.#authenticator = authenticator;
    this.#log = log;
    this.#gateway = new Gateway(core, new Throttle(), authenticator);
    this.#graph = new GraphService(core, authenticator);
  }

  dispatch(request: SimRequest): SimResponse {
    const { method, url } = request;
    const outcome = this.#outcome(request);
    const { status } = outcome.reply;
    if (status === 501) {
      this.#log.addUnsupported(`${method} ${url.host}${url.pathname}`);
    }
    this.#log.add({
      method,
      host: url.host,
      path: url.pathname + url.search,
      status,
      mutating: outcome.mutating && status < 300,
      time: this.#core.now(),
      ...(outcome.operation === undefined ? {} : { operation: outcome.operation }),
    });
    return write(this.#core, request, outcome.reply);
  }

  #outcome(request: SimRequest): Outcome {
    const { host } = request.url;
    if (host === 'management.azure.com') return this.#answer(request, this.#arm, 'arm');
    if (LOGIN_HOSTS.has(host)) return this.#answer(request, this.#login, 'login');
    if (host === 'graph.microsoft.com') return this.#graph.answer(request);
    if (host.endsWith('.vault.azure.net')) {
      return { reply: keyVaultChallenge(this.#core, request), mutating: false };
    }
    return { reply: notSimulated(request), mutating: false };
  }

  #answer(request: SimRequest, routes: Routes, service: 'arm' | 'login'): Outcome {
    let match: Match | undefined;
    try {
      const path = cleanPath(request.url);
      match = findMatch(routes, request.method, path);
      if (match === undefined) return { reply: notSimulated(request), mutating: false };
      const { operation, params } = match;
      const call = this.#call(request, path, params, service === 'arm');
      const reply = service === 'arm' ? this.#gateway.run(operation, call) : operation.handle(call);
      const shown = request.method === 'HEAD' ? headReply(reply) : reply;
      return { reply: shown, operation: operation.name, mutating: operation.mutating };
    } catch (error) {
      if (!(error instanceof AzureFailure)) throw error;
      const name = match?.operation.name;
      return {
        reply: error.reply,
        mutating: false,
        ...(name === undefined ? {} : { operation: name }),
      };
    }
  }

  #call(
    request: SimRequest,
    path: string,
    params: Readonly<Record<string, string>>,
    authenticated: boolean,
  ): Call {
    const now = this.#core.now();
    const caller = authenticated ? this.#caller(request, now) : NOBODY;
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

  #caller(request: SimRequest, now: number): Caller {
    const caller = this.#authenticator.read(bearerOf(request.headers), ARM_AUDIENCES, now);
    if (typeof caller === 'string') throw armTokenFailure(caller);
    return caller;
  }
}

/** HEAD on anything that can be read is an existence check. */
function findMatch(routes: Routes, method: string, path: string): Match | undefined {
  const match = routes.find(method, path);
  return match ?? (method === 'HEAD' ? routes.find('GET', path) : undefined);
}

function headReply(reply: Reply): Reply {
  return { status: reply.status === 200 ? 204 : reply.status, headers: reply.headers ?? {} };
}

/** ARM takes doubled slashes and encoded ones (both recorded). */
function cleanPath(url: URL): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(url.pathname);
  } catch {
    throw refuse(400, 'BadRequest', 'The request URL is invalid.');
  }
  const path = decoded.replace(/\/{2,}/g, '/');
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

function notSimulated(request: SimRequest): Reply {
  const message = `The simulated Azure does not know this operation: ${request.method} ${request.url.host}${request.url.pathname}`;
  return { status: 501, json: { error: { code: 'NotSimulated', message } } };
}
