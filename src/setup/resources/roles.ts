import { t } from '@vscode/l10n';
import { containerId, resourceGroupId } from '../armId.ts';
import { ARTIFACTS_CONTAINER, customRole, RECORD_CONTAINER } from '../names.ts';
import type { DesiredResource } from '../resource.ts';
import { SERVICE_PRINCIPAL } from './appRegistration.ts';
import { containerKey } from './blobContainer.ts';
import { actionsFor } from './dstackCalls.ts';
import type { ProjectContext } from './projectContext.ts';
import { roleAssignment, type Principal, type Role } from './roleAssignment.ts';
import { roleDefinition, roleDefinitionKey } from './roleDefinition.ts';
import { dataCollectionRuleId, keyVaultId } from './secretsAndLogs.ts';
import { storageAccountId } from './storageAccount.ts';

/** Built-in roles: their ids are the same in every tenant (azure-facts 5, dstack-facts A2). */
const ROLES = {
  blobData: builtIn('ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor'),
  virtualMachine: builtIn('9980e02c-c2be-4d73-94e8-173b1dc7cf3c', 'Virtual Machine Contributor'),
  secretsUser: builtIn('4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User'),
  vaultAdministrator: builtIn('00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator'),
  metricsPublisher: builtIn('3913510d-42f4-4e42-8a64-420c390055eb', 'Monitoring Metrics Publisher'),
  monitoringReader: builtIn('43d0d8ad-25c7-4714-9337-8ba259a9fe05', 'Monitoring Reader'),
} as const;

const RUNNER: Principal = { of: 'step', key: 'identity' };

/** Every role of the project; each reaches as little as it can. */
export function roles(project: ProjectContext): readonly DesiredResource[] {
  const { spec } = project;
  return [
    ...blobRoles(project),
    ...appRoles(project),
    ...(spec.secretsAndLogs === true ? secretsAndLogsRoles(project) : []),
    ...(spec.classicVmRight === true ? [classicVmRight(project)] : []),
  ];
}

/** The principal of the server's credentials, where it is known or will be made. */
export function appPrincipal({ spec }: ProjectContext): Principal | undefined {
  if (spec.credentials.kind === 'newApp') return { of: 'step', key: SERVICE_PRINCIPAL };
  const { principalId } = spec.credentials;
  return principalId === undefined
    ? undefined
    : { of: 'known', principalId, principalType: 'ServicePrincipal' };
}

function blobRoles(project: ProjectContext): readonly DesiredResource[] {
  const { caller } = project;
  const you: Principal = { of: 'known', ...caller };
  return [
    blobRole(
      project,
      'runner',
      ARTIFACTS_CONTAINER,
      RUNNER,
      t('Runs read and write their artifacts.'),
    ),
    blobRole(
      project,
      'caller',
      ARTIFACTS_CONTAINER,
      you,
      t('{0} sees the artifacts.', caller.name),
    ),
    blobRole(
      project,
      'caller',
      RECORD_CONTAINER,
      you,
      t('{0} reads and writes the project record.', caller.name),
    ),
  ];
}

function blobRole(
  project: ProjectContext,
  who: string,
  container: string,
  principal: Principal,
  purpose: string,
): DesiredResource {
  const { spec } = project;
  return roleAssignment(project, {
    key: `role/${who}/${container}`,
    role: ROLES.blobData,
    scope: containerId(storageAccountId(spec), container),
    scopeLabel: t('only the container {0} of {1}', container, spec.storageAccount.name),
    principal,
    purpose,
    dependsOn: [containerKey(container), ...stepOf(principal)],
  });
}

/** What the dstack server's app may do: two custom roles and the artifacts. Never Owner or Contributor. */
function appRoles(project: ProjectContext): readonly DesiredResource[] {
  const principal = appPrincipal(project);
  if (principal === undefined) return [];
  // The caller may be that app itself; then it has the role already.
  const same = principal.of === 'known' && principal.principalId === project.caller.principalId;
  const blob = blobRole(
    project,
    'app',
    ARTIFACTS_CONTAINER,
    principal,
    t('The server reaches the artifacts.'),
  );
  return [
    ...(same ? [] : [blob]),
    ...customRoleWithAssignment(project, 'run', principal),
    ...customRoleWithAssignment(project, 'read', principal),
  ];
}

function customRoleWithAssignment(
  project: ProjectContext,
  use: 'run' | 'read',
  principal: Principal,
): readonly DesiredResource[] {
  const { spec } = project;
  const group = resourceGroupId(spec.subscriptionId, spec.resourceGroup.name);
  const scope = use === 'run' ? group : `/subscriptions/${spec.subscriptionId}`;
  const scopeLabel =
    use === 'run'
      ? t('the resource group {0}', spec.resourceGroup.name)
      : t('the subscription, reading only');
  const { guid, name } = customRole(project.projectId, spec.resourceGroup.name, use);
  const dependsOn = use === 'run' ? ['resourceGroup'] : [];
  return [
    roleDefinition(project, {
      use,
      scope,
      scopeLabel,
      actions: actionsFor(use === 'run' ? 'group' : 'subscription'),
      purpose:
        use === 'run'
          ? t('What the server needs to start and stop VMs, and nothing else.')
          : t('What the server needs to see sizes and images, and nothing else.'),
      dependsOn,
    }),
    roleAssignment(project, {
      key: `role/app/${use}`,
      role: { id: guid, name },
      scope,
      scopeLabel,
      principal,
      purpose: t('Gives the server the role {0}.', name),
      dependsOn: [...dependsOn, roleDefinitionKey(use), ...stepOf(principal)],
    }),
  ];
}

function secretsAndLogsRoles(project: ProjectContext): readonly DesiredResource[] {
  const { spec } = project;
  const vault = {
    scope: keyVaultId(project),
    scopeLabel: t('only the key vault'),
    dependsOn: ['keyVault'],
  };
  const rule = {
    scope: dataCollectionRuleId(project),
    scopeLabel: t('only the data collection rule'),
    dependsOn: ['dataCollectionRule'],
  };
  const group = {
    scope: resourceGroupId(spec.subscriptionId, spec.resourceGroup.name),
    scopeLabel: t('the resource group {0}', spec.resourceGroup.name),
    dependsOn: ['resourceGroup'],
  };
  const app = appPrincipal(project);
  return [
    runnerRole(project, 'secrets', ROLES.secretsUser, vault, t('Runs read secrets.')),
    runnerRole(project, 'logs', ROLES.metricsPublisher, rule, t('Runs send logs.')),
    runnerRole(project, 'monitoring', ROLES.monitoringReader, group, t('Runs find where logs go.')),
    ...(app === undefined
      ? []
      : [
          roleAssignment(project, {
            ...vault,
            key: 'role/app/secrets',
            role: ROLES.vaultAdministrator,
            principal: app,
            purpose: t('The server manages secrets of runs.'),
            dependsOn: [...vault.dependsOn, ...stepOf(app)],
          }),
        ]),
  ];
}

/** With the identity on every VM, any job could then command every VM of the group. */
function classicVmRight(project: ProjectContext): DesiredResource {
  const { spec } = project;
  const at = {
    scope: resourceGroupId(spec.subscriptionId, spec.resourceGroup.name),
    scopeLabel: t('the resource group {0}', spec.resourceGroup.name),
    dependsOn: ['resourceGroup'],
  };
  const purpose = t(
    'As the dstack Hub of 2023 gave it: any job can command every VM of the group.',
  );
  return runnerRole(project, 'vm', ROLES.virtualMachine, at, purpose);
}

function runnerRole(
  project: ProjectContext,
  key: string,
  role: Role,
  at: {
    readonly scope: string;
    readonly scopeLabel: string;
    readonly dependsOn: readonly string[];
  },
  purpose: string,
): DesiredResource {
  return roleAssignment(project, {
    ...at,
    key: `role/runner/${key}`,
    role,
    principal: RUNNER,
    purpose,
    dependsOn: [...at.dependsOn, 'identity'],
  });
}

function stepOf(principal: Principal): readonly string[] {
  return principal.of === 'step' ? [principal.key] : [];
}

function builtIn(id: string, name: string): Role {
  return { id, name };
}
