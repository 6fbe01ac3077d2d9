import { t } from '@vscode/l10n';
import {
  CREATE_NEW,
  SELECT_FIELDS,
  TEXT_FIELDS,
  type FieldName,
  type ProblemView,
  type SelectFieldName,
  type WizardForm,
} from '../../contract/wizardState.ts';
import type { FormModel } from './formModel.ts';
import { problemView, userError } from './problem.ts';
import { chooseText, selectField } from './selectFields.ts';
import { isTextFieldInUse, textField } from './textFields.ts';

/** Why the plan can't be asked for yet. */
export interface Blocker {
  readonly message: string;
  /** Something is on its way: waiting is enough. */
  readonly waiting: boolean;
}

/** The form as the page draws it: derived from the model alone. */
export function formView(model: FormModel): WizardForm {
  const fields = fieldsOf(model);
  const blocker = firstBlocker(model, fields);
  return {
    ...fields,
    canReview: blocker === undefined,
    reviewing: model.reviewing,
    ...(blocker === undefined ? {} : { whyNotReview: blocker.message }),
  };
}

/** What stands between the form and its plan, the topmost first. */
export function blockerOf(model: FormModel): Blocker | undefined {
  return firstBlocker(model, fieldsOf(model));
}

/** What is wrong with the window rather than with a field; said before anything is filled in. */
export function environmentProblem(model: FormModel): ProblemView | undefined {
  const { value, error } = model.lists.environment;
  if (error !== undefined) return problemView(error);
  if (value === undefined) return undefined;
  if (value.otherCloud !== undefined) {
    return problemView(
      userError(
        'other_cloud',
        t(
          'VS Code is set to {0}, but dstack runs only in the public Azure cloud.',
          value.otherCloud,
        ),
        t('Set "microsoft-sovereign-cloud.environment" back in the settings.'),
      ),
    );
  }
  if (value.folder === undefined) {
    return problemView(
      userError(
        'no_folder',
        t('No folder is open, so there is no place for the configuration of the dstack CLI.'),
        t('Open the folder in which you want to use dstack.'),
      ),
      'openFolder',
    );
  }
  if (value.folder.writable) return undefined;
  return problemView(
    userError(
      'folder_read_only',
      t('The folder {0} can’t be written to.', value.folder.name),
      t('Open another folder, or change its permissions.'),
    ),
    'openFolder',
  );
}

type Fields = Pick<WizardForm, FieldName>;

function fieldsOf(model: FormModel): Fields {
  return {
    account: selectField(model, 'account'),
    tenant: selectField(model, 'tenant'),
    subscription: selectField(model, 'subscription'),
    location: selectField(model, 'location'),
    storageAccount: selectField(model, 'storageAccount'),
    newStorageAccount: textField(model, 'newStorageAccount'),
    resourceGroup: selectField(model, 'resourceGroup'),
    newResourceGroup: textField(model, 'newResourceGroup'),
    projectName: textField(model, 'projectName'),
  };
}

function firstBlocker(model: FormModel, fields: Fields): Blocker | undefined {
  const { environment } = model.lists;
  const problem = environmentProblem(model);
  if (problem !== undefined) return { message: problem.message, waiting: environment.loading };
  if (environment.value === undefined) return { message: t('Looking around…'), waiting: true };
  for (const field of SELECT_FIELDS) {
    const blocker = selectBlocker(model, fields, field);
    if (blocker !== undefined) return blocker;
  }
  for (const name of TEXT_FIELDS) {
    if (!isTextFieldInUse(model, name)) continue;
    const { error, loading, value } = fields[name];
    if (error !== undefined) return { message: error.message, waiting: false };
    if (loading) return { message: t('A name is being checked.'), waiting: true };
    if (value === '') return { message: t('A name is missing.'), waiting: false };
  }
  return undefined;
}

function selectBlocker(
  model: FormModel,
  fields: Fields,
  field: SelectFieldName,
): Blocker | undefined {
  if (field === 'resourceGroup' && model.chosen.storageAccount !== CREATE_NEW) return undefined;
  const { value, error, loading, emptyReason } = fields[field];
  if (value !== undefined) return undefined;
  if (loading) return { message: t('A list is on its way.'), waiting: true };
  return { message: error?.message ?? emptyReason ?? chooseText(field), waiting: false };
}
