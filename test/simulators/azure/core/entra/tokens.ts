import {
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { decodeJwt, type JWTPayload } from 'jose';
import type { JsonObject } from '../json.ts';

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const KEY_ID = 'simulated-azure-signing-key';
let signingKey: SigningKey | undefined;

/** Made once per process and never stored: tokens of one run are worth nothing in the next. */
function theKey(): SigningKey {
  signingKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return signingKey;
}

/** The public half, as Entra publishes it at `discovery/v2.0/keys`. */
export function publicKeys(): JsonObject {
  const { n = '', e = '' } = createPublicKey(theKey().privateKey).export({ format: 'jwk' });
  return { keys: [{ kty: 'RSA', use: 'sig', kid: KEY_ID, alg: 'RS256', n, e }] };
}

/** A compact RS256 JWT. Synchronous, unlike jose's, so that sign-in can be a plain function. */
export function signToken(claims: JWTPayload): string {
  const head = encode({ typ: 'JWT', alg: 'RS256', kid: KEY_ID });
  const signed = `${head}.${encode(claims)}`;
  const signature = createSign('RSA-SHA256').update(signed).sign(theKey().privateKey, 'base64url');
  return `${signed}.${signature}`;
}

/** Tokens whose signature was found good. Clients send one many times; checking is dear. */
const verified = new Map<string, JWTPayload>();
const REMEMBERED = 1000;

/** The claims of a token that this process signed; undefined for anything else. */
export function verifyToken(token: string): JWTPayload | undefined {
  const known = verified.get(token);
  if (known !== undefined) return known;
  const claims = checked(token);
  if (claims === undefined) return undefined;
  if (verified.size >= REMEMBERED) verified.clear();
  verified.set(token, claims);
  return claims;
}

function checked(token: string): JWTPayload | undefined {
  const [head, claims, signature, ...rest] = token.split('.');
  if (head === undefined || claims === undefined || signature === undefined || rest.length > 0) {
    return undefined;
  }
  const valid = createVerify('RSA-SHA256')
    .update(`${head}.${claims}`)
    .verify(theKey().publicKey, signature, 'base64url');
  return valid ? decodeJwt(token) : undefined;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
