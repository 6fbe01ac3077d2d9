import { asSetupError, isCancellation, type SetupError } from './errors.ts';
import type { SetupPorts } from './ports.ts';
import type { DesiredResource } from './resource.ts';
import { isExpected, retryWait } from './retryRules.ts';

/** Called before each wait, so that a screen can say why nothing seems to happen. */
export type OnRetry = (error: SetupError, waitMs: number, attempt: number) => void;

/**
 * The one retry layer of the product: the SDK clients retry nothing. Runs `call` until it works or
 * `retryRules` says that waiting does not help.
 * @throws the last SetupError, or an AbortError as soon as the signal fires
 */
export async function withRetry<T>(
  call: () => Promise<T>,
  resource: Pick<DesiredResource, 'kind'>,
  ports: Pick<SetupPorts, 'clock' | 'random'>,
  signal: AbortSignal,
  onRetry: OnRetry = () => undefined,
): Promise<T> {
  const started = ports.clock.now();
  let [expected, faults] = [0, 0];
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (thrown) {
      if (isCancellation(thrown)) throw thrown;
      const error = asSetupError(thrown);
      const isWait = isExpected(error, resource.kind);
      // Minutes of waiting for a role leave no fewer tries to the network, and an answer ends its faults.
      if (isWait) [expected, faults] = [expected + 1, 0];
      else faults += 1;
      const waitMs = retryWait(error, {
        kind: resource.kind,
        attempt: isWait ? expected : faults,
        elapsedMs: ports.clock.now() - started,
        random: ports.random(),
      });
      if (waitMs === undefined) throw error;
      onRetry(error, waitMs, attempt);
      await ports.clock.sleep(waitMs, signal);
    }
  }
}
