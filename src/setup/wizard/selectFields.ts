import { t } from '@vscode/l10n';
import {
  CREATE_NEW,
  OPTIONS_SENT,
  type FieldAction,
  type Option,
  type SelectField,
  type SelectFieldName,
} from '../../contract/wizardState.ts';
import type { SetupError } from '../errors.ts';
import { quotaHint } from '../gpuQuotaText.ts';
import type { FormModel } from './formModel.ts';
import { listOf, optionsOf } from './formOptions.ts';
import { problemView, userError } from './problem.ts';
import { useProjectAction } from './textFields.ts';

/** The code with which the editor's sign-in says that a person has to answer a question first. */
export const SIGN_IN_NEEDED = 'sign_in_needed';

/** A select field as the page draws it. */
export function selectField(model: FormModel, field: SelectFieldName): SelectField {
  const list = listOf(model, field);
  const options = optionsOf(model, field);
  const value = model.chosen[field];
  const error =
    model.problems.get(field)?.error ?? list.error ?? missing(model, field, options, value);
  const emptyReason = options?.length === 0 ? whyEmpty(model, field) : undefined;
  const hint = hintOf(field, options) ?? (field === 'location' ? gpuHint(model) : undefined);
  const action = actionOf(model, field);
  const search = model.searches[field];
  return {
    ...(value === undefined ? {} : { value }),
    options: sent(options ?? [], value, search ?? ''),
    total: options?.length ?? 0,
    ...(search === undefined ? {} : { search }),
    loading: list.loading,
    disabled: options === undefined || options.length === 0,
    ...(error === undefined ? {} : { error: problemView(error) }),
    canRetry: error !== undefined && error === list.error && error.code !== SIGN_IN_NEEDED,
    ...(emptyReason === undefined ? {} : { emptyReason }),
    ...(hint === undefined ? {} : { hint }),
    ...(action === undefined ? {} : { action }),
  };
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
  if (!model.attempted || value !== undefined || options === undefined) return undefined;
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
  field: SelectFieldName,
  options: readonly Option[] | undefined,
): string | undefined {
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

function actionOf(model: FormModel, field: SelectFieldName): FieldAction | undefined {
  const useProject = model.problems.get(field)?.useProject;
  if (useProject !== undefined) return useProjectAction(useProject);
  if (field === 'account') return accountAction(model);
  if (listOf(model, field).error?.code !== SIGN_IN_NEEDED) return undefined;
  return field === 'tenant'
    ? { id: 'signIn', label: t('Sign In') }
    : { id: 'signInToTenant', label: t('Sign In to This Tenant') };
}

function accountAction(model: FormModel): FieldAction | undefined {
  const accounts = model.lists.accounts.value;
  if (accounts === undefined) return undefined;
  return accounts.length === 0
    ? { id: 'signIn', label: t('Sign In') }
    : { id: 'useAnotherAccount', label: t('Use Another Account') };
}
