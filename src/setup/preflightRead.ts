import { asSetupError, isCancellation } from './errors.ts';
import type { PreflightPorts } from './preflightPorts.ts';
import { withRetry } from './retry.ts';

/** What came of a question: an answer, or why there is none. Never a failure of the set-up. */
export type Answer<T> =
  | { readonly known: true; readonly value: T }
  | {
      readonly known: false;
      readonly why: string;
      /** Whoever asked has no right to the answer. */
      readonly isRefused?: boolean;
    };

/** Asks, retrying where waiting helps. Whoever may not read a right is told so and goes on. */
export async function ask<T>(
  question: () => Promise<T>,
  ports: Pick<PreflightPorts, 'clock' | 'random'>,
  signal: AbortSignal,
): Promise<Answer<T>> {
  try {
    // Only the kinds of some rules matter; none of them is about reading rights.
    const about = { kind: 'tags' } as const;
    return { known: true, value: await withRetry(question, about, ports, signal) };
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    const { message, azure } = asSetupError(thrown);
    return { known: false, why: message, isRefused: azure?.code === 'AuthorizationFailed' };
  }
}
