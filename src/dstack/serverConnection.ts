import { t } from '@vscode/l10n';
import { cancellation, type SetupError } from '../setup/errors.ts';
import { dstackError } from './serverFailure.ts';
import { isLoopbackUrl } from './serverUrl.ts';

/** The code that Node, undici or a test's fetch gives a failed connection, at whatever depth. */
export function connectionCode(error: unknown): string {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; depth += 1) {
    const code: unknown = 'code' in each ? each.code : undefined;
    if (typeof code === 'string') return code;
    // Several addresses of one host (IPv6 and IPv4) fail together.
    each = each instanceof AggregateError ? each.errors[0] : each.cause;
  }
  return '';
}

const CERTIFICATE: Readonly<Record<string, () => string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: () => t('its certificate is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: () => t('a certificate in its chain is self-signed'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => t('its certificate comes from an unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => t('its certificate comes from an unknown authority'),
  CERT_HAS_EXPIRED: () => t('its certificate has expired'),
  CERT_NOT_YET_VALID: () => t('its certificate is not valid yet; check the clock'),
  ERR_TLS_CERT_ALTNAME_INVALID: () => t('its certificate is for another host name'),
};

/** TLS spoken to a server that doesn't: OpenSSL's words for it. */
const NOT_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'];

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Nobody said no, nor anything else: what a firewall does. */
const NO_ANSWER = ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'];

/**
 * A connection that failed, as a `SetupError`: unreachable, timed out, lost, or TLS.
 *
 * @param error what fetch threw; never kept as the cause, because it may quote the request's headers
 */
export function connectionError(
  url: string,
  error: unknown,
  signals: { readonly caller: AbortSignal; readonly timeout: AbortSignal },
): SetupError | Error {
  if (signals.caller.aborted) return cancellation();
  if (signals.timeout.aborted) {
    return dstackError('server_timeout', [
      t('The dstack server at {0} did not answer in time.', url),
      t('Check that it runs and is not overloaded, then try again.'),
    ]);
  }
  const code = connectionCode(error);
  const certificate = CERTIFICATE[code]?.();
  if (certificate !== undefined) return tlsError(url, certificate);
  if (NOT_TLS.includes(code)) return tlsError(url, t('it does not speak TLS on this port'));
  if (UNREACHABLE.includes(code) || NO_ANSWER.includes(code)) return unreachable(url, code);
  return dstackError('server_connection_lost', [
    t('The connection to the dstack server at {0} broke before it had answered.', url),
    t('Try again: what was done already is found, not done twice.'),
  ]);
}

function tlsError(url: string, why: string): SetupError {
  return dstackError(
    'server_tls',
    [
      t('The connection to the dstack server at {0} is not safe: {1}.', url, why),
      t('Correct the certificate, or trust its authority on this machine (NODE_EXTRA_CA_CERTS).'),
    ],
    'serverUrl',
  );
}

function unreachable(url: string, code: string): SetupError {
  const message =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN'
      ? t('The host name of the dstack server at {0} is unknown.', url)
      : t('No dstack server answers at {0}.', url);
  return dstackError('server_unreachable', [message, remedyFor(url, code)], 'serverUrl');
}

/** In a remote window `localhost` is not the machine that the person sits at. */
function remedyFor(url: string, code: string): string {
  if (isLoopbackUrl(url)) {
    return t(
      '“{0}” means the machine that this runs on, in a remote window the remote one: start the server there, or enter an address that is reached from there.',
      new URL(url).hostname,
    );
  }
  return NO_ANSWER.includes(code)
    ? t('A firewall may keep this machine out: let it through, or correct the URL, then try again.')
    : t('Start the server, or correct its URL, then try again.');
}
