import { resourceId } from '../setup/armId.ts';
import type { AzureResources } from '../setup/ports.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';

const NSG = 'Microsoft.Network/networkSecurityGroups';

/**
 * The ids of the objects that the dstack server itself makes for a backend with networks of its own:
 * two security groups per location (dstack-facts B5, steps 10 and 11).
 */
export function serverNetworkIds(
  spec: Pick<ProjectSpec, 'subscriptionId' | 'resourceGroup' | 'location'>,
): readonly string[] {
  const group = spec.resourceGroup.name;
  return ['default', 'gateway'].map((purpose) =>
    resourceId(
      spec.subscriptionId,
      group,
      NSG,
      `${group}-${spec.location}-${purpose}-security-group`,
    ),
  );
}

/**
 * Which of these objects are not there. The server answers 200 even when it could not make them, and
 * runs then fail much later, so we look for ourselves.
 */
export async function missingServerNetworks(
  resources: Pick<AzureResources, 'read'>,
  spec: ProjectSpec,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { tenantId, subscriptionId } = spec;
  const found = await Promise.all(
    serverNetworkIds(spec).map(async (id) => {
      const at = { tenantId, subscriptionId, apiVersion: '2024-05-01', body: {} };
      const observed = await resources.read({ kind: 'networkSecurityGroup', id, ...at }, signal);
      return observed ? [] : [id];
    }),
  );
  return found.flat();
}
