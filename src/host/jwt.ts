import { isJsonObject } from '../setup/json.ts';

/** How long a token counts as fresh when it doesn't say when it ends, in ms. */
const UNKNOWN_LIFETIME = 5 * 60_000;

/**
 * When an access token ends, in Unix ms. VS Code's sessions don't say it, so it is read from the
 * token's own `exp`; a token that can't be read is asked for again soon.
 */
export function expiryOf(token: string, now: number): number {
  const claims = claimsOf(token);
  const exp = claims?.['exp'];
  return typeof exp === 'number' ? exp * 1000 : now + UNKNOWN_LIFETIME;
}

/** The claims of a token, unverified: good for reading our own token, never for trusting one. */
function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    );
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
