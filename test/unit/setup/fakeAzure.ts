import { SetupError, type AzureFailure } from '../../../src/setup/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../src/setup/json.ts';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type {
  AzureResources,
  Journal,
  ObservedResource,
  Operation,
  RecordLocation,
  RecordStore,
  SetupPorts,
} from '../../../src/setup/ports.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import type { ResourceKind, Target } from '../../../src/setup/resource.ts';
import { textAt } from '../../../src/setup/resources/path.ts';
import { VirtualClock } from './virtualClock.ts';

/** A failure as `src/azure` would hand it up. */
export function azureError(failure: AzureFailure, message = failure.code): SetupError {
  const code = failure.code === '' ? 'network' : failure.code;
  return new SetupError({ code, source: 'azure', message, remedy: 'r', azure: failure });
}

/** What Graph answers besides: the id of an object is not its address. */
const GRAPH_IDS: Readonly<Partial<Record<ResourceKind, JsonObject>>> = {
  application: { id: 'app-object', appId: 'app-client' },
  servicePrincipal: { id: '00000000-0000-0000-0000-00000000dddd', appId: 'app-client' },
};

type Call = { readonly op: 'read' | 'write' | 'poll' | 'remove'; readonly target: Target };

/**
 * The core's ports over a plain map, for tests of the core's own logic. How Azure itself behaves
 * is the simulated Azure's business: what stands here is only enough to run a plan.
 */
export class FakeAzure implements AzureResources {
  readonly objects = new Map<string, ObservedResource>();
  readonly calls: Call[] = [];
  /** Polls that a write of this kind needs, each `pollMs` apart. */
  readonly polls = new Map<string, number>([['storageAccount', 2]]);
  /** The same for deletes. */
  readonly removePolls = new Map<string, number>([['resourceGroup', 3]]);
  readonly pollMs = 17_000;
  /** How long a call is on its way, before and after its effect. */
  latency: () => Promise<void> = () => Promise.resolve();
  /** Called before each call; throws what the call should fail with. */
  before: (call: Call) => void = () => undefined;
  /** Called after a write took effect; throws to lose the answer. */
  after: (call: Call) => void = () => undefined;

  get writes(): readonly string[] {
    return this.calls.filter(({ op }) => op === 'write').map(({ target }) => target.id);
  }

  put(id: string, body: JsonObject): ObservedResource {
    const tags = isJsonObject(body['tags']) ? body['tags'] : {};
    const observed: ObservedResource = {
      id,
      tags: Object.fromEntries(
        Object.entries(tags).map(([key, value]) => [key, typeof value === 'string' ? value : '']),
      ),
      provisioningState: 'Succeeded',
      body,
      ...(typeof body['location'] === 'string' ? { location: body['location'] } : {}),
    };
    this.objects.set(id.toLowerCase(), observed);
    return observed;
  }

  read(target: Target, signal: AbortSignal): Promise<ObservedResource | undefined> {
    return this.#call('read', target, signal, () => {
      if (target.kind !== 'providerRegistration') return this.objects.get(target.id.toLowerCase());
      const known = this.objects.get(target.id.toLowerCase());
      const body = { registrationState: known === undefined ? 'NotRegistered' : 'Registered' };
      return { id: target.id, tags: {}, body };
    });
  }

  readSameGrant(target: Target, signal: AbortSignal): Promise<ObservedResource | undefined> {
    const scope = target.id.slice(0, target.id.lastIndexOf('/') + 1).toLowerCase();
    const grantIn = ({ body }: Pick<Target, 'body'>): string =>
      ['principalId', 'roleDefinitionId'].map((name) => textAt(body, `properties.${name}`)).join();
    return this.#call(
      'read',
      target,
      signal,
      () =>
        [...this.objects].flatMap(([id, found]) =>
          id.startsWith(scope) &&
          !id.slice(scope.length).includes('/') &&
          grantIn(found) === grantIn(target)
            ? [found]
            : [],
        )[0],
    );
  }

  write(target: Target, signal: AbortSignal): Promise<Operation> {
    return this.#call('write', target, signal, () => {
      const polls = this.polls.get(target.kind) ?? 0;
      if (polls > 0) return { status: 'running', state: { polls }, retryAfterMs: this.pollMs };
      return { status: 'succeeded', resource: this.#take(target) };
    });
  }

  poll(target: Target, state: Json, signal: AbortSignal): Promise<Operation> {
    return this.#call('poll', target, signal, () => {
      const running = isJsonObject(state) ? state : {};
      const polls = Number(running['polls'] ?? 1) - 1;
      if (polls > 0) {
        return { status: 'running', state: { ...running, polls }, retryAfterMs: this.pollMs };
      }
      if (running['removing'] === true) return this.#drop(target);
      return { status: 'succeeded', resource: this.#take(target) };
    });
  }

  remove(target: Target, signal: AbortSignal): Promise<Operation> {
    return this.#call('remove', target, signal, () => {
      const polls = this.removePolls.get(target.kind) ?? 0;
      if (polls === 0) return this.#drop(target);
      const state = { polls, removing: true };
      return { status: 'running', state, retryAfterMs: this.pollMs };
    });
  }

  /** What is inside goes along; role assignments stay behind, as Azure leaves them. */
  #drop(target: Target): Operation {
    const id = target.id.toLowerCase();
    if (target.kind === 'tags') {
      this.#dropTags(target);
      return { status: 'succeeded' };
    }
    for (const key of [...this.objects.keys()]) {
      const isRole = key.slice(id.length).includes('/providers/microsoft.authorization/');
      if (key === id || (key.startsWith(`${id}/`) && !isRole)) this.objects.delete(key);
    }
    return { status: 'succeeded' };
  }

  #dropTags(target: Target): void {
    const object = this.objects.get(target.id.toLowerCase());
    const properties = target.body['properties'];
    const tags =
      isJsonObject(properties) && isJsonObject(properties['tags']) ? properties['tags'] : {};
    if (object === undefined) return;
    const kept = Object.entries(object.tags).filter(([name, value]) => tags[name] !== value);
    this.put(object.id, { ...object.body, tags: Object.fromEntries(kept) });
  }

  #take(target: Target): ObservedResource {
    if (target.kind === 'tags') return this.#mergeTags(target);
    if (target.kind === 'providerRegistration') {
      return this.put(target.id, { registrationState: 'Registered' });
    }
    const name = target.id.slice(target.id.lastIndexOf('/') + 1);
    const own = isJsonObject(target.body['properties']) ? target.body['properties'] : {};
    const properties: Record<string, Json | undefined> = { ...own };
    if (target.kind === 'storageAccount') {
      properties['primaryEndpoints'] = { blob: `https://${name}.blob.core.windows.net/` };
    }
    if (target.kind === 'userAssignedIdentity') {
      properties['principalId'] = '00000000-0000-0000-0000-00000000aaaa';
      properties['clientId'] = '00000000-0000-0000-0000-00000000cccc';
    }
    const graph = GRAPH_IDS[target.kind] ?? {};
    return this.put(target.id, { ...target.body, id: target.id, name, properties, ...graph });
  }

  #mergeTags(target: Target): ObservedResource {
    const object = this.objects.get(target.id.toLowerCase());
    if (object === undefined) throw azureError({ status: 404, code: 'ResourceNotFound' });
    const properties = target.body['properties'];
    const tags =
      isJsonObject(properties) && isJsonObject(properties['tags']) ? properties['tags'] : {};
    return this.put(object.id, { ...object.body, tags: { ...object.tags, ...tags } });
  }

  async #call<T>(op: Call['op'], target: Target, signal: AbortSignal, effect: () => T): Promise<T> {
    await this.latency();
    signal.throwIfAborted();
    const call = { op, target };
    this.calls.push(call);
    this.before(call);
    const result = effect();
    this.after(call);
    await this.latency();
    return result;
  }
}

/** Records in a map, with the conditions of blobs. */
export class FakeRecords implements RecordStore {
  readonly blobs = new Map<string, { record: ProjectRecord; etag: string }>();
  writes = 0;
  before: (op: 'read' | 'write') => void = () => undefined;

  async read(at: RecordLocation): Promise<{ record: ProjectRecord; etag: string } | undefined> {
    await Promise.resolve();
    this.before('read');
    return this.blobs.get(keyOf(at));
  }

  async write(
    at: RecordLocation,
    record: ProjectRecord,
    etag: string | undefined,
  ): Promise<string> {
    await Promise.resolve();
    this.before('write');
    if (this.blobs.get(keyOf(at))?.etag !== etag) {
      throw new SetupError({ code: 'record_changed', source: 'azure', message: 'm', remedy: 'r' });
    }
    this.writes += 1;
    const next = `etag-${this.writes.toString()}`;
    this.blobs.set(keyOf(at), { record, etag: next });
    return next;
  }
}

function keyOf(at: RecordLocation): string {
  return `${at.blobEndpoint} ${at.projectName.toLowerCase()}`;
}

/** A journal in memory. */
export class FakeJournal implements Journal {
  readonly entries: JournalEntry[] = [];

  async append(entry: JournalEntry): Promise<void> {
    await Promise.resolve();
    this.entries.push(entry);
  }

  async read(projectId: string): Promise<readonly JournalEntry[]> {
    await Promise.resolve();
    return this.entries.filter((entry) => entry.projectId === projectId);
  }

  async forget(projectId: string): Promise<void> {
    const kept = this.entries.filter((entry) => entry.projectId !== projectId);
    await Promise.resolve();
    this.entries.splice(0, this.entries.length, ...kept);
  }
}

export interface FakePorts extends SetupPorts {
  readonly resources: FakeAzure;
  readonly records: FakeRecords;
  readonly journal: FakeJournal;
  readonly clock: VirtualClock;
}

export function fakePorts(): FakePorts {
  let ids = 0;
  return {
    resources: new FakeAzure(),
    records: new FakeRecords(),
    journal: new FakeJournal(),
    clock: new VirtualClock(),
    newId: () => `run-${(ids += 1).toString()}`,
    random: () => 0.5,
  };
}
