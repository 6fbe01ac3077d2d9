/** JSON as it travels. `undefined` members are dropped when it is written out. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** A JSON object that is being put together. */
export type JsonDraft = Record<string, Json | undefined>;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member as an object, or an empty one: for reading optional parts of a request. */
export function objectAt(value: Json | undefined, name: string): JsonObject {
  const member = isObject(value) ? value[name] : undefined;
  return isObject(member) ? member : {};
}

/** The member as text, or undefined when it is absent or of another type. */
export function textAt(value: Json | undefined, name: string): string | undefined {
  const member = isObject(value) ? value[name] : undefined;
  return typeof member === 'string' ? member : undefined;
}

/** The member as a list, or an empty one. */
export function listAt(value: Json | undefined, name: string): readonly Json[] {
  const member = isObject(value) ? value[name] : undefined;
  return isList(member) ? member : [];
}

/** The member as a list of texts; other entries are left out. */
export function textsAt(value: Json | undefined, name: string): readonly string[] {
  return listAt(value, name).filter((entry) => typeof entry === 'string');
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
