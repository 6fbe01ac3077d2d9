import { t } from '@vscode/l10n';
import {
  CREATE_NEW,
  OPTIONS_SENT,
  OTHER_TENANT,
  type FieldAction,
  type Option,
  type ProblemView,
  type SelectField,
  type SelectFieldName,
} from '../../contract/wizardState.ts';
import type { SetupError } from '../errors.ts';
import { quotaHint } from '../gpuQuotaText.ts';
import { homeUrl } from './choices.ts';
import { isAttempted } from './fields.ts';
import type { FormModel } from './formModel.ts';
import { listOf, optionsOf } from './formOptions.ts';
import { problemView, userError } from './problem.ts';
import { serverErrorAt, serverHint } from './secretFields.ts';
import { tenantName, tenantOf } from './tenant.ts';
import { useProjectAction } from './textFields.ts';

/** The code with which the editor's sign-in says that a person has to answer a question first. */
export const SIGN_IN_NEEDED = 'sign_in_needed';

/** A select field as the page draws it. */
export function selectField(model: FormModel, field: SelectFieldName): SelectField {
  const list = listOf(model, field);
  const options = optionsOf(model, field);
  const value = model.chosen[field];
  const error =
    model.problems.get(field)?.error ??
    listError(model, field) ??
    missing(model, field, options, value);
  const emptyReason = hasNone(options) ? whyEmpty(model, field) : undefined;
  const hint = hintOf(model, field, options) ?? (field === 'location' ? gpuHint(model) : undefined);
  const action = actionOf(model, field);
  const search = model.searches[field];
  return {
    ...(value === undefined ? {} : { value }),
    options: sent(options ?? [], value, search ?? ''),
    total: options?.length ?? 0,
    ...(search === undefined ? {} : { search }),
    loading: field === 'server' ? list.loading || isAsking(model) : list.loading,
    disabled: options === undefined || options.length === 0,
    ...(error === undefined ? {} : { error: withTenantName(model, error) }),
    canRetry: canRetry(model, field),
    ...(emptyReason === undefined ? {} : { emptyReason }),
    ...(hint === undefined ? {} : { hint }),
    ...(action === undefined ? {} : { action }),
  };
}

/** Why the list is not there; the choices of Access and Server can be made without theirs. */
function listError(model: FormModel, field: SelectFieldName): SetupError | undefined {
  if (field === 'credentials') return undefined;
  return field === 'server' ? serverErrorAt(model, 'server') : listOf(model, field).error;
}

/** A server of the CLI's file is asked as soon as it is chosen. */
function isAsking({ chosen, lists }: FormModel): boolean {
  return homeUrl(chosen.server ?? '') !== undefined && lists.serverCheck.loading;
}

/** The sign-in knows a tenant by its id alone; the form knows its name, and says both. */
function withTenantName(model: FormModel, error: SetupError): ProblemView {
  const view = problemView(error);
  const [tenantId, name] = [tenantOf(model), tenantName(model)];
  const account = model.lists.accounts.value?.find(({ id }) => id === model.chosen.account);
  const isNamed = tenantId !== undefined && name !== undefined && account !== undefined;
  if (error.code !== SIGN_IN_NEEDED || error.field !== 'tenant' || !isNamed) return view;
  const tenant = `${name} (${tenantId})`;
  return { ...view, message: t('{0} has to sign in to the tenant {1}.', account.label, tenant) };
}

function canRetry(model: FormModel, field: SelectFieldName): boolean {
  if (field === 'credentials') return model.lists.registrar.error !== undefined;
  const error =
    listError(model, field) ?? (field === 'server' ? model.lists.homeServers.error : undefined);
  return error !== undefined && error.code !== SIGN_IN_NEEDED && !model.problems.has(field);
}

/** Whether Azure has listed nothing; typing an ID is always possible. */
function hasNone(options: readonly Option[] | undefined): boolean {
  return options?.every(({ value }) => value === OTHER_TENANT) ?? false;
}

/** What of a long list goes to the page: the chosen one and the first that answer the search. */
function sent(
  options: readonly Option[],
  value: string | undefined,
  search: string,
): readonly Option[] {
  if (options.length <= OPTIONS_SENT) return options;
  const words = search.toLowerCase().split(/\s+/);
  const found = options.filter((option) => {
    // What to do when nothing else fits answers every search.
    if (option.value === CREATE_NEW) return true;
    const text = `${option.label} ${option.detail ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const first = found.slice(0, OPTIONS_SENT);
  const chosen = options.find((option) => option.value === value);
  if (chosen === undefined || first.includes(chosen)) return first;
  return [chosen, ...first.slice(0, OPTIONS_SENT - 1)];
}

function missing(
  model: FormModel,
  field: SelectFieldName,
  options: readonly Option[] | undefined,
  value: string | undefined,
): SetupError | undefined {
  if (!isAttempted(model, field) || value !== undefined || options === undefined) return undefined;
  if (options.length === 0) return undefined;
  return userError('missing', chooseText(field), t('Open the list and choose.'));
}

/** `Choose a location.`: said where a value is missing. */
export function chooseText(field: SelectFieldName): string {
  switch (field) {
    case 'account':
      return t('Choose an account.');
    case 'tenant':
      return t('Choose a tenant.');
    case 'subscription':
      return t('Choose a subscription.');
    case 'location':
      return t('Choose a location.');
    case 'storageAccount':
      return t('Choose a storage account.');
    case 'resourceGroup':
      return t('Choose a resource group.');
    case 'credentials':
      return t('Choose how the server signs in to Azure.');
    case 'server':
      return t('Choose a server.');
  }
}

function whyEmpty(model: FormModel, field: SelectFieldName): string {
  switch (field) {
    case 'account':
      return t('You are not signed in. Sign in with the account that you use for Azure.');
    case 'tenant':
      return t('This account is in no tenant. Sign in with another account.');
    case 'subscription':
      return noSubscriptions(model);
    case 'location':
      return t('Azure offers no location for this subscription.');
    case 'storageAccount':
    case 'resourceGroup':
    case 'credentials':
    case 'server':
      return t('There is none.');
  }
}

/** An empty list has several causes, and Azure does not say which one it is. */
function noSubscriptions(model: FormModel): string {
  const others = (model.lists.tenants.value?.length ?? 0) > 1;
  return others
    ? t(
        'This account has a role in no subscription of this tenant. Choose another tenant, or ask an administrator for a role in a subscription.',
      )
    : t(
        'This account has a role in no subscription. Ask an administrator for one, create a subscription in the Azure portal, or use another account.',
      );
}

function hintOf(
  model: FormModel,
  field: SelectFieldName,
  options: readonly Option[] | undefined,
): string | undefined {
  if (field === 'server') return serverChoiceHint(model);
  if (options === undefined || options.length === 0) return undefined;
  const allDisabled = options.every((option) => option.disabledReason !== undefined);
  if (field === 'subscription' && allDisabled) {
    return t('There are subscriptions, but none of them is active.');
  }
  if (field === 'location' && allDisabled) {
    return t('This subscription offers none of the locations in which dstack runs.');
  }
  return undefined;
}

/** Beside the field, never in its way: that the quota is asked for or unknown stops nothing. */
function gpuHint({ lists: { gpuQuota } }: FormModel): string | undefined {
  if (gpuQuota.value !== undefined) return quotaHint(gpuQuota.value);
  if (gpuQuota.error !== undefined) {
    return t('The GPU quota here could not be read: {0}', gpuQuota.error.message);
  }
  return gpuQuota.loading ? t('Looking up the GPU quota here…') : undefined;
}

function serverChoiceHint(model: FormModel): string | undefined {
  if (homeUrl(model.chosen.server ?? '') !== undefined) return serverHint(model);
  const { error } = model.lists.homeServers;
  return error && t('Servers of the dstack CLI can’t be listed: {0}', error.message);
}

function actionOf(model: FormModel, field: SelectFieldName): FieldAction | undefined {
  const { useProject, error } = model.problems.get(field) ?? {};
  if (useProject !== undefined) return useProjectAction(useProject);
  if (field === 'account') return accountAction(model);
  if (field === 'credentials' || field === 'server') return undefined;
  if (field === 'location' && lacksQuota(model)) {
    return { id: 'openQuota', label: t('Open Quota in Portal') };
  }
  // A tenant that is known to be closed has the button itself, and no list below it a second one.
  const isClosed = model.signIns.needed.has(tenantOf(model) ?? '');
  if (field === 'tenant' && (isClosed || error?.code === SIGN_IN_NEEDED)) return signInToTenant();
  if (listOf(model, field).error?.code !== SIGN_IN_NEEDED) return undefined;
  if (field === 'tenant') return { id: 'signIn', label: t('Sign In') };
  return isClosed ? undefined : signInToTenant();
}

function signInToTenant(): FieldAction {
  return { id: 'signInToTenant', label: t('Sign In to This Tenant') };
}

/** Whether a quota request would help: some GPU is rented here, and none can be had now. */
function lacksQuota({ lists: { gpuQuota } }: FormModel): boolean {
  const rented = gpuQuota.value?.filter(({ restriction }) => restriction === undefined) ?? [];
  return rented.length > 0 && rented.every(({ gpus }) => gpus === 0);
}

function accountAction(model: FormModel): FieldAction | undefined {
  const accounts = model.lists.accounts.value;
  if (accounts === undefined) return undefined;
  return accounts.length === 0
    ? { id: 'signIn', label: t('Sign In') }
    : { id: 'useAnotherAccount', label: t('Use Another Account') };
}
