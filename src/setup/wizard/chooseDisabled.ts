import { t } from '@vscode/l10n';
import type { Option, SelectFieldName } from '../../contract/wizardState.ts';
import type { FoundProject } from '../ports.ts';
import type { FieldProblem, FormModel } from './formModel.ts';
import { textValue } from './formOptions.ts';
import { otherProjectOf } from './options.ts';
import { userError } from './problem.ts';
import { tenantOf } from './tenant.ts';

/** What is said beside a field when somebody chooses what can't be chosen: why, and what instead. */
export function chooseDisabled(
  model: FormModel,
  field: SelectFieldName,
  option: Option,
): FieldProblem {
  const project = field === 'storageAccount' ? projectIn(model, option.value) : undefined;
  const error = userError(
    project === undefined ? 'option_disabled' : 'storage_account_of_project',
    t('{0} can’t be chosen. {1}', option.label, option.disabledReason ?? ''),
    project === undefined
      ? t('Choose another one.')
      : t('Use that project, or choose another one.'),
  );
  return project === undefined ? { error } : { error, useProject: project };
}

/** The project that owns an account, with what is needed to use it. */
function projectIn(model: FormModel, accountName: string): FoundProject | undefined {
  const account = model.lists.storageAccounts.value?.find(({ name }) => name === accountName);
  const { subscription } = model.chosen;
  const tenant = tenantOf(model);
  if (account === undefined || tenant === undefined || subscription === undefined) return undefined;
  const owner = otherProjectOf(account, textValue(model, 'projectName'));
  if (owner === undefined) return undefined;
  return {
    projectName: owner,
    storageAccount: account,
    tenantId: tenant,
    subscriptionId: subscription,
  };
}
