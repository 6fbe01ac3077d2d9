import { t } from '@vscode/l10n';
import type { RightsView } from '../contract/wizardState.ts';
import type { Preflight } from './preflight.ts';
import type { ActionCheck } from './preflightRights.ts';

type Check = RightsView['checks'][number];

/** What the signed-in account may do, action by action; what needs a look comes first. */
export function rightsView({ checks }: Pick<Preflight, 'checks'>): RightsView | undefined {
  if (checks.length === 0) return undefined;
  const count = (verdict: ActionCheck['verdict']): number =>
    checks.filter((check) => check.verdict === verdict).length;
  return {
    summary: summary(checks.length, count('mayNot'), count('cantTell')),
    isClear: count('may') === checks.length,
    checks: [...checks].sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]).map(checkView),
  };
}

const ORDER: Readonly<Record<ActionCheck['verdict'], number>> = { mayNot: 0, cantTell: 1, may: 2 };

function summary(all: number, missing: number, unknown: number): string {
  const total = all.toString();
  if (missing > 0 && unknown > 0) {
    return t(
      'Of the {0} actions that the plan needs, your account may not do {1}; of {2} only the call itself tells.',
      total,
      missing.toString(),
      unknown.toString(),
    );
  }
  if (missing > 0) {
    return t(
      'Of the {0} actions that the plan needs, your account may not do {1}.',
      total,
      missing.toString(),
    );
  }
  return unknown > 0
    ? t(
        'Of the {0} actions that the plan needs, only the call itself tells about {1}.',
        total,
        unknown.toString(),
      )
    : t('Your account may do everything that the plan needs: {0} actions.', total);
}

function checkView({ action, scope, verdict, why, roles, grantAt }: ActionCheck): Check {
  const remedy =
    verdict === 'may' || roles.length === 0
      ? undefined
      : t('Would help: the role {0} at {1}.', roles.join(t(' or ')), grantAt);
  return { action, scope, verdict, why, ...(remedy === undefined ? {} : { remedy }) };
}
