import { t } from '@vscode/l10n';
import {
  FORM_PARTS,
  SECRET_FIELDS,
  TEXT_FIELDS,
  type FieldName,
  type FormPart,
  type ProblemView,
  type SecretField,
  type SecretFieldName,
  type SelectField,
  type SelectFieldName,
  type TextField,
  type TextFieldName,
  type WizardForm,
} from '../../contract/wizardState.ts';
import { administratorView } from './administrator.ts';
import { homeUrl } from './choices.ts';
import { extraViews } from './extras.ts';
import { FIELDS_OF, isInUse } from './fields.ts';
import type { FormModel } from './formModel.ts';
import type { Loaded } from './loaded.ts';
import { partViews } from './parts.ts';
import { problemView, userError } from './problem.ts';
import { roleViews } from './roleViews.ts';
import { checkBehind, secretField } from './secretFields.ts';
import { chooseText, selectField } from './selectFields.ts';
import { tenantOf } from './tenant.ts';
import { isOptional, missingText, textField } from './textFields.ts';

/** Why the plan can't be asked for yet. */
export interface Blocker {
  readonly message: string;
  /** Something is on its way: waiting is enough. */
  readonly waiting: boolean;
}

/** The form as the page draws it: derived from the model alone. */
export function formView(model: FormModel): WizardForm {
  const fields = fieldsOf(model);
  const blockers = blockersOf(model, fields);
  const blocker = windowBlocker(model) ?? blockers[0];
  const administrator = administratorView(model);
  return {
    ...fields,
    extras: extraViews(model.extras),
    roles: model.visited.has('access') ? roleViews(model) : [],
    ...(administrator === undefined ? {} : { administrator }),
    parts: partViews(model, new Set(blockers.map(({ part }) => part))),
    inUse: FORM_PARTS.flatMap((part) => FIELDS_OF[part].filter((field) => isInUse(model, field))),
    canReview: blocker === undefined,
    reviewing: model.reviewing,
    ...(blocker === undefined ? {} : { whyNotReview: blocker.message }),
  };
}

/** What stands between the form and its plan, the topmost first. */
export function blockerOf(model: FormModel): Blocker | undefined {
  return windowBlocker(model) ?? blockersOf(model, fieldsOf(model))[0];
}

/** The parts in which something has to be put right by hand. */
export function wrongParts(model: FormModel): ReadonlySet<FormPart> {
  const blockers = blockersOf(model, fieldsOf(model)).filter(({ waiting }) => !waiting);
  return new Set(blockers.map(({ part }) => part));
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
  const select = (field: SelectFieldName) => selectField(model, field);
  const text = (field: TextFieldName) => textField(model, field);
  return {
    account: select('account'),
    tenant: select('tenant'),
    otherTenant: text('otherTenant'),
    subscription: select('subscription'),
    location: select('location'),
    projectName: text('projectName'),
    storageAccount: select('storageAccount'),
    newStorageAccount: text('newStorageAccount'),
    resourceGroup: select('resourceGroup'),
    newResourceGroup: text('newResourceGroup'),
    credentials: select('credentials'),
    secretDays: text('secretDays'),
    appTenant: text('appTenant'),
    clientId: text('clientId'),
    clientSecret: secretField(model, 'clientSecret'),
    principalId: text('principalId'),
    server: select('server'),
    serverUrl: text('serverUrl'),
    serverToken: secretField(model, 'serverToken'),
  };
}

function windowBlocker(model: FormModel): Blocker | undefined {
  const { environment } = model.lists;
  const problem = environmentProblem(model);
  if (problem !== undefined) return { message: problem.message, waiting: environment.loading };
  if (environment.value !== undefined) return undefined;
  return { message: t('Looking around…'), waiting: true };
}

type PartBlocker = Blocker & { readonly part: FormPart };

function blockersOf(model: FormModel, fields: Fields): readonly PartBlocker[] {
  return FORM_PARTS.flatMap((part) =>
    FIELDS_OF[part].flatMap((field) => {
      const blocker = isInUse(model, field) ? fieldBlocker(model, fields, field) : undefined;
      return blocker === undefined ? [] : [{ ...blocker, part }];
    }),
  );
}

function fieldBlocker(model: FormModel, fields: Fields, field: FieldName): Blocker | undefined {
  if (isSecret(field)) return secretBlocker(model, fields[field], field);
  if (isText(field)) return textBlocker(fields[field], field);
  return selectBlocker(fields[field], field) ?? checkBlocker(model, field);
}

function selectBlocker(view: SelectField, field: SelectFieldName): Blocker | undefined {
  const { value, error, loading, emptyReason } = view;
  if (value !== undefined) return undefined;
  if (loading) return { message: t('A list is on its way.'), waiting: true };
  return { message: error?.message ?? emptyReason ?? chooseText(field), waiting: false };
}

/** What was chosen has still to prove itself. */
function checkBlocker(model: FormModel, field: SelectFieldName): Blocker | undefined {
  const { lists, chosen } = model;
  if (field === 'credentials' && chosen.credentials === 'newApp') {
    if (lists.registrar.value !== undefined) return undefined;
    // It is looked for in the tenant: as long as there is none, that is what has to be put right.
    const waiting = lists.registrar.loading || tenantOf(model) === undefined;
    return { message: t('Looking for Azure CLI…'), waiting };
  }
  if (field !== 'server' || homeUrl(chosen.server ?? '') === undefined) return undefined;
  return answerBlocker(lists.serverCheck, t('Asking the server…'));
}

function textBlocker(view: TextField, field: TextFieldName): Blocker | undefined {
  const { error, loading, value } = view;
  if (value === '')
    return isOptional(field) ? undefined : { message: missingText(field), waiting: false };
  if (error !== undefined) return { message: error.message, waiting: false };
  return loading ? { message: t('A name is being checked.'), waiting: true } : undefined;
}

function secretBlocker(
  model: FormModel,
  view: SecretField,
  field: SecretFieldName,
): Blocker | undefined {
  if (view.error !== undefined) return { message: view.error.message, waiting: false };
  if (view.stored) return answerBlocker(checkBehind(model, field), view.hint ?? '');
  const message =
    field === 'clientSecret' ? t('The client secret is missing.') : t('The token is missing.');
  return { message, waiting: false };
}

function answerBlocker(check: Loaded<unknown>, asking: string): Blocker | undefined {
  if (check.value !== undefined) return undefined;
  return { message: check.error?.message ?? asking, waiting: check.loading };
}

function isSecret(field: FieldName): field is SecretFieldName {
  return SECRET_FIELDS.some((each) => each === field);
}

function isText(field: FieldName): field is TextFieldName {
  return TEXT_FIELDS.some((each) => each === field);
}
