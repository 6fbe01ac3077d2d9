import { t } from '@vscode/l10n';
import type { Finding } from './finding.ts';
import { userError } from './problem.ts';

/** A server's URL, in the form that is stored, or what is wrong with it. */
export interface ReadServerUrl {
  readonly url?: string;
  readonly finding: Finding;
}

const EXAMPLE = 'https://dstack.example.com';

/** Reads a URL as somebody types or pastes it; slashes at its end mean nothing. */
export function readServerUrl(text: string): ReadServerUrl {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return withoutScheme(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return refused(t('The server URL is not an http or https address.'), undefined);
  }
  const plain = plainUrl(url);
  if (url.username !== '' || url.password !== '') {
    return refused(t('The server URL holds a user name or password.'), plain);
  }
  if (url.search !== '' || url.hash !== '') {
    return refused(t('The server URL has a part after “?” or “#”.'), plain);
  }
  return { url: plain, finding: isOpen(url) ? { hint: openHint() } : {} };
}

const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i;

/**
 * A URL without the user name and the password in it: what is typed is kept and shown.
 * @param by what stands there instead, to be refused like them
 */
export function replaceUserInfo(text: string, by: '' | '***@'): string {
  return text.replace(USER_INFO, `$1${by}`);
}

function withoutScheme(text: string): ReadServerUrl {
  const [scheme, host] = [isLoopback(text) ? 'http' : 'https', bracketed(text)];
  const guess = `${scheme}://${host}`;
  const message = t('The server URL begins with https:// or http://.');
  const isUrl = URL.canParse(guess) && /^[^\s/]*[.:\]]|^localhost/i.test(host);
  return refused(message, isUrl ? plainUrl(new URL(guess)) : undefined);
}

function refused(message: string, suggestion: string | undefined): ReadServerUrl {
  const remedy = t('Enter it like {0}.', EXAMPLE);
  return { finding: { error: userError('server_url_invalid', message, remedy), suggestion } };
}

function plainUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

/** An IPv6 address is part of a URL in brackets only. */
function bracketed(text: string): string {
  return /^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(text) ? `[${text}]` : text;
}

function isLoopback(text: string): boolean {
  return /^(localhost|127\.|\[?::1\]?)/i.test(text);
}

/** Tokens over plain http can be read on the way. */
function isOpen(url: URL): boolean {
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}

function openHint(): string {
  return t('Without https, others on the way can read the token and the credentials.');
}
