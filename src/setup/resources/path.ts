import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** The value at a dotted path, e.g. `properties.primaryEndpoints.blob`. */
export function valueAt(body: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = body;
  for (const part of path.split('.')) {
    if (!isJsonObject(value)) return undefined;
    value = value[part];
  }
  return value;
}

/** The text at a dotted path, or undefined if there is none. */
export function textAt(body: JsonObject, path: string): string | undefined {
  const value = valueAt(body, path);
  return typeof value === 'string' ? value : undefined;
}
