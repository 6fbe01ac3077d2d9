import type { SimulatedDstack } from '../simulators/dstack/simulatedDstack.ts';
import { azureBehind, makeServerNetworks } from '../unit/cli/serverInAzure.ts';
import type { Scene } from '../vscode/scene.ts';

/**
 * What a real server does once it has a backend: it makes its networks in Azure. The page waits for
 * them.
 * @param secret of the app that the server signs in as, where it is not the world's own
 */
export async function networksOf(
  { stage }: Scene,
  server: SimulatedDstack,
  secret?: string,
): Promise<() => Promise<void>> {
  const { proxyUrl, caFile, sample } = stage.simulator;
  const app = secret === undefined ? sample : { ...sample, clientSecret: secret };
  const inAzure = await azureBehind(JSON.stringify({ proxyUrl, caFile, sample: app }));
  return () => makeServerNetworks(inAzure, placeOf(server));
}

/** What the server was told of the project: where its networks belong. */
function placeOf({
  projects: [project],
}: SimulatedDstack): Parameters<typeof makeServerNetworks>[1] {
  const backend = project?.backend as {
    subscription_id: string;
    tenant_id: string;
    resource_group: string;
  };
  return {
    tenantId: backend.tenant_id,
    subscriptionId: backend.subscription_id,
    location: 'eastus',
    resourceGroup: { name: backend.resource_group, create: true },
  };
}
