import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { toSetupError } from '../../../src/azure/azureErrors.ts';
import { RULES } from '../../../src/azure/errorRules.ts';
import { SetupError } from '../../../src/setup/errors.ts';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly method?: 'GET' | 'PUT' | 'POST';
}

function refusal({ status, body, headers = {}, method = 'PUT' }: Answer): RestError {
  const request = createPipelineRequest({ url: 'https://management.azure.com/x', method });
  const bodyAsText = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  const response = { request, status, headers: createHttpHeaders(headers), bodyAsText };
  return new RestError('The request failed.', { statusCode: status, request, response });
}

function setupErrorOf(error: unknown, object?: string): SetupError {
  const converted = toSetupError(error, object === undefined ? {} : { object });
  if (converted instanceof SetupError) return converted;
  throw converted;
}

function networkError(code: string, method: 'GET' | 'PUT' = 'PUT'): RestError {
  const request = createPipelineRequest({ url: 'https://management.azure.com/x', method });
  return new RestError(`connect ${code}`, { code, request });
}

/** Every code of azure-facts 2, 3 and 4 with its status, and what it becomes. */
const TABLE: readonly (readonly [number, string, string])[] = [
  [403, 'AuthorizationFailed', 'not_authorized'],
  [403, 'LinkedAuthorizationFailed', 'linked_not_authorized'],
  [409, 'MissingSubscriptionRegistration', 'provider_not_registered'],
  [404, 'NoRegisteredProviderFound', 'provider_not_registered'],
  [404, 'SubscriptionNotFound', 'subscription_not_found'],
  [401, 'InvalidAuthenticationToken', 'token_rejected'],
  [401, 'ExpiredAuthenticationToken', 'token_rejected'],
  [401, 'InvalidAuthenticationTokenTenant', 'wrong_tenant'],
  [409, 'ReadOnlyDisabledSubscription', 'subscription_disabled'],
  [403, 'RequestDisallowedByPolicy', 'policy_denied'],
  [403, 'RequestDisallowedByAzure', 'location_closed'],
  [409, 'StorageAccountAlreadyTaken', 'storage_name_taken'],
  [409, 'StorageAccountAlreadyExists', 'storage_exists_elsewhere'],
  [409, 'VaultAlreadyExists', 'vault_name_taken'],
  [409, 'ConflictError', 'vault_name_taken'],
  [409, 'RoleAssignmentExists', 'role_assignment_exists'],
  [400, 'RoleAssignmentUpdateNotPermitted', 'role_assignment_differs'],
  [400, 'PrincipalNotFound', 'principal_not_found'],
  [409, 'RoleDefinitionWithSameNameExists', 'role_name_taken'],
  [400, 'RoleDefinitionHasAssignments', 'role_in_use'],
  [400, 'RoleDefinitionDoesNotExist', 'role_not_found'],
  [409, 'ResourceGroupBeingDeleted', 'group_being_deleted'],
  [409, 'ResourceGroupDeletionTimeout', 'group_not_deleted'],
  [409, 'InvalidResourceGroupLocation', 'group_elsewhere'],
  [409, 'Conflict', 'busy'],
  [409, 'AnotherOperationInProgress', 'busy'],
  [409, 'StorageAccountOperationInProgress', 'busy'],
  [429, 'RetryableErrorDueToAnotherOperation', 'busy'],
  [409, 'StorageAccountIsNotProvisioned', 'busy'],
  [409, 'ContainerBeingDeleted', 'busy'],
  [400, 'InUseNetworkSecurityGroupCannotBeDeleted', 'in_use'],
  [400, 'InUseSubnetCannotBeDeleted', 'in_use'],
  [409, 'ScopeLocked', 'locked'],
  [409, 'QuotaExceeded', 'quota_exceeded'],
  [409, 'OperationNotAllowed', 'quota_exceeded'],
  [429, 'OperationNotAllowed', 'throttled'],
  [409, 'SkuNotAvailable', 'size_not_available'],
  [429, 'TooManyRequests', 'throttled'],
  [429, 'SubscriptionRequestsThrottled', 'throttled'],
  [429, 'AnyProvidersOwnCode', 'throttled'],
  [404, 'ResourceGroupNotFound', 'not_found'],
  [404, 'ResourceNotFound', 'not_found'],
  [404, 'ParentResourceNotFound', 'not_found'],
  [404, 'ContainerNotFound', 'not_found'],
  [404, 'BlobNotFound', 'not_found'],
  [403, 'AuthorizationPermissionMismatch', 'data_role_spreading'],
  [403, 'AuthorizationFailure', 'storage_network_closed'],
  [403, 'KeyBasedAuthenticationNotPermitted', 'storage_keys_disabled'],
  [409, 'PublicAccessNotPermitted', 'public_access_denied'],
  [403, 'Authorization_RequestDenied', 'directory_not_authorized'],
  [400, 'CredentialTypeNotAllowedAsPerAppPolicy', 'secrets_forbidden'],
  [400, 'CredentialInvalidLifetimeAsPerAppPolicy', 'secret_lifetime_too_long'],
  [400, 'SignInAudienceNotAllowedAsPerAppPolicy', 'audience_forbidden'],
  [400, 'AADSTS65001', 'consent_missing'],
  [400, 'AADSTS65002', 'client_not_preauthorised'],
  [400, 'AADSTS50076', 'step_up_required'],
  [400, 'AADSTS50079', 'step_up_required'],
  [400, 'AADSTS53000', 'conditional_access'],
  [400, 'AADSTS53001', 'conditional_access'],
  [400, 'AADSTS53002', 'conditional_access'],
  [400, 'AADSTS53003', 'conditional_access'],
  [400, 'AADSTS700082', 'sign_in_ended'],
  [400, 'AADSTS50020', 'not_in_tenant'],
  [400, 'AADSTS90072', 'not_in_tenant'],
  [400, 'platform_broker_error', 'sign_in_broker_failed'],
  [401, 'CredentialUnavailableError', 'azure_cli_not_ready'],
  [401, 'AzureCliClaimsChallenge', 'step_up_required'],
  [400, 'InvalidOutputTable', 'table_not_ready'],
  [400, 'BackingApplicationNotFound', 'app_not_found_yet'],
  [401, 'AADSTS7000215', 'invalid_credentials'],
  [401, 'AADSTS7000222', 'invalid_credentials'],
  [400, 'AADSTS700016', 'invalid_credentials'],
  [400, 'AADSTS90002', 'invalid_tenant_id'],
  [400, 'AADSTS900023', 'invalid_tenant_id'],
  [200, 'UnreadableAnswer', 'unreadable_answer'],
  [500, 'InternalServerError', 'azure_unavailable'],
  [400, 'SomethingNew', 'azure_refused'],
];

describe('every code of Azure has one meaning for us', () => {
  const answered = TABLE.filter(([status]) => status >= 400);

  it.each(answered)('%i %s is %s, with a sentence and a way on', (status, code, ours) => {
    const error = setupErrorOf(refusal({ status, body: { error: { code, message: 'Why.' } } }));
    expect(error.code).toBe(ours);
    expect(error.azure).toMatchObject({ status, code });
    expect(error.message).toMatch(/[a-z].*[.]$/s);
    expect(error.remedy).toMatch(/[a-z].*[.]$/s);
  });

  it('no rule is left out of this table', () => {
    const tested = new Set(TABLE.map(([, code]) => code.toLowerCase()));
    expect(Object.keys(RULES).filter((code) => !tested.has(code))).toEqual([]);
  });
});

describe('the shapes in which Azure says what is wrong', () => {
  const code = 'ScopeLocked';
  const message = 'The scope is locked.';
  it.each([
    ['error', { error: { code, message } }],
    ['flat', { code, message }],
    ['flat, capitalised', { Code: code, Message: message }],
    ['capitalised', { Error: { Code: code, Message: message } }],
    ['odata', { 'odata.error': { code, message: { lang: 'en', value: message } } }],
    [
      'wrapped',
      { error: { code: 'DeploymentFailed', message: 'x', details: [{ code, message }] } },
    ],
    [
      'xml',
      `\uFEFF<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    ],
  ])('reads the shape "%s"', (_name, body) => {
    const error = setupErrorOf(refusal({ status: 409, body }));
    expect(error.code).toBe('locked');
    expect(error.azure?.code).toBe(code);
  });

  it.each(['', 'null', '<html>Gateway</html>', '[1]', '{"error":7}', '{"error":{"code":null}}'])(
    'survives the body %j',
    (body) => {
      expect(setupErrorOf(refusal({ status: 502, body })).code).toBe('azure_unavailable');
    },
  );

  it.each([
    ['InvalidOutputTable', 'table_not_ready'],
    ['InvalidDataFlow', 'azure_refused'],
  ])('says the reason inside a wrapper that gives none, with its full stop (%s)', (code, ours) => {
    const details = [{ code, message: 'Stream ‘Custom-Logs_CL’ is wrong', target: 'properties' }];
    const wrapper = { code: 'InvalidPayload', message: 'Data collection rule is invalid', details };
    const error = setupErrorOf(refusal({ status: 400, body: { error: wrapper } }));
    expect(error.code).toBe(ours);
    expect(error.message).toMatch(/: Stream ‘Custom-Logs_CL’ is wrong\.$/);
  });

  it('takes the blob service’s code from its header when there is no body', () => {
    const headers = { 'x-ms-error-code': 'AuthorizationPermissionMismatch' };
    expect(setupErrorOf(refusal({ status: 403, body: '', headers })).code).toBe(
      'data_role_spreading',
    );
  });
});

describe('what is said about a missing right', () => {
  const denied = (action: string): SetupError =>
    setupErrorOf(
      refusal({
        status: 403,
        body: {
          error: {
            code: 'AuthorizationFailed',
            message: `The client 'c' with object id 'o' does not have authorization to perform action '${action}' over scope '/subscriptions/s/resourceGroups/g' or the scope is invalid.`,
          },
        },
      }),
      'demo',
    );

  it('names the object, the action and the scope', () => {
    const error = denied('Microsoft.Storage/storageAccounts/write');
    expect(error.message).toBe(
      'demo: The signed-in account may not do Microsoft.Storage/storageAccounts/write at /subscriptions/s/resourceGroups/g.',
    );
    expect(error.object).toBe('demo');
    expect(error.remedy).toContain('Contributor or Owner');
  });

  it.each([
    ['Microsoft.Authorization/roleAssignments/write', 'Role Based Access Control Administrator or'],
    ['Microsoft.Authorization/roleDefinitions/write', 'User Access Administrator or Owner'],
    ['Microsoft.Authorization/locks/delete', 'User Access Administrator or Owner'],
    ['Microsoft.Storage/storageAccounts/read', 'Reader or Contributor'],
    [
      'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
      'Storage Blob Data Contributor',
    ],
  ])('for %s recommends %s', (action, roles) => {
    expect(denied(action).remedy).toContain(roles);
  });

  it('names the linked object', () => {
    const message =
      "The client has permission to perform action 'a' on scope '/s'; however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '/linked/subnet' (respectively).";
    const error = setupErrorOf(
      refusal({ status: 403, body: { error: { code: 'LinkedAuthorizationFailed', message } } }),
    );
    expect(error.message).toContain('/linked/subnet');
    expect(error.remedy).toContain('Contributor');
  });

  it('sends nobody to an administrator for a role when a condition is what forbids it', () => {
    const message = "perform action 'a' over scope '/s' ... an ABAC condition is not fulfilled";
    const error = setupErrorOf(
      refusal({ status: 403, body: { error: { code: 'AuthorizationFailed', message } } }),
    );
    expect(error.remedy).toContain('condition');
  });

  it('names the policy that denies', () => {
    const info = { policyAssignmentDisplayName: 'Allowed locations' };
    const error = setupErrorOf(
      refusal({
        status: 403,
        body: {
          error: {
            code: 'RequestDisallowedByPolicy',
            message: 'Resource x was disallowed by policy.',
            additionalInfo: [{ type: 'PolicyViolation', info }],
          },
        },
      }),
    );
    expect(error.message).toContain('“Allowed locations”');
  });
});

describe('an app that is too new for its service principal', () => {
  const BACKING =
    'When using this permission, the backing application of the service principal being created must in the local tenant';
  const NO_REFERENCE =
    "The appId 'a' of the service principal does not reference a valid application object.";

  it.each([
    [400, 'Request_BadRequest', BACKING, undefined],
    [400, 'Request_BadRequest', NO_REFERENCE, undefined],
    [403, 'Authorization_RequestDenied', BACKING, 'Application Developer'],
  ])(
    'is waited for with %i %s: %s, which may be a missing right: %s',
    (status, code, message, role) => {
      const error = setupErrorOf(refusal({ status, body: { error: { code, message } } }));
      expect([error.code, error.azure?.code]).toEqual([
        'app_not_found_yet',
        'BackingApplicationNotFound',
      ]);
      expect(error.remedy.includes('Application Developer')).toBe(role !== undefined);
    },
  );

  it.each([
    [403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'],
    [403, 'Authorization_RequestDenied', NO_REFERENCE],
    [404, 'Authorization_RequestDenied', BACKING],
    [403, 'Request_BadRequest', BACKING],
    [400, 'Request_Other', BACKING],
  ])('is not what %i %s means: %s', (status, code, message) => {
    const error = setupErrorOf(refusal({ status, body: { error: { code, message } } }));
    expect(error.azure?.code).toBe(code);
  });
});

describe('the duty to sign in with a second factor', () => {
  it('is recognised as a challenge', () => {
    const headers = { 'www-authenticate': 'Bearer error="insufficient_claims", claims="e30="' };
    expect(setupErrorOf(refusal({ status: 401, body: '', headers })).code).toBe('step_up_required');
  });

  it('is recognised as a policy, as older clients meet it', () => {
    const body = {
      error: { code: 'RequestDisallowedByPolicy', message: 'MFA is required for this request.' },
    };
    expect(setupErrorOf(refusal({ status: 403, body })).code).toBe('step_up_required');
  });
});

describe('what Azure sends beside its code', () => {
  it.each([
    [{ 'retry-after': '17' }, 17_000],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'x-ms-retry-after-ms': '300' }, 300],
    [
      { 'retry-after': 'Mon, 01 Jan 2024 00:01:00 GMT', date: 'Mon, 01 Jan 2024 00:00:00 GMT' },
      60_000,
    ],
    [{ 'x-ms-user-quota-remaining': '0', 'x-ms-user-quota-resets-after': '00:00:05' }, 5_000],
    [{}, undefined],
    [{ 'retry-after': 'soon' }, undefined],
  ])('%j asks for a wait of %s ms', (headers, ms) => {
    expect(setupErrorOf(refusal({ status: 429, body: '', headers })).azure?.retryAfterMs).toBe(ms);
  });

  it('keeps the request id for support', () => {
    const headers = { 'x-ms-request-id': 'abc' };
    expect(setupErrorOf(refusal({ status: 500, headers })).azure?.requestId).toBe('abc');
  });
});

describe('when no answer came', () => {
  it.each([
    ['ENOTFOUND', 'host_not_found', undefined],
    ['ECONNREFUSED', 'network_down', undefined],
    ['ECONNRESET', 'network_down', true],
    ['ETIMEDOUT', 'network_down', true],
    ['PARSE_ERROR', 'network_down', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_not_trusted', undefined],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_not_trusted', undefined],
  ])('%s of a write is %s (outcome unknown: %s)', (code, ours, outcomeUnknown) => {
    const error = setupErrorOf(networkError(code));
    expect(error.code).toBe(ours);
    expect(error.azure).toEqual({
      status: 0,
      code,
      ...(outcomeUnknown === undefined ? {} : { outcomeUnknown }),
    });
  });

  it('knows the outcome of a lost read: none', () => {
    expect(setupErrorOf(networkError('ECONNRESET', 'GET')).azure?.outcomeUnknown).toBeUndefined();
  });

  it.each([408, 500, 502, 503, 504])('a write answered with %i may have worked', (status) => {
    expect(setupErrorOf(refusal({ status })).azure?.outcomeUnknown).toBe(true);
  });

  it.each([400, 403, 409, 429])('a write answered with %i has not worked', (status) => {
    expect(setupErrorOf(refusal({ status })).azure?.outcomeUnknown).toBeUndefined();
  });

  it('says so when a success can’t be read', () => {
    const error = setupErrorOf(refusal({ status: 200, body: '<html>Log in</html>' }));
    expect(error.code).toBe('unreadable_answer');
    expect(error.azure?.outcomeUnknown).toBe(true);
  });
});

describe('errors that are none of Azure’s answers', () => {
  it('passes a cancellation on as a cancellation', () => {
    const abort = new Error('stop');
    abort.name = 'AbortError';
    expect(toSetupError(abort).name).toBe('AbortError');
  });

  it('leaves a SetupError as it is', () => {
    const error = new SetupError({ code: 'x', source: 'user', message: 'm', remedy: 'r' });
    expect(toSetupError(error)).toBe(error);
  });

  it('reads the number in a sign-in error', () => {
    const error = new Error('invalid_client: AADSTS7000215: Invalid client secret provided.');
    error.name = 'AuthenticationError';
    const converted = setupErrorOf(error);
    expect(converted.code).toBe('invalid_credentials');
    expect(converted.field).toBe('clientSecret');
  });

  it('calls what nobody foresaw our bug', () => {
    expect(setupErrorOf(new TypeError('x is not a function'))).toMatchObject({
      code: 'unexpected',
      source: 'bug',
    });
  });

  it('shows no token that a message repeats', () => {
    const token = 'eyJhbGciOiJub25lIn0.eyJvaWQiOiIxIn0.c2lnbmF0dXJl';
    const said = `Bad header Bearer abcdefgh12345678, ${token}, https://x/?sig=SECRETSIGNATURE`;
    const error = setupErrorOf(
      refusal({ status: 400, body: { error: { code: 'X', message: said } } }),
    );
    expect(error.message).not.toMatch(/abcdefgh|eyJ|SECRETSIGNATURE/);
    expect(error.message).toContain('[hidden]');
  });
});
