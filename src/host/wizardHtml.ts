/** What the page's shell is made of. */
export interface WizardShell {
  /** Random, new for each page: only what carries it runs. */
  readonly nonce: string;
  /** In the page itself: fetching them takes a third of the time until something is seen. */
  readonly script: string;
  readonly style: string;
  /** The page's language, e.g. `de`. */
  readonly language: string;
  readonly title: string;
  /** English text to translated text. */
  readonly strings: Readonly<Record<string, string>>;
}

/**
 * The page before its script has run. Everything is denied, then one script and one style are let in
 * by nonce; the toolkit's components give theirs the nonce of `meta[property=csp-nonce]`.
 */
export function wizardHtml(shell: WizardShell): string {
  const nonce = escape(shell.nonce);
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escape(shell.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(shell.title)}</title>
<style nonce="${nonce}">${enclosed(shell.style)}</style>
</head>
<body>
<main id="app" data-strings="${escape(JSON.stringify(shell.strings))}"></main>
<script nonce="${nonce}">${enclosed(shell.script)}</script>
</body>
</html>`;
}

/** Ends neither its element nor, as a comment would, the page; means the same to either language. */
function enclosed(code: string): string {
  return code.replaceAll(/<(?=\/(?:script|style)|!--)/gi, '<\\');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
