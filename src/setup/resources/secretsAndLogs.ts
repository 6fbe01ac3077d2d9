import { t } from '@vscode/l10n';
import { resourceId } from '../armId.ts';
import type { JsonObject } from '../json.ts';
import { CREATED_BY_TAG, keyVaultName, PROJECT_TAG } from '../names.ts';
import type { ObservedResource } from '../ports.ts';
import {
  sameId,
  type DesiredResource,
  type OutputsByKey,
  type ResourceKind,
  type Target,
} from '../resource.ts';
import { textAt, valueAt } from './path.ts';
import type { ProjectContext } from './projectContext.ts';
import { providerKey } from './providerRegistration.ts';
import { settableProperties } from './settableProperties.ts';

/** Table and stream of the seed's Hub; today's dstack doesn't use them (dstack-facts A2). */
export const LOGS_TABLE = 'dstack_logs_CL';
const LOGS_STREAM = `Custom-${LOGS_TABLE}`;
const LOGS_DESTINATION = 'dstack_logs';

/** Vault, workspace, table, endpoint and rule as the seed's Hub made them. */
export function secretsAndLogs(project: ProjectContext): readonly DesiredResource[] {
  return [
    keyVault(project),
    workspace(project),
    logsTable(project),
    dataCollectionEndpoint(project),
    dataCollectionRule(project),
  ];
}

function keyVault(project: ProjectContext): DesiredResource {
  const { spec } = project;
  return {
    ...tagged(project, {
      key: 'keyVault',
      kind: 'keyVault',
      type: 'Microsoft.KeyVault/vaults',
      // Versions before 2026-02-01 are retired on 27 Feb 2027 (azure-facts 1.4).
      apiVersion: '2026-02-01',
      name: keyVaultName(spec.storageAccount.name),
      purpose: t('Keeps secrets of runs.'),
      dependsOn: ['resourceGroup', providerKey('Microsoft.KeyVault')],
      properties: () => ({
        tenantId: spec.tenantId,
        sku: { family: 'A', name: 'standard' },
        enableRbacAuthorization: true,
        // Fixed at creation; the name stays reserved for as long after a delete.
        softDeleteRetentionInDays: 7,
      }),
    }),
    mustBeOurs: true,
    difference: (observed) =>
      valueAt(observed.body, 'properties.enableRbacAuthorization') === true
        ? undefined
        : t('It uses access policies instead of roles.'),
    // The retention that is there among them: it is refused if sent with another value.
    updateBody: (observed, body) => ({
      ...body,
      tags: { ...observed.tags },
      properties: {
        tenantId: spec.tenantId,
        sku: { family: 'A', name: 'standard' },
        ...settableProperties(observed.body),
        enableRbacAuthorization: true,
      },
    }),
  };
}

function workspace(project: ProjectContext): DesiredResource {
  return tagged(project, {
    key: 'workspace',
    kind: 'logAnalyticsWorkspace',
    type: 'Microsoft.OperationalInsights/workspaces',
    apiVersion: '2025-07-01',
    name: `${project.spec.storageAccount.name}-workspace`,
    purpose: t('Keeps logs of runs.'),
    dependsOn: ['resourceGroup', providerKey('Microsoft.OperationalInsights')],
    properties: () => ({ sku: { name: 'PerGB2018' }, retentionInDays: 30 }),
  });
}

function logsTable(project: ProjectContext): DesiredResource {
  const { spec } = project;
  const id = `${workspaceId(project)}/tables/${LOGS_TABLE}`;
  return {
    key: 'logsTable',
    kind: 'workspaceTable',
    name: LOGS_TABLE,
    purpose: t('The table that logs go into.'),
    ownership: 'record',
    mode: 'make',
    dependsOn: ['workspace'],
    target: () => ({
      kind: 'workspaceTable',
      id,
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '2025-07-01',
      body: {
        properties: {
          schema: { name: LOGS_TABLE, columns: columns('dateTime') },
          totalRetentionInDays: 30,
        },
      },
    }),
    difference: () => undefined,
    outputs: (observed) => ({ id: observed.id }),
  };
}

function dataCollectionEndpoint(project: ProjectContext): DesiredResource {
  const endpoint = tagged(project, {
    key: 'dataCollectionEndpoint',
    kind: 'dataCollectionEndpoint',
    type: 'Microsoft.Insights/dataCollectionEndpoints',
    apiVersion: '2023-03-11',
    name: `${project.spec.storageAccount.name}-dce`,
    purpose: t('Where runs send their logs.'),
    dependsOn: ['resourceGroup', providerKey('Microsoft.Insights')],
    properties: () => ({ networkAcls: { publicNetworkAccess: 'Enabled' } }),
  });
  return {
    ...endpoint,
    outputs: (observed) => ({
      id: observed.id,
      logsIngestion: textAt(observed.body, 'properties.logsIngestion.endpoint') ?? '',
    }),
  };
}

function dataCollectionRule(project: ProjectContext): DesiredResource {
  const rule = tagged(project, {
    key: 'dataCollectionRule',
    kind: 'dataCollectionRule',
    type: 'Microsoft.Insights/dataCollectionRules',
    apiVersion: '2023-03-11',
    name: `${project.spec.storageAccount.name}-dcr`,
    purpose: t('Brings logs of runs into the table.'),
    dependsOn: ['dataCollectionEndpoint', 'logsTable'],
    properties: (outputs) => ({
      dataCollectionEndpointId:
        outputs.get('dataCollectionEndpoint')?.['id'] ?? endpointId(project),
      streamDeclarations: { [LOGS_STREAM]: { columns: columns('datetime') } },
      destinations: {
        logAnalytics: [{ workspaceResourceId: workspaceId(project), name: LOGS_DESTINATION }],
      },
      dataFlows: [
        {
          streams: [LOGS_STREAM],
          destinations: [LOGS_DESTINATION],
          transformKql: 'source',
          outputStream: LOGS_STREAM,
        },
      ],
    }),
  });
  return {
    ...rule,
    mustFit: true,
    difference: (observed) => brokenFlow(project, observed),
    updateBody: (observed, body) => ({ ...body, tags: { ...observed.tags } }),
    outputs: (observed) => ({
      id: observed.id,
      immutableId: textAt(observed.body, 'properties.immutableId') ?? '',
    }),
  };
}

/** Whether logs that are sent to the rule still arrive in the table. */
function brokenFlow(project: ProjectContext, { body }: ObservedResource): string | undefined {
  const endpoint = textAt(body, 'properties.dataCollectionEndpointId') ?? '';
  const all = JSON.stringify(valueAt(body, 'properties.destinations') ?? '').toLowerCase();
  const flows = JSON.stringify(valueAt(body, 'properties.dataFlows') ?? '');
  const arrives =
    sameId(endpoint, endpointId(project)) &&
    all.includes(`"${workspaceId(project).toLowerCase()}"`) &&
    flows.includes(`"${LOGS_STREAM}"`);
  return arrives ? undefined : t('It does not bring logs into the table of this project.');
}

/** The ids that roles are scoped to, known before anything is made. */
export function dataCollectionRuleId(project: ProjectContext): string {
  return idOf(project, 'Microsoft.Insights/dataCollectionRules', `${accountOf(project)}-dcr`);
}

export function keyVaultId(project: ProjectContext): string {
  return idOf(project, 'Microsoft.KeyVault/vaults', keyVaultName(accountOf(project)));
}

function workspaceId(project: ProjectContext): string {
  const type = 'Microsoft.OperationalInsights/workspaces';
  return idOf(project, type, `${accountOf(project)}-workspace`);
}

function endpointId(project: ProjectContext): string {
  return idOf(project, 'Microsoft.Insights/dataCollectionEndpoints', `${accountOf(project)}-dce`);
}

function idOf({ spec }: ProjectContext, type: string, name: string): string {
  return resourceId(spec.subscriptionId, spec.resourceGroup.name, type, name);
}

function accountOf({ spec }: ProjectContext): string {
  return spec.storageAccount.name;
}

/** The table says `dateTime`, the rule `datetime`: each service has its own spelling. */
function columns(dateTime: 'dateTime' | 'datetime'): readonly JsonObject[] {
  return [
    { name: 'EventID', type: 'string' },
    { name: 'LogName', type: 'string' },
    { name: 'JsonPayload', type: 'dynamic' },
    { name: 'TimeGenerated', type: dateTime },
  ];
}

/** A tagged resource of the group whose only configuration is its properties. */
function tagged(
  project: ProjectContext,
  of: {
    readonly key: string;
    readonly kind: ResourceKind;
    readonly type: string;
    readonly apiVersion: string;
    readonly name: string;
    readonly purpose: string;
    readonly dependsOn: readonly string[];
    readonly properties: (outputs: OutputsByKey) => JsonObject;
  },
): DesiredResource {
  const { spec } = project;
  const target = (outputs: OutputsByKey): Target => ({
    kind: of.kind,
    id: idOf(project, of.type, of.name),
    tenantId: spec.tenantId,
    subscriptionId: spec.subscriptionId,
    apiVersion: of.apiVersion,
    body: {
      location: spec.location,
      tags: { [PROJECT_TAG]: spec.name, [CREATED_BY_TAG]: project.createdBy },
      properties: of.properties(outputs),
    },
  });
  return {
    key: of.key,
    kind: of.kind,
    name: of.name,
    purpose: of.purpose,
    ownership: 'createdByTag',
    mode: 'make',
    dependsOn: of.dependsOn,
    target,
    difference: () => undefined,
    outputs: (observed) => ({ id: observed.id }),
  };
}
