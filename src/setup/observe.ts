import { groupOf, isWithin } from './armId.ts';
import { SetupError } from './errors.ts';
import type { ObservedResource, SetupPorts } from './ports.ts';
import type { DesiredResource, Outputs, OutputsByKey, Target } from './resource.ts';
import { withRetry } from './retry.ts';

/** What a look at Azure has shown, by resource key. */
export interface Observed {
  readonly found: ReadonlyMap<string, ObservedResource>;
  /** What this account may not even read at the subscription: it may exist or not. */
  readonly hidden: ReadonlyMap<string, Target>;
}

/**
 * Reads what exists, all at once, each object at most once. What lies inside something absent is
 * absent too and costs no call; what needs the outputs of something absent can't exist for us.
 * @param roles `anyName` also finds a role that somebody has assigned already, under a name of theirs
 */
export async function observe(
  desired: readonly DesiredResource[],
  ports: SetupPorts,
  signal: AbortSignal,
  roles: 'ourName' | 'anyName' = 'ourName',
): Promise<Observed> {
  const read = async (target: Target, own: AbortSignal): Promise<ObservedResource | undefined> => {
    const found = await ports.resources.read(target, own);
    if (found !== undefined || target.kind !== 'roleAssignment' || roles === 'ourName')
      return found;
    const same = await ports.resources.readSameGrant(target, own);
    return same && { ...same, foundBy: 'content' };
  };
  const reads = new Map<string, Promise<Read>>();
  for (const resource of desired) {
    const dependencies = resource.dependsOn.map(async (key) => ({
      key,
      read: await (reads.get(key) ?? Promise.resolve(NOTHING)),
    }));
    reads.set(resource.key, readAfter(resource, dependencies, { ...ports, read }, signal));
  }
  const all = [...reads].map(async ([key, read]) => ({ key, ...(await read) }));
  const found = new Map<string, ObservedResource>();
  const hidden = new Map<string, Target>();
  for (const read of await Promise.all(all)) {
    if (read.found !== undefined) found.set(read.key, read.found);
    if (read.isHidden === true && read.target !== undefined) hidden.set(read.key, read.target);
  }
  return { found, hidden };
}

interface Read {
  readonly target?: Target | undefined;
  readonly found?: ObservedResource | undefined;
  readonly isHidden?: boolean;
  readonly outputs?: Outputs;
}

const NOTHING: Read = {};

async function readAfter(
  resource: DesiredResource,
  dependencies: readonly Promise<{ key: string; read: Read }>[],
  ports: SetupPorts & Pick<SetupPorts['resources'], 'read'>,
  shared: AbortSignal,
): Promise<Read> {
  const before = await Promise.all(dependencies);
  if (resource.kind === 'projectRecord' || resource.readsFrom !== undefined) return NOTHING;
  const target = resource.target(outputsOf(before));
  if (target === undefined || liesInsideAbsent(target, before)) return { target };
  // A signal of its own: Node warns of a leak when more than ten listeners share one.
  const signal = AbortSignal.any([shared]);
  try {
    const found = await withRetry(() => ports.read(target, signal), resource, ports, signal);
    return { target, found, ...(found === undefined ? {} : { outputs: resource.outputs(found) }) };
  } catch (error) {
    if (isHidden(target, error)) return { target, isHidden: true };
    throw error;
  }
}

/**
 * Providers and roles of the subscription are read by a right on the subscription, which whoever has
 * a role on the project's group alone has not. What they can't see there can't stop a plan.
 */
function isHidden({ id }: Target, error: unknown): boolean {
  const azure = error instanceof SetupError ? error.azure : undefined;
  return groupOf(id) === undefined && azure?.status === 403 && azure.code === 'AuthorizationFailed';
}

function outputsOf(before: readonly { key: string; read: Read }[]): OutputsByKey {
  return new Map(before.flatMap(({ key, read }) => (read.outputs ? [[key, read.outputs]] : [])));
}

/** What lies inside something that is not there, or not there yet: Azure refuses to look (409). */
function liesInsideAbsent(target: Target, before: readonly { read: Read }[]): boolean {
  return before.some(
    ({ read }) =>
      (read.found === undefined || isBeingMade(read.found)) &&
      read.target !== undefined &&
      read.target.kind !== 'providerRegistration' &&
      isWithin(target.id, read.target.id),
  );
}

function isBeingMade({ provisioningState }: ObservedResource): boolean {
  return provisioningState === 'Creating' || provisioningState === 'ResolvingDNS';
}
