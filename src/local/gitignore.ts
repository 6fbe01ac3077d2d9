/**
 * The text of `.dstack/.gitignore` with `config.yml` ignored, and nothing else added. A later line
 * that takes it back (`!config.yml`, `!*`) is answered by a line behind it: the last match wins.
 */
export function ignoreConfig(text: string | undefined): string {
  if (text === undefined) return 'config.yml\n';
  const lines = text.split(/\r?\n/);
  const ours = lines.lastIndexOf('config.yml');
  const isTakenBack = lines.findLastIndex((line) => line.startsWith('!')) > ours;
  if (ours >= 0 && !isTakenBack) return text;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const isEnded = text === '' || text.endsWith('\n');
  return `${text}${isEnded ? '' : eol}config.yml${eol}`;
}
