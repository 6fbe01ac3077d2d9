import { asSetupError, isCancellation, type SetupError } from '../errors.ts';

/** Something that is fetched for a key, e.g. the locations of a subscription. */
export interface Loaded<T> {
  /** What came for the key that is followed now; never an answer to an earlier one. */
  readonly value: T | undefined;
  readonly loading: boolean;
  readonly error: SetupError | undefined;
  /**
   * Makes this the key. Another one than before aborts what is in flight, drops what was there and
   * fetches; undefined only drops.
   */
  follow(key: string | undefined, fetch: Fetch<T>): void;
  /** Fetches again for the same key, keeping what is there until the answer comes. */
  reload(): void;
  dispose(): void;
}

export type Fetch<T> = (signal: AbortSignal) => Promise<T>;

/** @param onChange called whenever an answer or a failure has come */
export function createLoaded<T>(onChange: () => void): Loaded<T> {
  let key: string | undefined;
  let fetch: Fetch<T> | undefined;
  let generation = 0;
  let inFlight: AbortController | undefined;
  let value: T | undefined;
  let error: SetupError | undefined;

  const drop = (): void => {
    generation += 1;
    inFlight?.abort();
    inFlight = undefined;
    error = undefined;
  };

  const start = async (): Promise<void> => {
    drop();
    if (fetch === undefined) return;
    const mine = generation;
    const controller = new AbortController();
    inFlight = controller;
    try {
      const answer = await fetch(controller.signal);
      if (mine !== generation) return;
      value = answer;
    } catch (thrown) {
      // An aborted request says so late, or not at all: only the generation tells.
      if (mine !== generation) return;
      value = undefined;
      if (!isCancellation(thrown)) error = asSetupError(thrown);
    }
    inFlight = undefined;
    onChange();
  };

  return {
    get value() {
      return value;
    },
    get loading() {
      return inFlight !== undefined;
    },
    get error() {
      return error;
    },
    follow(nextKey, nextFetch) {
      if (nextKey === key) return;
      key = nextKey;
      value = undefined;
      fetch = nextKey === undefined ? undefined : nextFetch;
      void start();
    },
    reload() {
      void start();
    },
    dispose() {
      key = undefined;
      fetch = undefined;
      drop();
    },
  };
}

/** One key for several values, or none if one of them is missing. */
export function keyOf(...parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('\n');
}
