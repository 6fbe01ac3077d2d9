import type { HttpClient } from '@azure/core-rest-pipeline';
import type { AppSignIn, SignedInApp } from '../setup/credentials.ts';
import { azureCatalog } from './catalog.ts';
import { PUBLIC_CLOUD, type Cloud } from './cloud.ts';
import { connection } from './pipeline.ts';
import { clientSecretTokens } from './tokens.ts';

/**
 * Signs in as an app and lists what it sees, as dstack's server does. @azure/identity is loaded by
 * the first sign-in; not part of `connectAzure`, which has no use for it.
 * @param options.httpClient what really sends: tests put the simulated Azure here
 */
export function appSignIn(options: {
  readonly cloud?: Cloud;
  readonly httpClient?: HttpClient;
}): AppSignIn {
  const { cloud = PUBLIC_CLOUD, httpClient } = options;
  const sending = httpClient === undefined ? {} : { httpClient };
  return {
    async signIn(credentials, signal): Promise<SignedInApp> {
      const { tenantId } = credentials;
      const tokens = clientSecretTokens({ cloud, ...credentials, ...sending });
      const connected = connection({ cloud, tokens, ...sending });
      const catalog = azureCatalog(connected, tokens);
      // The first call is the one that signs in: a refusal is then one answer, not three.
      const { principalId } = await catalog.caller(tenantId, signal);
      const [tenants, subscriptions] = await Promise.all([
        catalog.tenants(signal),
        catalog.subscriptions(tenantId, signal),
      ]);
      return {
        principalId,
        tenants: tenants.map((tenant) => tenant.tenantId),
        subscriptions: subscriptions.map((each) => each.subscriptionId),
      };
    },
  };
}
