import { defaultStorageAccountName } from '../names.ts';
import type { Catalog, Clock } from '../ports.ts';

/** What Azure says about the name of an account to create. */
export interface NameCheck {
  readonly available: boolean;
  /** Azure checks no names here as long as Microsoft.Storage is not registered. */
  readonly unchecked?: true;
  /** Azure's sentence, if the name can't be had. */
  readonly message?: string;
  /** A name that can be had. */
  readonly suggestion?: string;
}

/** How long nobody may have typed before Azure is asked, in ms (the seed's own wait). */
export const TYPING_PAUSE_MS = 1000;
const MAX_ATTEMPTS = 5;
/** What the catalog answers where Azure gave no answer (`Catalog.checkStorageAccountName`). */
const UNCHECKED = 'Unchecked';

/** Asks Azure whether the name is free and, if not, looks for a default name that is. */
export async function checkName(
  request: {
    readonly catalog: Catalog;
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly projectName: string;
    readonly name: string;
  },
  signal: AbortSignal,
): Promise<NameCheck> {
  const { catalog, tenantId, subscriptionId, projectName, name } = request;
  const ask = (each: string) =>
    catalog.checkStorageAccountName(tenantId, subscriptionId, each, signal);
  const answer = await ask(name);
  if (answer.reason === UNCHECKED) return { available: true, unchecked: true };
  if (answer.available) return { available: true };
  const message = answer.message === undefined ? {} : { message: answer.message };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const other = defaultStorageAccountName(subscriptionId, projectName, attempt);
    if (other === name || !(await ask(other)).available) continue;
    return { available: false, ...message, suggestion: other };
  }
  return { available: false, ...message };
}

/** The same after a pause in typing; the caller aborts it with the next key. */
export async function checkNameAfterPause(
  clock: Clock,
  request: Parameters<typeof checkName>[0],
  signal: AbortSignal,
): Promise<NameCheck> {
  await clock.sleep(TYPING_PAUSE_MS, signal);
  return checkName(request, signal);
}
