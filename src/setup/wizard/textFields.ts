import { t } from '@vscode/l10n';
import type { TextField, TextFieldName } from '../../contract/wizardState.ts';
import type { SetupError } from '../errors.ts';
import { isProjectName, isResourceGroupName, isStorageAccountName } from '../names.ts';
import type { FoundProject } from '../ports.ts';
import {
  findInAppTenant,
  findInClientId,
  findInOtherTenant,
  findInPrincipalId,
  findInSecretDays,
} from './accessFields.ts';
import { isAttempted, isInUse } from './fields.ts';
import type { Finding } from './finding.ts';
import type { FormModel } from './formModel.ts';
import { textValue } from './formOptions.ts';
import { problemView, userError } from './problem.ts';
import { serverErrorAt } from './secretFields.ts';
import { readServerUrl } from './serverUrlField.ts';

/** A text field as the page draws it, its value checked. */
export function textField(model: FormModel, field: TextFieldName): TextField {
  const value = textValue(model, field);
  const finding = value === '' ? {} : find(model, field, value);
  const problem = model.problems.get(field);
  const error =
    problem?.error ?? finding.error ?? (value === '' ? missing(model, field) : undefined);
  const useProject = problem?.useProject ?? finding.useProject;
  return {
    value,
    loading: finding.loading ?? false,
    disabled: false,
    ...(error === undefined ? {} : { error: problemView(error) }),
    canRetry: finding.canRetry ?? false,
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
    ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
    ...(useProject === undefined ? {} : { action: useProjectAction(useProject) }),
  };
}

export function useProjectAction(project: FoundProject) {
  return { id: 'useProject', label: t('Use the Project {0}', project.projectName) } as const;
}

/** The project that has the name already, unless its own account is the one that was chosen. */
export function takenBy(model: FormModel, name: string): FoundProject | undefined {
  const { storageAccount } = model.chosen;
  return model.lists.projects.value?.find(
    (project) =>
      project.projectName.toLowerCase() === name.toLowerCase() &&
      project.storageAccount.name !== storageAccount,
  );
}

function find(model: FormModel, field: TextFieldName, value: string): Finding {
  switch (field) {
    case 'projectName':
      return findInProjectName(model, value);
    case 'newStorageAccount':
      return findInStorageAccount(model, value);
    case 'newResourceGroup':
      return findInResourceGroup(model, value);
    case 'otherTenant':
      return findInOtherTenant(model);
    case 'appTenant':
      return findInAppTenant(model, value);
    case 'clientId':
      return findInClientId(model, value);
    case 'secretDays':
      return findInSecretDays(value);
    case 'principalId':
      return findInPrincipalId(value);
    case 'serverUrl':
      return findInServerUrl(model, value);
  }
}

/** Whether the plan can be asked for without it. */
export function isOptional(field: TextFieldName): boolean {
  return field === 'principalId';
}

function missing(model: FormModel, field: TextFieldName): SetupError | undefined {
  // Two of the names wait for the project's; complaining about them as well would be noise.
  const waits = field === 'newStorageAccount' || field === 'newResourceGroup';
  const expected = !isOptional(field) && (!waits || model.typed[field] !== undefined);
  if (!expected || !isAttempted(model, field) || !isInUse(model, field)) return undefined;
  return userError('missing', missingText(field), t('Type it.'));
}

/** What is said where a text is missing. */
export function missingText(field: TextFieldName): string {
  switch (field) {
    case 'projectName':
    case 'newStorageAccount':
    case 'newResourceGroup':
      return t('A name is missing.');
    case 'otherTenant':
    case 'appTenant':
      return t('The tenant ID is missing.');
    case 'clientId':
      return t('The client ID is missing.');
    case 'secretDays':
      return t('The lifetime of the secret is missing.');
    case 'principalId':
      return t('The object ID is missing.');
    case 'serverUrl':
      return t('The URL of the server is missing.');
  }
}

function findInServerUrl(model: FormModel, value: string): Finding {
  const { finding } = readServerUrl(value);
  const error = finding.error ?? serverErrorAt(model, 'serverUrl');
  if (error === undefined) return finding;
  return { ...finding, error, canRetry: finding.error === undefined };
}

function findInProjectName(model: FormModel, name: string): Finding {
  if (!isProjectName(name)) {
    return {
      error: userError(
        'project_name_invalid',
        t('A project name has 1 to 50 letters, digits, dashes and underscores, and nothing else.'),
        t('Change the name.'),
      ),
      suggestion: valid(validCharacters(name), isProjectName),
    };
  }
  const { projects } = model.lists;
  const taken = takenBy(model, name);
  if (taken !== undefined) {
    return {
      error: userError(
        'project_name_taken',
        t('There is a project {0} already.', taken.projectName),
        t('Use that project, choose its storage account to change it, or take another name.'),
      ),
      suggestion: freeProjectName(model, name),
      useProject: taken,
    };
  }
  if (projects.error !== undefined) {
    return {
      hint: t('Could not see whether the name is taken: {0}', projects.error.message),
      canRetry: true,
    };
  }
  return { loading: projects.loading };
}

function freeProjectName(model: FormModel, name: string): string | undefined {
  for (let number = 2; number < 100; number++) {
    const other = `${name.slice(0, 47)}-${number}`;
    if (takenBy(model, other) === undefined) return other;
  }
  return undefined;
}

function findInStorageAccount(model: FormModel, name: string): Finding {
  if (!isInUse(model, 'newStorageAccount')) return {};
  if (!isStorageAccountName(name)) {
    return {
      error: userError(
        'storage_name_invalid',
        t('A storage account name has 3 to 24 lower-case letters and digits, and nothing else.'),
        t('Change the name.'),
      ),
      suggestion: valid(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''), isStorageAccountName),
    };
  }
  const { nameCheck, storageAccounts } = model.lists;
  const own = storageAccounts.value?.find((account) => account.name === name);
  if (own !== undefined) {
    return {
      error: userError(
        'storage_account_exists',
        t('You have this account already, in the resource group {0}.', own.resourceGroup),
        t('Choose it in the list above, or take another name.'),
      ),
      suggestion: nameCheck.value?.suggestion,
    };
  }
  if (nameCheck.error !== undefined) return { error: nameCheck.error, canRetry: true };
  const check = nameCheck.value;
  if (check === undefined) return { loading: true };
  if (check.unchecked === true) {
    return { hint: t('Azure will say whether this name is free when the account is made.') };
  }
  if (check.available) return { hint: t('This name is free.') };
  return {
    error: userError(
      'storage_name_taken',
      check.message ?? t('Somebody has a storage account of this name; names are world-wide.'),
      t('Take another name.'),
    ),
    suggestion: check.suggestion,
  };
}

function findInResourceGroup(model: FormModel, name: string): Finding {
  if (!isInUse(model, 'newResourceGroup')) return {};
  if (!isResourceGroupName(name)) {
    return {
      error: userError(
        'resource_group_invalid',
        t(
          'A resource group name has up to 90 letters, digits, dots, dashes, underscores and parentheses, and no dot at its end.',
        ),
        t('Change the name.'),
      ),
    };
  }
  const groups = model.lists.resourceGroups.value ?? [];
  const exists = (each: string) =>
    groups.some((group) => group.name.toLowerCase() === each.toLowerCase());
  if (!exists(name)) return {};
  return {
    error: userError(
      'resource_group_exists',
      t('There is a resource group {0} already.', name),
      t('Choose it in the list above, or take another name.'),
    ),
    suggestion: valid(`${name}-2`, (each) => isResourceGroupName(each) && !exists(each)),
  };
}

function validCharacters(projectName: string): string {
  return projectName
    .replaceAll(/[^a-zA-Z0-9-_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50);
}

function valid(name: string, isValid: (name: string) => boolean): string | undefined {
  return isValid(name) ? name : undefined;
}
