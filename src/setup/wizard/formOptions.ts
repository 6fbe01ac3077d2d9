import {
  CREATE_NEW,
  type Option,
  type SelectFieldName,
  type TextFieldName,
} from '../../contract/wizardState.ts';
import {
  defaultResourceGroupName,
  defaultStorageAccountName,
  isProjectName,
  PROJECT_TAG,
} from '../names.ts';
import type { Loaded } from './loaded.ts';
import type { FormModel } from './formModel.ts';
import {
  accountOptions,
  locationOptions,
  resourceGroupOptions,
  storageAccountOptions,
  subscriptionOptions,
  tenantOptions,
} from './options.ts';

/** What the text fields hold: what was typed, else a default that is unlikely to be taken. */
export function textValue(model: FormModel, field: TextFieldName): string {
  const typed = model.typed[field];
  if (typed !== undefined) return typed;
  if (field === 'projectName') {
    return defaultProjectName(model.lists.environment.value?.folder?.name ?? '');
  }
  const project = textValue(model, 'projectName');
  const { subscription } = model.chosen;
  if (!isProjectName(project) || subscription === undefined) return '';
  return field === 'newResourceGroup'
    ? defaultResourceGroupName(project)
    : defaultStorageAccountName(subscription, project);
}

/** The folder's name in the characters that a project's may have. */
function defaultProjectName(folder: string): string {
  return folder
    .normalize('NFKD')
    .replaceAll(/[^a-zA-Z0-9-_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
}

/** The list behind a select field. */
export function listOf(model: FormModel, field: SelectFieldName): Loaded<unknown> {
  const { lists } = model;
  switch (field) {
    case 'account':
      return lists.accounts;
    case 'tenant':
      return lists.tenants;
    case 'subscription':
      return lists.subscriptions;
    case 'location':
      return lists.locations;
    case 'storageAccount':
      return lists.storageAccounts;
    case 'resourceGroup':
      return lists.resourceGroups;
  }
}

/** All options of a field, or undefined while its list is not there. */
export function optionsOf(model: FormModel, field: SelectFieldName): readonly Option[] | undefined {
  const { lists, chosen } = model;
  switch (field) {
    case 'account':
      return remembered(lists.accounts.value, '', accountOptions);
    case 'tenant':
      return remembered(lists.tenants.value, '', tenantOptions);
    case 'subscription':
      return remembered(lists.subscriptions.value, '', subscriptionOptions);
    case 'location':
      return remembered(lists.locations.value, '', locationOptions);
    case 'storageAccount': {
      const { location } = chosen;
      if (location === undefined) return undefined;
      const project = textValue(model, 'projectName');
      return remembered(lists.storageAccounts.value, `${location} ${project}`, (accounts) =>
        storageAccountOptions(accounts, location, project),
      );
    }
    case 'resourceGroup':
      return remembered(lists.resourceGroups.value, '', resourceGroupOptions);
  }
}

/** The last options made from a list: one change of state asks for them several times. */
const memory = new WeakMap<object, { readonly key: string; readonly options: readonly Option[] }>();

function remembered<T extends object>(
  list: T | undefined,
  key: string,
  make: (list: T) => readonly Option[],
): readonly Option[] | undefined {
  if (list === undefined) return undefined;
  const last = memory.get(list);
  if (last?.key === key) return last.options;
  const options = make(list);
  memory.set(list, { key, options });
  return options;
}

/**
 * The value that a field has after its list or anything before it has changed: what was wanted if
 * it can be had, else what was chosen if it still can, else the only one there is.
 */
export function settledValue(
  model: FormModel,
  field: SelectFieldName,
  wanted: string | undefined,
): string | undefined {
  const selectable = (optionsOf(model, field) ?? [])
    .filter((option) => option.disabledReason === undefined)
    .map((option) => option.value);
  if (wanted !== undefined && selectable.includes(wanted)) return wanted;
  const current = model.chosen[field];
  if (current !== undefined && selectable.includes(current)) return current;
  return onlyOne(model, field, selectable);
}

function onlyOne(
  model: FormModel,
  field: SelectFieldName,
  selectable: readonly string[],
): string | undefined {
  switch (field) {
    case 'account':
    case 'tenant':
    case 'subscription':
      return selectable.length === 1 ? selectable[0] : undefined;
    case 'location':
      return undefined;
    case 'resourceGroup':
      return selectable.includes(CREATE_NEW) ? CREATE_NEW : undefined;
    case 'storageAccount': {
      if (selectable.length === 0) return undefined;
      // An account of this very project is used only if somebody says so.
      const free = (model.lists.storageAccounts.value ?? []).filter(
        ({ name, tags }) => selectable.includes(name) && tags[PROJECT_TAG] === undefined,
      );
      if (free.length === 0) return CREATE_NEW;
      return free.length === 1 ? free[0]?.name : undefined;
    }
  }
}
