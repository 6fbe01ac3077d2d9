import { t } from '@vscode/l10n';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import type { Caller } from '../setup/ports.ts';

/** The claims of an ARM token that say who it stands for. */
const claimsSchema = z.object({
  oid: z.string(),
  idtyp: z.string().optional(),
  scp: z.string().optional(),
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  preferred_username: z.string().optional(),
  name: z.string().optional(),
  app_displayname: z.string().optional(),
  appid: z.string().optional(),
});

/**
 * Who a token stands for. It is our own token, so its claims are read, not verified.
 * @throws SetupError `caller_unknown` if it says nothing
 */
export function callerOf(token: string): Caller {
  const claims = claimsSchema.safeParse(payloadOf(token));
  if (!claims.success) throw unknownCaller(claims.error);
  const { oid, idtyp, scp, appid } = claims.data;
  // `idtyp` is optional for people; only their tokens carry delegated scopes.
  const isApp =
    idtyp === 'app' || (idtyp === undefined && scp === undefined && appid !== undefined);
  const { upn, unique_name, preferred_username, name, app_displayname } = claims.data;
  return isApp
    ? { principalId: oid, principalType: 'ServicePrincipal', name: app_displayname ?? appid ?? oid }
    : {
        principalId: oid,
        principalType: 'User',
        name: upn ?? unique_name ?? preferred_username ?? name ?? oid,
      };
}

function payloadOf(token: string): unknown {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (char) => char.codePointAt(0) ?? 0);
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function unknownCaller(cause: unknown): SetupError {
  return new SetupError({
    code: 'caller_unknown',
    source: 'azure',
    message: t('The sign-in does not say which account it stands for.'),
    remedy: t('Sign in again.'),
    cause,
  });
}
