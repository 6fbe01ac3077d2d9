import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';

/** Older servers break on today's Azure libraries (dstack-facts A7, 0.20.26). */
export const OLDEST_SERVER = '0.20.26';
/** The newest server that this client was tested with. */
export const NEWEST_KNOWN_SERVER = '0.21.5';

export interface ServerCompatibility {
  /** Undefined for a development build, which names none. */
  readonly version: string | undefined;
  /** The `X-API-VERSION` to send: a server refuses clients of a newer minor version than its own. */
  readonly apiVersion: string;
  /** What to tell the user, if anything. */
  readonly warning?: string;
}

/**
 * Whether we can work with a server of this version.
 *
 * @throws SetupError `server_too_old`
 */
export function compatibilityOf(version: string | null, url: string): ServerCompatibility {
  const parts = version === null ? undefined : partsOf(version);
  if (version === null || !parts) return { version: undefined, apiVersion: NEWEST_KNOWN_SERVER };
  if (compare(parts, partsOf(OLDEST_SERVER)) < 0) {
    throw new SetupError({
      code: 'server_too_old',
      source: 'dstack',
      message: t('The dstack server at {0} is version {1}.', url, version),
      remedy: t('Update it to {0} or later, then try again.', OLDEST_SERVER),
      field: 'serverUrl',
    });
  }
  if (compare(parts, partsOf(NEWEST_KNOWN_SERVER)) <= 0) return { version, apiVersion: version };
  const warning = t(
    'The dstack server is version {0}; this extension was tested up to {1}.',
    version,
    NEWEST_KNOWN_SERVER,
  );
  return { version, apiVersion: NEWEST_KNOWN_SERVER, warning };
}

/** A pre-release (`0.21.0rc1`) counts as its release. */
function partsOf(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match?.slice(1).map(Number);
}

function compare(a: readonly number[], b: readonly number[] = []): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
