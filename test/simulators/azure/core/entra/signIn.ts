import type { Call, Core, Operation } from '../operation.ts';
import { bodyOf, param } from '../operation.ts';
import { AzureFailure, type Reply } from '../failure.ts';
import { textAt } from '../json.ts';
import type { Application, Tenant } from './directory.ts';
import { publicKeys, signToken } from './tokens.ts';

const LOGIN = 'https://login.microsoftonline.com';
const HOUR = 3600;
/** Names of the public cloud, as recorded. */
const ALIASES = [
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
];

/** Entra: metadata and client credentials. People sign in through `issueUserToken`. */
export const signInOperations: readonly Operation[] = [
  {
    name: 'Entra: instance discovery',
    method: 'GET',
    path: '/common/discovery/instance',
    mutating: false,
    grade: 'documented',
    rests:
      'MSAL.NET documentation, custom authority aliases; recorded by Azure/azure-sdk-for-js, keyvault-keys browser and node recordings',
    handle: instances,
  },
  {
    name: 'Entra: OpenID metadata',
    method: 'GET',
    path: '/{tenant}/v2.0/.well-known/openid-configuration',
    mutating: false,
    grade: 'documented',
    rests: 'OpenID Connect discovery; azure-facts 9',
    handle: (call) => metadata(call, '/v2.0'),
  },
  {
    name: 'Entra: OpenID metadata, first version',
    method: 'GET',
    path: '/{tenant}/.well-known/openid-configuration',
    mutating: false,
    grade: 'documented',
    rests: 'OpenID Connect discovery; azure-facts 9',
    handle: (call) => metadata(call, ''),
  },
  {
    name: 'Entra: signing keys',
    method: 'GET',
    path: '/{tenant}/discovery/v2.0/keys',
    mutating: false,
    grade: 'documented',
    rests: 'OpenID Connect discovery',
    handle: (call) => signingKeys(call),
  },
  {
    name: 'Entra: token by client credentials',
    method: 'POST',
    path: '/{tenant}/oauth2/v2.0/token',
    mutating: false,
    grade: 'documented',
    rests: 'dstack-facts B5 row 0; AADSTS codes of azure-facts 4.1',
    handle: token,
  },
];

/** Which hosts are one cloud. It asks for an authority, and answers with that tenant's metadata. */
function instances(call: Call): Reply {
  const asked = call.url.searchParams.get('authorization_endpoint');
  const authority = /^https:\/\/([^/]+)\/([^/]+)\/oauth2\//.exec(asked ?? '');
  if (authority === null || !ALIASES.includes(authority[1] ?? '')) {
    throw signInFailure(call.core, 400, 'invalid_instance', 50049, 'Unknown or invalid instance.');
  }
  return {
    status: 200,
    json: {
      tenant_discovery_endpoint: `${LOGIN}/${authority[2] ?? 'common'}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        {
          preferred_network: 'login.microsoftonline.com',
          preferred_cache: 'login.windows.net',
          aliases: ALIASES,
        },
      ],
    },
  };
}

function metadata(call: Call, version: string): Reply {
  const name = param(call, 'tenant').toLowerCase();
  const any = ['common', 'organizations'].includes(name);
  const tenantId = any ? name : tenantOf(call).id;
  const base = `${LOGIN}/${tenantId}`;
  return {
    status: 200,
    json: {
      token_endpoint: `${base}/oauth2${version}/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      jwks_uri: `${base}/discovery${version}/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer:
        version === ''
          ? `https://sts.windows.net/${any ? '{tenantid}' : tenantId}/`
          : `${LOGIN}/${any ? '{tenantid}' : tenantId}/v2.0`,
      authorization_endpoint: `${base}/oauth2${version}/authorize`,
      device_authorization_endpoint: `${base}/oauth2${version}/devicecode`,
      end_session_endpoint: `${base}/oauth2${version}/logout`,
      tenant_region_scope: 'EU',
      cloud_instance_name: 'microsoftonline.com',
      cloud_graph_host_name: 'graph.windows.net',
      msgraph_host: 'graph.microsoft.com',
    },
  };
}

function signingKeys(call: Call): Reply {
  if (param(call, 'tenant') !== 'common') tenantOf(call);
  return { status: 200, json: publicKeys() };
}

function tenantOf(call: Call): Tenant {
  const name = param(call, 'tenant');
  const tenant = call.core.state.directory.tenant(name);
  if (tenant !== undefined) return tenant;
  throw signInFailure(
    call.core,
    400,
    'invalid_request',
    90002,
    `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

function token(call: Call): Reply {
  const form = bodyOf(call);
  const field = (name: string): string => textAt(form, name) ?? '';
  const tenant = tenantOf(call);
  if (field('grant_type') !== 'client_credentials') {
    throw new AzureFailure(
      {
        status: 501,
        json: { error: 'not_simulated', error_description: `grant_type ${field('grant_type')}` },
      },
      `Entra: token by ${field('grant_type')}`,
    );
  }
  const application = applicationOf(call.core, tenant, field('client_id'));
  checkSecret(call, application, field('client_secret'));
  const scope = field('scope');
  if (!scope.endsWith('/.default')) {
    throw signInFailure(
      call.core,
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  const audience = scope.slice(0, -'/.default'.length);
  checkResource(call.core, tenant, audience);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store, no-cache', Pragma: 'no-cache' },
    json: {
      token_type: 'Bearer',
      expires_in: HOUR - 1,
      ext_expires_in: HOUR - 1,
      access_token: appToken(call, tenant, application, audience),
    },
  };
}

function applicationOf(core: Core, tenant: Tenant, clientId: string): Application {
  const principal = [...tenant.servicePrincipals.values()].find(
    (candidate) => candidate.appId === clientId && candidate.kind === 'Application',
  );
  const application =
    principal &&
    [...core.state.directory.tenants.values()]
      .flatMap((home) => [...home.applications.values()])
      .find((candidate) => candidate.appId === clientId);
  if (application !== undefined) return application;
  throw signInFailure(
    core,
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenant.spec.displayName ?? tenant.id}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}

function checkSecret(call: Call, application: Application, value: string): void {
  if (value === '') {
    throw signInFailure(
      call.core,
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  const secret = application.secrets.find((candidate) => candidate.value === value);
  if (secret === undefined || secret.usableFrom > call.now) {
    throw signInFailure(
      call.core,
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.appId}'.`,
    );
  }
  if (secret.endsAt <= call.now) {
    throw signInFailure(
      call.core,
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${application.appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
  }
}

/** Resources that every tenant knows. */
const RESOURCES = [
  'https://management.azure.com',
  'https://management.core.windows.net',
  'https://graph.microsoft.com',
  'https://storage.azure.com',
  'https://vault.azure.net',
];

function checkResource(core: Core, tenant: Tenant, audience: string): void {
  if (RESOURCES.includes(audience.replace(/\/$/, ''))) return;
  throw signInFailure(
    core,
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${audience} was not found in the tenant named ${tenant.spec.displayName ?? tenant.id}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

function appToken(call: Call, tenant: Tenant, application: Application, audience: string): string {
  const principalId = [...tenant.servicePrincipals.values()].find(
    (candidate) => candidate.appId === application.appId,
  )?.id;
  const issuedAt = Math.floor(call.now / 1000);
  const graph = audience.startsWith('https://graph.microsoft.com');
  return signToken({
    aud: audience,
    iss: `https://sts.windows.net/${tenant.id}/`,
    iat: issuedAt,
    nbf: issuedAt - 300,
    exp: issuedAt + Math.ceil(HOUR * call.core.tokenLifetimeFactor),
    appid: application.appId,
    appidacr: '1',
    idp: `https://sts.windows.net/${tenant.id}/`,
    idtyp: 'app',
    oid: principalId ?? '',
    sub: principalId ?? '',
    tid: tenant.id,
    uti: call.core.random.hex(22),
    ver: '1.0',
    ...(graph ? { roles: application.graphPermissions } : {}),
  });
}

/** Entra's error body: its own shape, with the AADSTS code in front of the sentence. */
export function signInFailure(
  core: Core,
  status: number,
  error: string,
  code: number,
  sentence: string,
): AzureFailure {
  const trace = core.random.guid();
  const correlation = core.random.guid();
  const timestamp = new Date(core.now()).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  return new AzureFailure(
    {
      status,
      json: {
        error,
        error_description: `AADSTS${code}: ${sentence} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
        error_codes: [code],
        timestamp,
        trace_id: trace,
        correlation_id: correlation,
        error_uri: `${LOGIN}/error?code=${code}`,
      },
    },
    sentence,
  );
}
