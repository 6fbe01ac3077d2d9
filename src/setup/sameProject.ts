import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import type { ProjectSpec } from './projectSpec.ts';

/** One project per storage account, whose name is the only one of its kind in all of Azure. */
export function isSameProject(a: ProjectSpec, b: ProjectSpec): boolean {
  return a.storageAccount.name.toLowerCase() === b.storageAccount.name.toLowerCase();
}

/** Why a project can't be deleted now: what is taken away would be made again. */
export function beingSetUp(name: string): SetupError {
  return new SetupError({
    code: 'set_up_running',
    source: 'user',
    message: t('The project {0} is being set up.', name),
    remedy: t('Cancel the set-up first, then delete what it has made.'),
  });
}

/** Why a project can't be set up now. */
export function beingDeleted(name: string): SetupError {
  return new SetupError({
    code: 'undo_running',
    source: 'user',
    message: t('The project {0} is being deleted.', name),
    remedy: t('Wait for its receipt, then go on.'),
  });
}
