import { t } from '@vscode/l10n';
import { resourceGroupId } from './armId.ts';
import { ARTIFACTS_CONTAINER, RECORD_CONTAINER } from './names.ts';
import type { DesiredResource } from './resource.ts';
import { appRegistration } from './resources/appRegistration.ts';
import { blobContainer } from './resources/blobContainer.ts';
import { networkSecurityGroup, virtualNetwork } from './resources/network.ts';
import type { ProjectContext } from './resources/projectContext.ts';
import { projectRecordStep } from './resources/projectRecordStep.ts';
import { projectTags } from './resources/projectTags.ts';
import { providerRegistration } from './resources/providerRegistration.ts';
import { resourceGroup } from './resources/resourceGroup.ts';
import { roles } from './resources/roles.ts';
import { secretsAndLogs } from './resources/secretsAndLogs.ts';
import { storageAccount, storageAccountId } from './resources/storageAccount.ts';
import { userAssignedIdentity } from './resources/userAssignedIdentity.ts';

/** Every object that the project needs, dependencies first. Pure: the same spec gives the same list. */
export function desiredState(project: ProjectContext): readonly DesiredResource[] {
  const resources = [
    ...providers(project),
    resourceGroup(project),
    storageAccount(project),
    ...adoptedTags(project),
    blobContainer(project, ARTIFACTS_CONTAINER, t('Artifacts of runs.')),
    blobContainer(project, RECORD_CONTAINER, t('The project record.')),
    userAssignedIdentity(project),
    networkSecurityGroup(project),
    virtualNetwork(project),
    ...(project.spec.secretsAndLogs === true ? secretsAndLogs(project) : []),
    ...appRegistration(project),
    ...roles(project),
  ];
  return [
    ...resources,
    projectRecordStep(
      project,
      resources.map((resource) => resource.key),
    ),
  ];
}

function providers({ spec }: ProjectContext): readonly DesiredResource[] {
  const at = { tenantId: spec.tenantId, subscriptionId: spec.subscriptionId };
  const needed: readonly (readonly [namespace: string, purpose: string])[] = [
    ['Microsoft.Storage', t('Lets the subscription have storage accounts.')],
    ['Microsoft.ManagedIdentity', t('Lets the subscription have managed identities.')],
    ['Microsoft.Network', t('Lets the subscription have networks.')],
    ['Microsoft.Compute', t('Lets dstack start the VMs of runs.')],
    ...(spec.secretsAndLogs === true
      ? ([
          ['Microsoft.KeyVault', t('Lets the subscription have key vaults.')],
          ['Microsoft.OperationalInsights', t('Lets the subscription have logs.')],
          ['Microsoft.Insights', t('Lets the subscription collect logs.')],
        ] as const)
      : []),
  ];
  return needed.map(([namespace, purpose]) => providerRegistration({ ...at, namespace, purpose }));
}

/** Objects of somebody else carry the project's name by a merge, those of ours by their creation. */
function adoptedTags(project: ProjectContext): readonly DesiredResource[] {
  const { spec } = project;
  const tags: DesiredResource[] = [];
  if (!spec.resourceGroup.create) {
    const id = resourceGroupId(spec.subscriptionId, spec.resourceGroup.name);
    tags.push(projectTags(project, { key: 'resourceGroup', id, name: spec.resourceGroup.name }));
  }
  if (!spec.storageAccount.create) {
    const id = storageAccountId(spec);
    tags.push(projectTags(project, { key: 'storageAccount', id, name: spec.storageAccount.name }));
  }
  return tags;
}
