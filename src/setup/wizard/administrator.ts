import { t } from '@vscode/l10n';
import type { AdministratorView } from '../../contract/wizardState.ts';
import { desiredState } from '../desiredState.ts';
import { fenced, inline, plain } from '../markdown.ts';
import type { ProjectSpec } from '../projectSpec.ts';
import { projectContext } from '../resources/projectContext.ts';
import { shellCommand } from '../shellCommand.ts';
import type { FormModel } from './formModel.ts';
import { textValue } from './formOptions.ts';
import { placeSpec } from './specOf.ts';
import { tenantName, tenantOf } from './tenant.ts';

/**
 * What to send to an administrator who is to make the app: commands for Bash, and the roles that the
 * plan will give it, so that they know what they agree to. Holds no secret.
 */
export function administratorView(model: FormModel): AdministratorView | undefined {
  const tenant = tenantOf(model);
  if (model.chosen.credentials !== 'administrator' || tenant === undefined) return undefined;
  const name = t('dstack {0}', textValue(model, 'projectName'));
  const parts = [
    t('# An app for the dstack server of the project {0}', textValue(model, 'projectName')),
    t(
      'Please run this in Bash, signed in to the tenant {0} (az login --tenant {1}).',
      plain(tenantName(model) ?? tenant),
      tenant,
    ),
    `\`\`\`bash\n${appCommands(name).join('\n')}\n\`\`\``,
    t('The last command prints the client ID and the client secret. Send them back on a safe way.'),
    ...rolesText(model),
  ];
  return { text: `${parts.join('\n\n')}\n` };
}

/** `--append` keeps whatever secrets the app has; the service principal is what roles are given to. */
function appCommands(displayName: string): readonly string[] {
  const create = shellCommand([
    ...['az', 'ad', 'app', 'create', '--display-name', displayName],
    ...['--sign-in-audience', 'AzureADMyOrg', '--query', 'appId', '--output', 'tsv'],
  ]);
  const wanted = '{clientId: appId, clientSecret: password}';
  return [
    `APP_ID="$(${create})"`,
    `az ad sp create --id "$APP_ID"`,
    `az ad app credential reset --id "$APP_ID" --append --display-name dstack --years 1 --query '${wanted}'`,
  ];
}

function rolesText(model: FormModel): readonly string[] {
  const principalId = '00000000-0000-0000-0000-000000000000';
  const spec = placeSpec(model, { kind: 'existingApp', principalId });
  if (spec === undefined) return [];
  const key = JSON.stringify(spec);
  const last = memory.get(model);
  if (last?.key === key) return last.text;
  const text = rolesOf(spec);
  memory.set(model, { key, text });
  return text;
}

/** The last text for a form: working out the roles again with each key press would be felt. */
const memory = new WeakMap<FormModel, { readonly key: string; readonly text: readonly string[] }>();

function rolesOf(spec: ProjectSpec): readonly string[] {
  const you = { principalId: 'you', principalType: 'User', name: '' } as const;
  const resources = desiredState(projectContext(spec, you));
  const given = resources
    .filter(({ key }) => key.startsWith('role/app/'))
    .map(({ name, scope = '' }) => `- ${inline(name)}: ${plain(scope)}`);
  const definitions = resources.flatMap((resource) => {
    const target = resource.kind === 'roleDefinition' ? resource.target(new Map()) : undefined;
    return target === undefined ? [] : [fenced('json', JSON.stringify(target.body, null, 2))];
  });
  return [
    t('The set-up then gives the app these roles and no other right:'),
    given.join('\n'),
    t('Those that start with dstack are made by the set-up:'),
    ...definitions,
  ];
}
