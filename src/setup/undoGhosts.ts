import type { ObservedResource } from './ports.ts';
import type { DesiredResource, Target } from './resource.ts';

/**
 * The calls for all that the project may have made at known ids, by id in lower case. A group's
 * listing lags: it still shows what was removed a moment ago, and only a read tells (azure-facts 3).
 */
export function targetsById(possible: readonly DesiredResource[]): ReadonlyMap<string, Target> {
  return new Map(
    possible.flatMap((resource) => {
      const found = resource.target(new Map());
      return found === undefined ? [] : [[found.id.toLowerCase(), found]];
    }),
  );
}

/** What is listed, without those of the project's own that have been read as absent. */
export function withoutGhosts<T extends { readonly id: string }>(
  listed: readonly T[],
  possible: readonly DesiredResource[],
  observed: ReadonlyMap<string, ObservedResource>,
): readonly T[] {
  const absent = targetsById(possible.filter(({ key }) => !observed.has(key)));
  return listed.filter(({ id }) => !absent.has(id.toLowerCase()));
}
