import type { JWTPayload } from 'jose';
import { refuse, refuseAtGateway, type AzureFailure } from '../failure.ts';
import type { Caller } from './caller.ts';
import { verifyToken } from './tokens.ts';

/** What ARM takes: its own name and the older one, each with and without the slash. */
export const ARM_AUDIENCES = [
  'https://management.azure.com',
  'https://management.azure.com/',
  'https://management.core.windows.net',
  'https://management.core.windows.net/',
];

export type TokenFault = 'missing' | 'invalid' | 'expired' | 'audience';

/** Reads bearer tokens; remembers those that it has verified, for speed. */
export class Authenticator {
  readonly #verified = new Map<string, JWTPayload>();
  #notBefore = new Map<string, number>();

  /** Tokens that this person got before that time (Unix ms) must be renewed: a CAE event. */
  revokeBefore(objectId: string, time: number): void {
    this.#notBefore = new Map([...this.#notBefore, [objectId, time]]);
  }

  /** The time before which tokens of this principal count no longer, if any. */
  revokedBefore(objectId: string): number | undefined {
    return this.#notBefore.get(objectId);
  }

  /** The caller, or what is wrong with the token. `audiences` undefined: any. */
  read(token: string | undefined, audiences: readonly string[], now: number): Caller | TokenFault {
    if (token === undefined || token === '') return 'missing';
    const claims = this.#claims(token);
    if (claims === undefined) return 'invalid';
    if ((claims.exp ?? 0) * 1000 <= now || (claims.nbf ?? 0) * 1000 > now) return 'expired';
    if (typeof claims.aud !== 'string' || !audiences.includes(claims.aud)) return 'audience';
    return callerOf(claims, claims.aud);
  }

  #claims(token: string): JWTPayload | undefined {
    const known = this.#verified.get(token);
    if (known !== undefined) return known;
    const claims = verifyToken(token);
    if (claims !== undefined) this.#verified.set(token, claims);
    return claims;
  }
}

function callerOf(claims: JWTPayload, audience: string): Caller {
  const kind = claims['idtyp'] === 'app' ? 'app' : 'user';
  const methods = claims['amr'];
  const scopes = claims['scp'];
  const roles = claims['roles'];
  return {
    tenantId: String(claims['tid']),
    objectId: String(claims['oid']),
    kind,
    name: String(kind === 'app' ? claims['appid'] : claims['unique_name']),
    audience,
    issuedAt: (claims.iat ?? 0) * 1000,
    strong: Array.isArray(methods) && methods.includes('mfa'),
    permissions: [
      ...(typeof scopes === 'string' ? scopes.split(' ') : []),
      ...(Array.isArray(roles) ? roles.map(String) : []),
    ],
  };
}

/** The bearer token of a request's headers, or undefined. */
export function bearerOf(headers: Readonly<Record<string, string>>): string | undefined {
  return /^bearer\s+(\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
}

/** ARM's answers to bad tokens. Wordings after public reports. */
export function armTokenFailure(fault: TokenFault): AzureFailure {
  switch (fault) {
    case 'missing':
      return unauthorized(
        'AuthenticationFailed',
        "Authentication failed. The 'Authorization' header is missing.",
      );
    case 'invalid':
      return unauthorized('InvalidAuthenticationToken', 'The access token is invalid.');
    case 'expired':
      return unauthorized(
        'ExpiredAuthenticationToken',
        'The access token expiry UTC time is earlier than current UTC time.',
      );
    case 'audience':
      return unauthorized(
        'InvalidAuthenticationTokenAudience',
        "The access token has been obtained for wrong audience or resource. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.",
      );
  }
}

/** 401 with the header that names the authority. */
export function unauthorized(code: string, message: string, tenantId = ''): AzureFailure {
  const description = message.replaceAll('"', "'");
  return refuseAtGateway(401, code, message, {
    'WWW-Authenticate': `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${description}"`,
  });
}

/** The claims challenge: a 401 without an error code that counts, the claims in base64 (2.1). */
export function claimsChallenge(claims: object, description: string): AzureFailure {
  const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
  return refuse(401, 'InvalidAuthenticationToken', description, {
    'WWW-Authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`,
  });
}
