/** A block blob in memory. */
export interface StoredBlob {
  readonly name: string;
  readonly content: Uint8Array;
  readonly contentType: string;
  /** Base64. */
  readonly contentMd5: string;
  /** Names as the client wrote them. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  /** Unix ms. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface StoredContainer {
  readonly name: string;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly blobs: Map<string, StoredBlob>;
}

/** Containers and blobs by account; knows nothing of HTTP or of rights. */
export class MemoryBlobStore {
  readonly #accounts = new Map<string, Map<string, StoredContainer>>();
  #versions = 0;

  containers(account: string): StoredContainer[] {
    return [...(this.#accounts.get(account)?.values() ?? [])].sort(byName);
  }

  container(account: string, name: string): StoredContainer | undefined {
    return this.#accounts.get(account)?.get(name);
  }

  addContainer(account: string, name: string, now: number): StoredContainer {
    const containers = this.#accounts.get(account) ?? new Map<string, StoredContainer>();
    const made = { name, etag: this.nextEtag(), modifiedAt: now, blobs: new Map() };
    this.#accounts.set(account, containers.set(name, made));
    return made;
  }

  removeContainer(account: string, name: string): void {
    this.#accounts.get(account)?.delete(name);
  }

  /** Every version of everything has its own, as in Azure. */
  nextEtag(): string {
    this.#versions += 1;
    return `"0x8DE${this.#versions.toString(16).toUpperCase().padStart(12, '0')}"`;
  }
}

/** In Azure's order: by code unit, not by anybody's alphabet. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
