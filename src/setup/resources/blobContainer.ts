import { containerId } from '../armId.ts';
import type { DesiredResource } from '../resource.ts';
import type { ProjectContext } from './projectContext.ts';
import { storageAccountId } from './storageAccount.ts';

/** A private container, made through ARM so that no account key is ever needed (azure-facts 1.6). */
export function blobContainer(
  project: ProjectContext,
  name: string,
  purpose: string,
): DesiredResource {
  const { spec } = project;
  return {
    key: containerKey(name),
    kind: 'blobContainer',
    name,
    purpose,
    ownership: 'record',
    mode: 'make',
    dependsOn: ['storageAccount'],
    lock: `storageAccount/${spec.storageAccount.name}`,
    target: () => ({
      kind: 'blobContainer',
      id: containerId(storageAccountId(spec), name),
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '2025-08-01',
      body: { properties: { publicAccess: 'None' } },
    }),
    // Public access of somebody else's container is not ours to change; the account forbids it.
    difference: () => undefined,
    outputs: (observed) => ({ id: observed.id }),
  };
}

/** The key under which others depend on a container. */
export function containerKey(name: string): string {
  return `container/${name}`;
}
