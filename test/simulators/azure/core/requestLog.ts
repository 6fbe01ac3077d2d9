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

/** Every request, in order of arrival. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #unsupported: string[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
  }

  addUnsupported(operation: string): void {
    this.#unsupported.push(operation);
  }

  /** How many requests changed something in Azure. Name checks, queries and sign-ins do not count. */
  stateChangingCalls(): number {
    return this.entries.filter((entry) => entry.mutating).length;
  }

  /** What was asked for but is not simulated: a test in which this is not empty proves nothing. */
  unsupported(): readonly string[] {
    return this.#unsupported;
  }

  clear(): void {
    this.entries.length = 0;
    this.#unsupported.length = 0;
  }
}
