import { redact } from '../setup/redact.ts';

/** How many lines are kept to say why a server ended. */
const KEPT = 6;

/** What a server prints, by line and without secrets: none of it leaves in another form. */
export class ServerOutput {
  readonly #secrets: readonly string[];
  readonly #onLine: (line: string) => void;
  #rest = '';
  #last: string[] = [];

  constructor(secrets: readonly string[], onLine: (line: string) => void) {
    this.#secrets = secrets.filter((secret) => secret !== '');
    this.#onLine = onLine;
  }

  /** The last lines that say something. */
  get lastLines(): readonly string[] {
    return this.#last;
  }

  /** Takes what was printed; half a line waits for its end, so that no secret is cut in two. */
  add(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
  }

  end(): void {
    if (this.#rest !== '') this.#emit(this.#rest);
    this.#rest = '';
  }

  #emit(line: string): void {
    const spared = this.#secrets.reduce(
      (text, secret) => text.replaceAll(secret, '[hidden]'),
      line,
    );
    // Each start prints the token that is in the database, which may be another one than ours.
    const safe = redact(spared.replace(/(admin token is\W*)[^\s"']+/gi, '$1[hidden]'));
    if (safe.trim() !== '') this.#last = [...this.#last, safe.trim()].slice(-KEPT);
    this.#onLine(safe);
  }
}
