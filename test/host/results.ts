/** How a ring of tests went; passed from process to process as JSON. */
export interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** As the summary says it. */
export function countsOf({ passed, failed, skipped }: Results): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

const mark = '[test] ';

/** A line of a test report, each of its lines marked as such. */
export function testLine(text: string): string {
  return text.replace(/^/gm, mark);
}

/** The text of a line made by {@link testLine}; `undefined` for all that VS Code prints beside it. */
export function textOfTestLine(line: string): string | undefined {
  return line.startsWith(mark) ? line.replaceAll(/^\[test\] /gm, '') : undefined;
}
