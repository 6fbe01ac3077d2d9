import type { Json } from './json.ts';
import type { ProjectSpec } from './projectSpec.ts';
import type { Outputs, Target } from './resource.ts';

/**
 * The write-ahead record of a run. `creating` is on disk before the call is sent, so that whatever
 * may exist in Azure has a trace here; `created` follows with what came out. An undo
 * writes `removing` and `removed` in the same way.
 */
export type JournalEntry =
  | (JournalBase & {
      readonly event: 'runStarted';
      readonly spec: ProjectSpec;
      readonly planId: string;
    })
  | (JournalBase & {
      readonly event: 'creating';
      readonly key: string;
      readonly target: Target;
    })
  | (JournalBase & { readonly event: 'polling'; readonly key: string; readonly state: Json })
  | (JournalBase & {
      readonly event: 'created';
      readonly key: string;
      readonly id: string;
      readonly origin: 'created' | 'adopted';
      readonly outputs: Outputs;
    })
  | (JournalBase & { readonly event: 'removing'; readonly key: string; readonly target: Target })
  | (JournalBase & { readonly event: 'removed'; readonly key: string; readonly id: string })
  | (JournalBase & { readonly event: 'failed'; readonly key: string; readonly code: string })
  | (JournalBase & {
      readonly event: 'runEnded';
      readonly outcome: 'done' | 'failed' | 'cancelled';
    });

export interface JournalBase {
  readonly schema: 1;
  /** Unix ms. */
  readonly time: number;
  readonly projectId: string;
  readonly runId: string;
}
