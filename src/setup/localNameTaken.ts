import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';

/** The local server knows its projects by their names alone, whatever tenants they are of. */
export function localNameTaken(name: string, resourceGroup: string): SetupError {
  return new SetupError({
    code: 'local_server_name_taken',
    source: 'user',
    message: t(
      'The local dstack server has another project named “{0}”, in the resource group {1}.',
      name,
      resourceGroup,
    ),
    remedy: t('Choose another name for this one.'),
    field: 'projectName',
  });
}
