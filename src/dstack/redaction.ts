import { redact } from '../setup/redact.ts';

const MASK = '•••';

/**
 * What a server says, without what it must not repeat: the secrets that we sent it, and the parts in
 * which pydantic echoes its input (`input_value=…`).
 */
export function redactSaid(text: string, secrets: readonly string[]): string {
  const spared = secrets
    .filter((secret) => secret.length > 0)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  return redact(spared.replace(/,? ?input_value=.*?(?=, input_type=|\]|$)/gms, ''));
}
