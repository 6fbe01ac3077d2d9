import type { SecretFieldName } from '../contract/wizardState.ts';

/** Secrets that were typed into the page, until they have their place: in this process's memory only. */
export class TypedSecrets {
  readonly #values = new Map<SecretFieldName, string>();

  /** An empty one is forgotten. */
  keep(field: SecretFieldName, value: string): void {
    if (value === '') this.#values.delete(field);
    else this.#values.set(field, value);
  }

  /** The secret that was given last; empty where there is none. */
  value(field: SecretFieldName): string {
    return this.#values.get(field) ?? '';
  }
}
