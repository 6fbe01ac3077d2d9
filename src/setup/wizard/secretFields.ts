import { t } from '@vscode/l10n';
import type { SecretField, SecretFieldName } from '../../contract/wizardState.ts';
import type { SetupError } from '../errors.ts';
import { appErrorAt } from './accessFields.ts';
import { homeUrl } from './choices.ts';
import { isAttempted, isInUse } from './fields.ts';
import type { FormModel } from './formModel.ts';
import { problemView, userError } from './problem.ts';

/** A secret as the page draws it: given or not, and what came of it. */
export function secretField(model: FormModel, field: SecretFieldName): SecretField {
  const given = model.secrets[field];
  const check = checkBehind(model, field);
  const error = model.problems.get(field)?.error ?? errorAt(model, field);
  const hint = error === undefined ? hintAt(model, field) : undefined;
  return {
    stored: given !== undefined,
    loading: given !== undefined && check.loading,
    disabled: false,
    ...(error === undefined ? {} : { error: problemView(error) }),
    canRetry: error !== undefined && error === check.error && error.source !== 'user',
    ...(hint === undefined ? {} : { hint }),
  };
}

/** What has to answer before the secret counts. */
export function checkBehind(model: FormModel, field: SecretFieldName) {
  return field === 'clientSecret' ? model.lists.appCheck : model.lists.serverCheck;
}

/** What the server's answer says about its URL rather than about the token. */
export function serverErrorAt(
  model: FormModel,
  field: 'server' | 'serverUrl' | 'serverToken',
): SetupError | undefined {
  const { error } = model.lists.serverCheck;
  if (error === undefined) return undefined;
  if (homeUrl(model.chosen.server ?? '') !== undefined) {
    return field === 'server' ? error : undefined;
  }
  return field === (error.field === 'serverToken' ? 'serverToken' : 'serverUrl')
    ? error
    : undefined;
}

function errorAt(model: FormModel, field: SecretFieldName): SetupError | undefined {
  const given = model.secrets[field];
  if (given === undefined) {
    return isAttempted(model, field) && isInUse(model, field) ? missing(field) : undefined;
  }
  if (given.hasBlanks) return withBlanks(field);
  return field === 'clientSecret' ? appErrorAt(model, field) : serverErrorAt(model, field);
}

function missing(field: SecretFieldName): SetupError {
  return field === 'clientSecret'
    ? userError('missing', t('The client secret is missing.'), t('Enter its value.'))
    : userError('missing', t('The token is missing.'), t('Enter your token on that server.'));
}

function withBlanks(field: SecretFieldName): SetupError {
  const remedy = t('Copy it again, alone.');
  return field === 'clientSecret'
    ? userError('invalid_credentials', t('A client secret holds no blanks.'), remedy)
    : userError('server_token_invalid', t('A token holds no blanks.'), remedy);
}

function hintAt(model: FormModel, field: SecretFieldName): string | undefined {
  const given = model.secrets[field];
  const { value, loading } = checkBehind(model, field);
  if (given === undefined) return undefined;
  if (loading) {
    return field === 'clientSecret' ? t('Signing in as the app…') : t('Asking the server…');
  }
  if (given.looksLikeGuid && field === 'clientSecret' && value === undefined) {
    return t('This looks like the id of a secret. Its value is what is needed.');
  }
  if (field === 'serverToken') return serverHint(model);
  return appHint(model);
}

function appHint({ lists }: FormModel): string | undefined {
  const app = lists.appCheck.value;
  if (app === undefined) return t('It is tried as soon as tenant and client ID are there.');
  return app.seesSubscription
    ? t('The app has signed in.')
    : t('The app has signed in. It gets its roles in the subscription by the plan.');
}

/** What is known of a server that has answered. */
export function serverHint({ lists }: FormModel): string | undefined {
  const server = lists.serverCheck.value;
  if (server === undefined) return undefined;
  const { userName, version, warning } = server;
  const said =
    version === undefined
      ? t('The server knows you as {0}.', userName)
      : t('The server, version {0}, knows you as {1}.', version, userName);
  return warning === undefined ? said : `${said} ${warning}`;
}
