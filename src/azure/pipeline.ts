import { createClientPipeline } from '@azure/core-client';
import {
  bearerTokenAuthenticationPolicyName,
  createDefaultHttpClient,
  type HttpClient,
  type Pipeline,
  type PipelinePolicy,
} from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/core-auth';
import type { TokenSource } from '../setup/ports.ts';
import { version } from '../../package.json';
import { proxySettings, type Cloud } from './cloud.ts';
import { signedHttpClient } from './signedHttpClient.ts';

/** How every client of this extension introduces itself. */
export const USER_AGENT = `dstack-azure/${version}`;

/** What all calls of one signed-in account share. */
export interface Connection {
  readonly cloud: Cloud;
  /** Sends with the token of a tenant; undefined means the account's home tenant. */
  httpClient(tenantId: string | undefined): HttpClient;
  /** The options that the ARM clients are made with. */
  clientOptions(tenantId: string | undefined, policies?: readonly PipelinePolicy[]): ArmOptions;
}

/** Options that every ARM client takes. */
export interface ArmOptions {
  readonly endpoint: string;
  readonly pipeline: Pipeline;
  readonly httpClient: HttpClient;
}

/**
 * The SDKs ask for a credential; tokens are added later, in `signedHttpClient`, by the host that a
 * request really goes to. So nobody ever asks this one.
 */
export const NO_CREDENTIAL: TokenCredential = { getToken: () => Promise.resolve(null) };

/** The clients add a policy that asks the credential, unless one of this name is there already. */
const signedLater: PipelinePolicy = {
  name: bearerTokenAuthenticationPolicyName,
  sendRequest: (request, next) => next(request),
};

/** @param options.httpClient what really sends: tests put the simulated Azure here */
export function connection(options: {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  readonly httpClient?: HttpClient;
}): Connection {
  const { cloud, tokens } = options;
  const transport = options.httpClient ?? createDefaultHttpClient();
  const base = pipelineFor(cloud);
  const byTenant = new Map<string | undefined, HttpClient>();
  const httpClient = (tenantId: string | undefined): HttpClient => {
    const known = byTenant.get(tenantId);
    if (known !== undefined) return known;
    const signed = signedHttpClient({ cloud, tokens, tenantId, transport });
    byTenant.set(tenantId, signed);
    return signed;
  };
  return {
    cloud,
    httpClient,
    clientOptions(tenantId, policies = []) {
      const pipeline = base.clone();
      for (const policy of policies) pipeline.addPolicy(policy);
      const endpoint = cloud.endpoints.resourceManager;
      return { endpoint, pipeline, httpClient: httpClient(tenantId) };
    },
  };
}

/** The one retry layer is the core's, so the SDK's is off (design.md). */
function pipelineFor(cloud: Cloud): Pipeline {
  const pipeline = createClientPipeline({
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    ...(cloud.proxyUrl === undefined ? {} : { proxyOptions: proxySettings(cloud.proxyUrl) }),
  });
  pipeline.addPolicy(signedLater);
  return pipeline;
}
