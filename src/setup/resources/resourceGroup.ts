import { t } from '@vscode/l10n';
import { resourceGroupId } from '../armId.ts';
import { CREATED_BY_TAG, PROJECT_TAG, projectIdInTag } from '../names.ts';
import type { ObservedResource } from '../ports.ts';
import type { DesiredResource } from '../resource.ts';
import type { ProjectContext } from './projectContext.ts';

/**
 * Somebody has set up a project of this name here before, with another storage account: mostly the
 * same person a minute ago, whose first account name was taken.
 */
function earlierAttempt(name: string, { tags }: ObservedResource): string | undefined {
  const isSameName = tags[PROJECT_TAG]?.toLowerCase() === name.toLowerCase();
  return isSameName && projectIdInTag(tags[CREATED_BY_TAG]) !== undefined
    ? t('Made by an earlier attempt to set this project up; used as it is.')
    : undefined;
}

/** The group that everything of the project lives in. */
export function resourceGroup(project: ProjectContext): DesiredResource {
  const { spec } = project;
  const { name, create } = spec.resourceGroup;
  return {
    key: 'resourceGroup',
    kind: 'resourceGroup',
    name,
    purpose: t('Holds everything that belongs to the project.'),
    ownership: 'createdByTag',
    mode: create ? 'make' : 'use',
    mustBeOurs: true,
    dependsOn: [],
    target: () => ({
      kind: 'resourceGroup',
      id: resourceGroupId(spec.subscriptionId, name),
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '2025-04-01',
      body: {
        location: spec.location,
        tags: { [PROJECT_TAG]: spec.name, [CREATED_BY_TAG]: project.createdBy },
      },
    }),
    difference: (observed) =>
      !create || observed.tags[PROJECT_TAG] !== undefined
        ? undefined
        : t('The tag {0} is missing.', PROJECT_TAG),
    conflict: (observed) =>
      observed.provisioningState === 'Deleting'
        ? t('Azure is deleting this resource group. Wait until it is gone, or choose another.')
        : undefined,
    sharedWith: (observed) => earlierAttempt(spec.name, observed),
    // A PUT replaces the tags of a group, so those of others go with it (azure-facts 1.3).
    updateBody: (observed) => ({
      location: observed.location ?? spec.location,
      tags: { ...observed.tags, [PROJECT_TAG]: spec.name },
    }),
    outputs: (observed) => ({ id: observed.id }),
  };
}
