import { t } from '@vscode/l10n';
import type { SetupErrorSource } from '../setup/errors.ts';
import type { Denial } from './denial.ts';
import { rolesFor } from './denial.ts';
import type { Failure } from './failure.ts';
import { SIGN_IN_RULES } from './signInRules.ts';

/** What a rule can build its sentence from. */
export interface Facts {
  readonly failure: Failure;
  /** Azure's sentence, shortened and without tokens. */
  readonly said: string;
  /** What was denied, where Azure says so. */
  readonly denial: Denial;
}

/** What one of Azure's codes means to a user. */
export interface ErrorRule {
  readonly code: string;
  readonly source: SetupErrorSource;
  readonly message: (facts: Facts) => string;
  readonly remedy: (facts: Facts) => string;
  /** The form field that it belongs to. */
  readonly field?: string;
}

const tryLater = (): string => t('Wait a moment and try again.');
const askForRoles = ({ denial }: Facts): string =>
  t(
    'Ask an administrator for the role {0} at {1}, then try again.',
    rolesFor(denial),
    denial.scope ?? t('this scope'),
  );

const BUSY: ErrorRule = {
  code: 'busy',
  source: 'azure',
  message: () => t('Another operation is changing it at this moment.'),
  remedy: tryLater,
};

const IN_USE: ErrorRule = {
  code: 'in_use',
  source: 'user',
  message: ({ said }) => t('It is still in use: {0}', said),
  remedy: () => t('Remove what uses it first.'),
};

const NOT_FOUND: ErrorRule = {
  code: 'not_found',
  source: 'azure',
  message: ({ said }) => t('Azure can’t find it: {0}', said),
  remedy: () => t('Refresh and check that it has not been deleted.'),
};

const NOT_REGISTERED: ErrorRule = {
  code: 'provider_not_registered',
  source: 'user',
  message: ({ said }) => t('The subscription is not registered for this service: {0}', said),
  remedy: () => t('Register the resource provider in the subscription, then try again.'),
};

const TOKEN_REJECTED: ErrorRule = {
  code: 'token_rejected',
  source: 'user',
  message: () => t('Azure does not accept the sign-in any more.'),
  remedy: () => t('Sign in again.'),
};

const QUOTA: ErrorRule = {
  code: 'quota_exceeded',
  source: 'user',
  message: ({ said }) => t('The subscription’s quota does not allow it: {0}', said),
  remedy: () => t('Ask for more quota in the Azure portal, or choose another location.'),
};

const THROTTLED: ErrorRule = {
  code: 'throttled',
  source: 'azure',
  message: () => t('Azure takes no more requests at this moment.'),
  remedy: tryLater,
};

const VAULT_NAME_TAKEN: ErrorRule = {
  code: 'vault_name_taken',
  source: 'user',
  message: () => t('The name of the key vault is taken, by a vault in use or a deleted one.'),
  remedy: () => t('Recover or purge the deleted vault, or choose another name.'),
};

/**
 * Every code of Azure that we know how to explain (azure-facts 2, 3 and 4), in lower case.
 * Codes that are not here get one of `BY_STATUS` and Azure's own words.
 */
export const RULES: Readonly<Record<string, ErrorRule>> = {
  ...SIGN_IN_RULES,
  invalidoutputtable: {
    code: 'table_not_ready',
    source: 'azure',
    message: ({ said }) => t('Azure does not see the table for the logs yet: {0}', said),
    remedy: () => t('Wait a minute and continue.'),
  },
  authorizationfailed: {
    code: 'not_authorized',
    source: 'user',
    message: ({ denial, said }) =>
      denial.action === undefined
        ? t('The signed-in account may not do this: {0}', said)
        : t(
            'The signed-in account may not do {0} at {1}.',
            denial.action,
            denial.scope ?? t('this scope'),
          ),
    remedy: (facts) =>
      facts.denial.conditional
        ? t('A condition of your role forbids it: ask whoever gave you the role.')
        : askForRoles(facts),
  },
  linkedauthorizationfailed: {
    code: 'linked_not_authorized',
    source: 'user',
    message: ({ denial, said }) =>
      denial.linkedScope === undefined
        ? t('A right on something that it refers to is missing: {0}', said)
        : t('A right on {0}, which it refers to, is missing.', denial.linkedScope),
    remedy: ({ denial }) =>
      t(
        'Ask an administrator for the role {0} at {1}, then try again.',
        rolesFor(denial),
        denial.linkedScope ?? t('the linked object'),
      ),
  },
  missingsubscriptionregistration: NOT_REGISTERED,
  noregisteredproviderfound: NOT_REGISTERED,
  subscriptionnotfound: {
    code: 'subscription_not_found',
    source: 'user',
    message: () => t('This account can’t see the subscription in this tenant.'),
    remedy: () => t('Choose the tenant that the subscription belongs to, or another subscription.'),
    field: 'subscription',
  },
  invalidauthenticationtoken: TOKEN_REJECTED,
  expiredauthenticationtoken: TOKEN_REJECTED,
  invalidauthenticationtokentenant: {
    code: 'wrong_tenant',
    source: 'user',
    message: () => t('The subscription belongs to another tenant than the sign-in.'),
    remedy: () => t('Sign in to the subscription’s tenant.'),
    field: 'tenant',
  },
  readonlydisabledsubscription: {
    code: 'subscription_disabled',
    source: 'user',
    message: () => t('The subscription is disabled: Azure accepts no changes in it.'),
    remedy: () => t('Reactivate the subscription in the Azure portal, or choose another one.'),
    field: 'subscription',
  },
  requestdisallowedbypolicy: {
    code: 'policy_denied',
    source: 'user',
    message: ({ failure, said }) =>
      failure.policies.length === 0
        ? t('A policy of your organisation forbids it: {0}', said)
        : t('The policy “{0}” of your organisation forbids it.', failure.policies.join(', ')),
    remedy: ({ failure: { policyScopes } }) =>
      policyScopes.length === 0
        ? t('Choose another location or name, or ask the owner of the policy for an exemption.')
        : t(
            'Choose another location or name, or ask whoever manages policies of {0}.',
            policyScopes.join(', '),
          ),
  },
  requestdisallowedbyazure: {
    code: 'location_closed',
    source: 'user',
    message: () => t('Azure does not offer this location to the subscription.'),
    remedy: () => t('Choose another location.'),
    field: 'location',
  },
  storageaccountalreadytaken: {
    code: 'storage_name_taken',
    source: 'user',
    message: () => t('Somebody else’s storage account has this name.'),
    remedy: () => t('Choose another name: it has to be unique in all of Azure.'),
    field: 'storageAccount',
  },
  storageaccountalreadyexists: {
    code: 'storage_exists_elsewhere',
    source: 'user',
    message: () => t('The subscription has a storage account of this name in another group.'),
    remedy: () => t('Choose that account, or another name.'),
    field: 'storageAccount',
  },
  vaultalreadyexists: VAULT_NAME_TAKEN,
  conflicterror: VAULT_NAME_TAKEN,
  roleassignmentexists: {
    code: 'role_assignment_exists',
    source: 'azure',
    message: () => t('The role is already assigned.'),
    remedy: () => t('Nothing needs to be done.'),
  },
  roleassignmentupdatenotpermitted: {
    code: 'role_assignment_differs',
    source: 'azure',
    message: () => t('A role assignment of this id exists with other content.'),
    remedy: () => t('Remove that role assignment in the Azure portal, then try again.'),
  },
  principalnotfound: {
    code: 'principal_not_found',
    source: 'azure',
    message: () => t('The directory does not know the identity yet.'),
    remedy: () => t('Wait a few minutes and try again: new identities take that long to spread.'),
  },
  roledefinitionwithsamenameexists: {
    code: 'role_name_taken',
    source: 'user',
    message: () => t('The tenant has another role of this name.'),
    remedy: () => t('Rename or remove the other role, then try again.'),
  },
  roledefinitionhasassignments: {
    code: 'role_in_use',
    source: 'user',
    message: () => t('The role is still assigned to somebody.'),
    remedy: () => t('Remove its assignments first.'),
  },
  roledefinitiondoesnotexist: {
    code: 'role_not_found',
    source: 'azure',
    message: () => t('Azure does not know the role yet.'),
    remedy: () => t('Wait a few minutes and try again: new roles take that long to spread.'),
  },
  resourcegroupbeingdeleted: {
    code: 'group_being_deleted',
    source: 'user',
    message: () => t('Azure is deleting the resource group.'),
    remedy: () => t('Wait until it is gone, or choose another group.'),
    field: 'resourceGroup',
  },
  resourcegroupdeletiontimeout: {
    code: 'group_not_deleted',
    source: 'azure',
    message: ({ said }) => t('Azure could not delete the resource group: {0}', said),
    remedy: () => t('Remove what is in its way in the Azure portal, then try again.'),
  },
  invalidresourcegrouplocation: {
    code: 'group_elsewhere',
    source: 'user',
    message: () => t('The resource group exists in another location.'),
    remedy: () => t('Choose the existing group, or another name.'),
    field: 'resourceGroup',
  },
  conflict: BUSY,
  anotheroperationinprogress: BUSY,
  storageaccountoperationinprogress: BUSY,
  retryableerrorduetoanotheroperation: BUSY,
  storageaccountisnotprovisioned: BUSY,
  containerbeingdeleted: BUSY,
  inusesubnetcannotbedeleted: IN_USE,
  inusenetworksecuritygroupcannotbedeleted: IN_USE,
  scopelocked: {
    code: 'locked',
    source: 'user',
    message: ({ said }) => t('A lock forbids it: {0}', said),
    remedy: () =>
      t('Ask whoever set the lock to lift it; locks are never removed by this extension.'),
  },
  quotaexceeded: QUOTA,
  operationnotallowed: QUOTA,
  skunotavailable: {
    code: 'size_not_available',
    source: 'user',
    message: ({ said }) => t('Azure does not offer this size here: {0}', said),
    remedy: () => t('Choose another location.'),
    field: 'location',
  },
  toomanyrequests: THROTTLED,
  subscriptionrequeststhrottled: THROTTLED,
  resourcegroupnotfound: NOT_FOUND,
  resourcenotfound: NOT_FOUND,
  parentresourcenotfound: NOT_FOUND,
  containernotfound: NOT_FOUND,
  blobnotfound: NOT_FOUND,
  authorizationpermissionmismatch: {
    code: 'data_role_spreading',
    source: 'azure',
    message: () => t('The right to read and write blobs has not arrived yet.'),
    remedy: () => t('Wait up to ten minutes: a new role takes that long to spread.'),
  },
  authorizationfailure: {
    code: 'storage_network_closed',
    source: 'user',
    message: () => t('The storage account’s network rules refuse this machine.'),
    remedy: () => t('Allow this network in the account’s settings, or work from an allowed one.'),
  },
  keybasedauthenticationnotpermitted: {
    code: 'storage_keys_disabled',
    source: 'user',
    message: () => t('The storage account does not accept keys.'),
    remedy: () => t('Sign in with an account that has the role Storage Blob Data Contributor.'),
  },
  publicaccessnotpermitted: {
    code: 'public_access_denied',
    source: 'user',
    message: () => t('The storage account does not allow public containers.'),
    remedy: () => t('Make the container private.'),
  },
  authorization_requestdenied: {
    code: 'directory_not_authorized',
    source: 'user',
    message: () => t('The signed-in account may not change app registrations.'),
    remedy: () => t('Ask for the role Application Developer, or use an existing app.'),
  },
  backingapplicationnotfound: {
    code: 'app_not_found_yet',
    source: 'azure',
    message: ({ failure }) =>
      failure.status === 403
        ? t(
            'The directory does not know the new app yet, or the signed-in account may not make its service principal.',
          )
        : t('The directory does not know the new app yet.'),
    remedy: ({ failure }) =>
      failure.status === 403
        ? t(
            'Wait a few minutes and try again. If it stays, ask for the role Application Developer, or use an existing app.',
          )
        : t('Wait a few minutes and try again: new apps take that long to spread.'),
  },
  credentialtypenotallowedasperapppolicy: {
    code: 'secrets_forbidden',
    source: 'user',
    message: () => t('A policy of the tenant forbids secrets of apps.'),
    remedy: () => t('Use the server’s default credentials, or an existing app.'),
  },
  credentialinvalidlifetimeasperapppolicy: {
    code: 'secret_lifetime_too_long',
    source: 'user',
    message: () => t('A policy of the tenant forbids secrets that live this long.'),
    remedy: () => t('Choose fewer days.'),
    field: 'secretDays',
  },
  signinaudiencenotallowedasperapppolicy: {
    code: 'audience_forbidden',
    source: 'user',
    message: () => t('A policy of the tenant forbids apps for this kind of account.'),
    remedy: () => t('Use an existing app.'),
  },
  unreadableanswer: {
    code: 'unreadable_answer',
    source: 'azure',
    message: () => t('The answer was not Azure’s: something between here and Azure replaced it.'),
    remedy: () => t('Check whether a proxy or a log-in page of the network stands in between.'),
  },
};

/** For codes that no rule knows: what the status alone says. */
export function ruleByStatus(status: number): ErrorRule {
  if (status === 401) return TOKEN_REJECTED;
  if (status === 404) return NOT_FOUND;
  if (status === 429) return THROTTLED;
  const serverFault = status >= 500;
  return {
    code: serverFault ? 'azure_unavailable' : 'azure_refused',
    source: 'azure',
    message: ({ failure, said }) =>
      t('Azure answered {0}: {1}', `${failure.status.toString()} ${failure.code}`.trim(), said),
    remedy: () => (serverFault ? tryLater() : t('Change what Azure objects to, then try again.')),
  };
}

/** Azure wants a stronger proof than the token holds, in whichever way it said so. */
export const STEP_UP: ErrorRule = {
  code: 'step_up_required',
  source: 'user',
  message: () => t('Azure asks for a stronger sign-in, such as multifactor authentication.'),
  remedy: () => t('Sign in again and complete the additional step, then continue.'),
};
