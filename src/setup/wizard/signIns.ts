/** Which tenants of an account take another sign-in. Nothing waits for it, and nobody is asked. */
export interface SignIns {
  /** As far as it is known by now: another set with each finding. */
  readonly needed: ReadonlySet<string>;
  /**
   * Makes this the account and its tenants; others than before are asked about anew.
   * @param isSignedIn whether a token can be had without a question
   */
  follow(
    key: string | undefined,
    tenantIds: readonly string[],
    isSignedIn: (tenantId: string) => Promise<boolean>,
  ): void;
  /** Somebody has signed in: asks again about those that needed it or have not answered yet. */
  recheck(): void;
  dispose(): void;
}

/** Each costs a round trip to Entra: a guest in fifty tenants must not send fifty at once. */
const AT_ONCE = 3;

/** @param onChange called with each finding that changes something */
export function createSignIns(onChange: () => void): SignIns {
  let key: string | undefined;
  let ask: (tenantId: string) => Promise<boolean> = () => Promise.resolve(true);
  let generation = 0;
  let needed: ReadonlySet<string> = new Set();
  let open = new Set<string>();

  const note = (tenantId: string, isSignedIn: boolean): void => {
    open.delete(tenantId);
    if (needed.has(tenantId) !== isSignedIn) return;
    const others = [...needed].filter((each) => each !== tenantId);
    needed = new Set(isSignedIn ? others : [...others, tenantId]);
    onChange();
  };

  const start = (tenantIds: Iterable<string>): void => {
    generation += 1;
    const mine = generation;
    open = new Set(tenantIds);
    const waiting = [...open];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        // One that can't be asked about now is not called closed: its own list will say what is wrong.
        const isSignedIn = await ask(next).catch(() => true);
        if (mine !== generation) return;
        note(next, isSignedIn);
      }
    };
    for (let worker = 0; worker < AT_ONCE; worker += 1) void work();
  };

  return {
    get needed() {
      return needed;
    },
    follow(nextKey, tenantIds, isSignedIn) {
      if (nextKey === key) return;
      key = nextKey;
      ask = isSignedIn;
      needed = new Set();
      start(nextKey === undefined ? [] : tenantIds);
    },
    recheck() {
      start([...needed, ...open]);
    },
    dispose() {
      key = undefined;
      generation += 1;
    },
  };
}
