import type { Application } from '../entra/directory.ts';
import { isObject, objectAt, type JsonObject } from '../json.ts';
import type { Call } from '../operation.ts';
import { tenantOf } from './directoryRights.ts';

const BLANKS = [
  'deletedDateTime',
  'applicationTemplateId',
  'disabledByMicrosoftStatus',
  'description',
  'groupMembershipClaims',
  'isDeviceOnlyAuthSupported',
  'isFallbackPublicClient',
  'notes',
  'serviceManagementReference',
  'tokenEncryptionKeyId',
  'defaultRedirectUri',
  'certification',
  'optionalClaims',
];

/** The whole entity, as Graph shows it without `$select` (recorded). */
export function render(call: Call, application: Application): JsonObject {
  const domain = tenantOf(call).spec.defaultDomain ?? 'contoso.onmicrosoft.com';
  const secrets = application.secrets.filter((secret) => secret.readableFrom <= call.now);
  const { api } = application.more;
  return {
    ...Object.fromEntries(BLANKS.map((name) => [name, null])),
    identifierUris: [],
    tags: [],
    addIns: [],
    appRoles: [],
    info: {
      logoUrl: null,
      marketingUrl: null,
      privacyStatementUrl: null,
      supportUrl: null,
      termsOfServiceUrl: null,
    },
    keyCredentials: [],
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' },
    publicClient: { redirectUris: [] },
    requiredResourceAccess: [],
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    web: {
      homePageUrl: null,
      logoutUrl: null,
      redirectUris: [],
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
    spa: { redirectUris: [] },
    ...application.more,
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
      ...(isObject(api) ? objectAt({ api }, 'api') : {}),
    },
    id: application.id,
    appId: application.appId,
    uniqueName: application.uniqueName ?? null,
    displayName: application.displayName,
    createdDateTime: new Date(application.createdAt).toISOString(),
    publisherDomain: domain,
    signInAudience: application.signInAudience,
    passwordCredentials: secrets.map((secret) => ({
      customKeyIdentifier: null,
      displayName: secret.displayName ?? null,
      endDateTime: new Date(secret.endsAt).toISOString(),
      hint: secret.value.slice(0, 3),
      keyId: secret.keyId,
      secretText: null,
      startDateTime: new Date(secret.startsAt).toISOString(),
    })),
  };
}
