import type { Reply } from '../failure.ts';

/** One poll URL that was handed out: `path` with the exact query under which it must come back. */
export interface Poll {
  readonly path: string;
  readonly query: string;
  /** What it answers at that time. */
  readonly answer: (now: number) => Reply;
}
