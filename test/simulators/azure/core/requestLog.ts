/** One request as the simulated Azure saw it. Bodies and headers are never kept: they hold secrets. */
export interface LoggedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  /** It was meant to change something in Azure, and was answered with success. */
  readonly mutating: boolean;
  /** Simulated time of arrival, Unix ms. */
  readonly time: number;
  /** Name of the operation in the README's table, or undefined when there is none. */
  readonly operation?: string;
}

interface Unexpected {
  readonly log: RequestLog;
  readonly operation: string;
}

/** Of all simulated Azures in this process: a test ring must see what any of them was asked in vain. */
let unexpected: readonly Unexpected[] = [];

/** What was asked in vain since the last call, except by those who said that they meant to. */
export function takeUnexpected(): readonly string[] {
  const operations = unexpected.map(({ operation }) => operation);
  unexpected = [];
  return operations;
}

/** Every request, in order of arrival. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #unsupported: string[] = [];
  readonly #listeners: ((operation: string) => void)[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
  }

  addUnsupported(operation: string): void {
    this.#unsupported.push(operation);
    unexpected = [...unexpected, { log: this, operation }];
    for (const listener of this.#listeners) listener(operation);
  }

  /** Calls back with each request that is not simulated, as it comes. */
  onUnsupported(listener: (operation: string) => void): void {
    this.#listeners.push(listener);
  }

  /** How many requests changed something in Azure. Name checks, queries and sign-ins do not count. */
  stateChangingCalls(): number {
    return this.entries.filter((entry) => entry.mutating).length;
  }

  /** What was asked for but is not simulated: a test in which this is not empty proves nothing. */
  unsupported(): readonly string[] {
    return this.#unsupported;
  }

  /** The same for who asked on purpose: they count no longer, and fail no test. */
  takeUnsupported(): readonly string[] {
    unexpected = unexpected.filter(({ log }) => log !== this);
    return this.#unsupported.splice(0);
  }

  /** Forgets what was answered. What is not simulated stays: no test may lose sight of it. */
  clear(): void {
    this.entries.length = 0;
  }
}
