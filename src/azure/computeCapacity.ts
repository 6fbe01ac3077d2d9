import { z } from 'zod';
import type { ComputeCapacity, ComputeUsage, VmSize } from '../setup/gpuQuota.ts';
import { armList } from './armCalls.ts';
import type { Connection } from './pipeline.ts';

const USAGES_API_VERSION = '2024-07-01';
const SKUS_API_VERSION = '2021-07-01';

/** Usages and sizes of one location (azure-facts 8). The sizes take Azure 4 to 30 seconds. */
export async function computeCapacity(
  connection: Connection,
  at: { readonly tenantId: string; readonly subscriptionId: string; readonly location: string },
  signal: AbortSignal,
): Promise<ComputeCapacity> {
  const { tenantId, subscriptionId, location } = at;
  const compute = `/subscriptions/${subscriptionId}/providers/Microsoft.Compute`;
  const place = encodeURIComponent(location);
  const filter = encodeURIComponent(`location eq '${location.replaceAll("'", "''")}'`);
  const usagesPath = `${compute}/locations/${place}/usages?api-version=${USAGES_API_VERSION}`;
  const skusPath = `${compute}/skus?api-version=${SKUS_API_VERSION}&$filter=${filter}`;
  const [usages, sizes] = await Promise.all([
    armList(connection, { tenantId, path: usagesPath, signal }, usageSchema),
    armList(connection, { tenantId, path: skusPath, signal }, skuSchema),
  ]);
  return { usages, sizes: sizes.flat() };
}

const usageSchema = z
  .object({
    name: z.object({ value: z.string() }),
    currentValue: z.number(),
    limit: z.number(),
  })
  .transform(({ name, currentValue, limit }): ComputeUsage => ({
    ...{ name: name.value, used: currentValue, limit },
  }));

/** Disks and other things are in the same list; they have no family. */
const skuSchema = z
  .object({
    resourceType: z.string().nullish(),
    name: z.string().nullish(),
    family: z.string().nullish(),
    capabilities: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
    restrictions: z
      .array(z.object({ type: z.string().nullish(), reasonCode: z.string().nullish() }))
      .nullish(),
  })
  .transform(({ resourceType, name, family, capabilities, restrictions }): readonly VmSize[] => {
    if (resourceType !== 'virtualMachines' || !name || !family) return [];
    const capability = (key: string) => capabilities?.find((each) => each.name === key)?.value;
    // A size that is closed in some zones can still be rented in the others.
    const closed = restrictions?.find(({ type }) => type === 'Location');
    const size = {
      ...{ name, family },
      vcpus: Number(capability('vCPUs') ?? 0),
      gpus: Number(capability('GPUs') ?? 0),
      isSpotCapable: capability('LowPriorityCapable') === 'True',
    };
    return [closed === undefined ? size : { ...size, restriction: closed.reasonCode ?? 'Unknown' }];
  });
