import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import type { Caller } from './ports.ts';

/** An app's credentials as somebody has typed them in. Never logged, never kept by the core. */
export interface AppCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What an app is and sees once it has signed in. */
export interface SignedInApp {
  /** The service principal's object id: the token's `oid`. */
  readonly principalId: string;
  /** Ids of tenants and subscriptions, as the app lists them. */
  readonly tenants: readonly string[];
  readonly subscriptions: readonly string[];
}

/** Signs in as an app, the way dstack's own server will. */
export interface AppSignIn {
  /** @throws SetupError with the seed's codes: `invalid_credentials`, `invalid_tenant_id` */
  signIn(credentials: AppCredentials, signal: AbortSignal): Promise<SignedInApp>;
}

/** An app whose secret works, and which can be given roles. */
export interface VerifiedApp {
  readonly clientId: string;
  readonly principalId: string;
  /** Whether it sees the subscription by now; else it will once the plan has given it its roles. */
  readonly seesSubscription: boolean;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Verifies an existing app by signing in as it, with the seed's checks in the seed's order
 * (dstack-facts A1).
 * @param place.plannedRoles whether the plan gives the app rights in the subscription: then it need
 *   not see it yet
 * @throws SetupError `invalid_credentials`, `invalid_tenant_id`, `invalid_subscription_id`, each with
 *   the form's field
 */
export async function verifyExistingApp(
  credentials: AppCredentials,
  place: { readonly subscriptionId: string; readonly plannedRoles: boolean },
  port: AppSignIn,
  signal: AbortSignal,
): Promise<VerifiedApp> {
  const { tenantId, clientId } = credentials;
  const app = await signedIn(credentials, port, signal);
  if (!has(app.tenants, tenantId)) throw unseenTenant();
  const seesSubscription = has(app.subscriptions, place.subscriptionId);
  if (!seesSubscription && !place.plannedRoles) throw unseenSubscription();
  return { clientId, principalId: app.principalId, seesSubscription };
}

/**
 * Whether the account that registers the app is the one that sets up the project: otherwise the app
 * would belong to somebody who is not asked.
 * @throws SetupError `graph_account_differs` naming both
 */
export function checkGraphAccount(caller: Caller, graph: Caller): void {
  if (caller.principalId.toLowerCase() === graph.principalId.toLowerCase()) return;
  throw new SetupError({
    code: 'graph_account_differs',
    source: 'user',
    message: t('You are signed in as {0}, but Azure CLI as {1}.', caller.name, graph.name),
    remedy: t('Sign in to Azure CLI with the same account (az login), then try again.'),
  });
}

async function signedIn(
  credentials: AppCredentials,
  port: AppSignIn,
  signal: AbortSignal,
): Promise<SignedInApp> {
  try {
    return await port.signIn(credentials, signal);
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    const isWrongSecret = thrown.azure?.code.toUpperCase() === 'AADSTS7000215';
    if (isWrongSecret && GUID.test(credentials.clientSecret.trim())) throw secretIsId(thrown);
    throw isRefusal(thrown) ? refused(thrown) : thrown;
  }
}

/** A refusal that no rule explains: any of the three values may be the wrong one. */
function isRefusal({ code, azure }: SetupError): boolean {
  const unexplained = ['token_rejected', 'azure_refused'].includes(code);
  return unexplained && (azure?.status === 400 || azure?.status === 401);
}

function refused(cause: SetupError): SetupError {
  const { azure } = cause;
  return new SetupError({
    code: 'invalid_credentials',
    source: 'user',
    message: t('Azure does not accept these credentials ({0}).', azure?.code ?? ''),
    remedy: t('Check tenant ID, client ID and client secret.'),
    field: 'clientSecret',
    ...(azure === undefined ? {} : { azure }),
  });
}

/** The portal shows the secret's id beside its value, and people copy the wrong one. */
function secretIsId(cause: SetupError): SetupError {
  return new SetupError({
    code: 'invalid_credentials',
    source: 'user',
    message: t('This is the id of a client secret, not its value.'),
    remedy: t('Enter the value; Azure shows it only once, so make a new secret if it is lost.'),
    field: 'clientSecret',
    ...(cause.azure === undefined ? {} : { azure: cause.azure }),
  });
}

function unseenTenant(): SetupError {
  return new SetupError({
    code: 'invalid_tenant_id',
    source: 'user',
    message: t('The app does not see this tenant.'),
    remedy: t('Check the tenant ID: it has to be the tenant that the app is used in.'),
    field: 'tenantId',
  });
}

function unseenSubscription(): SetupError {
  return new SetupError({
    code: 'invalid_subscription_id',
    source: 'user',
    message: t('The app does not see this subscription.'),
    remedy: t('Give the app a role in the subscription, or choose another subscription.'),
    field: 'subscriptionId',
  });
}

function has(ids: readonly string[], id: string): boolean {
  return ids.some((each) => each.toLowerCase() === id.toLowerCase());
}
