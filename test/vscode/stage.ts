import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildCompanions } from '../companion/build.ts';
import { startSimulator, type Simulator } from '../simulators/azure/faces/startSimulator.ts';
import type { World } from '../simulators/azure/core/world.ts';
import { worldNamed } from '../simulators/azure/core/worlds.ts';
import { packedProduct } from './product.ts';
import { startVSCode, type RunningVSCode, type VSCodeOptions } from './server.ts';

export interface StageOptions {
  /** A world of the simulated Azure, or its name. Default: `single`. */
  readonly world?: World | string;
  readonly seed?: number;
  /** Default `none`: roles and indexes are there at once. */
  readonly lag?: 'none' | 'seeded';
  /** Simulated seconds per real one. Default 20: a minute of Azure is three seconds here. */
  readonly timeScale?: number;
  /** Who is signed in to VS Code from the beginning, by user name. Default: nobody. */
  readonly signedIn?: readonly string[];
  /** A folder that is copied to become the workspace. Default: an empty one. */
  readonly sample?: string;
  /** Instead of the product, e.g. none at all. */
  readonly extensions?: readonly string[];
  readonly vscode?: Partial<Omit<VSCodeOptions, 'workspaceFolder' | 'extensions'>>;
}

/** The simulated Azure and VS Code with the product, wired together, before anybody opens a page. */
export interface Stage {
  readonly simulator: Simulator;
  readonly vscode: RunningVSCode;
  /** The folder that is open; gone after {@link stop}. */
  readonly workspace: string;
  stop(): Promise<void>;
}

/** Starts a stage: about two seconds when all is installed and packed. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const place = await mkdtemp(path.join(os.tmpdir(), 'dstack-stage-'));
  const closers = [(): Promise<void> => rm(place, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const workspace = path.join(place, 'my-project');
    if (options.sample === undefined) await mkdir(workspace);
    else await cp(options.sample, workspace, { recursive: true });
    const world = resolveWorld(options.world);
    const simulator = await startSimulator({
      world,
      lag: options.lag ?? 'none',
      timeScale: options.timeScale ?? 20,
      seed: options.seed ?? 1,
    });
    closers.push(() => simulator.close());
    const product = options.extensions ?? [await packedProduct()];
    const vscode = await startVSCode({
      ...options.vscode,
      workspaceFolder: workspace,
      removeAtEnd: [place],
      extensions: [...product, ...(await buildCompanions('auth', 'driver'))],
      env: {
        ...simulatedAzureEnv(simulator, world),
        ...(options.signedIn === undefined
          ? {}
          : { DSTACK_TEST_SIGNED_IN: JSON.stringify(options.signedIn) }),
        ...options.vscode?.env,
      },
    });
    closers.push(() => vscode.stop());
    return { simulator, vscode, workspace, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function resolveWorld(world: World | string = 'single'): World {
  return typeof world === 'string' ? worldNamed(world) : world;
}

/**
 * What makes a process reach the simulated Azure under Azure's own host names, and the companion
 * `auth` know its people: each lives in the first tenant of which they are a member.
 */
export function simulatedAzureEnv(
  simulator: Pick<Simulator, 'proxyUrl' | 'caFile' | 'controlUrl'>,
  world: World,
): Record<string, string> {
  const people = world.users.flatMap(({ username, memberships: [home] }) =>
    home === undefined ? [] : [{ username, homeTenantId: home.tenantId }],
  );
  return {
    HTTPS_PROXY: simulator.proxyUrl,
    NO_PROXY: '127.0.0.1,localhost',
    // Both: Node's https reads the first, its fetch inside VS Code only the second.
    NODE_EXTRA_CA_CERTS: simulator.caFile,
    SSL_CERT_FILE: simulator.caFile,
    DSTACK_TEST_CONTROL_URL: simulator.controlUrl,
    DSTACK_TEST_ACCOUNTS: JSON.stringify(people),
  };
}
