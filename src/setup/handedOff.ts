import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import type { Change } from './plan.ts';

/** The code of a step that only an administrator can do. */
export const HANDED_OFF = 'handed_off';

/** Why a step is not tried, and how the run goes on all the same. */
export function handedOffError({ resource, isUnseen }: Change): SetupError {
  return new SetupError({
    code: HANDED_OFF,
    source: 'user',
    message: t('{0} has to be done by an administrator: you have not the right.', resource.name),
    remedy:
      isUnseen === true
        ? t(
            'Give the commands to an administrator. Your account can’t see the result: continue only when it is there.',
          )
        : t('Give the commands to an administrator, then continue.'),
    object: resource.key,
  });
}
