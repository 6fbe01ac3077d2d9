import { t } from '@vscode/l10n';
import { EXTRAS, type Extra, type ExtraView } from '../../contract/wizardState.ts';

/** What a project may have besides, with what each tick means. */
export function extraViews(checked: ReadonlySet<Extra>): readonly ExtraView[] {
  return EXTRAS.map((name) => ({ name, checked: checked.has(name), ...textsOf(name) }));
}

function textsOf(name: Extra): Pick<ExtraView, 'label' | 'detail' | 'warning'> {
  switch (name) {
    case 'secretsAndLogs':
      return {
        label: t('Key vault and logs'),
        detail: t(
          'A vault for secrets and a place for logs, as the dstack Hub had them. Today’s dstack uses neither.',
        ),
      };
    case 'gateways':
      return {
        label: t('Ports for gateways'),
        detail: t('Opens 80 and 443, so that services can be published.'),
      };
    case 'classicPorts':
      return {
        label: t('Ports 3000 to 4000'),
        detail: t('As the dstack Hub opened them. Today’s dstack needs only port 22.'),
      };
    case 'classicVmRight':
      return {
        label: t('Let runs manage VMs'),
        detail: t(
          'Virtual Machine Contributor for the identity of runs, as the dstack Hub had it.',
        ),
        warning: t(
          'Any job could then run commands on every VM of the resource group. Leave it off unless you know that you need it.',
        ),
      };
  }
}
