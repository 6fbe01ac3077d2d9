import { t } from '@vscode/l10n';
import type { HandOffBundle } from './handOff.ts';
import { fenced, inline, plain } from './markdown.ts';
import type { Plan } from './plan.ts';

/** The bundle as a page to read, to send and to paste from. */
export function handOffMarkdown(plan: Plan, bundle: Omit<HandOffBundle, 'markdown'>): string {
  const { spec, caller } = plan;
  const parts = [
    `# ${t('For an administrator: the dstack project {0}', spec.name)}`,
    t(
      '{0} is setting up a dstack project and has not all rights for it. Please run the following in Bash (Azure Cloud Shell, for example), signed in to the tenant {1}. Running a command twice does no harm.',
      inline(caller.name),
      inline(spec.tenantId),
    ),
    facts(plan),
    ...bundle.commands.map(
      ({ purpose, command }, index) =>
        `### ${(index + 1).toString()}. ${plain(purpose)}\n\n${fenced('bash', command)}`,
    ),
    ...customRoles(bundle),
    ...notYet(bundle),
    t(
      'When it is done, {0} continues the set-up: what was done here is found.',
      inline(caller.name),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts({ spec }: Plan): string {
  return [
    `- ${t('Subscription')}: ${inline(spec.subscriptionId)}`,
    `- ${t('Resource group')}: ${inline(spec.resourceGroup.name)}`,
    `- ${t('Storage account')}: ${inline(spec.storageAccount.name)}`,
    `- ${t('Location')}: ${inline(spec.location)}`,
  ].join('\n');
}

function customRoles({ roles }: Pick<HandOffBundle, 'roles'>): readonly string[] {
  if (roles.length === 0) return [];
  const intro = t(
    'The custom roles of these commands, as the portal’s “Start from JSON” takes them:',
  );
  return [
    `## ${t('Custom roles')}`,
    intro,
    ...roles.map(
      ({ file, json }) => `${inline(file)}\n\n${fenced('json', JSON.stringify(json, null, 2))}`,
    ),
  ];
}

function notYet({ notYet: names }: Pick<HandOffBundle, 'notYet'>): readonly string[] {
  if (names.length === 0) return [];
  const intro = t(
    'These need what the set-up has still to make. Ask for this page again when it has stopped:',
  );
  return [`## ${t('Not yet')}`, intro, names.map((name) => `- ${plain(name)}`).join('\n')];
}
