import { gpuOf, seriesOf } from './gpuSeries.ts';

/** What a subscription may still rent in a location, as Azure says it (azure-facts 8). */
export interface ComputeCapacity {
  readonly usages: readonly ComputeUsage[];
  readonly sizes: readonly VmSize[];
}

/** How many vCPUs are in use, of a family of sizes or of the whole location. */
export interface ComputeUsage {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

/** A VM size that a location has. */
export interface VmSize {
  readonly name: string;
  readonly family: string;
  readonly vcpus: number;
  readonly gpus: number;
  readonly isSpotCapable: boolean;
  /** Azure's reason for which the subscription can't rent it in the whole location. */
  readonly restriction?: string;
}

/** What a subscription may still rent of one family of GPU sizes in a location. */
export interface GpuFamily {
  /** Azure's name of it, in whose spelling there is no rule. */
  readonly family: string;
  /** As people call it, e.g. `NCads A100 v4`. */
  readonly series: string;
  readonly gpu: string;
  /** The family's own quota in vCPUs; undefined where Azure lists none for it. */
  readonly quota: ComputeUsage | undefined;
  /** vCPUs that can still be rented: the family's and the location's own total both have room. */
  readonly room: number;
  /** GPUs that these vCPUs come with. */
  readonly gpus: number;
  /** vCPUs that can still be rented as spot, which has one quota for all families. */
  readonly spotRoom: number;
  /** vCPUs of the smallest size. */
  readonly smallest: number;
  /** Why Azure rents none of its sizes here to this subscription. */
  readonly restriction?: string;
}

/** The keys of the regional rows beside those of the families. */
const ALL_VCPUS = 'cores';
const SPOT_VCPUS = 'lowprioritycores';

/**
 * The families of GPU sizes that dstack knows and the location has, those that a run can get first.
 * Which families there are is what the sizes say: their names follow no rule.
 */
export function gpuFamilies({ usages, sizes }: ComputeCapacity): readonly GpuFamily[] {
  const quotas = new Map(usages.map((usage) => [keyOf(usage.name), usage]));
  const families = new Map<string, VmSize[]>();
  for (const size of sizes) {
    if (size.gpus === 0 || gpuOf(size.name) === undefined) continue;
    const key = keyOf(size.family);
    families.set(key, [...(families.get(key) ?? []), size]);
  }
  return [...families.values()]
    .map((members) => familyOf(members, quotas))
    .sort((a, b) => rank(a) - rank(b) || a.series.localeCompare(b.series));
}

/** Azure writes one family in two ways: `Standard NCASv3_T4 Family`, `standardNCASv3_T4Family`. */
function keyOf(family: string): string {
  return family.replaceAll(/\s/g, '').toLowerCase();
}

function familyOf(members: readonly VmSize[], quotas: ReadonlyMap<string, ComputeUsage>) {
  const bySize = [...members].sort((a, b) => a.vcpus - b.vcpus);
  const free = bySize.filter(({ restriction }) => restriction === undefined);
  const [smallest] = free.length > 0 ? free : bySize;
  const name = smallest?.name ?? '';
  const family = smallest?.family ?? '';
  const quota = quotas.get(keyOf(family));
  const all = quotas.get(ALL_VCPUS);
  const room = free.length === 0 ? 0 : Math.min(roomIn(quota), all ? roomIn(all) : Infinity);
  const canBeSpot = free.some(({ isSpotCapable }) => isSpotCapable);
  const restriction = free.length === 0 ? smallest?.restriction : undefined;
  return {
    ...{ family, quota, room, series: seriesOf(name), gpu: gpuOf(name) ?? '' },
    gpus: gpusIn(room, free),
    spotRoom: canBeSpot ? roomIn(quotas.get(SPOT_VCPUS)) : 0,
    smallest: smallest?.vcpus ?? 0,
    ...(restriction === undefined ? {} : { restriction }),
  } satisfies GpuFamily;
}

function roomIn(usage: ComputeUsage | undefined): number {
  return usage === undefined ? 0 : Math.max(0, usage.limit - usage.used);
}

/** The most GPUs that so many vCPUs come with, in machines of one size. */
function gpusIn(vcpus: number, sizes: readonly VmSize[]): number {
  const counts = sizes
    .filter((size) => size.vcpus > 0)
    .map((size) => Math.floor(vcpus / size.vcpus) * size.gpus);
  return Math.max(0, ...counts);
}

function rank({ gpus, room, restriction }: GpuFamily): number {
  if (restriction !== undefined) return 3;
  if (gpus > 0) return 0;
  return room > 0 ? 1 : 2;
}
