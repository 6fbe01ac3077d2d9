import { t } from '@vscode/l10n';
import type { ResourceKind } from '../resource.ts';

/** What we wait between polls when Azure names no time, in ms. */
export const POLL_MS = 2_000;

const MINUTE = 60_000;

/**
 * How long a step may take before we say "still running in Azure", in ms: several times the
 * longest that was recorded (azure-facts 1.2 and 1.2b).
 */
export const BUDGET_MS: Readonly<Record<ResourceKind, number>> = {
  providerRegistration: 15 * MINUTE,
  resourceGroup: 2 * MINUTE,
  storageAccount: 5 * MINUTE,
  blobContainer: 2 * MINUTE,
  userAssignedIdentity: 2 * MINUTE,
  networkSecurityGroup: 5 * MINUTE,
  virtualNetwork: 10 * MINUTE,
  keyVault: 5 * MINUTE,
  logAnalyticsWorkspace: 5 * MINUTE,
  workspaceTable: 5 * MINUTE,
  dataCollectionEndpoint: 2 * MINUTE,
  dataCollectionRule: 2 * MINUTE,
  roleDefinition: 5 * MINUTE,
  roleAssignment: 10 * MINUTE,
  application: 5 * MINUTE,
  servicePrincipal: 5 * MINUTE,
  clientSecret: 5 * MINUTE,
  tags: 2 * MINUTE,
  projectRecord: 20 * MINUTE,
};

/** What a kind of object is called on the screen: Azure's own term. */
export function kindLabel(kind: ResourceKind): string {
  switch (kind) {
    case 'providerRegistration':
      return t('Resource provider');
    case 'resourceGroup':
      return t('Resource group');
    case 'storageAccount':
      return t('Storage account');
    case 'blobContainer':
      return t('Blob container');
    case 'userAssignedIdentity':
      return t('Managed identity');
    case 'networkSecurityGroup':
      return t('Network security group');
    case 'virtualNetwork':
      return t('Virtual network');
    case 'keyVault':
      return t('Key vault');
    case 'logAnalyticsWorkspace':
      return t('Log Analytics workspace');
    case 'workspaceTable':
      return t('Log table');
    case 'dataCollectionEndpoint':
      return t('Data collection endpoint');
    case 'dataCollectionRule':
      return t('Data collection rule');
    case 'roleDefinition':
      return t('Custom role');
    case 'roleAssignment':
      return t('Role assignment');
    case 'application':
      return t('App registration');
    case 'servicePrincipal':
      return t('Service principal');
    case 'clientSecret':
      return t('Client secret');
    case 'tags':
      return t('Tag');
    case 'projectRecord':
      return t('Project record');
  }
}

/** The label of a kind as a record names it; one of a newer version is shown as it is called. */
export function recordedKindLabel(kind: string): string {
  return isResourceKind(kind) ? kindLabel(kind) : kind;
}

function isResourceKind(kind: string): kind is ResourceKind {
  return Object.hasOwn(BUDGET_MS, kind);
}
