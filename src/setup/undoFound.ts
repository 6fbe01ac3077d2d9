import type { ObservedResource } from './ports.ts';
import type { DesiredResource, Target } from './resource.ts';
import type { UndoFacts } from './undoFacts.ts';

/** One of the project's own objects that is there, with the call for exactly it. */
export interface FoundObject {
  readonly resource: DesiredResource;
  readonly observed: ObservedResource;
  readonly target: Target;
}

/** The object of a key, if it exists; only of those whose ids follow from the spec alone. */
export function foundObject(
  { possible, observed }: Pick<UndoFacts, 'possible' | 'observed'>,
  key: string,
): FoundObject | undefined {
  const resource = possible.find((each) => each.key === key);
  const target = resource?.target(new Map());
  const found = observed.get(key);
  return resource && target && found && { resource, observed: found, target };
}
