import { t } from '@vscode/l10n';
import { customRole } from '../names.ts';
import type { ObservedResource } from '../ports.ts';
import type { DesiredResource } from '../resource.ts';
import { valueAt } from './path.ts';
import type { ProjectContext } from './projectContext.ts';

/** A custom role of the project: exactly these actions, assignable at exactly one scope. */
export function roleDefinition(
  project: ProjectContext,
  role: {
    readonly use: 'run' | 'read';
    readonly scope: string;
    readonly scopeLabel: string;
    readonly actions: readonly string[];
    readonly purpose: string;
    readonly dependsOn: readonly string[];
  },
): DesiredResource {
  const { spec } = project;
  const { guid, name } = customRole(project.projectId, spec.resourceGroup.name, role.use);
  return {
    key: roleDefinitionKey(role.use),
    kind: 'roleDefinition',
    name,
    purpose: role.purpose,
    ownership: 'description',
    mode: 'make',
    mustBeOurs: true,
    dependsOn: role.dependsOn,
    scope: role.scopeLabel,
    target: () => ({
      kind: 'roleDefinition',
      id: `${role.scope}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '2022-04-01',
      body: {
        properties: {
          roleName: name,
          description: project.createdBy,
          assignableScopes: [role.scope],
          permissions: [
            { actions: role.actions, notActions: [], dataActions: [], notDataActions: [] },
          ],
        },
      },
    }),
    difference: (observed) =>
      sameActions(observed, role.actions)
        ? undefined
        : t('Its actions differ from what dstack needs.'),
    outputs: (observed) => ({ id: observed.id, roleId: guid, roleName: name }),
  };
}

/** The key under which assignments depend on a custom role. */
export function roleDefinitionKey(use: 'run' | 'read'): string {
  return `roleDefinition/${use}`;
}

function sameActions(observed: ObservedResource, wanted: readonly string[]): boolean {
  const permissions = valueAt(observed.body, 'properties.permissions');
  const first: unknown = Array.isArray(permissions) ? permissions[0] : undefined;
  const actions = (first as { actions?: unknown } | undefined)?.actions;
  if (!Array.isArray(actions)) return false;
  const lower = (list: readonly unknown[]): string =>
    list
      .map((action) => String(action).toLowerCase())
      .sort()
      .join();
  return lower(actions) === lower(wanted);
}
