import { t } from '@vscode/l10n';
import { nameOf, roleDefinitionId } from '../armId.ts';
import { identityName, roleAssignmentName } from '../names.ts';
import type { Caller, ObservedResource } from '../ports.ts';
import { sameId, type DesiredResource, type OutputsByKey } from '../resource.ts';
import { SERVICE_PRINCIPAL } from './appRegistration.ts';
import { textAt } from './path.ts';
import type { ProjectContext } from './projectContext.ts';

/** A role by its GUID, built-in or custom. */
export interface Role {
  readonly id: string;
  readonly name: string;
}

/** Who gets a role: somebody known now, or an identity that a step of the plan makes. */
export type Principal =
  | { readonly of: 'step'; readonly key: string }
  | {
      readonly of: 'known';
      readonly principalId: string;
      readonly principalType: Caller['principalType'];
    };

/**
 * One role for one principal at one scope. `principalType` is always sent: without it Azure looks
 * a new identity up in the directory and fails for minutes (azure-facts 3).
 */
export function roleAssignment(
  project: ProjectContext,
  grant: {
    readonly key: string;
    readonly role: Role;
    readonly scope: string;
    readonly scopeLabel: string;
    readonly principal: Principal;
    readonly purpose: string;
    readonly dependsOn: readonly string[];
  },
): DesiredResource {
  const { spec } = project;
  return {
    key: grant.key,
    kind: 'roleAssignment',
    name: grant.role.name,
    purpose: grant.purpose,
    ownership: 'description',
    mode: 'make',
    dependsOn: grant.dependsOn,
    scope: grant.scopeLabel,
    grantedTo: principalInWords(project, grant.principal),
    target: (outputs) => {
      const principal = resolvePrincipal(grant.principal, outputs);
      if (principal === undefined) return undefined;
      const name = roleAssignmentName(grant.scope, principal.principalId, grant.role.id);
      return {
        kind: 'roleAssignment',
        id: `${grant.scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
        tenantId: spec.tenantId,
        subscriptionId: spec.subscriptionId,
        apiVersion: '2022-04-01',
        body: {
          properties: {
            roleDefinitionId: roleDefinitionId(spec.subscriptionId, grant.role.id),
            principalId: principal.principalId,
            principalType: principal.principalType,
            description: project.createdBy,
          },
        },
      };
    },
    difference: () => undefined,
    conflict: (observed) => otherContent(grant.scope, observed),
    // The tree names the role by this: an assignment's own name is a GUID.
    outputs: (observed) => ({ id: observed.id, roleName: grant.role.name }),
  };
}

/** The name follows from the content: with other content the id is somebody else's by design. */
function otherContent(scope: string, { id, body, foundBy }: ObservedResource): string | undefined {
  const principalId = textAt(body, 'properties.principalId') ?? '';
  const roleId = nameOf(textAt(body, 'properties.roleDefinitionId') ?? '');
  const isOurName = sameId(nameOf(id), roleAssignmentName(scope, principalId, roleId));
  return isOurName || foundBy === 'content'
    ? undefined
    : t('Another role assignment has this id. Remove it in the Azure portal, then try again.');
}

function resolvePrincipal(
  principal: Principal,
  outputs: OutputsByKey,
): { readonly principalId: string; readonly principalType: string } | undefined {
  switch (principal.of) {
    case 'known':
      return principal;
    case 'step': {
      const principalId = outputs.get(principal.key)?.['principalId'];
      return principalId === undefined || principalId === ''
        ? undefined
        : { principalId, principalType: 'ServicePrincipal' };
    }
  }
}

/** Who a role is for, as a user knows them: nobody recognises a principal id. */
function principalInWords({ spec, caller }: ProjectContext, principal: Principal): string {
  switch (principal.of) {
    case 'known':
      return principal.principalId === caller.principalId
        ? caller.name
        : t('the app that the dstack server signs in as');
    case 'step':
      return principal.key === SERVICE_PRINCIPAL
        ? t('the new app dstack {0}', spec.name)
        : t('the identity {0} of the VMs of runs', identityName(spec.storageAccount.name));
  }
}
