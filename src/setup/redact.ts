/** What replaces a secret. */
const HIDDEN = '[hidden]';

/**
 * What secrets look like in the traffic and the files that we handle. Each pattern keeps its first
 * group, so that a reader still sees what was there.
 */
const PATTERNS: readonly RegExp[] = [
  // The key of a JSON, YAML, form or header line, then its value.
  /((?:authorization|x-ms-authorization-auxiliary)["']?\s*[:=]\s*["']?(?:bearer|basic|sharedkey)\s+)[^\s"',]+/gi,
  /(\bbearer\s+)[\w.~+/=-]{16,}/gi,
  /((?:client_?secret|access_?token|refresh_?token|id_?token|accountkey|secrettext|password|dstack_token|\btoken)["']?\s*[:=]\s*["']?)[^\s"',&;}]{6,}/gi,
  // Shared access signatures.
  /([?&;]sig=)[^&\s"']+/gi,
];

/** A JSON web token wherever it stands: header and payload begin with `{"` in base64url. */
const JSON_WEB_TOKEN = /\beyJ[\w-]{5,}\.eyJ[\w-]*(?:\.[\w-]*)?/g;

/** The text without tokens, keys and passwords. Everything that is logged or shown passes it. */
export function redact(text: string): string {
  return PATTERNS.reduce(
    (rest, pattern) => rest.replace(pattern, `$1${HIDDEN}`),
    text.replace(JSON_WEB_TOKEN, HIDDEN),
  );
}
