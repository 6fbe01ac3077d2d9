import { t } from '@vscode/l10n';
import { PROJECT_TAG } from '../names.ts';
import type { DesiredResource } from '../resource.ts';
import type { ProjectContext } from './projectContext.ts';

/**
 * The project's name on an object that somebody else made. Merged by the Tags API: a PUT of the
 * object would replace the tags of others.
 */
export function projectTags(
  project: ProjectContext,
  on: { readonly key: string; readonly id: string; readonly name: string },
): DesiredResource {
  const { spec } = project;
  return {
    key: `tags/${on.key}`,
    kind: 'tags',
    name: `${PROJECT_TAG}=${spec.name}`,
    purpose: t('Makes the project findable on {0}.', on.name),
    ownership: 'shared',
    mode: 'make',
    dependsOn: [on.key],
    readsFrom: on.key,
    // Tags are written into the account itself, which takes one write at a time.
    ...(on.key === 'storageAccount' ? { lock: `storageAccount/${on.name}` } : {}),
    target: () => ({
      kind: 'tags',
      id: on.id,
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '2021-04-01',
      body: { operation: 'Merge', properties: { tags: { [PROJECT_TAG]: spec.name } } },
    }),
    // A group may hold several projects; its tag names one of them and the accounts name the rest.
    difference: (observed) =>
      observed.tags[PROJECT_TAG] === undefined ? t('The tag is not there yet.') : undefined,
    outputs: () => ({}),
  };
}
