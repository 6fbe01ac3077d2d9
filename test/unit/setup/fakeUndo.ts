import { nameOf } from '../../../src/setup/armId.ts';
import type { ObservedResource, RecordLocation } from '../../../src/setup/ports.ts';
import type { Lock } from '../../../src/setup/permissions.ts';
import { textAt } from '../../../src/setup/resources/path.ts';
import type {
  AccountContents,
  GroupObject,
  GroupPlace,
  ListedAssignment,
  ListedMachine,
  UndoAzure,
  UndoServer,
} from '../../../src/setup/undoPorts.ts';
import {
  azureError,
  fakePorts,
  type FakeAzure,
  type FakePorts,
  type FakeRecords,
} from './fakeAzure.ts';
import { dev } from './sampleSpec.ts';

/** What an undo asks, answered from the same map that the set-up has filled. */
export class FakeUndo implements UndoAzure {
  readonly #azure: FakeAzure;
  readonly #records: FakeRecords;
  /** Blobs by container id in lower case, the record aside. */
  readonly blobNames = new Map<string, string[]>();
  readonly machines: ListedMachine[] = [];
  readonly locked: Lock[] = [];
  readonly others: string[] = [];
  logs = false;
  /** Ids that the group's listing still shows, although they are gone. */
  readonly ghosts: string[] = [];
  readonly purged: string[] = [];
  /** The bin is empty at the third look. */
  binLooks = 0;
  /** Names of questions that are refused. */
  readonly forbidden = new Set<string>();

  constructor(azure: FakeAzure, records: FakeRecords) {
    this.#azure = azure;
    this.#records = records;
  }

  async groupObjects(at: GroupPlace): Promise<readonly GroupObject[]> {
    await this.#may('groupObjects');
    const gone = this.ghosts.map((id) => ({ id, name: nameOf(id), type: 'gone', tags: {} }));
    const there = this.#ids(`${groupOf(at)}/providers/`)
      .filter((id) => /^[^/]+\/[^/]+\/[^/]+$/.test(id.slice(id.indexOf('/providers/') + 11)))
      .filter((id) => !/\/providers\/microsoft\.authorization\//i.test(id))
      .map((id) => {
        const { tags, location } = this.#object(id);
        const type = id.split('/').slice(-3, -1).join('/');
        return {
          id,
          type,
          name: nameOf(id),
          tags,
          ...(location === undefined ? {} : { location }),
        };
      });
    return [...there, ...gone];
  }

  async roleAssignments(at: { scope: string }): Promise<readonly ListedAssignment[]> {
    await this.#may('roleAssignments');
    return this.#ids(at.scope.toLowerCase())
      .filter((id) => /\/roleassignments\//i.test(id))
      .map((id) => {
        const { body } = this.#object(id);
        const description = textAt(body, 'properties.description');
        return {
          id,
          principalId: textAt(body, 'properties.principalId') ?? '',
          principalType: textAt(body, 'properties.principalType') ?? '',
          roleDefinitionId: textAt(body, 'properties.roleDefinitionId') ?? '',
          ...(description === undefined ? {} : { description }),
        };
      });
  }

  async locks(): Promise<readonly Lock[]> {
    await this.#may('locks');
    return this.locked;
  }

  async virtualMachines(): Promise<readonly ListedMachine[]> {
    await this.#may('virtualMachines');
    return this.machines;
  }

  async accountContents(at: GroupPlace & { account: string }): Promise<AccountContents> {
    await this.#may('accountContents');
    const prefix = `/storageaccounts/${at.account}/blobservices/default/containers/`;
    const containers = this.#ids(groupOf(at)).filter(
      (id) => id.toLowerCase().includes(prefix) && !/\/providers\/microsoft.auth/i.test(id),
    );
    return { containers: containers.map(nameOf), others: this.others };
  }

  /** As strict as Azure: only whoever has the data role on the container sees its blobs. */
  async blobs(at: { blobEndpoint: string; container: string; limit: number }): Promise<string[]> {
    await this.#may('blobs');
    const account = /^https:\/\/([^.]+)\./.exec(at.blobEndpoint)?.[1] ?? '';
    const part = `/storageaccounts/${account}/blobservices/default/containers/${at.container}`;
    const has = this.#ids('').some(
      (id) =>
        id.toLowerCase().includes(`${part}/providers/microsoft.authorization/`) &&
        textAt(this.#object(id).body, 'properties.principalId') === dev.principalId,
    );
    if (!has) throw azureError({ status: 403, code: 'AuthorizationPermissionMismatch' });
    const id = this.#ids('').find((each) => each.toLowerCase().endsWith(part));
    if (id === undefined) throw azureError({ status: 404, code: 'ContainerNotFound' });
    const records = [...this.#records.blobs.keys()]
      .filter((key) => at.container === 'dstack-azure' && key.startsWith(at.blobEndpoint))
      .map((key) => `projects/${key.split(' ')[1] ?? ''}.json`);
    return [...records, ...(this.blobNames.get(id.toLowerCase()) ?? [])].slice(0, at.limit);
  }

  async removeRecord(at: RecordLocation, etag: string): Promise<void> {
    await this.#may('removeRecord');
    const key = `${at.blobEndpoint} ${at.projectName.toLowerCase()}`;
    if (this.#records.blobs.get(key)?.etag === etag) this.#records.blobs.delete(key);
  }

  async hasLogs(): Promise<boolean> {
    await this.#may('hasLogs');
    return this.logs;
  }

  async purgeVault(at: { name: string; location: string }): Promise<void> {
    await this.#may('purgeVault');
    this.purged.push(`${at.name} in ${at.location}`);
  }

  async isVaultInBin(): Promise<boolean> {
    await this.#may('isVaultInBin');
    this.binLooks += 1;
    return this.binLooks < 3;
  }

  async #may(question: string): Promise<void> {
    await Promise.resolve();
    if (this.forbidden.has(question)) {
      throw azureError({ status: 403, code: 'AuthorizationFailed' }, 'You may not read it.');
    }
  }

  #ids(prefix: string): string[] {
    return [...this.#azure.objects.values()]
      .map(({ id }) => id)
      .filter((id) => id.toLowerCase().startsWith(prefix.toLowerCase()));
  }

  #object(id: string): ObservedResource {
    const found = this.#azure.objects.get(id.toLowerCase());
    if (found === undefined) throw new Error(`no object ${id}`);
    return found;
  }
}

function groupOf(at: GroupPlace): string {
  return `/subscriptions/${at.subscriptionId}/resourceGroups/${at.resourceGroup}`.toLowerCase();
}

export class FakeServer implements UndoServer {
  readonly name = 'http://localhost:3000';
  fleets: string[] = [];
  unregistered = 0;
  fails: Error | undefined;

  async running(): Promise<readonly string[]> {
    await Promise.resolve();
    return this.fleets;
  }

  async unregister(): Promise<void> {
    await Promise.resolve();
    if (this.fails !== undefined) throw this.fails;
    this.unregistered += 1;
  }
}

export interface FakeUndoPorts extends FakePorts {
  readonly azure: FakeUndo;
  readonly server?: UndoServer;
}

/** @param ports of the machine that the set-up ran on, or of another one over the same Azure */
export function undoPorts(ports: FakePorts = fakePorts()): FakeUndoPorts {
  return { ...ports, azure: new FakeUndo(ports.resources, ports.records) };
}
