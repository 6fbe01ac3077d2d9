import { connectAzure, type Azure } from '../../../src/azure/azure.ts';
import { PUBLIC_CLOUD, scopeOf } from '../../../src/azure/cloud.ts';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type { SetupPorts, TokenSource } from '../../../src/setup/ports.ts';
import { SimulatedAzure } from '../../simulators/azure/core/simulatedAzure.ts';
import type { World } from '../../simulators/azure/core/world.ts';
import { SINGLE, singleWorld } from '../../simulators/azure/core/worlds/single.ts';
import { httpClientFor } from '../../simulators/azure/faces/inProcess.ts';
import { keptTokens } from '../../simulators/azure/faces/keptTokens.ts';
import { VirtualClock } from '../../simulators/azure/faces/virtualClock.ts';

/** The product's Azure layer, unchanged, on the simulated Azure in this process. */
export interface Lab {
  readonly clock: VirtualClock;
  readonly simulated: SimulatedAzure;
  readonly azure: Azure;
  readonly ports: SetupPorts;
  /** Challenges that were passed on to the sign-in. */
  readonly challenges: string[];
}

export function lab(world: World = singleWorld(), lag: 'none' | 'seeded' = 'none'): Lab {
  const clock = new VirtualClock();
  const simulated = new SimulatedAzure({ clock, seed: 7, world, lag });
  const challenges: string[] = [];
  const tokenOf = keptTokens(simulated, clock);
  const tokens: TokenSource = {
    token: ({ audience, tenantId = SINGLE.tenantId, challenge }) => {
      if (challenge !== undefined) challenges.push(challenge);
      const claims = /claims="([^"]+)"/.exec(challenge ?? '')?.[1];
      const token = tokenOf({
        tenantId,
        username: SINGLE.username,
        audience: scopeOf(PUBLIC_CLOUD, audience),
        ...(claims === undefined ? {} : { claims: Buffer.from(claims, 'base64').toString() }),
      });
      return Promise.resolve({ token, expiresOn: 0 });
    },
  };
  const azure = connectAzure({ tokens, httpClient: httpClientFor(simulated, { clock }) });
  return { clock, simulated, azure, ports: portsOf(azure, clock), challenges };
}

function portsOf({ resources, records }: Azure, clock: VirtualClock): SetupPorts {
  const entries: JournalEntry[] = [];
  let ids = 0;
  return {
    resources,
    records,
    clock,
    journal: {
      append: (entry) => Promise.resolve(void entries.push(entry)),
      read: () => Promise.resolve(entries),
      forget: () => Promise.resolve(void entries.splice(0)),
    },
    newId: () => `run-${(ids++).toString()}`,
    random: () => 0.5,
  };
}
