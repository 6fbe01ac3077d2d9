import { shellCommand } from './shellCommand.ts';

/**
 * The line, from 0, that a dstack file's "apply" stands above: that of its `type`. Undefined where the
 * text is no configuration that `dstack apply` takes.
 */
export function applyLine(text: string): number | undefined {
  const line = text.split('\n').findIndex((each) => /^type\s*:\s*\S/.test(each));
  return line < 0 ? undefined : line;
}

/**
 * The command that applies a file of the folder, or undefined for a path that a terminal would not
 * take as text: it reads a control character as a key, whatever the quotes around it.
 * @param path relative to the folder, with `/`
 */
export function applyCommand(path: string, isWindows: boolean): string | undefined {
  if (/\p{Cc}/u.test(path)) return undefined;
  // A name that begins with a dash would be an option.
  const file = path.startsWith('-') ? `./${path}` : path;
  return isWindows ? windowsCommand(file) : shellCommand(['dstack', 'apply', '-f', file]);
}

/** cmd, PowerShell and Git Bash have only these characters in common that mean themselves in quotes. */
function windowsCommand(file: string): string | undefined {
  return /^[\p{L}\p{M}\p{N}_ ./-]+$/u.test(file) ? `dstack apply -f "${file}"` : undefined;
}
