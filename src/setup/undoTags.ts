import type { Target } from './resource.ts';
import type { ProjectContext } from './resources/projectContext.ts';

/** The call that takes exactly these tags, name and value, from an object that stays. */
export function untagTarget(
  { spec }: ProjectContext,
  id: string,
  tags: Readonly<Record<string, string>>,
): Target {
  return {
    kind: 'tags',
    id,
    tenantId: spec.tenantId,
    subscriptionId: spec.subscriptionId,
    apiVersion: '2021-04-01',
    body: { operation: 'Delete', properties: { tags } },
  };
}
