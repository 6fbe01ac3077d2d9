/**
 * What a provider gets for `getSession(provider, {wwwAuthenticate, fallbackScopes})`. VS Code parses the
 * header; the names are those of its proposal `authenticationChallenges`, which no typings carry yet.
 */
export interface ChallengeRequest {
  readonly challenges: readonly {
    readonly scheme: string;
    readonly params: Readonly<Record<string, string>>;
  }[];
  readonly fallbackScopes?: readonly string[];
}

/** Claims (JSON text) and scopes of a challenge. Throws, as the real provider does, when one is missing. */
export function readChallenge(request: ChallengeRequest): { claims: string; scopes: string[] } {
  const params = request.challenges.map((challenge) => challenge.params);
  const encoded = params.map((names) => names['claims']).find((value) => value !== undefined);
  if (encoded === undefined) throw new Error('No claims found in authentication challenges');
  const named = params.map((names) => names['scope']).find((value) => value !== undefined);
  const scopes = named?.split(' ') ?? [...(request.fallbackScopes ?? [])];
  if (scopes.length === 0) {
    throw new Error('No scopes found in authentication challenges or fallback scopes');
  }
  return { claims: Buffer.from(encoded, 'base64').toString('utf8'), scopes };
}
