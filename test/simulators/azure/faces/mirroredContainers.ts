import type { BlobEvent } from '../core/blobAccess.ts';
import type { SimClock } from '../core/http.ts';
import type { BlobSide } from './blobGate.ts';

/** A store of blobs that has to learn of containers which came and went through ARM. */
export interface ContainerStore {
  createContainer(account: string, container: string): Promise<void>;
  deleteContainer(account: string, container: string): Promise<void>;
}

/** For so long a deleted container's name can't be used again (Delete Container, REST reference). */
const beingDeletedMs = 30_000;

/**
 * Brings what ARM did to containers to a store, account by account, when the account is next used:
 * in order, so that a container that was deleted and made again is empty.
 */
export class MirroredContainers {
  readonly #store: ContainerStore;
  readonly #containers = new Map<string, Set<string>>();
  readonly #pending = new Map<string, BlobEvent[]>();
  readonly #clock: SimClock;
  /** `account/container` -> when it was deleted, Unix ms. */
  readonly #deletedAt = new Map<string, number>();
  readonly #stopListening: () => void;

  constructor(side: BlobSide, store: ContainerStore, clock: SimClock) {
    this.#store = store;
    this.#clock = clock;
    for (const { name, containersFromArm } of side.blobAccounts()) {
      const events = containersFromArm.map((container): BlobEvent => ({
        kind: 'containerCreated',
        account: name,
        container,
      }));
      this.#pending.set(name, events);
    }
    this.#stopListening = side.onBlobChange((event) => {
      if (event.kind === 'containerDeleted')
        this.#noteDeletion(event.account, event.container ?? '');
      this.#pending.set(event.account, [...(this.#pending.get(event.account) ?? []), event]);
    });
  }

  /** Call before a request of this account goes to the store. */
  async catchUp(account: string): Promise<void> {
    const events = this.#pending.get(account) ?? [];
    this.#pending.delete(account);
    for (const event of events) await this.#apply(event);
  }

  /** The store made or dropped a container by itself. */
  noteOwn(account: string, container: string, exists: boolean): void {
    if (exists) {
      this.#of(account).add(container);
    } else {
      this.#of(account).delete(container);
      this.#noteDeletion(account, container);
    }
  }

  /** Whether the name is still blocked by a container that was deleted, here or through ARM. */
  isBeingDeleted(account: string, container: string): boolean {
    const deletedAt = this.#deletedAt.get(`${account}/${container}`);
    return deletedAt !== undefined && this.#clock.now() < deletedAt + beingDeletedMs;
  }

  #noteDeletion(account: string, container: string): void {
    this.#deletedAt.set(`${account}/${container}`, this.#clock.now());
  }

  close(): void {
    this.#stopListening();
  }

  async #apply({ kind, account, container = '' }: BlobEvent): Promise<void> {
    switch (kind) {
      case 'accountCreated':
        return;
      case 'accountDeleted':
        for (const name of [...this.#of(account)]) await this.#drop(account, name);
        return;
      case 'containerCreated':
        if (this.#of(account).has(container)) return;
        this.#of(account).add(container);
        await this.#store.createContainer(account, container);
        return;
      case 'containerDeleted':
        await this.#drop(account, container);
    }
  }

  async #drop(account: string, container: string): Promise<void> {
    if (!this.#of(account).delete(container)) return;
    await this.#store.deleteContainer(account, container);
  }

  #of(account: string): Set<string> {
    const known = this.#containers.get(account) ?? new Set<string>();
    this.#containers.set(account, known);
    return known;
  }
}
