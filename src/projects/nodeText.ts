import { t } from '@vscode/l10n';
import { nameOf } from '../setup/armId.ts';
import { familyLabel, roomDetails, roomText } from '../setup/gpuQuotaText.ts';
import type { AzureTenant } from '../setup/ports.ts';
import type { ProjectNode, ResourceItem } from './projectNode.ts';
import { recordedKindLabel } from '../setup/resources/kinds.ts';

/** The words of a node. */
export interface NodeText {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** What a screen reader says; starts with the label. */
  readonly accessible: string;
}

/** What a node says, to the eye and to a screen reader. */
export function textOf(node: ProjectNode): NodeText {
  const text = visibleText(node);
  const accessible = [text.label, text.description, text.spoken].filter(Boolean).join(', ');
  const { label, description, tooltip } = text;
  return {
    label,
    accessible,
    ...(description === undefined ? {} : { description }),
    ...(tooltip === undefined ? {} : { tooltip }),
  };
}

interface VisibleText {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** Said but not shown: what the icon shows to the eye. */
  readonly spoken?: string;
}

function visibleText(node: ProjectNode): VisibleText {
  switch (node.kind) {
    case 'project': {
      const { name, storageAccount, subscriptionName } = node.project;
      const place = `${storageAccount.location} · ${subscriptionName}`;
      return {
        label: name,
        description: node.usedHere ? t('{0} · used here', place) : place,
        tooltip: t(
          'Project {0}: storage account {1} in {2}, subscription {3}',
          name,
          storageAccount.name,
          storageAccount.resourceGroup,
          subscriptionName,
        ),
        spoken: t('project'),
      };
    }
    case 'location':
      return { label: t('Location'), description: node.project.storageAccount.location };
    case 'gpuQuota':
      return {
        label: t('GPU quota'),
        description: node.project.subscriptionName,
        tooltip: t(
          'What the subscription {0} may still rent in {1}, of the GPU series that dstack knows.',
          node.project.subscriptionName,
          node.project.storageAccount.location,
        ),
      };
    case 'gpuFamily':
      return {
        label: familyLabel(node.family),
        description: roomText(node.family),
        tooltip: `${familyLabel(node.family)}: ${roomText(node.family)}\n\n${roomDetails(node.family)}`,
      };
    case 'storageAccount':
      return {
        label: t('Storage account'),
        description: node.project.storageAccount.name,
        tooltip: node.project.storageAccount.id,
      };
    case 'resources':
      return { label: t('Resources'), ...resourcesDescription(node.record) };
    case 'resource':
      return {
        label: labelOf(node),
        description: [kindOf(node), originLabel(node.origin)].filter(Boolean).join(' · '),
        tooltip: node.resourceId,
      };
    case 'configuration':
      return { label: t('Configuration') };
    case 'folder':
      return {
        label: node.use.folderName,
        description: node.use.used
          ? (node.use.serverUrl ?? t('used here'))
          : t('does not use this project'),
      };
    case 'file':
      return { label: node.path };
    case 'note':
      return {
        label: node.text,
        ...(node.detail === undefined ? {} : { description: node.detail, tooltip: node.detail }),
      };
    case 'error':
      return {
        label: node.subject,
        description: node.error.message,
        tooltip: `${node.error.message}\n\n${node.error.remedy}`,
        spoken: t('error: {0}', node.error.remedy),
      };
    case 'signIn':
      return {
        label: tenantName(node.tenant) ?? node.account.label,
        description: t('sign-in needed'),
        tooltip: t(
          '{0} asks {1} to sign in before it shows anything.',
          tenantName(node.tenant) ?? 'Azure',
          node.account.label,
        ),
      };
  }
}

function tenantName(tenant: AzureTenant | undefined): string | undefined {
  return tenant && (tenant.displayName ?? tenant.defaultDomain ?? tenant.tenantId);
}

function resourcesDescription(
  record: Extract<ProjectNode, { kind: 'resources' }>['record'],
): Pick<VisibleText, 'description' | 'tooltip'> {
  switch (record.kind) {
    case 'read':
      return { description: record.record.resources.length.toString() };
    case 'pending':
      return {
        description: t('record pending'),
        tooltip: t('Record pending: {0}', record.reason),
      };
    case 'failed':
      return {
        description: t('record not readable'),
        tooltip: `${record.error.message}\n\n${record.error.remedy}`,
      };
  }
}

/** A role's own name is a GUID, which tells nobody anything; in an older record only its scope does. */
function labelOf(resource: ResourceItem): string {
  const scope = scopeOf(resource);
  return resource.roleName ?? (scope === undefined ? resource.name : t('On {0}', nameOf(scope)));
}

/** What kind of thing it is; of a role that is named, where it reaches: a narrow side bar shows no more. */
function kindOf(resource: ResourceItem): string {
  const kind = recordedKindLabel(resource.resourceKind);
  const scope = scopeOf(resource);
  if (scope === undefined || resource.roleName === undefined) return kind;
  return t('on {0}', nameOf(scope));
}

/** The scope of a role assignment. */
function scopeOf({ resourceId }: ResourceItem): string | undefined {
  const assignment = /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i;
  return assignment.exec(resourceId)?.[1];
}

function originLabel(origin: 'created' | 'adopted' | undefined): string {
  if (origin === undefined) return '';
  return origin === 'created' ? t('created') : t('adopted');
}
