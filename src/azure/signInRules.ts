import { t } from '@vscode/l10n';
import type { ErrorRule } from './errorRules.ts';

const STRONGER: ErrorRule = {
  code: 'step_up_required',
  source: 'user',
  message: () => t('The tenant asks for multifactor authentication.'),
  remedy: () => t('Sign in again and complete the additional step.'),
};

/** The two sentences of @azure/identity that say that there is nobody to ask. */
const CLI_NOT_READY = /^Azure CLI could not be found|^Please run 'az login' from a command prompt/;

/** The command that @azure/identity proposes, without anything that a shell would take amiss. */
export const CLI_CHALLENGE =
  /\baz login --claims-challenge [\w+/=]+ --scope [\w:/.-]+(?: --tenant [\w.-]+)?/;

const CONDITIONAL_ACCESS: ErrorRule = {
  code: 'conditional_access',
  source: 'user',
  message: () => t('A Conditional Access rule of the tenant forbids this sign-in.'),
  remedy: () => t('Use a device and a network that your organisation accepts.'),
};

const SIGN_IN_ENDED: ErrorRule = {
  code: 'sign_in_ended',
  source: 'user',
  message: () => t('The sign-in has ended.'),
  remedy: () => t('Sign in again.'),
};

const NOT_IN_TENANT: ErrorRule = {
  code: 'not_in_tenant',
  source: 'user',
  message: () => t('The tenant does not know this account.'),
  remedy: () => t('Choose another tenant, or ask to be invited as a guest.'),
  field: 'tenant',
};

const UNKNOWN_TENANT: ErrorRule = {
  code: 'invalid_tenant_id',
  source: 'user',
  message: () => t('There is no such tenant.'),
  remedy: () => t('Check the tenant ID.'),
  field: 'tenantId',
};

/**
 * Sign-in's codes (azure-facts 4.1), in lower case. Those about an app's credentials carry the
 * codes that dstack's own server uses for them.
 */
export const SIGN_IN_RULES: Readonly<Record<string, ErrorRule>> = {
  aadsts65001: {
    code: 'consent_missing',
    source: 'user',
    message: () => t('Nobody has consented to this access in the tenant.'),
    remedy: () => t('Ask an administrator of the tenant for consent.'),
  },
  aadsts65002: {
    code: 'client_not_preauthorised',
    source: 'user',
    message: () => t('Microsoft does not let this sign-in use Microsoft Graph that way.'),
    remedy: () =>
      t('Sign in with Azure CLI, use an existing app, or hand the step to an administrator.'),
  },
  aadsts50076: STRONGER,
  aadsts50079: STRONGER,
  aadsts53000: CONDITIONAL_ACCESS,
  aadsts53001: CONDITIONAL_ACCESS,
  aadsts53002: CONDITIONAL_ACCESS,
  aadsts53003: CONDITIONAL_ACCESS,
  aadsts700082: SIGN_IN_ENDED,
  aadsts50020: NOT_IN_TENANT,
  aadsts90072: NOT_IN_TENANT,
  platform_broker_error: {
    code: 'sign_in_broker_failed',
    source: 'user',
    message: () => t('The sign-in window of the operating system has failed.'),
    remedy: () => t('Sign in again; if it stays, restart the computer.'),
  },
  credentialunavailableerror: {
    code: 'azure_cli_not_ready',
    source: 'user',
    message: ({ failure, said }) =>
      CLI_NOT_READY.test(failure.message)
        ? t('Azure CLI is not installed here, or nobody is signed in to it.')
        : t('Azure CLI gave no token: {0}', said),
    remedy: ({ failure }) =>
      CLI_NOT_READY.test(failure.message)
        ? t('Install Azure CLI and run az login, or choose other credentials.')
        : t(
            'Run az account get-access-token in a terminal to see why, or choose other credentials.',
          ),
  },
  // Not Azure's code but ours: Azure CLI can't answer a challenge by itself (azure-facts 2.1).
  azurecliclaimschallenge: {
    code: 'step_up_required',
    source: 'user',
    message: () => t('Azure asks for a stronger sign-in, such as multifactor authentication.'),
    remedy: ({ failure }) => {
      const command = CLI_CHALLENGE.exec(failure.message)?.[0];
      return command === undefined
        ? t('Sign in again and complete the additional step.')
        : t('Run {0} in a terminal, then continue.', command);
    },
  },
  aadsts7000215: {
    code: 'invalid_credentials',
    source: 'user',
    message: () => t('The app’s client secret is wrong.'),
    remedy: () => t('Enter the secret’s value, not its id.'),
    field: 'clientSecret',
  },
  aadsts7000222: {
    code: 'invalid_credentials',
    source: 'user',
    message: () => t('The app’s client secret has expired.'),
    remedy: () => t('Make a new secret and enter it.'),
    field: 'clientSecret',
  },
  aadsts700016: {
    code: 'invalid_credentials',
    source: 'user',
    message: () => t('The tenant has no app with this client ID.'),
    remedy: () => t('Check the client ID and the tenant ID.'),
    field: 'clientId',
  },
  aadsts90002: UNKNOWN_TENANT,
  aadsts900023: UNKNOWN_TENANT,
};
