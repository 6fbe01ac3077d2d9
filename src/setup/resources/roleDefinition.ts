import { t } from '@vscode/l10n';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
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
      sameRights(observed, role) ? undefined : t('Its rights differ from what dstack needs.'),
    outputs: (observed) => ({ id: observed.id, roleId: guid, roleName: name }),
  };
}

/** The key under which assignments depend on a custom role. */
export function roleDefinitionKey(use: 'run' | 'read'): string {
  return `roleDefinition/${use}`;
}

/** Nothing less and nothing more: an action that somebody has added is a right that nobody needs. */
function sameRights(
  observed: ObservedResource,
  wanted: { readonly actions: readonly string[]; readonly scope: string },
): boolean {
  const permissions = listAt(observed.body, 'properties.permissions').filter(isJsonObject);
  const all = (name: string): readonly Json[] =>
    permissions.flatMap((permission) => listAt(permission, name));
  const rest = ['notActions', 'dataActions', 'notDataActions'].flatMap(all);
  return (
    rest.length === 0 &&
    sameTexts(all('actions'), wanted.actions) &&
    sameTexts(listAt(observed.body, 'properties.assignableScopes'), [wanted.scope])
  );
}

function listAt(body: JsonObject, path: string): readonly Json[] {
  const value = valueAt(body, path);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function sameTexts(a: readonly Json[], b: readonly string[]): boolean {
  const sorted = (list: readonly Json[]): string =>
    [...new Set(list.map((each) => JSON.stringify(each).toLowerCase()))].sort().join();
  return sorted(a) === sorted(b);
}
