import { isJsonObject, type Json, type JsonObject } from '../setup/json.ts';
import type { ObservedResource } from '../setup/ports.ts';
import type { Target } from '../setup/resource.ts';
import { textAt, valueAt } from '../setup/resources/path.ts';

/**
 * What an answer says about a resource, or undefined if the answer is not the resource (a poll's
 * `{status}`, an empty body).
 */
export function observedResource(body: JsonObject, target: Target): ObservedResource | undefined {
  const id = textAt(body, 'id');
  // The id of a set of tags ends in .../tags/default: it stands for the tagged object.
  const tagged = target.kind === 'tags';
  if (id === undefined || (textAt(body, 'status') !== undefined && !tagged)) return undefined;
  const location = textAt(body, 'location');
  const provisioningState = textAt(body, 'properties.provisioningState');
  return {
    id: tagged ? target.id : id,
    tags: tagsOf(valueAt(body, tagged ? 'properties.tags' : 'tags')),
    body,
    ...(location === undefined ? {} : { location: locationCode(location) }),
    ...(provisioningState === undefined ? {} : { provisioningState }),
  };
}

/** `West Europe` and `westeurope` are the same place; services answer with either. */
export function locationCode(location: string): string {
  return location.toLowerCase().replaceAll(' ', '');
}

/** Tags as texts: a missing or null set is an empty one. */
export function tagsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, text]] : [],
    ),
  );
}
