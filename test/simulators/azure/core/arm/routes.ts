import type { Operation } from '../operation.ts';

interface CompiledPath {
  readonly operation: Operation;
  readonly segments: readonly string[];
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
      const segments = split(operation.path);
      const open = segments[0]?.endsWith('...}') === true;
      const list = this.#byMethod.get(operation.method) ?? [];
      list.push({ operation, segments: open ? segments.slice(1) : segments, open });
      this.#byMethod.set(operation.method, list);
    }
  }

  find(method: string, path: string): Match | undefined {
    const segments = split(path);
    for (const compiled of this.#byMethod.get(method) ?? []) {
      const params = fit(compiled, segments);
      if (params !== undefined) return { operation: compiled.operation, params };
    }
    return undefined;
  }
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function fit(
  compiled: CompiledPath,
  segments: readonly string[],
): Record<string, string> | undefined {
  const skipped = segments.length - compiled.segments.length;
  if (skipped < 0 || (!compiled.open && skipped > 0)) return undefined;
  const params: Record<string, string> = {};
  for (const [index, pattern] of compiled.segments.entries()) {
    const segment = segments[index + skipped] ?? '';
    if (pattern.startsWith('{')) params[pattern.slice(1, -1)] = segment;
    else if (pattern.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  if (compiled.open) params['scope'] = `/${segments.slice(0, skipped).join('/')}`;
  return params;
}
