import { t } from '@vscode/l10n';
import type { PlanItemView, PlanView, RightsView } from '../contract/wizardState.ts';
import { inline, plain } from './markdown.ts';
import type { Plan } from './plan.ts';
import { actionsFor, OMITTED_ACTIONS } from './resources/dstackCalls.ts';

/** The plan as a page to read before it runs. Holds no secret: neither plan nor view has one. */
export function planMarkdown(plan: Plan, view: PlanView): string {
  const parts = [
    `# ${t('Plan for the dstack project {0}', plain(plan.spec.name))}`,
    [view.summary, view.duration].filter((text) => text !== undefined).join('. '),
    facts(plan),
    ...list(t('In the way'), view.problems?.map(problemLine) ?? []),
    ...list(t('To know'), view.warnings.map(plain)),
    ...list(t('Objects'), view.items.map(itemLine)),
    ...customRoles(plan),
    ...list(
      t('Open to the internet'),
      view.ports.map(({ ports, purpose }) => `${t('Port {0}', ports)}: ${plain(purpose)}`),
    ),
    ...list(
      t('Costs'),
      view.costs.items.map(({ what, price }) => `${plain(what)}: ${plain(price)}`),
    ),
    plain(view.costs.note),
    ...rights(view.rights),
    ...list(
      t('Files in this folder'),
      view.files.map(({ path, note }) => `${inline(path)}: ${plain(note)}`),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts({ spec, caller }: Plan): string {
  const rows: readonly (readonly [string, string])[] = [
    [t('Tenant'), spec.tenantId],
    [t('Subscription'), spec.subscriptionId],
    [t('Resource group'), spec.resourceGroup.name],
    [t('Storage account'), spec.storageAccount.name],
    [t('Location'), spec.location],
    [t('Signed in as'), caller.name],
  ];
  return rows.map(([label, value]) => `- ${label}: ${inline(value)}`).join('\n');
}

function list(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')];
}

function problemLine({ message, remedy }: { message: string; remedy: string }): string {
  return plain(`${message} ${remedy}`);
}

function itemLine(item: PlanItemView): string {
  const { grantedTo, scope } = item;
  const reach = [
    ...(grantedTo === undefined ? [] : [t('Given to {0}.', plain(grantedTo))]),
    ...(scope === undefined ? [] : [t('Reaches {0}.', plain(scope))]),
  ];
  return [
    `**${actionInWords(item.action)}** ${plain(item.kindLabel)} ${inline(item.name)}:`,
    plain(item.purpose),
    ...reach,
    plain(item.reason),
  ].join(' ');
}

function actionInWords(action: PlanItemView['action']): string {
  switch (action) {
    case 'create':
      return t('Create');
    case 'update':
      return t('Change');
    case 'replace':
      return t('Replace');
    case 'adopt':
      return t('Use');
    case 'keep':
      return t('Keep');
    case 'conflict':
      return t('In the way');
  }
}

/** What the server may do, call by call; and what dstack's own role has besides. */
function customRoles({ changes }: Plan): readonly string[] {
  if (!changes.some(({ resource }) => resource.kind === 'roleDefinition')) return [];
  const codes = (actions: readonly string[]): string =>
    actions.map((action) => `- ${inline(action)}`).join('\n');
  return [
    `## ${t('What the custom roles allow')}`,
    t('In the resource group:'),
    codes(actionsFor('group')),
    t('In the subscription:'),
    codes(actionsFor('subscription')),
    t('Left out, because dstack does not call them:'),
    codes(OMITTED_ACTIONS),
  ];
}

function rights(view: RightsView | undefined): readonly string[] {
  if (view === undefined) return [];
  const lines = view.checks.map(({ action, scope, verdict, why, remedy }) =>
    [
      `${verdictInWords(verdict)}: ${inline(action)}`,
      `(${inline(scope)})`,
      plain(why),
      remedy ?? '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  );
  return [...list(t('Your rights'), lines), plain(view.summary)];
}

function verdictInWords(verdict: RightsView['checks'][number]['verdict']): string {
  switch (verdict) {
    case 'may':
      return t('may');
    case 'mayNot':
      return t('may not');
    case 'cantTell':
      return t('can’t tell');
  }
}
