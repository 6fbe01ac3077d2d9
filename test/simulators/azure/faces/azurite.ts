import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { loopback } from './listening.ts';
import type { ContainerStore } from './mirroredContainers.ts';

/** The parts of Azurite 3.37's blob service that are used here; it ships no declarations. */
interface BlobServer {
  readonly httpServer: Server;
  readonly accountDataStore: { getAccount: (name: string) => { name: string; key1: Buffer } };
  readonly metadataStore: {
    createContainer(context: object, container: object): Promise<unknown>;
    deleteContainer(context: object, account: string, name: string): Promise<void>;
  };
  beforeStart(): Promise<void>;
  afterClose(): Promise<void>;
}

/** What a request is forwarded with and what is done to its answer. */
export interface Forwarding {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** Replaces the client's own Authorization, which the front has judged already. */
  readonly authorization: string;
  /** Called once, right before the head of the answer is sent: may still change headers. */
  readonly beforeHead: (status: number, response: ServerResponse) => void;
}

/**
 * Azurite's blob service inside of this process: contents in memory, no port, no file, no
 * telemetry. It trusts its caller: any account exists.
 */
export class Azurite implements ContainerStore {
  readonly #server: BlobServer;
  readonly #keys = new Map<string, Buffer>();

  private constructor(server: BlobServer) {
    this.#server = server;
    // Azurite reads its accounts from an environment variable of the whole process, with a timer.
    server.accountDataStore.getAccount = (name) => ({ name, key1: this.#keyOf(name) });
  }

  static async start(): Promise<Azurite> {
    const server = createBlobServer();
    await server.beforeStart();
    return new Azurite(server);
  }

  /** Hands a request of an https socket on; Azurite reads its body and writes its answer. */
  forward({ message, response, authorization, beforeHead }: Forwarding): void {
    message.headers.authorization = authorization;
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    response.writeHead = (...args: unknown[]) => {
      beforeHead(response.statusCode, response);
      return writeHead(...args);
    };
    this.#server.httpServer.emit('request', message, response);
  }

  /** Makes a container that came to be in ARM. */
  async createContainer(accountName: string, name: string): Promise<void> {
    await this.#server.metadataStore.createContainer(contextNow(), {
      accountName,
      name,
      properties: {
        etag: `"0x8D${randomBytes(7).toString('hex').toUpperCase()}"`,
        lastModified: new Date(),
        leaseStatus: 'unlocked',
        leaseState: 'available',
        hasImmutabilityPolicy: false,
        hasLegalHold: false,
      },
    });
  }

  /** Removes a container that is gone in ARM, with its blobs. */
  async deleteContainer(accountName: string, name: string): Promise<void> {
    await this.#server.metadataStore.deleteContainer(contextNow(), accountName, name);
  }

  /** Stops the garbage collector and drops all contents. */
  async close(): Promise<void> {
    await this.#server.afterClose();
  }

  #keyOf(account: string): Buffer {
    const key = this.#keys.get(account) ?? randomBytes(64);
    this.#keys.set(account, key);
    return key;
  }
}

/** Azurite from its first use on: loading it would double the time that a start takes. */
export class LazyAzurite implements ContainerStore {
  #started: Promise<Azurite> | undefined;

  get(): Promise<Azurite> {
    this.#started ??= Azurite.start();
    return this.#started;
  }

  async createContainer(account: string, name: string): Promise<void> {
    await (await this.get()).createContainer(account, name);
  }

  async deleteContainer(account: string, name: string): Promise<void> {
    await (await this.get()).deleteContainer(account, name);
  }

  async close(): Promise<void> {
    await (await this.#started)?.close();
  }
}

/**
 * A token that Azurite takes: it checks these claims and no signature ("basic"). The issuer has to
 * be the v1 one, the audience storage.
 */
export function azuriteToken(): string {
  const anyId = randomUUID();
  const seconds = Math.floor(Date.now() / 1000);
  const claims = {
    aud: 'https://storage.azure.com',
    iss: `https://sts.windows.net/${anyId}/`,
    iat: seconds - 60,
    nbf: seconds - 60,
    exp: seconds + 3600,
    oid: anyId,
    tid: anyId,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `Bearer ${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.unsigned`;
}

function contextNow(): object {
  return { contextId: randomUUID(), startTime: new Date() };
}

function createBlobServer(): BlobServer {
  // By `require`, because test runners and Node disagree on what a default import of these is.
  const require = createRequire(import.meta.url);
  leaveTelemetryOut(require);
  const load = (path: string) => require(`azurite/dist/src/${path}`) as Record<string, unknown>;
  type Constructor<T> = new (...args: readonly unknown[]) => T;
  const Configuration = load('blob/BlobConfiguration').default as Constructor<object>;
  const Blobs = load('blob/BlobServer').default as Constructor<BlobServer>;
  const Chunks = load('common/persistence/MemoryExtentStore')
    .MemoryExtentChunkStore as Constructor<object>;
  const [loose, skipApiVersionCheck, disableProductStyleUrl, inMemory] = [false, true, false, true];
  const accessLog = [false, undefined];
  const debugLog = [false, undefined];
  return new Blobs(
    new Configuration(
      ...[loopback, 0, 5, 'blobs', 'extents', []],
      ...[...accessLog, ...debugLog, loose, skipApiVersionCheck],
      ...['', '', '', 'basic', disableProductStyleUrl, inMemory, new Chunks()],
    ),
  );
}

/** Azurite loads Application Insights for its telemetry alone: two thirds of its start-up time. */
function leaveTelemetryOut(require: NodeJS.Require): void {
  const ofAzurite = createRequire(require.resolve('azurite/package.json'));
  const insights = ofAzurite.resolve('applicationinsights');
  if (require.cache[insights] === undefined) {
    const stub = { id: insights, filename: insights, loaded: true, exports: {}, children: [] };
    require.cache[insights] = Object.assign(Object.create(null) as NodeJS.Module, stub);
  }
  const telemetry = ofAzurite('./dist/src/common/Telemetry') as {
    AzuriteTelemetryClient: { init(location: string, enabled: boolean): void };
  };
  telemetry.AzuriteTelemetryClient.init('', false);
}
