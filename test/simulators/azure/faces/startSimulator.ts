import type { SimService } from '../core/http.ts';
import { SimulatedAzure } from '../core/simulatedAzure.ts';
import { worldNamed } from '../core/worlds.ts';
import type { World } from '../core/world.ts';
import { LazyAzurite } from './azurite.ts';
import {
  accountOf,
  certificateNames,
  publicEndpoints,
  publicSuffixes,
  serviceOf,
} from './azureHosts.ts';
import { BlobFront } from './blobFront.ts';
import { accountExists } from './blobGate.ts';
import { makeCertificates } from './certificates.ts';
import { startConnectProxy } from './connectProxy.ts';
import { startControlEndpoint } from './controlEndpoint.ts';
import { startHttpsFace, type HostAnswer } from './httpsFace.ts';
import { ScaledClock } from './scaledClock.ts';

export interface SimulatorOptions {
  /** Port of the proxy, the one door for clients; 0 = any free one. */
  readonly port?: number;
  /** A world or the name of one. */
  readonly world: World | string;
  /** Simulated seconds per real one. Default 1. */
  readonly timeScale?: number;
  readonly seed?: number;
  /** Default `seeded`, as in Azure. */
  readonly lag?: 'none' | 'seeded';
  /** Hosts beside Azure's that the proxy answers for, by name. */
  readonly extraHosts?: Readonly<Record<string, SimService>>;
}

/**
 * Who may be tried out: the first app of the world that has a secret and a subscription in its
 * tenant. Empty strings for what the world does not have.
 */
export interface Sample {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a client has to be told; the start line of `npm run simulator`, pinned in the design. */
export interface StartLine {
  readonly endpoints: typeof publicEndpoints;
  readonly suffixes: typeof publicSuffixes;
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly controlUrl: string;
  readonly sample: Sample;
}

export interface Simulator extends StartLine {
  readonly simulated: SimulatedAzure;
  readonly clock: ScaledClock;
  /** Hosts that clients tried to reach in vain, as `host:port`. */
  readonly refused: readonly string[];
  /** Stops everything and removes the CA file. */
  close(): Promise<void>;
}

/**
 * Starts the simulated Azure over HTTPS behind a forward proxy, both on loopback.
 *
 * @throws RangeError for an unknown world; the system's error (`EADDRINUSE`) for a taken port
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const world = typeof options.world === 'string' ? worldNamed(options.world) : options.world;
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const running = await startAll(options, world, closers);
    return { ...running, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startAll(
  options: SimulatorOptions,
  world: World,
  closers: (() => Promise<void> | void)[],
): Promise<Omit<Simulator, 'close'>> {
  const clock = new ScaledClock(options.timeScale ?? 1);
  const simulated = coreOf(options, world, clock);
  const extraHosts = new Map(Object.entries(options.extraHosts ?? {}));
  const certificates = await makeCertificates([...certificateNames, ...extraHosts.keys()]);
  closers.push(() => certificates.remove());
  const azurite = new LazyAzurite();
  closers.push(() => azurite.close());
  const blobs = new BlobFront(simulated, azurite, clock);
  closers.push(() => blobs.close());

  const answerFor = (host: string): HostAnswer | undefined => {
    const extra = extraHosts.get(host);
    if (extra !== undefined) return { kind: 'service', service: extra };
    const service = serviceOf(host);
    if (service === undefined) return undefined;
    if (service === 'blob') return { kind: 'stream', handle: blobs.handle };
    return { kind: 'service', service: simulated };
  };
  const face = await startHttpsFace({ certificates, clock, answerFor });
  closers.push(() => face.close());

  const resolves = (host: string) => {
    const account = accountOf(host);
    return account === undefined
      ? answerFor(host) !== undefined
      : accountExists(simulated, account);
  };
  const portFor = (host: string, port: number) =>
    port === 443 && resolves(host) ? face.port : undefined;
  const proxy = await startConnectProxy({ port: options.port ?? 0, portFor });
  closers.push(() => proxy.close());
  const control = await startControlEndpoint({ simulated, clock, refused: proxy.refused });
  closers.push(() => control.close());
  return {
    endpoints: publicEndpoints,
    suffixes: publicSuffixes,
    proxyUrl: proxy.url,
    caFile: certificates.caFile,
    controlUrl: control.url,
    sample: sampleOf(world),
    simulated,
    clock,
    refused: proxy.refused,
  };
}

function coreOf(options: SimulatorOptions, world: World, clock: ScaledClock): SimulatedAzure {
  return new SimulatedAzure({
    clock,
    seed: options.seed ?? 1,
    world,
    lag: options.lag ?? 'seeded',
    tokenLifetimeFactor: Math.max(1, clock.scale),
  });
}

function sampleOf(world: World): Sample {
  for (const app of world.apps) {
    const secret = app.secrets.find(({ expiresInDays }) => expiresInDays > 0) ?? app.secrets[0];
    const subscription = world.subscriptions.find(({ tenantId }) => tenantId === app.tenantId);
    if (secret === undefined || subscription === undefined) continue;
    return {
      tenantId: app.tenantId,
      subscriptionId: subscription.subscriptionId,
      clientId: app.clientId,
      clientSecret: secret.value,
    };
  }
  const [subscription] = world.subscriptions;
  return {
    tenantId: subscription?.tenantId ?? world.tenants[0]?.tenantId ?? '',
    subscriptionId: subscription?.subscriptionId ?? '',
    clientId: '',
    clientSecret: '',
  };
}
