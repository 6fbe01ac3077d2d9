import { t } from '@vscode/l10n';
import { CREATE_NEW, type TextField, type TextFieldName } from '../../contract/wizardState.ts';
import type { SetupError } from '../errors.ts';
import { isProjectName, isResourceGroupName, isStorageAccountName } from '../names.ts';
import type { FoundProject } from '../ports.ts';
import type { FormModel } from './formModel.ts';
import { textValue } from './formOptions.ts';
import { problemView, userError } from './problem.ts';

/** What is wrong with a text, and what would be right. */
interface Finding {
  readonly error?: SetupError;
  readonly loading?: boolean;
  readonly suggestion?: string | undefined;
  readonly useProject?: FoundProject | undefined;
  readonly hint?: string;
  readonly canRetry?: boolean;
}

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

/** Whether the field is shown at all: the names of what is to be created. */
export function isTextFieldInUse(model: FormModel, field: TextFieldName): boolean {
  const { storageAccount, resourceGroup } = model.chosen;
  if (field === 'projectName') return true;
  if (storageAccount !== CREATE_NEW) return false;
  return field === 'newStorageAccount' || resourceGroup === CREATE_NEW;
}

function find(model: FormModel, field: TextFieldName, value: string): Finding {
  switch (field) {
    case 'projectName':
      return findInProjectName(model, value);
    case 'newStorageAccount':
      return findInStorageAccount(model, value);
    case 'newResourceGroup':
      return findInResourceGroup(model, value);
  }
}

function missing(model: FormModel, field: TextFieldName): SetupError | undefined {
  // Two of the names wait for the project's; complaining about them as well would be noise.
  const expected = field === 'projectName' || model.typed[field] !== undefined;
  if (!expected || !model.attempted || !isTextFieldInUse(model, field)) return undefined;
  return userError('missing', t('A name is missing.'), t('Type one.'));
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
  if (!isTextFieldInUse(model, 'newStorageAccount')) return {};
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
  if (!isTextFieldInUse(model, 'newResourceGroup')) return {};
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
