import type { HttpClient } from '@azure/core-rest-pipeline';
import { connectAzure, type Azure } from '../../../../src/azure/azure.ts';
import { PUBLIC_CLOUD, scopeOf } from '../../../../src/azure/cloud.ts';
import type { SetupEvent } from '../../../../src/setup/events.ts';
import type { JournalEntry } from '../../../../src/setup/journal.ts';
import { planProject, type ProjectPlan } from '../../../../src/setup/planProject.ts';
import type { Journal, SetupPorts, TokenSource } from '../../../../src/setup/ports.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import type { SecretHolder } from '../../../../src/setup/secretPorts.ts';
import type { RunResult } from '../../../../src/setup/apply.ts';
import { runProject } from '../../../../src/setup/runProject.ts';
import { SimulatedAzure } from '../../../simulators/azure/core/simulatedAzure.ts';
import type { World } from '../../../simulators/azure/core/world.ts';
import { SINGLE, singleWorld } from '../../../simulators/azure/core/worlds/single.ts';
import { httpClientFor } from '../../../simulators/azure/faces/inProcess.ts';
import { VirtualClock } from '../../../simulators/azure/faces/virtualClock.ts';
import { sampleSpec } from '../sampleSpec.ts';
import { seededRandom } from '../seededRandom.ts';

const never = new AbortController().signal;

/** Everything that can be ticked, for an app that is there already. */
export function fullSpec(): ProjectSpec {
  const { tenantId, subscriptionId, clientId, servicePrincipalId } = SINGLE;
  return sampleSpec({
    tenantId,
    subscriptionId,
    credentials: { kind: 'existingApp', clientId, principalId: servicePrincipalId },
    secretsAndLogs: true,
    gateways: true,
    classicPorts: true,
    classicVmRight: true,
  });
}

/** The plain spec, in the simulated subscription. */
export function plainSpec(): ProjectSpec {
  const { tenantId, subscriptionId } = SINGLE;
  return sampleSpec({ tenantId, subscriptionId });
}

/** The plain spec with an app of its own. */
export function newAppSpec(secretDays?: number): ProjectSpec {
  const credentials = {
    kind: 'newApp',
    ...(secretDays === undefined ? {} : { secretDays }),
  } as const;
  return { ...plainSpec(), credentials };
}

/** What Azure CLI's own client may do in the directory for the signed-in person (azure-facts 4.1). */
const AZURE_CLI_SCOPES = ['Application.ReadWrite.All', 'Directory.AccessAsUser.All'];

/** What VS Code's own client may do there. */
export const VS_CODE_SCOPES = ['User.Read', 'User.ReadBasic.All'];

/** How long tokens live, as a part of what Entra gives, and how much of that a sign-in keeps them. */
export interface TokenTimes {
  readonly lifetime: number;
  /** Above 1 a sign-in believes in tokens that Azure takes no longer, as with a clock that is off. */
  readonly kept: number;
}

/** The simulated Azure in this process, on time of its own. */
export class Lab {
  readonly clock = new VirtualClock();
  readonly simulated: SimulatedAzure;
  /** One for all machines: the blobs are in it. */
  readonly client: HttpClient;
  readonly tokens: TokenTimes;
  readonly lag: 'none' | 'seeded';
  readonly #seed: number;
  #machines = 0;

  constructor(
    seed = 7,
    lag: 'none' | 'seeded' = 'none',
    world: World = singleWorld(),
    tokens: TokenTimes = { lifetime: 1, kept: 0.9 },
  ) {
    this.tokens = tokens;
    this.lag = lag;
    this.#seed = seed;
    const tokenLifetimeFactor = tokens.lifetime;
    const { clock } = this;
    this.simulated = new SimulatedAzure({ clock, seed, world, lag, tokenLifetimeFactor });
    this.client = httpClientFor(this.simulated, { clock: this.clock });
  }

  /**
   * A machine with an empty journal.
   * @param network may lose what goes through it
   * @param graphScopes what its tokens may do in the directory
   * @param username who is signed in on it
   */
  machine(
    network: (client: HttpClient) => HttpClient = (client) => client,
    graphScopes: readonly string[] = AZURE_CLI_SCOPES,
    username: string = SINGLE.username,
  ): Machine {
    this.#machines += 1;
    const seed = this.#seed * 31 + this.#machines;
    return new Machine(this, { network, graphScopes, username }, seed, this.#machines);
  }

  /** What exists, without what Azure draws by chance: to be compared between runs. */
  objects(): readonly string[] {
    const { state } = this.simulated;
    const assignments = [...state.roleAssignments.values()]
      .filter(({ description }) => description?.startsWith('dstack-azure/') === true)
      .map(({ scope, roleDefinitionId, principalType }) => {
        const role = roleDefinitionId.slice(roleDefinitionId.lastIndexOf('/') + 1);
        return `${scope} gives ${role} to a ${principalType}`.toLowerCase();
      });
    return [
      ...[...state.groups.keys()],
      ...[...state.resources.keys()],
      ...[...state.customRoles.values()].map(({ roleName }) => `role ${roleName}`),
      ...assignments,
    ].sort();
  }
}

/** One computer that sets projects up: its journal outlives its runs. */
export class Machine {
  readonly entries: JournalEntry[] = [];
  /** What its secret storage holds: values by project and key. */
  readonly secrets = new Map<string, string>();
  readonly azure: Azure;
  readonly #lab: Lab;
  readonly #random: () => number;
  readonly #number: number;
  #ids = 0;
  /** Set by a test that kills the process: nothing reaches the disk any more. */
  dead = false;
  /** Called when the secret storage has a value; throws what storing it should fail with. */
  afterPut: () => void = () => undefined;

  constructor(
    lab: Lab,
    access: {
      readonly network: (client: HttpClient) => HttpClient;
      readonly graphScopes: readonly string[];
      readonly username: string;
    },
    seed: number,
    number: number,
  ) {
    this.#lab = lab;
    this.#random = seededRandom(seed);
    this.#number = number;
    this.azure = connectAzure({
      tokens: personTokens(lab, access.username),
      graphTokens: personTokens(lab, access.username, access.graphScopes),
      httpClient: access.network(lab.client),
    });
  }

  ports(): SetupPorts {
    return {
      resources: this.azure.resources,
      records: this.azure.records,
      journal: this.#journal(),
      clock: this.#lab.clock,
      newId: () => `run-${this.#number.toString()}-${(this.#ids += 1).toString()}`,
      random: this.#random,
      secrets: { appSecrets: this.azure.appSecrets, holder: this.#holder() },
    };
  }

  async plan(spec: ProjectSpec): Promise<ProjectPlan> {
    const caller = await this.azure.catalog.caller(spec.tenantId, never);
    return await planProject(spec, caller, this.ports(), never);
  }

  async setUp(
    spec: ProjectSpec,
    options: { signal?: AbortSignal; report?: (event: SetupEvent) => void } = {},
  ): Promise<RunResult> {
    return await this.run(await this.plan(spec), options);
  }

  async run(
    approved: ProjectPlan,
    options: { signal?: AbortSignal; report?: (event: SetupEvent) => void } = {},
  ): Promise<RunResult> {
    return await runProject(approved, this.ports(), {
      report: options.report ?? (() => undefined),
      signal: options.signal ?? never,
    });
  }

  #holder(): SecretHolder {
    return {
      name: `machine ${this.#number.toString()}`,
      has: (projectId, keyId) => Promise.resolve(this.secrets.has(`${projectId}|${keyId}`)),
      put: ({ projectId, keyId }, value) => {
        if (!this.dead) this.secrets.set(`${projectId}|${keyId}`, value);
        this.afterPut();
        return Promise.resolve();
      },
      forget: (projectId) => {
        const keys = [...this.secrets.keys()].filter((key) => key.startsWith(`${projectId}|`));
        for (const key of keys) this.secrets.delete(key);
        return Promise.resolve();
      },
    };
  }

  #journal(): Journal {
    return {
      append: (entry) => {
        if (!this.dead) this.entries.push(entry);
        return Promise.resolve();
      },
      read: (projectId) =>
        Promise.resolve(this.entries.filter((each) => each.projectId === projectId)),
      forget: (projectId) => {
        const others = this.entries.filter((each) => each.projectId !== projectId);
        this.entries.splice(0, this.entries.length, ...others);
        return Promise.resolve();
      },
    };
  }
}

/** How long a person's token lives, in ms. */
const TOKEN_LIFE_MS = 75 * 60_000;

/** What a sign-in does: keeps each token until shortly before it ends, and answers challenges. */
function personTokens(
  { simulated, clock, tokens }: Lab,
  username: string,
  scopes?: readonly string[],
): TokenSource {
  const kept = new Map<string, { readonly token: string; readonly expiresOn: number }>();
  return {
    token: ({ audience, tenantId = SINGLE.tenantId, challenge }) => {
      const key = `${audience}|${tenantId}`;
      const known = kept.get(key);
      if (challenge === undefined && known !== undefined && known.expiresOn > clock.now())
        return Promise.resolve(known);
      const claims = /claims="([^"]+)"/.exec(challenge ?? '')?.[1];
      const token = simulated.issueUserToken({
        tenantId,
        username,
        audience: scopeOf(PUBLIC_CLOUD, audience),
        ...(scopes === undefined ? {} : { scopes }),
        ...(claims === undefined ? {} : { claims: Buffer.from(claims, 'base64').toString() }),
      });
      const keptMs = TOKEN_LIFE_MS * tokens.lifetime * tokens.kept;
      const fresh = { token, expiresOn: clock.now() + keptMs };
      kept.set(key, fresh);
      return Promise.resolve(fresh);
    },
  };
}
