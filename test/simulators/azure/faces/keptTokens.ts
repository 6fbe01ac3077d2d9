import type { SimClock } from '../core/http.ts';
import type { SimulatedAzure } from '../core/simulatedAzure.ts';
import type { UserTokenRequest } from '../core/entra/userToken.ts';

/** Much less than a token's life: whoever revokes sessions in a test gives claims, and a new token. */
const KEPT_MS = 5 * 60_000;

/**
 * A person's tokens as every sign-in library keeps them: the same answer for the same question
 * for a while. Signing one for each request took two thirds of the time of a simulated set-up.
 */
export function keptTokens(
  simulated: SimulatedAzure,
  clock: SimClock,
): (request: UserTokenRequest) => string {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  return (request) => {
    if (request.claims !== undefined) kept.clear();
    const question = JSON.stringify(request);
    const now = clock.now();
    const known = kept.get(question);
    if (known !== undefined && now < known.until) return known.token;
    const token = simulated.issueUserToken(request);
    kept.set(question, { token, until: now + KEPT_MS });
    return token;
  };
}
