import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';

/**
 * A dstack server's URL in the one form that we store and compare: scheme, host, port and path,
 * without trailing slashes. IPv6 hosts stay in brackets, default ports go.
 *
 * @throws SetupError `server_url_invalid` or, so that no password is stored, `server_url_has_credentials`.
 */
export function normalizeServerUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw urlError('server_url_invalid', t('The server URL is not an http or https address.'));
  }
  if (url.username !== '' || url.password !== '') {
    throw urlError(
      'server_url_has_credentials',
      t('The server URL holds a user name or password.'),
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw urlError('server_url_invalid', t('The server URL has a part after “?” or “#”.'));
  }
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

const EXAMPLES = ['https://dstack.example.com', 'http://127.0.0.1:3000'] as const;

function urlError(code: string, message: string): SetupError {
  return new SetupError({
    code,
    source: 'user',
    message,
    remedy: t('Enter it like {0} or {1}, nothing else.', EXAMPLES[0], EXAMPLES[1]),
    field: 'serverUrl',
  });
}

/** Whether two URLs lead to the same server, as far as their text says. */
export function isSameServer(a: string, b: string): boolean {
  return comparable(a) === comparable(b);
}

function comparable(text: string): string {
  try {
    return normalizeServerUrl(text);
  } catch {
    return text;
  }
}

/**
 * Whether the host means "the machine that asks": in a remote window that is the remote machine for
 * the extension and its terminals, and the user's own one for a browser.
 */
export function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname;
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\./.test(host)
  );
}
