import type { Json } from './json.ts';

/** A disturbance to be served instead of, or on top of, what Azure would answer. */
export interface FaultRule {
  readonly method?: string;
  /** Matched against host, path and query of the public URL, without regard to case. */
  readonly path?: string;
  /** Only the nth matching request, counted from 1. Without it: every one. */
  readonly nth?: number;
  /** Stop after this many hits. */
  readonly times?: number;
  /** Chance of each hit, 0 to 1, drawn from `seed`. */
  readonly chance?: number;
  readonly seed?: number;
  /** Before: Azure never sees the request. After: it took effect, but the answer is this one. */
  readonly when: 'before' | 'after';
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Simulated milliseconds by which the answer is held back. */
  readonly delayMs?: number;
  /** Break the connection instead of answering. */
  readonly cut?: boolean;
}

interface ActiveFault {
  readonly rule: FaultRule;
  readonly pattern: RegExp | undefined;
  seen: number;
  hits: number;
}

/** Faults on demand, decided by rule, count and seed alone. */
export class Faults {
  readonly #active: ActiveFault[] = [];
  readonly #draw: (seed: number, index: number) => number;

  constructor(draw: (seed: number, index: number) => number) {
    this.#draw = draw;
  }

  /** Throws SyntaxError when `path` is not a regular expression. */
  add(rule: FaultRule): void {
    const pattern = rule.path === undefined ? undefined : new RegExp(rule.path, 'i');
    this.#active.push({ rule, pattern, seen: 0, hits: 0 });
  }

  clear(): void {
    this.#active.length = 0;
  }

  /** How often each rule has struck, in the order in which they were added. */
  hits(): readonly number[] {
    return this.#active.map((fault) => fault.hits);
  }

  /** The first rule that strikes this request, if any. Counts it. */
  strike(method: string, url: URL): FaultRule | undefined {
    const target = `${url.host}${url.pathname}${url.search}`;
    return this.#active.filter((fault) => this.#strikes(fault, method, target))[0]?.rule;
  }

  #strikes(fault: ActiveFault, method: string, target: string): boolean {
    const { rule } = fault;
    if (rule.method !== undefined && rule.method.toUpperCase() !== method.toUpperCase()) {
      return false;
    }
    if (fault.pattern !== undefined && !fault.pattern.test(target)) return false;
    fault.seen += 1;
    if (rule.nth !== undefined && fault.seen !== rule.nth) return false;
    if (rule.times !== undefined && fault.hits >= rule.times) return false;
    if (rule.chance !== undefined && this.#draw(rule.seed ?? 0, fault.seen) >= rule.chance) {
      return false;
    }
    fault.hits += 1;
    return true;
  }
}
