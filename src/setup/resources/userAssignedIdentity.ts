import { t } from '@vscode/l10n';
import { resourceId } from '../armId.ts';
import { CREATED_BY_TAG, identityName, PROJECT_TAG } from '../names.ts';
import type { DesiredResource } from '../resource.ts';
import { textAt } from './path.ts';
import type { ProjectContext } from './projectContext.ts';
import { providerKey } from './providerRegistration.ts';

/** The identity that the VMs of runs carry, so that jobs reach artifacts without any secret. */
export function userAssignedIdentity(project: ProjectContext): DesiredResource {
  const { spec } = project;
  const name = identityName(spec.storageAccount.name);
  return {
    key: 'identity',
    kind: 'userAssignedIdentity',
    name,
    purpose: t('The identity of the VMs of runs: jobs reach artifacts without a secret.'),
    ownership: 'createdByTag',
    mode: 'make',
    dependsOn: ['resourceGroup', providerKey('Microsoft.ManagedIdentity')],
    target: () => ({
      kind: 'userAssignedIdentity',
      id: resourceId(
        spec.subscriptionId,
        spec.resourceGroup.name,
        'Microsoft.ManagedIdentity/userAssignedIdentities',
        name,
      ),
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '2024-11-30',
      body: {
        location: spec.location,
        tags: { [PROJECT_TAG]: spec.name, [CREATED_BY_TAG]: project.createdBy },
      },
    }),
    difference: () => undefined,
    outputs: (observed) => ({
      id: observed.id,
      principalId: textAt(observed.body, 'properties.principalId') ?? '',
      clientId: textAt(observed.body, 'properties.clientId') ?? '',
    }),
  };
}
