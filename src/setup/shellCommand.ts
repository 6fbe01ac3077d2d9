/** One word of a Bash command line, quoted so that Bash reads exactly this text. */
export function shellWord(text: string): string {
  // Inside single quotes nothing has a meaning, not even a line break; only the quote itself ends it.
  return /^[A-Za-z0-9_/.:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A Bash command line of these words. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
