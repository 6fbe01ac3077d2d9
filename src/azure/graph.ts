import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import type { Caller, TokenSource } from '../setup/ports.ts';
import { keysIn } from '../setup/secretChange.ts';
import type { AppSecrets } from '../setup/secretPorts.ts';
import { callerOf } from './caller.ts';
import { graphCall, unreadable } from './graphCalls.ts';
import type { Connection } from './pipeline.ts';

const madeSchema = z.object({ keyId: z.string(), secretText: z.string(), endDateTime: z.string() });

/** Client secrets of app registrations. The value leaves only through `add`'s result. */
export function appSecrets(connection: Connection): AppSecrets {
  return {
    async list({ tenantId, objectId }, signal) {
      const path = `/applications/${objectId}?$select=id,passwordCredentials`;
      const app = await graphCall(connection, { tenantId, method: 'GET', path, signal });
      return keysIn(app?.['passwordCredentials']);
    },
    async add({ tenantId, objectId }, wanted, signal) {
      const path = `/applications/${objectId}/addPassword`;
      const body = { passwordCredential: { ...wanted } };
      const answer = await graphCall(connection, { tenantId, method: 'POST', path, body, signal });
      const made = madeSchema.safeParse(answer);
      // No cause: it would hold the answer.
      if (!made.success) throw unreadable({ method: 'POST' });
      const [key] = keysIn([answer ?? {}]);
      if (key === undefined) throw unreadable({ method: 'POST' });
      return { key, value: made.data.secretText };
    },
    async remove({ tenantId, objectId }, keyId, signal) {
      const path = `/applications/${objectId}/removePassword`;
      try {
        await graphCall(connection, { tenantId, method: 'POST', path, body: { keyId }, signal });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}

/** Whose token Graph gets: the account that will own the app. */
export async function graphAccount(
  tokens: TokenSource,
  tenantId: string,
  signal: AbortSignal,
): Promise<Caller> {
  const { token } = await tokens.token({ audience: 'graph', tenantId, isFresh: true, signal });
  return callerOf(token);
}

/** Graph answers 400 for a key that the app has not got. */
function isGone(error: unknown): boolean {
  if (!(error instanceof SetupError)) return false;
  return error.azure?.status === 404 || /No password credential found/.test(error.message);
}
