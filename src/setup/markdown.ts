/** Code as it stands, whatever fences are in it. */
export function fenced(language: string, code: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
  return `${fence}${language}\n${code}\n${fence}`;
}

/** A name or an id on one line, as code. */
export function inline(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const oneLine = text.replaceAll(/\s+/g, ' ');
  const pad = oneLine.startsWith('`') || oneLine.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${oneLine}${pad}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Text that stays text: whatever Markdown or HTML would read into it. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#|~!&]/g, '\\$&');
}
