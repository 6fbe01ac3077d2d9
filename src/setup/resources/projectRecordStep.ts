import { t } from '@vscode/l10n';
import { containerId } from '../armId.ts';
import { RECORD_CONTAINER, recordBlobName } from '../names.ts';
import type { DesiredResource } from '../resource.ts';
import type { ProjectContext } from './projectContext.ts';
import { storageAccountId } from './storageAccount.ts';

/** The key of the step that writes the record. */
export const PROJECT_RECORD = 'projectRecord';

/**
 * The project record in its own account. It is optional for the rest: the data role that it needs
 * spreads for up to ten minutes, and until then the project is known by its tags.
 */
export function projectRecordStep(
  project: ProjectContext,
  dependsOn: readonly string[],
): DesiredResource {
  const { spec } = project;
  return {
    key: PROJECT_RECORD,
    kind: 'projectRecord',
    name: recordBlobName(spec.name),
    purpose: t('What the project consists of, for everybody who works with it.'),
    ownership: 'record',
    mode: 'make',
    dependsOn,
    optional: true,
    target: () => ({
      kind: 'projectRecord',
      id: `${containerId(storageAccountId(spec), RECORD_CONTAINER)}/blobs/${recordBlobName(spec.name)}`,
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '',
      body: {},
    }),
    difference: () => undefined,
    outputs: () => ({}),
  };
}
