import type { Operation } from '../operation.ts';

interface Segment {
  /** Name of the parameter, or undefined for a literal. */
  readonly parameter?: string;
  /** In lower case. */
  readonly literal: string;
}

interface CompiledPath {
  readonly operation: Operation;
  readonly segments: readonly Segment[];
  /** Segments before the first literal after a leading `{scope...}`; -1 without one. */
  readonly open: boolean;
}

export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds operations by method and path. Literals compare without regard to case, as in Azure. */
export class Routes {
  readonly #byMethod = new Map<string, CompiledPath[]>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      const segments = split(operation.path).map(compiledSegment);
      const open = segments[0]?.parameter?.endsWith('...') === true;
      const list = this.#byMethod.get(operation.method) ?? [];
      list.push({ operation, segments: open ? segments.slice(1) : segments, open });
      this.#byMethod.set(operation.method, list);
    }
  }

  find(method: string, path: string): Match | undefined {
    const segments = split(path);
    const lower = segments.map((segment) => segment.toLowerCase());
    for (const compiled of this.#byMethod.get(method) ?? []) {
      const params = fits(compiled, lower) ? paramsOf(compiled, segments) : undefined;
      if (params !== undefined) return { operation: compiled.operation, params };
    }
    return undefined;
  }
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function compiledSegment(segment: string): Segment {
  if (!segment.startsWith('{')) return { literal: segment.toLowerCase() };
  return { literal: '', parameter: segment.slice(1, -1) };
}

/** Every request is held against most of the paths: nothing is made here, only compared. */
function fits({ segments: wanted, open }: CompiledPath, lower: readonly string[]): boolean {
  const skipped = lower.length - wanted.length;
  if (skipped < 0 || (!open && skipped > 0)) return false;
  return wanted.every(
    ({ parameter, literal }, index) =>
      parameter !== undefined || literal === lower[index + skipped],
  );
}

function paramsOf(
  { segments: wanted, open }: CompiledPath,
  segments: readonly string[],
): Record<string, string> {
  const skipped = segments.length - wanted.length;
  const params: Record<string, string> = {};
  for (const [index, { parameter }] of wanted.entries()) {
    if (parameter !== undefined) params[parameter] = segments[index + skipped] ?? '';
  }
  if (open) params['scope'] = `/${segments.slice(0, skipped).join('/')}`;
  return params;
}
