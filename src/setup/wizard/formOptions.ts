import {
  CREATE_NEW,
  OTHER_TENANT,
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
import { credentialOptions, serverOptions } from './choices.ts';
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
import { DEFAULT_SECRET_DAYS } from '../resources/appRegistration.ts';
import { tenantOf } from './tenant.ts';

/** What the text fields hold: what was typed, else a default that is unlikely to be taken. */
export function textValue(model: FormModel, field: TextFieldName): string {
  const typed = model.typed[field];
  if (typed !== undefined) return typed;
  switch (field) {
    case 'projectName':
      return defaultProjectName(model.lists.environment.value?.folder?.name ?? '');
    case 'appTenant':
      return tenantOf(model) ?? '';
    case 'secretDays':
      return DEFAULT_SECRET_DAYS.toString();
    case 'otherTenant':
    case 'clientId':
    case 'principalId':
    case 'serverUrl':
      return '';
    case 'newStorageAccount':
    case 'newResourceGroup':
      return defaultName(model, field);
  }
}

function defaultName(model: FormModel, field: 'newStorageAccount' | 'newResourceGroup'): string {
  const project = textValue(model, 'projectName');
  const { subscription } = model.chosen;
  if (!isProjectName(project) || subscription === undefined) return '';
  return field === 'newResourceGroup'
    ? defaultResourceGroupName(project)
    : defaultStorageAccountName(subscription, project);
}

/** The folder's name in the characters that a project's may have. */
export function defaultProjectName(folder: string): string {
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
    case 'credentials':
      return lists.registrar;
    case 'server':
      return lists.homeServers;
  }
}

/** All options of a field, or undefined while its list is not there. */
export function optionsOf(model: FormModel, field: SelectFieldName): readonly Option[] | undefined {
  const { lists, chosen, signIns } = model;
  switch (field) {
    case 'account':
      return remembered(lists.accounts.value, '', accountOptions);
    case 'tenant':
      return remembered(lists.tenants.value, [...signIns.needed].join(' '), (tenants) =>
        tenantOptions(tenants, signIns.needed),
      );
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
    case 'credentials':
      return credentialOptions(model);
    case 'server':
      return serverOptions(model);
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
    case 'subscription':
      return onlyOf(selectable);
    case 'tenant':
      return onlyOf(selectable.filter((value) => value !== OTHER_TENANT));
    case 'location':
    case 'credentials':
    case 'server':
      // Two begin with a default; what takes that choice away is to be seen, not papered over.
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

function onlyOf(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
