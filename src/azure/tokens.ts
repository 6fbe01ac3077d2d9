import { t } from '@vscode/l10n';
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { cancellation, SetupError } from '../setup/errors.ts';
import type { Audience, TokenSource } from '../setup/ports.ts';
import { toSetupError } from './azureErrors.ts';
import { proxySettings, PUBLIC_CLOUD, scopeOf, type Cloud } from './cloud.ts';

/**
 * Sources of tokens for `npm run setup`. @azure/identity is loaded only here and only when a token
 * is asked for: the extension signs in by VS Code and has no use for it.
 */

/** Signs in as an app. */
export function clientSecretTokens(options: {
  readonly cloud: Cloud;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What really sends: tests put the simulated Entra here. */
  readonly httpClient?: HttpClient;
}): TokenSource {
  const { cloud, tenantId, clientId, clientSecret, httpClient } = options;
  return identityTokens(cloud, tenantId, async (tenant) => {
    const { ClientSecretCredential } = await import('@azure/identity');
    return new ClientSecretCredential(tenant, clientId, clientSecret, {
      authorityHost: cloud.endpoints.login,
      // Only the public cloud's own directory knows which authorities exist.
      disableInstanceDiscovery: cloud.endpoints.login !== PUBLIC_CLOUD.endpoints.login,
      retryOptions: { maxRetries: 0 },
      ...(httpClient === undefined ? {} : { httpClient }),
      ...(cloud.proxyUrl === undefined ? {} : { proxyOptions: proxySettings(cloud.proxyUrl) }),
    });
  });
}

/** The tokens of whoever is signed in to Azure CLI on this machine. */
export function azureCliTokens(cloud: Cloud, tenantId: string): TokenSource {
  return identityTokens(cloud, tenantId, async (tenant) => {
    const { AzureCliCredential } = await import('@azure/identity');
    return new AzureCliCredential({ tenantId: tenant });
  });
}

/** Tokens that somebody else has got, good until they end: one for ARM and, for the record, one for blobs. */
export function givenTokens(given: Partial<Record<Audience, string>>): TokenSource {
  return {
    token: ({ audience }) => {
      const token = given[audience];
      return token === undefined
        ? Promise.reject(notGiven(audience))
        : Promise.resolve({ token, expiresOn: Number.MAX_SAFE_INTEGER });
    },
  };
}

/** Time before its end at which a token is renewed, in ms: longer than any single request. */
const RENEW_BEFORE_MS = 5 * 60_000;

interface Token {
  readonly token: string;
  readonly expiresOn: number;
}

/** Keeps tokens until shortly before they end: Azure CLI takes a second for each. */
function identityTokens(
  cloud: Cloud,
  homeTenant: string,
  make: (tenantId: string) => Promise<TokenCredential>,
): TokenSource {
  const credentials = new Map<string, Promise<TokenCredential>>();
  const tokens = new Map<string, Promise<Token>>();
  const credentialFor = (tenantId: string): Promise<TokenCredential> => {
    const known = credentials.get(tenantId) ?? make(tenantId);
    credentials.set(tenantId, known);
    return known;
  };
  const fetched = async (tenantId: string, audience: Audience, claims?: string): Promise<Token> => {
    const credential = await credentialFor(tenantId);
    // The tenant is known to the credential; named once more, Azure CLI's way on names it too.
    const options = claims === undefined ? {} : { claims, enableCae: true, tenantId };
    const got = await credential.getToken(scopeOf(cloud, audience), options);
    if (got === null) throw notGiven(audience);
    return { token: got.token, expiresOn: got.expiresOnTimestamp };
  };
  return {
    async token({ audience, tenantId = homeTenant, challenge, rejected, isFresh, signal }) {
      const key = `${tenantId}|${audience}`;
      try {
        const mayBeKept = challenge === undefined && isFresh !== true;
        const known = mayBeKept ? await untilAborted(tokens.get(key), signal) : undefined;
        const isGood = known !== undefined && known.token !== rejected;
        if (isGood && known.expiresOn - RENEW_BEFORE_MS > Date.now()) return known;
        const fresh = fetched(tenantId, audience, claimsIn(challenge));
        tokens.set(key, fresh);
        fresh.catch(() => tokens.get(key) === fresh && tokens.delete(key));
        return await untilAborted(fresh, signal);
      } catch (error) {
        throw toSetupError(error);
      }
    },
  };
}

/** The token is shared with others who wait for it, so one caller's wish to stop ends only its wait. */
async function untilAborted<T>(
  shared: Promise<T> | T,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await shared;
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(cancellation());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The claims of a challenge, decoded: that is how the credentials want them. */
function claimsIn(challenge: string | undefined): string | undefined {
  const encoded = /\bclaims="([^"]+)"/i.exec(challenge ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

function notGiven(audience: string): SetupError {
  return new SetupError({
    code: 'no_token',
    source: 'user',
    message: t('There is no token for {0}.', audience),
    remedy: t('Sign in with a client secret or with Azure CLI.'),
  });
}
