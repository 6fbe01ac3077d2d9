import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appSignIn } from '../../../src/azure/appSignIn.ts';
import { azureBackendOf } from '../../../src/dstack/backendConfig.ts';
import { DstackServerClient } from '../../../src/dstack/serverClient.ts';
import { createLog } from '../../../src/host/log.ts';
import { realClock } from '../../../src/local/realClock.ts';
import { verifyExistingApp } from '../../../src/setup/credentials.ts';
import { SimulatedAzure } from '../../simulators/azure/core/simulatedAzure.ts';
import { SINGLE, singleWorld } from '../../simulators/azure/core/worlds/single.ts';
import { httpClientFor } from '../../simulators/azure/faces/inProcess.ts';
import { VirtualClock } from '../../simulators/azure/faces/virtualClock.ts';
import { SimulatedDstack } from '../../simulators/dstack/simulatedDstack.ts';
import { record } from '../dstack/projectRecords.ts';

const SECRET = 'canary~Value.of-a-secret';
const { signal } = new AbortController();

/** What the log makes of a failure: stack, causes and all. */
async function logOf(failing: Promise<unknown>): Promise<string> {
  const error: unknown = await failing.then(
    () => expect.fail('It did not fail.'),
    (thrown: unknown) => thrown,
  );
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const channel = { info: line, warn: line, error: line, debug: line, show: () => undefined };
  createLog(channel).error(error);
  return lines.join('\n');
}

describe('The log of a failure', () => {
  let server: SimulatedDstack;

  beforeAll(async () => {
    server = await new SimulatedDstack().start();
  });
  afterAll(() => server.stop());

  const client = (token: string) =>
    new DstackServerClient({ url: server.url, token, fetch, clock: realClock });

  it('holds no client secret that Entra has refused', async () => {
    const clock = new VirtualClock();
    const simulated = new SimulatedAzure({ clock, seed: 7, world: singleWorld() });
    const port = appSignIn({ httpClient: httpClientFor(simulated, { clock }) });
    const { tenantId, clientId, subscriptionId } = SINGLE;
    const app = { tenantId, clientId, clientSecret: SECRET };
    const place = { subscriptionId, plannedRoles: true };
    const log = await logOf(verifyExistingApp(app, place, port, signal));
    expect(log).toContain('AADSTS7000215');
    expect(log).not.toContain('canary');
  });

  it('holds no token that a dstack server has refused', async () => {
    const log = await logOf(client('canary-wrong').whoAmI(signal));
    expect(log).toContain('server_token_invalid');
    expect(log).not.toContain('canary');
  });

  it('holds no secret that a dstack server sends back in its complaint', async () => {
    const backend = azureBackendOf(record, {
      type: 'client',
      client_id: 'app',
      client_secret: SECRET,
    });
    await client(server.token).createProject('echo', signal);
    const detail = `Bearer ${server.token}, ${JSON.stringify(backend)}`;
    server.faults = [{ path: /create_yaml/, status: 422, body: JSON.stringify({ detail }) }];
    const log = await logOf(client(server.token).putBackend('echo', backend, 'create', signal));
    expect(log).toContain('SetupError');
    expect(log).not.toContain('canary');
  });
});
