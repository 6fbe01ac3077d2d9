import type { Caller } from './entra/caller.ts';
import type { Reply } from './failure.ts';
import type { Json, JsonObject } from './json.ts';
import type { Durations, Lag } from './lag.ts';
import type { SeededRandom } from './random.ts';
import type { AzureState } from './state.ts';
import type { BlobEvent } from './blobAccess.ts';
import type { World } from './world.ts';

/** What handlers share. */
export interface Core {
  readonly state: AzureState;
  readonly random: SeededRandom;
  readonly lag: Lag;
  readonly durations: Durations;
  readonly world: World;
  /** Tokens live this many times as long as in Azure. */
  readonly tokenLifetimeFactor: number;
  readonly now: () => number;
  readonly publish: (event: BlobEvent) => void;
}

/** One request on its way through an operation. */
export interface Call {
  readonly core: Core;
  readonly method: string;
  readonly url: URL;
  /** The path without doubled or trailing slashes, decoded, in the spelling of the request. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Named segments of the operation's path, as spelled in the request. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
  readonly caller: Caller;
  readonly now: number;
}

export type Grade = 'recorded' | 'documented' | 'assumed';

/** One thing that this Azure can do. The README's table is made of these. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** `{name}` is one segment, `{scope...}` any number, also none. */
  readonly path: string;
  /** The action that the caller needs. Absent: any signed-in caller of the tenant. */
  readonly action?: string | ((call: Call) => string);
  /** Where the action is needed. Default: the path itself. */
  readonly scope?: (call: Call) => string;
  /** A write in the eyes of subscription state, MFA duty and the request log. */
  readonly mutating: boolean;
  readonly grade: Grade;
  /** The recordings or documents that it rests on. */
  readonly rests: string;
  readonly handle: (call: Call) => Reply;
}

/** The parameter of that name. Throws when the operation's path has none: a slip in this code. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`No {${name}} in the path of this operation.`);
  return value;
}

/** The body as an object; anything else is read as an empty one. */
export function bodyOf(call: Call): JsonObject {
  const { body } = call;
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as JsonObject)
    : {};
}
